import type { Pod } from '../../api/pod.ts'
import type { AdmissionPlugin } from './plugin.ts'

const KEYS = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'] as const

/** Every pod bears an unready or unreachable node for 300 s unless it says otherwise (defaulttolerationseconds). */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  keepsValid: true,
  admit(_exec, object, old) {
    if (old) return object
    const pod = object as Pod
    const given = pod.spec.tolerations ?? []
    const missing = KEYS.filter((key) => !given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)))
    if (missing.length === 0) return object
    const added = missing.map((key) => ({ key, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds: 300 }))
    return { ...pod, spec: { ...pod.spec, tolerations: [...given, ...added] } } as Pod
  },
}
