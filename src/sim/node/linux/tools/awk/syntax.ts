/** Expressions and statements of an awk program (POSIX awk). */
export type Expr =
  | { readonly e: 'number'; readonly value: number }
  | { readonly e: 'string'; readonly value: string }
  | { readonly e: 'regex'; readonly source: string }
  | { readonly e: 'var'; readonly name: string }
  | { readonly e: 'field'; readonly of: Expr }
  | { readonly e: 'element'; readonly name: string; readonly keys: readonly Expr[] }
  | { readonly e: 'assign'; readonly op: string; readonly to: Expr; readonly value: Expr }
  | { readonly e: 'step'; readonly to: Expr; readonly by: 1 | -1; readonly before: boolean }
  | { readonly e: 'unary'; readonly op: string; readonly of: Expr }
  | { readonly e: 'binary'; readonly op: string; readonly left: Expr; readonly right: Expr }
  | { readonly e: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly e: 'in'; readonly keys: readonly Expr[]; readonly name: string }
  | { readonly e: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | { readonly e: 'group'; readonly items: readonly Expr[] }

export type Statement =
  | { readonly s: 'block'; readonly body: readonly Statement[] }
  | { readonly s: 'expr'; readonly value: Expr }
  | { readonly s: 'print'; readonly args: readonly Expr[]; readonly format: boolean; readonly into?: { readonly op: '>' | '>>'; readonly file: Expr } }
  | { readonly s: 'if'; readonly test: Expr; readonly yes: Statement; readonly no?: Statement }
  | { readonly s: 'while'; readonly test: Expr; readonly body: Statement; readonly after: boolean }
  | { readonly s: 'for'; readonly first?: Statement; readonly test?: Expr; readonly next?: Statement; readonly body: Statement }
  | { readonly s: 'each'; readonly name: string; readonly of: string; readonly body: Statement }
  | { readonly s: 'delete'; readonly name: string; readonly keys?: readonly Expr[] }
  | { readonly s: 'jump'; readonly to: 'break' | 'continue' | 'next' | 'exit' | 'return'; readonly value?: Expr }

export interface Rule {
  readonly pattern: { readonly p: 'begin' | 'end' | 'always' } | { readonly p: 'when'; readonly test: Expr } | { readonly p: 'range'; readonly from: Expr; readonly to: Expr }
  readonly action?: Statement
}

export interface AwkProgram {
  readonly rules: readonly Rule[]
  readonly functions: ReadonlyMap<string, { readonly params: readonly string[]; readonly body: Statement }>
}

/** What is wrong with a program. */
export class AwkFault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

/** What a program has written: to its output and to files. */
export interface AwkResult {
  readonly out: string
  readonly files: readonly { readonly name: string; readonly text: string; readonly append: boolean }[]
  readonly code: number
  readonly fault?: string
}
