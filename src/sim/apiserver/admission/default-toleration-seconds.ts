import type { Pod } from '../../api/pod.ts'
import type { AdmissionPlugin } from './plugin.ts'

const ADDED = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'].map((key) => ({
  key, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds: 300,
}))

/** Every pod bears an unready or unreachable node for 300 s unless it says otherwise, after every update too (defaulttolerationseconds). */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  keepsValid: true,
  admit(_exec, object) {
    const pod = object as Pod
    const given = pod.spec.tolerations
    if (!given?.length) return { ...pod, spec: { ...pod.spec, tolerations: ADDED } } as Pod
    const missing = ADDED.filter(({ key }) => !given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)))
    if (missing.length === 0) return object
    return { ...pod, spec: { ...pod.spec, tolerations: [...given, ...missing] } } as Pod
  },
}
