/** A node of a parsed expression. `at` is the offset in the source that errors point to, as cel-go chooses it. */
export type Expr =
  | { readonly is: 'literal'; readonly at: number; readonly value: Literal }
  | { readonly is: 'ident'; readonly at: number; readonly name: string }
  | { readonly is: 'select'; readonly at: number; readonly operand: Expr; readonly field: string; readonly test: boolean; readonly optional: boolean }
  | { readonly is: 'call'; readonly at: number; readonly name: string; readonly target: Expr | undefined; readonly args: readonly Expr[] }
  | { readonly is: 'list'; readonly at: number; readonly items: readonly { readonly value: Expr; readonly optional: boolean }[] }
  | { readonly is: 'map'; readonly at: number; readonly entries: readonly Entry[] }
  | { readonly is: 'message'; readonly at: number; readonly type: string; readonly fields: readonly MessageField[] }
  | { readonly is: 'fold'; readonly at: number; readonly macro: Macro; readonly range: Expr; readonly names: readonly string[]; readonly steps: readonly Expr[] }
  | { readonly is: 'bind'; readonly at: number; readonly name: string; readonly value: Expr; readonly body: Expr }

export interface Entry {
  readonly key: Expr
  readonly value: Expr
  readonly optional: boolean
}

export interface MessageField {
  readonly name: string
  readonly value: Expr
  readonly optional: boolean
}

/** Comprehension macros. */
export type Macro = 'all' | 'exists' | 'exists_one' | 'existsOne' | 'filter' | 'map' | 'sortBy' | 'transformList' | 'transformMap' | 'transformMapEntry'

export type Literal = null | boolean | bigint | number | string | Uint | Bytes

/** An unsigned integer: CEL keeps it apart from int. */
export class Uint {
  readonly value: bigint
  constructor(value: bigint) {
    this.value = value
  }
}

/** A byte string; each character of `text` is one byte. */
export class Bytes {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** A fault at an offset of the source. */
export interface Issue {
  readonly at: number
  readonly message: string
}
