import { ERRORS, Failure, failed } from '../errno.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Descriptor } from '../machine.ts'
import { startProgram } from '../programs.ts'
import { ArithmeticFault } from './arithmetic.ts'
import { BUILTINS, type Outcome } from './builtins.ts'
import { Expansion, ExpansionFault, substitutions } from './expand.ts'
import { matches } from './glob.ts'
import { parseShell } from './parse.ts'
import type { Frame, ShellState } from './state.ts'
import { SyntaxFault, type Redirect, type ShellNode, type Word } from './syntax.ts'

/** What a step of the shell costs on its own processor, µs. */
const STEP = 4
const DEEPEST = 500

/** A shell that is about to run `node`. */
export function shellState(node: ShellNode | null, name: string, params: readonly string[], env: Readonly<Record<string, string>>, tail: boolean): ShellState {
  const exported: Record<string, true> = {}
  for (const key of Object.keys(env)) exported[key] = true
  return {
    vars: { ...env, PWD: env['PWD'] ?? '/', IFS: ' \t\n', OPTIND: '1' }, exported: { ...exported, PWD: true }, functions: {}, name, params, status: 0, lastBackground: 0,
    traps: {}, deferred: [], errexit: false, nounset: false, xtrace: false, stack: node ? [{ f: 'node', node }] : [], sub: false, tail,
  }
}

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
    finish(kernel, task, shell, 2)
  }
}

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

const without = <T>(of: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _gone, ...rest } = of
  return rest
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
      shell.vars = { ...shell.vars, [frame.name]: item }
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
    case 'read': {
      const outcome = BUILTINS['read']!(kernel, task, shell, ['read', ...(frame.raw ? ['-r'] : []), ...frame.names])
      return settle(kernel, task, shell, outcome, frame)
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
  shell.stack.push({ ...frame, phase: 'condition', status: shell.status })
}

