import { ERRORS } from '../errno.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Descriptor } from '../machine.ts'
import { parseShell } from './parse.ts'
import type { ShellState } from './state.ts'
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
export function fork(kernel: Kernel, task: Task, shell: Shell, node: ShellNode, fds: Readonly<Record<number, Descriptor>>): Task | undefined {
  const copy: ShellState = { ...shell, stack: [{ f: 'node', node }], sub: true, tail: true, traps: {}, deferred: [], vars: { ...shell.vars, $: shell.vars['$'] ?? String(task.pid) } }
  const child = kernel.spawn(task, {
    container: task.container, argv: task.argv, comm: task.comm, user: task.user, cwd: task.cwd, env: task.env, fds, program: { kind: 'shell', shell: { ...copy, stack: [...copy.stack] } }, at: task.clock,
    ...(task.session === undefined ? {} : { session: task.session }),
  })
  if (!child) {
    complain(kernel, task, shell, `can't fork: ${ERRORS.EAGAIN}`)
    finish(kernel, task, shell, 2)
  }
  return child
}

export function awaitChildren(kernel: Kernel, task: Task, shell: Shell, ids: readonly number[]): void {
  shell.stack.push({ f: 'wait', ids })
  kernel.wait(task, { for: 'child', ids })
}

/** What a program that is started now finds in its environment. */
export function environment(shell: Shell, assigned: readonly (readonly [string, string])[] = []): Readonly<Record<string, string>> {
  return Object.fromEntries([...Object.keys(shell.exported).flatMap((key): [string, string][] => (Object.hasOwn(shell.vars, key) ? [[key, shell.vars[key]!]] : [])), ...assigned])
}
