import type { Kernel, Shell, Task } from '../kernel.ts'
import { isInteractive } from '../tty.ts'
import { ArithmeticFault } from './arithmetic.ts'
import { complain, finish, fork, without } from './basics.ts'
import { enter, perform, settle } from './commands.ts'
import { assignVariable, ExpansionFault } from './variables.ts'
import { parseShell } from './parse.ts'
import { read } from './read.ts'
import type { Frame } from './state.ts'
import { familyOf } from './family.ts'
import { addJob, endedText, lookAtJobs, stoppedInFront } from './jobs.ts'
import { backToPrompt, endedByKey, stepToplevel } from './toplevel.ts'
import { SyntaxFault, type ShellNode } from './syntax.ts'

/** What a step of the shell costs on its own processor, µs. */
const STEP = 20
const DEEPEST = 500

/** What a signal does to a shell: it has a trap, ignores it (empty trap), or meets the default. */
export function trapFor(shell: Shell, name: string): 'trap' | 'ignore' | 'default' {
  const action = shell.traps[name]
  return action === undefined ? 'default' : action === '' ? 'ignore' : 'trap'
}

/** One step of a shell process: one frame, mostly one command. */
export function stepShell(kernel: Kernel, task: Task, shell: Shell): void {
  task.clock += STEP
  if (shell.deferred.length > 0 && runTrap(kernel, task, shell)) return
  const frame = shell.stack.pop()
  if (!frame) return finish(kernel, task, shell, shell.status)
  if (shell.stack.length > DEEPEST) {
    complain(kernel, task, shell, 'stack overflow: nested too deeply')
    return finish(kernel, task, shell, 2)
  }
  try {
    stepFrame(kernel, task, shell, frame)
  } catch (thrown) {
    if (!(thrown instanceof ExpansionFault || thrown instanceof ArithmeticFault || thrown instanceof SyntaxFault)) throw thrown
    complain(kernel, task, shell, thrown.message)
    if (!backToPrompt(kernel, task, shell, 2)) finish(kernel, task, shell, 2)
  }
}

function runTrap(kernel: Kernel, task: Task, shell: Shell): boolean {
  const [name, ...rest] = shell.deferred
  shell.deferred = rest
  const action = shell.traps[name!]
  if (!action) return false
  const node = parseShell(action)
  if (node instanceof SyntaxFault) {
    complain(kernel, task, shell, node.message)
    return true
  }
  // A builtin `wait` that was left by the signal ends with 128 + its number.
  if (shell.stack.at(-1)?.f === 'wait-builtin') shell.stack.pop()
  shell.stack.push({ f: 'trap', status: shell.status }, { f: 'node', node })
  return true
}

function stepFrame(kernel: Kernel, task: Task, shell: Shell, frame: Frame): void {
  const push = (...frames: readonly Frame[]): void => void shell.stack.push(...frames)
  switch (frame.f) {
    case 'node':
      return enter(kernel, task, shell, frame.node)
    case 'list': {
      if (shell.errexit && frame.i > 0 && shell.status !== 0 && errexitApplies(shell, frame.node.items[frame.i - 1]!.node)) return finish(kernel, task, shell, shell.status)
      const item = frame.node.items[frame.i]
      if (!item) return
      const rest: Frame = { ...frame, i: frame.i + 1 }
      if (item.background) {
        push(rest)
        return background(kernel, task, shell, item.node)
      }
      const isLast = frame.i === frame.node.items.length - 1
      if (!isLast || shell.errexit) push(rest)
      return push({ f: 'node', node: item.node })
    }
    case 'andor': {
      const next = frame.node.rest[frame.i]
      if (!next) return
      push({ ...frame, i: frame.i + 1 })
      if ((next.op === '&&') === (shell.status === 0)) push({ f: 'node', node: next.node })
      return
    }
    case 'if': {
      const clause = frame.node.clauses[frame.i]!
      if (shell.status === 0) return push({ f: 'node', node: clause.body })
      const next = frame.node.clauses[frame.i + 1]
      if (next) return push({ ...frame, i: frame.i + 1 }, { f: 'node', node: next.condition })
      shell.status = 0
      if (frame.node.otherwise) push({ f: 'node', node: frame.node.otherwise })
      return
    }
    case 'while':
      return stepWhile(shell, frame)
    case 'for': {
      const item = frame.items[frame.i]
      if (item === undefined) return
      assignVariable(shell, frame.name, item)
      return push({ ...frame, i: frame.i + 1 }, { f: 'node', node: frame.body })
    }
    case 'not':
      shell.status = shell.status === 0 ? 1 : 0
      return
    case 'wait':
      return stepWait(kernel, task, shell, frame)
    case 'wait-builtin':
      return stepWaitBuiltin(kernel, task, shell, frame)
    case 'restore':
      task.fds = frame.fds
      return
    case 'call': {
      shell.params = frame.params
      for (const [name, value] of Object.entries(frame.locals)) shell.vars = value === null ? without(shell.vars, name) : { ...shell.vars, [name]: value }
      return
    }
    case 'env': {
      for (const [name, value] of Object.entries(frame.vars)) shell.vars = value === null ? without(shell.vars, name) : { ...shell.vars, [name]: value }
      for (const [name, was] of Object.entries(frame.exported)) if (!was) shell.exported = without(shell.exported, name)
      return
    }
    case 'gather':
      return stepGather(kernel, task, shell, frame)
    case 'trap':
      shell.status = frame.status
      return
    case 'toplevel':
      return stepToplevel(kernel, task, shell, frame)
    case 'read': {
      return settle(kernel, task, shell, read(kernel, task, shell, frame.argv, frame))
    }
  }
}

