import type { KubeObject } from '../../api/meta.ts'
import type { AdmissionPlugin } from './plugin.ts'

interface Tainted extends KubeObject {
  readonly spec?: { readonly taints?: readonly { readonly key: string; readonly effect: string }[] }
}

const NOT_READY = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }

/** A new node is not ready until its controller says so (plugin/pkg/admission/nodetaint: TaintNodesByCondition). */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  resources: ['nodes'],
  admit(_exec, object, old) {
    if (old) return object
    const node = object as Tainted
    const taints = node.spec?.taints ?? []
    if (taints.some((t) => t.key === NOT_READY.key && t.effect === NOT_READY.effect)) return object
    return { ...node, spec: { ...node.spec, taints: [...taints, NOT_READY] } } as KubeObject
  },
}
