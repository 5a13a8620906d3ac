import type { Entry, Expr, Issue, Macro, MessageField } from './ast.ts'
import { tokenize, type Token } from './tokens.ts'

const DEPTH = 250
const PRIMARY = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
const RELATIONS: ReadonlySet<string> = new Set(['<', '<=', '>=', '>', '==', '!=', 'in'])
const MACROS: Readonly<Record<string, readonly number[]>> = {
  all: [2, 3], exists: [2, 3], exists_one: [2], existsOne: [2, 3], filter: [2], map: [2, 3], transformList: [3, 4], transformMap: [3, 4], transformMapEntry: [3, 4], sortBy: [2],
}

class SyntaxFault {
  readonly issue: Issue
  constructor(at: number, message: string) {
    this.issue = { at, message: `Syntax error: ${message}` }
  }
}

/** Parses an expression, macros expanded; issues in the words of cel-go's ANTLR parser. Never throws. */
export function parse(source: string): { readonly expr?: Expr; readonly issues: readonly Issue[] } {
  const issues: Issue[] = []
  const tokens = tokenize(source, issues)
  const parser = new Parser(tokens, issues)
  try {
    const expr = parser.whole()
    return issues.length > 0 ? { issues } : { expr, issues }
  } catch (fault) {
    if (!(fault instanceof SyntaxFault)) throw fault
    return { issues: [...issues, fault.issue] }
  }
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #issues: Issue[]
  #next = 0
  #depth = 0

  constructor(tokens: readonly Token[], issues: Issue[]) {
    this.#tokens = tokens
    this.#issues = issues
  }

  whole(): Expr {
    const expr = this.#expr()
    const token = this.#peek()
    if (token.type === 'end') return expr
    const alone = this.#tokens[this.#next + 1]!.type === 'end'
    throw new SyntaxFault(token.at, `${alone ? 'extraneous' : 'mismatched'} input '${token.text}' expecting <EOF>`)
  }

  #peek(): Token {
    return this.#tokens[this.#next]!
  }

  #is(text: string): boolean {
    const token = this.#peek()
    return token.text === text && (token.type === 'op' || token.type === 'keyword')
  }

  #take(text: string): Token | undefined {
    return this.#is(text) ? this.#tokens[this.#next++] : undefined
  }

  #expect(text: string): Token {
    const token = this.#take(text)
    if (token) return token
    const found = this.#peek()
    throw new SyntaxFault(found.at, found.type === 'end' ? `missing '${text}' at '<EOF>'` : `mismatched input '${found.text}' expecting '${text}'`)
  }

  #expr(): Expr {
    if (++this.#depth > DEPTH) throw new SyntaxFault(this.#peek().at, `expression recursion limit exceeded: ${DEPTH}`)
    const condition = this.#or()
    const question = this.#take('?')
    if (!question) {
      this.#depth--
      return condition
    }
    const yes = this.#or()
    this.#expect(':')
    const no = this.#expr()
    this.#depth--
    return { is: 'call', at: question.at, name: '_?_:_', target: undefined, args: [condition, yes, no] }
  }

  /** Operators of one level, to the left. */
  #level(next: () => Expr, matches: (text: string) => boolean): Expr {
    let left = next()
    for (;;) {
      const token = this.#peek()
      if ((token.type !== 'op' && token.type !== 'keyword') || !matches(token.text)) return left
      this.#next++
      left = { is: 'call', at: token.at, name: token.text === 'in' ? '@in' : `_${token.text}_`, target: undefined, args: [left, next()] }
    }
  }

  #or = (): Expr => this.#level(this.#and, (op) => op === '||')
  #and = (): Expr => this.#level(this.#relation, (op) => op === '&&')
  #relation = (): Expr => this.#level(this.#sum, (op) => RELATIONS.has(op))
  #sum = (): Expr => this.#level(this.#product, (op) => op === '+' || op === '-')
  #product = (): Expr => this.#level(this.#unary, (op) => op === '*' || op === '/' || op === '%')

  #unary = (): Expr => {
    for (const op of ['!', '-']) {
      const first = this.#peek()
      if (!this.#is(op)) continue
      let count = 0
      while (this.#take(op)) count++
      const next = this.#peek()
      if (op === '-' && count === 1 && next.type === 'literal' && (typeof next.value === 'bigint' || typeof next.value === 'number')) {
        this.#next++
        return this.#members({ is: 'literal', at: first.at, value: -next.value })
      }
      const inner = this.#member()
      return count % 2 === 0 ? inner : { is: 'call', at: first.at, name: op === '!' ? '!_' : '-_', target: undefined, args: [inner] }
    }
    return this.#member()
  }

  #member(): Expr {
    if (++this.#depth > DEPTH) throw new SyntaxFault(this.#peek().at, `expression recursion limit exceeded: ${DEPTH}`)
    const expr = this.#members(this.#primary())
    this.#depth--
    return expr
  }

  #members(first: Expr): Expr {
    let expr = first
    for (;;) {
      const dot = this.#take('.')
      if (dot) {
        const optional = this.#take('?') !== undefined
        const name = this.#peek()
        if (name.type !== 'ident') throw new SyntaxFault(name.at, `no viable alternative at input '.${optional ? '?' : ''}${name.type === 'end' ? '' : name.text}'`)
        this.#next++
        const open = optional ? undefined : this.#take('(')
        expr = open ? this.#call(open.at, unquoted(name.text), expr, this.#args(')')) : { is: 'select', at: dot.at, operand: expr, field: unquoted(name.text), test: false, optional }
        continue
      }
      const bracket = this.#take('[')
      if (bracket) {
        const optional = this.#take('?') !== undefined
        const index = this.#expr()
        this.#expect(']')
        expr = { is: 'call', at: bracket.at, name: optional ? '_[?_]' : '_[_]', target: undefined, args: [expr, index] }
        continue
      }
      const brace = this.#is('{') ? typeName(expr) : undefined
      if (brace === undefined) return expr
      const open = this.#expect('{')
      expr = { is: 'message', at: open.at, type: brace, fields: this.#fields() }
    }
  }

  #primary(): Expr {
    const token = this.#peek()
    if (token.type === 'literal') {
      this.#next++
      if (token.value === 1n << 63n) this.#issues.push({ at: token.at, message: 'Syntax error: invalid int literal' })
      return { is: 'literal', at: token.at, value: token.value! }
    }
    if (token.type === 'keyword' && token.text !== 'in') {
      this.#next++
      return { is: 'literal', at: token.at, value: token.text === 'null' ? null : token.text === 'true' }
    }
    if (token.type === 'ident') return this.#name(token, '')
    if (this.#take('(')) {
      const inner = this.#expr()
      this.#expect(')')
      return inner
    }
    if (this.#take('[')) return { is: 'list', at: token.at, items: this.#items() }
    if (this.#take('{')) return { is: 'map', at: token.at, entries: this.#entries() }
    if (this.#take('.')) {
      const name = this.#peek()
      if (name.type !== 'ident') throw new SyntaxFault(name.at, `no viable alternative at input '.${name.type === 'end' ? '' : name.text}'`)
      return this.#name(name, '.')
    }
    const after = this.#tokens[this.#next + 1]
    const isStart = after !== undefined && (after.type === 'literal' || after.type === 'ident' || ['(', '[', '{', '.', '-', '!', 'true', 'false', 'null'].includes(after.text))
    throw new SyntaxFault(token.at, `${token.type !== 'end' && isStart ? 'extraneous' : 'mismatched'} input '${token.text}' expecting ${PRIMARY}`)
  }

  #name(token: Token, prefix: string): Expr {
    this.#next++
    const name = `${prefix}${unquoted(token.text)}`
    const open = this.#take('(')
    return open ? this.#call(open.at, name, undefined, this.#args(')')) : { is: 'ident', at: token.at, name }
  }

  #args(end: string): Expr[] {
    const args: Expr[] = []
    if (this.#take(end)) return args
    do args.push(this.#expr())
    while (this.#take(','))
    this.#expect(end)
    return args
  }

  #items(): { value: Expr; optional: boolean }[] {
    const items: { value: Expr; optional: boolean }[] = []
    while (!this.#take(']')) {
      const optional = this.#take('?') !== undefined
      items.push({ value: this.#expr(), optional })
      if (!this.#take(',') && !this.#is(']')) this.#expect(']')
    }
    return items
  }

  #entries(): Entry[] {
    const entries: Entry[] = []
    while (!this.#take('}')) {
      const optional = this.#take('?') !== undefined
      const key = this.#expr()
      this.#expect(':')
      entries.push({ key, value: this.#expr(), optional })
      if (!this.#take(',') && !this.#is('}')) this.#expect('}')
    }
    return entries
  }

  #fields(): MessageField[] {
    const fields: MessageField[] = []
    while (!this.#take('}')) {
      const optional = this.#take('?') !== undefined
      const name = this.#peek()
      if (name.type !== 'ident') throw new SyntaxFault(name.at, `mismatched input '${name.text}' expecting {'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}`)
      this.#next++
      this.#expect(':')
      fields.push({ name: unquoted(name.text), value: this.#expr(), optional })
      if (!this.#take(',') && !this.#is('}')) this.#expect('}')
    }
    return fields
  }

  /** A call, or what a macro makes of it (cel-go: parser/macro.go). */
  #call(at: number, name: string, target: Expr | undefined, args: readonly Expr[]): Expr {
    if (!target && name === 'has' && args.length === 1) {
      const [field] = args as [Expr]
      if (field.is === 'select') return { ...field, at, test: true }
      this.#issues.push({ at: field.at, message: 'invalid argument to has() macro' })
    }
    if (target?.is === 'ident' && target.name === 'cel' && name === 'bind' && args.length === 3 && args[0]!.is === 'ident')
      return { is: 'bind', at, name: args[0]!.name, value: args[1]!, body: args[2]! }
    if (target && Object.hasOwn(MACROS, name) && MACROS[name]!.includes(args.length)) return this.#fold(at, name as Macro, target, args)
    return { is: 'call', at, name, target, args }
  }

  #fold(at: number, macro: Macro, range: Expr, args: readonly Expr[]): Expr {
    const two = macro.startsWith('transform') || (args.length === 3 && macro !== 'map')
    const names = args.slice(0, two ? 2 : 1)
    for (const name of names) if (name.is !== 'ident') this.#issues.push({ at: name.at, message: 'argument must be a simple name' })
    return { is: 'fold', at, macro, range, names: names.map((name) => (name.is === 'ident' ? name.name : '')), steps: args.slice(names.length) }
  }
}

const unquoted = (name: string): string => (name.startsWith('`') ? name.slice(1, -1) : name)

/** "a.b.C" of a chain of selections, which may begin a message. */
function typeName(expr: Expr): string | undefined {
  if (expr.is === 'ident') return expr.name
  if (expr.is !== 'select' || expr.test || expr.optional) return undefined
  const before = typeName(expr.operand)
  return before === undefined ? undefined : `${before}.${expr.field}`
}
