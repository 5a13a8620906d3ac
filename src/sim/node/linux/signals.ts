import type { Kernel, Shell, Task } from './kernel.ts'
import { SIGNALS } from './machine.ts'
import { trapFor } from './shell/run.ts'
import { dropLine } from './shell/toplevel.ts'
import { toolOnSignal } from './tools/index.ts'
import { isInteractive } from './tty.ts'

/** Signals whose default action is to stop a process. */
export const STOPS: ReadonlySet<string> = new Set(['STOP', 'TSTP', 'TTIN', 'TTOU'])
const IGNORED: ReadonlySet<string> = new Set(['CHLD', 'WINCH'])

/** One pending signal reaches its process; true when that is all that happens now (kernel/signal.c: get_signal). */
export function deliverSignal(kernel: Kernel, task: Task): boolean {
  const at = task.stopped ? task.signals.indexOf('KILL') : 0
  const name = task.signals[at]!
  task.signals = task.signals.filter((_, i) => i !== at)
  const code = 128 + (SIGNALS[name] ?? 15)
  if (name === 'KILL') {
    kernel.exit(task, code, name)
    return true
  }
  if (IGNORED.has(name) || (name !== 'STOP' && task.ignores.includes(name))) return true
  if (task.program.kind === 'shell' && name !== 'STOP') {
    const verdict = shellOnSignal(kernel, task, task.program.shell as Shell, name)
    if (verdict !== 'default') return verdict === 'over'
  } else if (task.program.kind === 'tool' && name !== 'STOP' && toolOnSignal(kernel, task, task.program.name, name) === 'handled') return true
  // The first process of a pid namespace gets no default actions (kernel/signal.c: SIGNAL_UNKILLABLE).
  if (task.pid === 1) return true
  if (STOPS.has(name)) task.stopped = name
  else kernel.exit(task, code, name)
  return true
}

/** "over": that is all; "on": the shell goes on at once. */
function shellOnSignal(kernel: Kernel, task: Task, shell: Shell, name: string): 'over' | 'on' | 'default' {
  const action = trapFor(shell, name)
  if (action === 'ignore') return 'over'
  if (action === 'trap') {
    shell.deferred = [...shell.deferred, name]
    // A trap waits until the command in the foreground is over; the builtin `wait` is left at once (POSIX 2.11).
    return task.wait?.for === 'child' && shell.stack.at(-1)?.f !== 'wait-builtin' ? 'over' : 'on'
  }
  // An interactive shell drops its line on Ctrl-C, and does not mind the others.
  if (!isInteractive(shell)) return 'default'
  if (name === 'TERM' || name === 'QUIT' || STOPS.has(name)) return 'over'
  return name === 'INT' && dropLine(kernel, task, shell) ? 'over' : 'default'
}
