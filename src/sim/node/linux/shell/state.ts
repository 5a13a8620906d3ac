import type { ShellNode } from './syntax.ts'
import type { Descriptor } from '../machine.ts'

/** A command in the background, or one that was stopped. */
export interface Job {
  readonly number: number
  /** The higher, the later it was started, stopped or sent on. */
  readonly order: number
  readonly ids: readonly number[]
  readonly text: string
  readonly state: 'running' | 'stopped' | 'done'
  /** What stopped or ended it. */
  readonly signal?: string
  readonly code?: number
  /** Its state has been said. */
  readonly told: boolean
}

/** What a shell process remembers; all of it plain data, so that a script can be left and taken up at any instant. */
export interface ShellState {
  readonly vars: Readonly<Record<string, string>>
  readonly exported: Readonly<Record<string, true>>
  readonly functions: Readonly<Record<string, ShellNode>>
  readonly name: string
  readonly params: readonly string[]
  readonly status: number
  /** Number of the last process in the background: $! */
  readonly lastBackground: number
  /** Only of shells with job control: those that somebody types to. */
  readonly jobs?: readonly Job[]
  /** It has warned of stopped jobs: lines until it would again. */
  readonly warned?: number
  readonly traps: Readonly<Record<string, string>>
  /** Signals whose traps have not run yet. */
  readonly deferred: readonly string[]
  readonly errexit: boolean
  readonly nounset: boolean
  readonly xtrace: boolean
  /** The status of a pipeline is that of the last stage that failed. */
  readonly pipefail?: boolean
  /** Variables that are read-only. */
  readonly fixed?: Readonly<Record<string, true>>
  /** Words that stand for others at the head of a command. */
  readonly aliases?: Readonly<Record<string, string>>
  /** How often RANDOM has been asked for. */
  readonly draws?: number
  readonly stack: readonly Frame[]
  /** A process that is only the shell of a pipeline stage or substitution. */
  readonly sub: boolean
  /** The whole script is one command line (`sh -c`): its last command may take the process over. */
  readonly tail: boolean
}

/** The explicit stack of the interpreter, innermost last. */
export type Frame =
  | { readonly f: 'node'; readonly node: ShellNode }
  | { readonly f: 'list'; readonly node: Extract<ShellNode, { k: 'list' }>; readonly i: number }
  | { readonly f: 'andor'; readonly node: Extract<ShellNode, { k: 'andor' }>; readonly i: number }
  | { readonly f: 'if'; readonly node: Extract<ShellNode, { k: 'if' }>; readonly i: number }
  | { readonly f: 'while'; readonly node: Extract<ShellNode, { k: 'while' }>; readonly phase: 'condition' | 'test' | 'body'; readonly status: number }
  | { readonly f: 'for'; readonly name: string; readonly items: readonly string[]; readonly i: number; readonly body: ShellNode }
  | { readonly f: 'not' }
  | { readonly f: 'wait'; readonly ids: readonly number[]; /** What is waited for, where it can become a job. */ readonly what?: ShellNode | Job }
  | { readonly f: 'wait-builtin'; readonly ids: readonly number[] | null }
  | { readonly f: 'restore'; readonly fds: Readonly<Record<number, Descriptor>> }
  | { readonly f: 'call'; readonly params: readonly string[]; readonly locals: Readonly<Record<string, string | null>> }
  | { readonly f: 'gather'; readonly node: ShellNode; readonly bodies: readonly ShellNode[]; readonly texts: readonly string[]; readonly child?: number; readonly capture?: string; readonly status: number }
  | { readonly f: 'trap'; readonly status: number }
  | { readonly f: 'read'; readonly argv: readonly string[]; readonly until?: number }
  | { readonly f: 'toplevel'; readonly interactive: boolean; readonly text: string; readonly prompted: boolean }
  | { readonly f: 'env'; readonly vars: Readonly<Record<string, string | null>>; readonly exported: Readonly<Record<string, boolean>> }

/** A shell that is about to run `node`. */
export function shellState(node: ShellNode | null, name: string, params: readonly string[], env: Readonly<Record<string, string>>, tail: boolean): ShellState {
  const exported: Record<string, true> = {}
  for (const key of Object.keys(env)) exported[key] = true
  return {
    vars: { ...env, PWD: env['PWD'] ?? '/', IFS: ' \t\n', OPTIND: '1' }, exported: { ...exported, PWD: true }, functions: {}, name, params, status: 0, lastBackground: 0,
    traps: {}, deferred: [], errexit: false, nounset: false, xtrace: false, stack: node ? [{ f: 'node', node }] : [], sub: false, tail,
  }
}
