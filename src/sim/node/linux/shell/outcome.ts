import type { Wait } from '../machine.ts'
import type { Started } from '../programs.ts'
import type { ShellNode } from './syntax.ts'

/** What a builtin comes to: a status, or something for the interpreter to do. */
export type Outcome =
  | number
  | { readonly do: 'wait'; readonly wait: Wait; readonly argv: readonly string[]; readonly until?: number }
  | { readonly do: 'run'; readonly node: ShellNode }
  | { readonly do: 'exit' | 'return'; readonly status: number }
  | { readonly do: 'break' | 'continue'; readonly levels: number }
  | { readonly do: 'await'; readonly ids: readonly number[] | null }
  | { readonly do: 'exec'; readonly program: Started }
  /** It has seen to everything itself. */
  | { readonly do: 'nothing' }