/** `set -e` does not look at conditions, negations and lists of && and ||. */
const errexitApplies = (_shell: Shell, node: ShellNode): boolean => node.k !== 'andor' && !(node.k === 'pipe' && node.not) && node.k !== 'while' && node.k !== 'if'

function stepWhile(shell: Shell, frame: Extract<Frame, { f: 'while' }>): void {
  if (frame.phase === 'condition') {
    shell.stack.push({ ...frame, phase: 'test' }, { f: 'node', node: frame.node.condition })
    return
  }
  if (frame.phase === 'test') {
    if ((shell.status === 0) === frame.node.until) {
      shell.status = frame.status
      return
    }
    shell.stack.push({ ...frame, phase: 'body' }, { f: 'node', node: frame.node.body })
    return
  }
  const again: Frame = { ...frame, phase: 'condition', status: shell.status }
  if (frame.node.step) shell.stack.push(again, { f: 'node', node: frame.node.step })
  else shell.stack.push(again)
}

function stepWait(kernel: Kernel, task: Task, shell: Shell, frame: Extract<Frame, { f: 'wait' }>): void {
  const running = frame.ids.filter((id) => kernel.tasks.get(id)?.exit === undefined && kernel.tasks.has(id))
  if (running.length > 0) {
    if (frame.what && running.every((id) => kernel.tasks.get(id)!.stopped)) return stoppedInFront(kernel, task, shell, frame.ids, frame.what)
    shell.stack.push(frame)
    return kernel.wait(task, { for: 'child', ids: running, ...(frame.what ? { stops: true } : {}) })
  }
  const last = frame.ids.at(-1)!
  const child = kernel.tasks.get(last)
  const statuses = shell.pipefail ? frame.ids.map((id) => kernel.tasks.get(id)?.exit ?? 0) : []
  for (const id of frame.ids) kernel.reap(id)
  shell.status = statuses.filter((status) => status !== 0).at(-1) ?? child?.exit ?? 0
  if (endedByKey(kernel, task, shell, child?.endedBy)) return
  const text = endedText(child?.endedBy)
  if (text) kernel.write(task, 2, isInteractive(shell) || familyOf(kernel, task) !== 'bash' ? `${text}\n` : `${shell.name}: line 1: ${String(child!.pid).padStart(5)} ${text.padEnd(23)} ${child!.argv.join(' ')}\n`)
}

function stepWaitBuiltin(kernel: Kernel, task: Task, shell: Shell, frame: Extract<Frame, { f: 'wait-builtin' }>): void {
  const children = [...kernel.tasks.values()].filter((t) => t.parent === task.id)
  const ids = frame.ids ?? children.map((t) => t.id)
  const running = ids.filter((id) => kernel.tasks.get(id)?.exit === undefined && kernel.tasks.has(id))
  if (running.length > 0) {
    shell.stack.push(frame)
    return kernel.wait(task, { for: 'child', ids: running })
  }
  const status = frame.ids ? kernel.tasks.get(frame.ids.at(-1) ?? 0)?.exit : 0
  lookAtJobs(kernel, shell)
  for (const id of ids) kernel.reap(id)
  shell.status = status ?? (frame.ids ? 127 : 0)
}

/** Runs the command substitutions of a command one by one and then the command itself. */
function stepGather(kernel: Kernel, task: Task, shell: Shell, frame: Extract<Frame, { f: 'gather' }>): void {
  let { texts, status } = frame
  if (frame.child !== undefined) {
    const child = kernel.tasks.get(frame.child)
    if (child && child.exit === undefined) {
      shell.stack.push(frame)
      return kernel.wait(task, { for: 'child', ids: [frame.child] })
    }
    status = kernel.reap(frame.child) ?? 0
    texts = [...texts, kernel.captures[frame.capture!] ?? '']
    delete kernel.captures[frame.capture!]
  }
  const body = frame.bodies[texts.length]
  if (!body) {
    shell.status = status
    return perform(kernel, task, shell, frame.node, texts)
  }
  const capture = `c${kernel.lastId + 1}`
  const child = fork(kernel, task, shell, body, { ...task.fds, 1: { k: 'capture', id: capture } })
  if (!child) return
  kernel.captures[capture] = ''
  shell.stack.push({ ...frame, texts, status, child: child.id, capture })
  kernel.wait(task, { for: 'child', ids: [child.id] })
}

function background(kernel: Kernel, task: Task, shell: Shell, node: ShellNode): void {
  // With job control a process in the background keeps its terminal, and is stopped when it reads from it.
  const child = fork(kernel, task, shell, node, shell.jobs ? task.fds : { ...task.fds, 0: { k: 'null' } }, 'own')
  if (!child) return
  shell.lastBackground = child.pid
  shell.status = 0
  if (shell.jobs) {
    const job = addJob(shell, [child.id], node, 'running')
    if (familyOf(kernel, task) === 'bash') kernel.write(task, 2, `[${job.number}] ${child.pid}\n`)
    return
  }
  // Without it the keys of the terminal are not for them (POSIX 2.11).
  child.ignores = [...new Set([...child.ignores, 'INT', 'QUIT'])]
  dropForgotten(kernel, task)
}

const REMEMBERED = 64

/** Statuses of children that nobody has asked for are kept for the last ones only (shells keep CHILD_MAX of them). */
function dropForgotten(kernel: Kernel, task: Task): void {
  if (kernel.tasks.size <= REMEMBERED) return
  const ended: number[] = []
  for (const child of kernel.tasks.values()) if (child.parent === task.id && child.exit !== undefined) ended.push(child.id)
  for (let i = 0; i < ended.length - REMEMBERED; i++) kernel.reap(ended[i]!)
}

