import { failed } from '../errno.ts'
import { existing } from '../files.ts'
import type { Kernel, Task } from '../kernel.ts'

/** Which shell it plays: bash, dash (the `sh` of Debian and its children), or busybox ash. They differ in prompts and messages. */
export type Family = 'bash' | 'dash' | 'ash'

export function familyOf(kernel: Kernel, task: Task): Family {
  if (task.comm === 'bash') return 'bash'
  const place = existing(kernel.files(task), '/etc/os-release')
  return !failed(place) && place.node.t === 'f' && /debian|ubuntu/.test(place.node.data) ? 'dash' : 'ash'
}
