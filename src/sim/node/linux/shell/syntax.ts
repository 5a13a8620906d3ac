/** The syntax tree of POSIX shell as far as it is modelled (busybox ash: shell/ash.c). Trees are immutable and shared. */
export type Part =
  | { readonly p: 'text'; readonly s: string; readonly quoted: boolean }
  | { readonly p: 'var'; readonly name: string; readonly op: string; readonly arg?: Word; /** Replacement of `${x/a/b}`, length of `${x:1:2}`. */ readonly second?: Word; readonly quoted: boolean }
  | { readonly p: 'command'; readonly body: ShellNode; readonly quoted: boolean }
  | { readonly p: 'sum'; readonly expression: Word; readonly quoted: boolean }

/** A word before expansion. `bare`: it had no quotes at all, so it may be a reserved word. */
export interface Word {
  readonly parts: readonly Part[]
  readonly bare: boolean
}

export interface Redirect {
  readonly fd: number
  readonly op: '>' | '>>' | '<' | '>&' | '<&' | '<<' | '<>'
  readonly word: Word
}

export interface Assignment {
  readonly name: string
  readonly value: Word
  /** `+=` */
  readonly append?: true
}

export type ShellNode =
  | { readonly k: 'list'; readonly items: readonly { readonly node: ShellNode; readonly background: boolean }[] }
  | { readonly k: 'andor'; readonly first: ShellNode; readonly rest: readonly { readonly op: '&&' | '||'; readonly node: ShellNode }[] }
  | { readonly k: 'pipe'; readonly stages: readonly ShellNode[]; readonly not: boolean }
  | { readonly k: 'simple'; readonly assignments: readonly Assignment[]; readonly words: readonly Word[]; readonly redirects: readonly Redirect[] }
  | { readonly k: 'if'; readonly clauses: readonly { readonly condition: ShellNode; readonly body: ShellNode }[]; readonly otherwise?: ShellNode }
  /** `step`: what a `for ((…))` does after each turn. */
  | { readonly k: 'while'; readonly until: boolean; readonly condition: ShellNode; readonly body: ShellNode; readonly step?: ShellNode }
  | { readonly k: 'cond'; readonly test: Condition }
  | { readonly k: 'sum'; readonly expression: Word }
  | { readonly k: 'for'; readonly name: string; readonly words?: readonly Word[]; readonly body: ShellNode }
  | { readonly k: 'case'; readonly word: Word; readonly items: readonly { readonly patterns: readonly Word[]; readonly body: ShellNode }[] }
  | { readonly k: 'group'; readonly body: ShellNode }
  | { readonly k: 'subshell'; readonly body: ShellNode }
  | { readonly k: 'function'; readonly name: string; readonly body: ShellNode }
  | { readonly k: 'redirected'; readonly body: ShellNode; readonly redirects: readonly Redirect[] }

/** The inside of `[[ … ]]`. */
export type Condition =
  | { readonly c: 'or' | 'and'; readonly left: Condition; readonly right: Condition }
  | { readonly c: 'not'; readonly of: Condition }
  | { readonly c: 'unary'; readonly op: string; readonly word: Word }
  | { readonly c: 'binary'; readonly op: string; readonly left: Word; readonly right: Word }

/** What is wrong with a script, in the shell's words. */
export class SyntaxFault {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}
