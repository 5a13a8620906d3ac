import { failed } from '../errno.ts'
import { existing, type FileWorld } from '../files.ts'
import type { Kernel, Task } from '../kernel.ts'

/** Which shell it plays: bash, dash (the `sh` of Debian and its children), or busybox ash. They differ in prompts and messages. */
export type Family = 'bash' | 'dash' | 'ash'

export const familyOf = (kernel: Kernel, task: Task): Family => familyAt(kernel.files(task), task.comm)

/** The shell that a name stands for in an image. */
export function familyAt(world: FileWorld, name: string): Family {
  if (name === 'bash') return 'bash'
  const place = existing(world, '/etc/os-release')
  return !failed(place) && place.node.t === 'f' && /debian|ubuntu/.test(place.node.data) ? 'dash' : 'ash'
}
