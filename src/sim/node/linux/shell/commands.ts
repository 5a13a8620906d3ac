import { ERRORS, Failure, failed } from '../errno.ts'
import type { Kernel, Shell, Task } from '../kernel.ts'
import type { Descriptor } from '../machine.ts'
import { startProgram } from '../programs.ts'
import { awaitChildren, complain, environment, finish, fork, ignoredBy, without } from './basics.ts'
import { BUILTINS } from './builtins.ts'
import { conditionWords, isTrue } from './conditional.ts'
import { Expansion, substitutions } from './expand.ts'
import { matches } from './glob.ts'
import type { Outcome } from './outcome.ts'
import type { Frame } from './state.ts'
import type { Redirect, ShellNode, Word } from './syntax.ts'
import { assignVariable } from './variables.ts'

/** Begins a node: with its substitutions first when it has any. */
export function enter(kernel: Kernel, task: Task, shell: Shell, node: ShellNode): void {
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
    case 'cond':
      return conditionWords(node.test)
    case 'sum':
      return [node.expression]
    default:
      return []
  }
}

export function perform(kernel: Kernel, task: Task, shell: Shell, node: ShellNode, texts: readonly string[]): void {
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
      const child = fork(kernel, task, shell, node.body, task.fds, 'own')
      if (child) awaitChildren(kernel, task, shell, [child.id], node)
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
    case 'cond': {
      const truth = isTrue(kernel, task, node.test, expansion)
      if (typeof truth === 'string') complain(kernel, task, shell, truth)
      shell.status = typeof truth === 'string' ? 2 : truth ? 0 : 1
      return
    }
    case 'sum':
      shell.status = expansion.sum(node.expression) !== 0 ? 0 : 1
      return
    case 'simple':
      return simple(kernel, task, shell, node, expansion)
  }
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
    const child = fork(kernel, task, shell, node.stages[i]!, fds, ids[0] ?? 'own')
    if (!child) return
    ids.push(child.id)
    input = { k: 'pipe', id, end: 'r' }
  }
  awaitChildren(kernel, task, shell, ids, node)
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
  const argv = unaliased(shell, expansion.fields(node.words))
  const assigned = node.assignments.map(({ name, value, append }) => [name, (append ? (shell.vars[name] ?? '') : '') + expansion.text(value)] as const)
  const before = task.fds
  if (shell.xtrace) kernel.write(task, 2, `+ ${[...assigned.map(([n, v]) => `${n}=${v}`), ...argv].join(' ')}\n`)
  const [name] = argv
  if (name === undefined) {
    if (node.redirects.length > 0) {
      if (!redirect(kernel, task, shell, node.redirects, expansion)) return
      task.fds = before
    }
    for (const [key, value] of assigned) assignVariable(shell, key, value)
    if (substitutions(wordsOf(node)).length === 0) shell.status = 0
    return
  }
  if (!redirect(kernel, task, shell, node.redirects, expansion)) return
  const body = Object.hasOwn(shell.functions, name) ? shell.functions[name] : undefined
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
    return settle(kernel, task, shell, builtin!(kernel, task, shell, argv))
  }
  const env = environment(shell, assigned)
  external(kernel, task, shell, argv, env, before, node)
}

/** An alias at the head of a command; only words, not syntax, can stand in one. */
function unaliased(shell: Shell, argv: string[]): string[] {
  const text = shell.aliases && argv[0] !== undefined && Object.hasOwn(shell.aliases, argv[0]) ? shell.aliases[argv[0]] : undefined
  return text === undefined ? argv : [...text.split(/\s+/).filter(Boolean), ...argv.slice(1)]
}

/** Variables that hold for one builtin or function only. */
function pushEnvironment(shell: Shell, assigned: readonly (readonly [string, string])[]): void {
  const vars: Record<string, string | null> = {}
  const exported: Record<string, boolean> = {}
  for (const [key, value] of assigned) {
    vars[key] = Object.hasOwn(shell.vars, key) ? shell.vars[key]! : null
    exported[key] = Object.hasOwn(shell.exported, key)
    shell.vars = { ...shell.vars, [key]: value }
    shell.exported = { ...shell.exported, [key]: true }
  }
  shell.stack.push({ f: 'env', vars, exported })
}

/** Runs a program: in a child, or in this very process when it is the last thing that the shell has to do. */
function external(kernel: Kernel, task: Task, shell: Shell, argv: readonly string[], env: Readonly<Record<string, string>>, before: Readonly<Record<number, Descriptor>>, node: ShellNode): void {
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
  const ignores = ignoredBy(task, shell)
  const child = kernel.spawn(task, {
    container: task.container, argv: program.argv, comm: program.comm, user: task.user, cwd: task.cwd, env, fds: task.fds, program: program.program, at: task.clock,
    ...(task.session === undefined ? {} : { session: task.session }), ...(shell.jobs ? { group: 'own' as const } : {}),
  })
  task.fds = before
  if (child) child.ignores = ignores
  if (!child) {
    complain(kernel, task, shell, `can't fork: ${ERRORS.EAGAIN}`)
    return finish(kernel, task, shell, 2)
  }
  awaitChildren(kernel, task, shell, [child.id], node)
}

/** Takes what a builtin says: a status, something to wait for, or a change of flow. */
export function settle(kernel: Kernel, task: Task, shell: Shell, outcome: Outcome): void {
  if (typeof outcome === 'number') {
    shell.status = outcome
    return
  }
  switch (outcome.do) {
    case 'wait':
      shell.stack.push({ f: 'read', argv: outcome.argv, ...(outcome.until === undefined ? {} : { until: outcome.until }) })
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
    case 'nothing':
      return
    case 'exec': {
      task.ignores = ignoredBy(task, shell)
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