function stepWait(kernel: Kernel, task: Task, shell: Shell, frame: Extract<Frame, { f: 'wait' }>): void {
  const running = frame.ids.filter((id) => kernel.tasks.get(id)?.exit === undefined && kernel.tasks.has(id))
  if (running.length > 0) {
    shell.stack.push(frame)
    return kernel.wait(task, { for: 'child', ids: running })
  }
  const last = frame.ids.at(-1)!
  const child = kernel.tasks.get(last)
  const status = child?.exit
  for (const id of frame.ids) kernel.reap(id)
  shell.status = status ?? 0
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

function background(kernel: Kernel, task: Task, shell: Shell, node: ShellNode): void {
  const child = fork(kernel, task, shell, node, { ...task.fds, 0: { k: 'null' } })
  if (!child) return
  shell.lastBackground = child.id
  shell.status = 0
}

/** Begins a node: with its substitutions first when it has any. */
function enter(kernel: Kernel, task: Task, shell: Shell, node: ShellNode): void {
  const bodies = substitutions(wordsOf(node))
  if (bodies.length > 0) shell.stack.push({ f: 'gather', node, bodies, texts: [], status: shell.status })
  else perform(kernel, task, shell, node, [])
}

function wordsOf(node: ShellNode): readonly Word[] {
  switch (node.k) {
    case 'simple':
      return [...node.words, ...node.assignments.map((a) => a.value), ...node.redirects.map((r) => r.word)]
    case 'for':
      return node.words ?? []
    case 'case':
      return [node.word, ...node.items.flatMap((item) => item.patterns)]
    case 'redirected':
      return node.redirects.map((r) => r.word)
    default:
      return []
  }
}

function perform(kernel: Kernel, task: Task, shell: Shell, node: ShellNode, texts: readonly string[]): void {
  const expansion = new Expansion(kernel, task, shell, texts)
  switch (node.k) {
    case 'list':
      shell.stack.push({ f: 'list', node, i: 0 })
      return
    case 'andor':
      shell.stack.push({ f: 'andor', node, i: 0 }, { f: 'node', node: node.first })
      return
    case 'pipe':
      return pipeline(kernel, task, shell, node)
    case 'if':
      shell.stack.push({ f: 'if', node, i: 0 }, { f: 'node', node: node.clauses[0]!.condition })
      return
    case 'while':
      shell.stack.push({ f: 'while', node, phase: 'condition', status: 0 })
      return
    case 'for':
      shell.status = 0
      shell.stack.push({ f: 'for', name: node.name, items: node.words ? expansion.fields(node.words) : shell.params, i: 0, body: node.body })
      return
    case 'case': {
      const text = expansion.text(node.word)
      shell.status = 0
      for (const item of node.items) {
        if (!item.patterns.some((pattern) => matches(expansion.pattern(pattern), text))) continue
        shell.stack.push({ f: 'node', node: item.body })
        return
      }
      return
    }
    case 'group':
      shell.stack.push({ f: 'node', node: node.body })
      return
    case 'subshell': {
      const child = fork(kernel, task, shell, node.body, task.fds)
      if (child) awaitChildren(kernel, task, shell, [child.id])
      return
    }
    case 'function':
      shell.functions = { ...shell.functions, [node.name]: node.body }
      shell.status = 0
      return
    case 'redirected': {
      const before = task.fds
      if (!redirect(kernel, task, shell, node.redirects, expansion)) return
      shell.stack.push({ f: 'restore', fds: before }, { f: 'node', node: node.body })
      return
    }
    case 'simple':
      return simple(kernel, task, shell, node, expansion)
  }
}

function awaitChildren(kernel: Kernel, task: Task, shell: Shell, ids: readonly number[]): void {
  shell.stack.push({ f: 'wait', ids })
  kernel.wait(task, { for: 'child', ids })
}

function pipeline(kernel: Kernel, task: Task, shell: Shell, node: Extract<ShellNode, { k: 'pipe' }>): void {
  if (node.not) shell.stack.push({ f: 'not' })
  if (node.stages.length === 1) {
    shell.stack.push({ f: 'node', node: node.stages[0]! })
    return
  }
  const ids: number[] = []
  let input: Descriptor | undefined = task.fds[0]
  for (let i = 0; i < node.stages.length; i++) {
    const isLast = i === node.stages.length - 1
    const id = `p${kernel.lastId + 1}`
    const fds: Record<number, Descriptor> = { ...task.fds }
    if (input) fds[0] = input
    if (!isLast) {
      fds[1] = { k: 'pipe', id, end: 'w' }
      kernel.pipes[id] = ''
    }
    const child = fork(kernel, task, shell, node.stages[i]!, fds)
    if (!child) return
    ids.push(child.id)
    input = { k: 'pipe', id, end: 'r' }
  }
  awaitChildren(kernel, task, shell, ids)
}

/** Applies redirections to the process; false (and a message) when one fails. */
export function redirect(kernel: Kernel, task: Task, shell: Shell, redirects: readonly Redirect[], expansion: Expansion): boolean {
  for (const { fd, op, word } of redirects) {
    const target = expansion.text(word)
    const made = descriptor(kernel, task, op, target)
    if (failed(made)) {
      const verb = op === '<' ? 'open' : 'create'
      complain(kernel, task, shell, made.errno === 'EBADF' ? `${target}: ${made.text}` : `can't ${verb} ${target}: ${op === '<' && made.errno === 'ENOENT' ? 'no such file' : op !== '<' && made.errno === 'ENOENT' ? 'nonexistent directory' : made.text}`)
      shell.status = 1
      return false
    }
    if (made === null) {
      const { [fd]: _closed, ...rest } = task.fds
      task.fds = rest
    } else task.fds = { ...task.fds, [fd]: made }
  }
  return true
}

function descriptor(kernel: Kernel, task: Task, op: Redirect['op'], target: string): Descriptor | Failure | null {
  if (op === '>&' || op === '<&') {
    if (target === '-') return null
    return /^\d+$/.test(target) ? (task.fds[Number(target)] ?? new Failure('EBADF')) : kernel.openFile(task, target, 'w')
  }
  if (op === '<<') {
    const id = `p${++kernel.lastId}`
    kernel.pipes[id] = target
    return { k: 'pipe', id, end: 'r' }
  }
  return kernel.openFile(task, target, op === '<' ? 'r' : op === '>>' ? 'a' : op === '<>' ? 'rw' : 'w')
}

function simple(kernel: Kernel, task: Task, shell: Shell, node: Extract<ShellNode, { k: 'simple' }>, expansion: Expansion): void {
  const argv = expansion.fields(node.words)
  const assigned = node.assignments.map(({ name, value }) => [name, expansion.text(value)] as const)
  const before = task.fds
  if (shell.xtrace) kernel.write(task, 2, `+ ${[...assigned.map(([n, v]) => `${n}=${v}`), ...argv].join(' ')}\n`)
  const [name] = argv
  if (name === undefined) {
    if (node.redirects.length > 0) {
      if (!redirect(kernel, task, shell, node.redirects, expansion)) return
      task.fds = before
    }
    for (const [key, value] of assigned) shell.vars = { ...shell.vars, [key]: value }
    if (substitutions(wordsOf(node)).length === 0) shell.status = 0
    return
  }
  if (!redirect(kernel, task, shell, node.redirects, expansion)) return
  const body = shell.functions[name]
  const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined
  if (body || builtin) {
    const hasRedirects = node.redirects.length > 0 && name !== 'exec'
    if (hasRedirects) shell.stack.push({ f: 'restore', fds: before })
    if (assigned.length > 0) pushEnvironment(shell, assigned)
    if (body) {
      shell.stack.push({ f: 'call', params: shell.params, locals: {} }, { f: 'node', node: body })
      shell.params = argv.slice(1)
      return
    }
    return settle(kernel, task, shell, builtin!(kernel, task, shell, argv), { f: 'read', names: [], raw: false, fds: null })
  }
  const env = environment(shell, assigned)
  external(kernel, task, shell, argv, env, before)
}

/** Variables that hold for one builtin or function only. */
function pushEnvironment(shell: Shell, assigned: readonly (readonly [string, string])[]): void {
  const vars: Record<string, string | null> = {}
  const exported: Record<string, boolean> = {}
  for (const [key, value] of assigned) {
    vars[key] = shell.vars[key] ?? null
    exported[key] = shell.exported[key] ?? false
    shell.vars = { ...shell.vars, [key]: value }
    shell.exported = { ...shell.exported, [key]: true }
  }
  shell.stack.push({ f: 'env', vars, exported })
}

export function environment(shell: Shell, assigned: readonly (readonly [string, string])[] = []): Readonly<Record<string, string>> {
  const env: Record<string, string> = {}
  for (const key of Object.keys(shell.exported)) if (shell.vars[key] !== undefined) env[key] = shell.vars[key]
  for (const [key, value] of assigned) env[key] = value
  return env
}

/** Runs a program: in a child, or in this very process when it is the last thing that the shell has to do. */
function external(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[], env: Readonly<Record<string, string>>, before: Readonly<Record<number, Descriptor>>): void {
  const program = startProgram(kernel, task, argv, env)
  if (typeof program === 'string') {
    complain(kernel, task, shell, program)
    task.fds = before
    shell.status = program.endsWith('not found') ? 127 : 126
    return
  }
  const isLast = shell.tail && shell.stack.every((frame) => frame.f === 'restore') && !shell.traps['EXIT'] && Object.keys(shell.traps).length === 0
  if (isLast) {
    Object.assign(task, { argv: program.argv, comm: program.comm, env, program: program.program, clock: task.clock + 300 })
    return
  }
  const child = kernel.spawn(task, {
    container: task.container, argv: program.argv, comm: program.comm, user: task.user, cwd: task.cwd, env, fds: task.fds, program: program.program, at: task.clock,
    ...(task.session === undefined ? {} : { session: task.session }),
  })
  task.fds = before
  if (!child) {
    complain(kernel, task, shell, `can't fork: ${ERRORS.EAGAIN}`)
    return finish(kernel, task, shell, 2)
  }
  awaitChildren(kernel, task, shell, [child.id])
}

/** Takes what a builtin says: a status, something to wait for, or a change of flow. */
export function settle(kernel: Kernel, task: Task, shell: Shell, outcome: Outcome, again: Extract<Frame, { f: 'read' }>): void {
  if (typeof outcome === 'number') {
    shell.status = outcome
    return
  }
  switch (outcome.do) {
    case 'wait':
      shell.stack.push({ ...again, names: outcome.names, raw: outcome.raw })
      return kernel.wait(task, outcome.wait)
    case 'run':
      shell.stack.push({ f: 'node', node: outcome.node })
      return
    case 'exit':
      return finish(kernel, task, shell, outcome.status)
    case 'return': {
      shell.status = outcome.status
      return unwind(task, shell, (frame) => frame.f === 'call', true)
    }
    case 'break':
      shell.status = 0
      for (let i = 0; i < outcome.levels; i++) unwind(task, shell, (frame) => frame.f === 'for' || frame.f === 'while', true)
      return
    case 'continue':
      shell.status = 0
      for (let i = 0; i < outcome.levels - 1; i++) unwind(task, shell, (frame) => frame.f === 'for' || frame.f === 'while', true)
      return unwind(task, shell, (frame) => frame.f === 'for' || frame.f === 'while', false)
    case 'await':
      shell.stack.push({ f: 'wait-builtin', ids: outcome.ids })
      return
    case 'exec': {
      Object.assign(task, { argv: outcome.program.argv, comm: outcome.program.comm, env: environment(shell), program: outcome.program.program, clock: task.clock + 300 })
      return
    }
  }
}

/** Leaves frames up to the one that is meant; descriptors that were redirected on the way come back. */
function unwind(task: Task, shell: Shell, until: (frame: Frame) => boolean, including: boolean): void {
  if (!shell.stack.some(until)) return
  for (;;) {
    const frame = shell.stack.at(-1)!
    if (until(frame)) {
      if (!including) return
      shell.stack.pop()
      if (frame.f === 'call') {
        shell.params = frame.params
        for (const [name, value] of Object.entries(frame.locals)) shell.vars = value === null ? without(shell.vars, name) : { ...shell.vars, [name]: value }
      }
      return
    }
    shell.stack.pop()
    if (frame.f === 'restore') task.fds = frame.fds
  }
}
