import type { Pod } from '../../api/pod.ts'
import type { Toleration } from '../../api/scheduling.ts'
import { extended } from '../../api/share.ts'
import type { Flags } from '../../flags/index.ts'
import { DEFAULT_NOT_READY_TOLERATION, DEFAULT_UNREACHABLE_TOLERATION } from '../../flags/kube-apiserver.ts'
import type { AdmissionPlugin } from './plugin.ts'

const added = (notReady: number, unreachable: number): readonly Toleration[] =>
  ([['node.kubernetes.io/not-ready', notReady], ['node.kubernetes.io/unreachable', unreachable]] as const).map(([key, tolerationSeconds]) => ({ key, operator: 'Exists' as const, effect: 'NoExecute' as const, tolerationSeconds }))

const DEFAULTS = added(DEFAULT_NOT_READY_TOLERATION.initial, DEFAULT_UNREACHABLE_TOLERATION.initial)

/** One list for all pods as long as the flags have their defaults. */
function tolerations(flags: Flags): readonly Toleration[] {
  const [notReady, unreachable] = [flags.get(DEFAULT_NOT_READY_TOLERATION), flags.get(DEFAULT_UNREACHABLE_TOLERATION)]
  return notReady === DEFAULT_NOT_READY_TOLERATION.initial && unreachable === DEFAULT_UNREACHABLE_TOLERATION.initial ? DEFAULTS : added(notReady, unreachable)
}

/** Every pod bears an unready or unreachable node for a while (300 s by default) unless it says otherwise, after every update too (defaulttolerationseconds). */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resources: ['pods'],
  keepsValid: true,
  admit(exec, object) {
    const pod = object as Pod
    const given = pod.spec.tolerations
    const wanted = tolerations(exec.means.flags)
    if (!given?.length) return { ...pod, spec: extended(pod.spec, { tolerations: wanted }) }
    const missing = wanted.filter(({ key }) => !given.some((t) => (t.key === key || !t.key) && (t.effect === 'NoExecute' || !t.effect)))
    if (missing.length === 0) return object
    return { ...pod, spec: { ...pod.spec, tolerations: [...given, ...missing] } } as Pod
  },
}
