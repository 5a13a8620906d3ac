import { ERRORS } from '../errno.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Descriptor } from '../machine.ts'
import { parseShell } from './parse.ts'
import type { Job, ShellState } from './state.ts'
import { SyntaxFault, type ShellNode } from './syntax.ts'

export function complain(kernel: Kernel, task: Task, shell: Pick<Shell, 'name'>, text: string): void {
  kernel.write(task, 2, `${shell.name}: ${text}\n`)
}

/** The end of a shell: its EXIT trap, then its exit. */
export function finish(kernel: Kernel, task: Task, shell: Shell, code: number): void {
  const action = shell.traps['EXIT']
  if (action && !shell.sub) {
    shell.traps = without(shell.traps, 'EXIT')
    const node = parseShell(action)
    if (!(node instanceof SyntaxFault)) {
      shell.status = code
      shell.stack = [{ f: 'trap', status: code }, { f: 'node', node }]
      return
    }
  }
  kernel.exit(task, code)
}

export const without = <T>(of: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _gone, ...rest } = of
  return rest
}

/** A child that is a copy of this shell and runs `node`. */
export function fork(kernel: Kernel, task: Task, shell: Shell, node: ShellNode, fds: Readonly<Record<number, Descriptor>>, group?: number | 'own'): Task | undefined {
  const { jobs: _jobs, ...rest } = shell
  const ignores = ignoredBy(task, shell)
  const copy: ShellState = { ...rest, stack: [{ f: 'node', node }], sub: true, tail: true, traps: ignores.length > 0 ? Object.fromEntries(ignores.map((name) => [name, ''])) : {}, deferred: [], vars: { ...shell.vars, $: shell.vars['$'] ?? String(task.pid) } }
  const child = kernel.spawn(task, {
    container: task.container, argv: task.argv, comm: task.comm, user: task.user, cwd: task.cwd, env: task.env, fds, program: { kind: 'shell', shell: { ...copy, stack: [...copy.stack] } }, at: task.clock,
    ...(task.session === undefined ? {} : { session: task.session }), ...(shell.jobs && group !== undefined ? { group } : {}),
  })
  if (child) child.ignores = ignores
  if (!child) {
    complain(kernel, task, shell, `can't fork: ${ERRORS.EAGAIN}`)
    finish(kernel, task, shell, 2)
  }
  return child
}

/** Signals that a shell has set to be ignored hold for all that it starts (POSIX 2.11). */
export function ignoredBy(task: Task, shell: Pick<Shell, 'traps'>): readonly string[] {
  let ignores = task.ignores
  for (const name in shell.traps) if (shell.traps[name] === '' && name !== 'EXIT' && !ignores.includes(name)) ignores = [...ignores, name]
  return ignores
}

/** Waits for processes in the foreground; with job control they can be stopped and become a job. */
export function awaitChildren(kernel: Kernel, task: Task, shell: Shell, ids: readonly number[], what?: ShellNode | Job): void {
  const stops = shell.jobs !== undefined && what !== undefined
  shell.stack.push({ f: 'wait', ids, ...(stops ? { what } : {}) })
  kernel.wait(task, { for: 'child', ids, ...(stops ? { stops } : {}) })
}

/** What a program that is started now finds in its environment. */
export function environment(shell: Shell, assigned: readonly (readonly [string, string])[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries([...Object.keys(shell.exported).flatMap((key): [string, string][] => (Object.hasOwn(shell.vars, key) ? [[key, shell.vars[key]!]] : [])), ...assigned])
}
