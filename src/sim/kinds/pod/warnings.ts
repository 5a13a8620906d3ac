import { isDns1123Label } from '../../api/names.ts'
import type { Pod } from '../../api/pod.ts'
import { podSpecWarnings } from '../../api/validate/pod-warnings.ts'

/** registry/core/pod: WarningsOnCreate. Updates are not warned about. */
export function podWarnings(pod: Pod, old?: Pod): readonly string[] {
  if (old) return []
  const name = isDns1123Label(pod.metadata.name)
  const first = name.length
    ? [`metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [${name.join(' ')}]`]
    : []
  return [...first, ...podSpecWarnings(pod.spec, 'spec')]
}
