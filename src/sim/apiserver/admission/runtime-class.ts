import { semanticEqual } from '../../api/deep.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import { nameAsked } from '../../api/name-suffix.ts'
import type { Pod } from '../../api/pod.ts'
import { canonicalQuantity, type ResourceList } from '../../api/quantity.ts'
import type { Toleration } from '../../api/scheduling.ts'
import { forbidden, isStatus, type Status } from '../../api/status.ts'
import type { Execution, Outcome } from '../execution.ts'
import type { AdmissionPlugin } from './plugin.ts'

interface RuntimeClass extends KubeObject {
  readonly overhead?: { readonly podFixed?: ResourceList }
  readonly scheduling?: { readonly nodeSelector?: StringMap; readonly tolerations?: readonly Toleration[] }
}

const refuse = ({ metadata }: Pod, why: string): Status => forbidden({ group: '', resource: 'pods' }, nameAsked(metadata), why)

/** The class that the pod names, or none; refused when there is no such class. */
function classOf({ store }: Execution, pod: Pod): Outcome<RuntimeClass | undefined> {
  const name = (pod.spec as { readonly runtimeClassName?: string }).runtimeClassName
  if (name === undefined) return undefined
  return (store.get(`runtimeclasses/${name}`) as RuntimeClass | undefined) ?? refuse(pod, `pod rejected: RuntimeClass "${name}" not found`)
}

const canonical = (list: ResourceList | undefined): ResourceList => Object.fromEntries(Object.entries(list ?? {}).map(([name, amount]) => [name, canonicalQuantity(amount)]))
const sameAmounts = (a: ResourceList | undefined, b: ResourceList | undefined): boolean => semanticEqual(canonical(a), canonical(b))
const MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

/** A pod's runtime class brings overhead, node selector and tolerations (plugin/pkg/admission/runtimeclass). */
export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  resources: ['pods'],
  admit(exec, object, old) {
    const pod = object as Pod
    if (old) return object
    const cls = classOf(exec, pod)
    if (!cls || isStatus(cls)) return cls ?? object
    const overhead = cls.overhead?.podFixed
    const given = pod.spec.overhead
    if (overhead && given && Object.keys(given).length > 0 && !sameAmounts(overhead, given)) return refuse(pod, MISMATCH)
    const { nodeSelector, tolerations } = cls.scheduling ?? {}
    const own = pod.spec.nodeSelector
    const clash = Object.keys(nodeSelector ?? {}).sort().find((key) => own && Object.hasOwn(own, key) && own[key] !== nodeSelector![key])
    if (clash !== undefined) return refuse(pod, `conflict: runtimeClass.scheduling.nodeSelector[${clash}] = ${nodeSelector![clash]}; pod.spec.nodeSelector[${clash}] = ${own![clash]}`)
    const selector = nodeSelector ? { ...own, ...nodeSelector } : own
    const merged = tolerations ? merge(pod.spec.tolerations ?? [], tolerations) : pod.spec.tolerations
    return {
      ...pod,
      spec: { ...pod.spec, ...(overhead ? { overhead } : {}), ...(selector ? { nodeSelector: selector } : {}), ...(merged ? { tolerations: merged } : {}) },
    } as Pod
  },
  validate(exec, object, old) {
    const pod = object as Pod
    if (old || (pod.spec.overhead === undefined && (pod.spec as { readonly runtimeClassName?: string }).runtimeClassName === undefined)) return undefined
    const cls = classOf(exec, pod)
    if (isStatus(cls)) return cls
    if (cls?.overhead) return sameAmounts(cls.overhead.podFixed, pod.spec.overhead) ? undefined : refuse(pod, MISMATCH)
    return pod.spec.overhead === undefined ? undefined : refuse(pod, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
  },
}

/** Those that another one covers are left out (pkg/util/tolerations: MergeTolerations). */
function merge(first: readonly Toleration[], second: readonly Toleration[]): readonly Toleration[] {
  const all = [...first, ...second]
  return all.filter((t, i) => !all.some((other, n) => n !== i && isSuperset(other, t) && (!isSuperset(t, other) || n < i)))
}

function isSuperset(wide: Toleration, narrow: Toleration): boolean {
  if (semanticEqual(wide, narrow)) return true
  if (wide.key !== narrow.key && (wide.key || wide.operator !== 'Exists')) return false
  if (wide.effect !== narrow.effect && wide.effect) return false
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds !== undefined && (narrow.tolerationSeconds === undefined || narrow.tolerationSeconds > wide.tolerationSeconds)) return false
  if ((wide.operator ?? 'Equal') === 'Exists') return true
  return (narrow.operator ?? 'Equal') === 'Equal' && (wide.value ?? '') === (narrow.value ?? '')
}
