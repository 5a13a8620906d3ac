import { AwkFault, type AwkProgram, type Expr, type Rule, type Statement } from './syntax.ts'

interface Token {
  readonly t: 'number' | 'string' | 'regex' | 'name' | 'func' | 'op' | 'newline' | 'end'
  readonly text: string
}

const OPS = ['**=', '&&', '||', '==', '!=', '<=', '>=', '>>', '+=', '-=', '*=', '/=', '%=', '^=', '++', '--', '**', '{', '}', '(', ')', '[', ']', ';', ',', '+', '-', '*', '/', '%', '^', '!', '>', '<', '|', '?', ':', '~', '$', '=']
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', '\\': '\\', '"': '"', '/': '/', a: '\x07', b: '\b', f: '\f', v: '\v' }

/** A program as tokens. A slash begins a regular expression where a value may stand. */
function tokens(source: string): readonly Token[] | AwkFault {
  const found: Token[] = []
  for (let i = 0; i < source.length; ) {
    const c = source[i]!
    const last = found.at(-1)
    if (c === '\\' && source[i + 1] === '\n') i += 2
    else if (c === '\n') {
      found.push({ t: 'newline', text: '\n' })
      i++
    } else if (/\s/.test(c)) i++
    else if (c === '#') while (i < source.length && source[i] !== '\n') i++
    else if (c === '"') {
      let text = ''
      for (i++; i < source.length && source[i] !== '"'; i++) {
        if (source[i] !== '\\') text += source[i]
        else {
          const next = source[++i] ?? ''
          text += ESCAPES[next] ?? `\\${next}`
        }
      }
      if (source[i++] !== '"') return new AwkFault('unterminated string')
      found.push({ t: 'string', text })
    } else if (c === '/' && !(last && (['number', 'string', 'name', 'regex'].includes(last.t) || [')', ']', '$', '++', '--'].includes(last.text)))) {
      let text = ''
      let inClass = false
      for (i++; i < source.length && (source[i] !== '/' || inClass) && source[i] !== '\n'; i++) {
        if (source[i] === '\\') text += source[i + 1] === '/' ? (i++, '/') : `\\${source[++i] ?? ''}`
        else {
          if (source[i] === '[') inClass = true
          else if (source[i] === ']') inClass = false
          text += source[i]
        }
      }
      if (source[i++] !== '/') return new AwkFault('unterminated regexp')
      found.push({ t: 'regex', text })
    } else {
      const rest = source.slice(i, i + 200)
      const number = /^(?:0x[0-9a-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)/.exec(rest)
      const word = /^[A-Za-z_]\w*/.exec(rest)
      const op = OPS.find((o) => rest.startsWith(o))
      if (number) found.push({ t: 'number', text: number[0] })
      else if (word) found.push({ t: source[i + word[0].length] === '(' ? 'func' : 'name', text: word[0] })
      else if (op) found.push({ t: 'op', text: op })
      else return new AwkFault(`syntax error near '${c}'`)
      i += number?.[0].length ?? word?.[0].length ?? op!.length
    }
  }
  return [...found, { t: 'end', text: 'end of program' }]
}

const DEEPEST = 200

class Stop {
  readonly fault: AwkFault
  constructor(message: string) {
    this.fault = new AwkFault(message)
  }
}

/** Recursive descent; a fault leaves it by the one exception that `parseAwk` knows. */
class Parser {
  readonly #tokens: readonly Token[]
  #i = 0
  #depth = 0
  #noIn = false
  #noGreater = false

  constructor(list: readonly Token[]) {
    this.#tokens = list
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#i, this.#tokens.length - 1)]!
  }

  #is(...texts: readonly string[]): boolean {
    return ['op', 'name', 'func'].includes(this.#token.t) && texts.includes(this.#token.text)
  }

  #take(...texts: readonly string[]): string | undefined {
    return this.#is(...texts) ? this.#tokens[this.#i++]!.text : undefined
  }

  #need(text: string): void {
    if (!this.#take(text)) throw new Stop(`syntax error near '${this.#token.text.replace('\n', 'end of line')}'`)
  }

  get #atNewline(): boolean {
    return this.#tokens[Math.min(this.#i, this.#tokens.length - 1)]!.t === 'newline'
  }

  #name(): string {
    const { t, text } = this.#token
    if (t !== 'name' && t !== 'func') throw new Stop(`syntax error near '${text.replace('\n', 'end of line')}'`)
    this.#i++
    return text
  }

  #newlines(): void {
    while (this.#token.t === 'newline' || this.#is(';')) this.#i++
  }

  program(): AwkProgram {
    const rules: Rule[] = []
    const functions = new Map<string, { params: readonly string[]; body: Statement }>()
    for (this.#newlines(); this.#token.t !== 'end'; this.#newlines()) {
      if (this.#take('function', 'func')) {
        const name = this.#name()
        this.#need('(')
        const params: string[] = []
        while (!this.#is(')')) {
          params.push(this.#name())
          if (!this.#take(',')) break
        }
        this.#need(')')
        this.#newlines()
        functions.set(name, { params, body: this.#block() })
      } else rules.push(this.#rule())
    }
    return { rules, functions }
  }

  #rule(): Rule {
    if (this.#take('BEGIN')) return { pattern: { p: 'begin' }, action: this.#block() }
    if (this.#take('END')) return { pattern: { p: 'end' }, action: this.#block() }
    if (this.#is('{')) return { pattern: { p: 'always' }, action: this.#block() }
    const test = this.#expr()
    const to = this.#take(',') ? this.#expr() : undefined
    const pattern: Rule['pattern'] = to ? { p: 'range', from: test, to } : { p: 'when', test }
    return this.#is('{') ? { pattern, action: this.#block() } : { pattern }
  }

  #block(): Statement {
    this.#need('{')
    const body: Statement[] = []
    for (this.#newlines(); !this.#is('}'); this.#newlines()) body.push(this.#statement())
    this.#need('}')
    return { s: 'block', body }
  }

  #end(): void {
    if (this.#token.t === 'newline' || this.#is(';')) this.#i++
    else if (!this.#is('}') && this.#token.t !== 'end') throw new Stop(`syntax error near '${this.#token.text}'`)
  }

  #body(): Statement {
    while (this.#atNewline) this.#i++
    if (this.#take(';')) return { s: 'block', body: [] }
    return this.#statement()
  }

  #statement(): Statement {
    if (++this.#depth > DEEPEST) throw new Stop('program is nested too deeply')
    const made = this.#oneStatement()
    this.#depth--
    return made
  }

  #oneStatement(): Statement {
    if (this.#is('{')) return this.#block()
    if (this.#take('if')) {
      this.#need('(')
      const test = this.#expr()
      this.#need(')')
      const yes = this.#body()
      const at = this.#i
      this.#newlines()
      if (this.#take('else')) return { s: 'if', test, yes, no: this.#body() }
      this.#i = at
      return { s: 'if', test, yes }
    }
    if (this.#take('while')) {
      this.#need('(')
      const test = this.#expr()
      this.#need(')')
      return { s: 'while', test, body: this.#body(), after: false }
    }
    if (this.#take('do')) {
      const body = this.#body()
      this.#newlines()
      this.#need('while')
      this.#need('(')
      const test = this.#expr()
      this.#need(')')
      this.#end()
      return { s: 'while', test, body, after: true }
    }
    if (this.#take('for')) return this.#for()
    const made = this.#simple()
    this.#end()
    return made
  }

  #for(): Statement {
    this.#need('(')
    const [a, b, c, d] = this.#tokens.slice(this.#i, this.#i + 4)
    if (a?.t === 'name' && b?.text === 'in' && c?.t === 'name' && d?.text === ')') {
      this.#i += 4
      return { s: 'each', name: a.text, of: c.text, body: this.#body() }
    }
    const first = this.#is(';') ? undefined : this.#simple()
    this.#need(';')
    const test = this.#is(';') ? undefined : this.#expr()
    this.#need(';')
    const next = this.#is(')') ? undefined : this.#simple()
    this.#need(')')
    return { s: 'for', ...(first ? { first } : {}), ...(test ? { test } : {}), ...(next ? { next } : {}), body: this.#body() }
  }

  #simple(): Statement {
    const kind = this.#take('print', 'printf')
    if (kind) return this.#print(kind === 'printf')
    const jump = this.#take('break', 'continue', 'next', 'exit', 'return') as 'exit' | undefined
    if (jump) {
      const bare = this.#token.t === 'newline' || this.#token.t === 'end' || this.#is(';', '}')
      return { s: 'jump', to: jump, ...(bare ? {} : { value: this.#expr() }) }
    }
    if (this.#take('delete')) {
      const name = this.#name()
      return { s: 'delete', name, ...(this.#take('[') ? { keys: this.#list(']') } : {}) }
    }
    if (this.#is('getline')) throw new Stop('getline is not modelled here')
    return { s: 'expr', value: this.#expr() }
  }

  #print(format: boolean): Statement {
    const args: Expr[] = []
    const before = this.#noGreater
    this.#noGreater = true
    while (!(this.#token.t === 'newline' || this.#token.t === 'end' || this.#is(';', '}', '>', '>>', '|'))) {
      args.push(this.#expr())
      if (!this.#take(',')) break
      while (this.#atNewline) this.#i++
    }
    this.#noGreater = before
    if (this.#is('|')) throw new Stop('a pipe to a command is not modelled here')
    const op = this.#take('>', '>>') as '>' | '>>' | undefined
    const only = args[0]
    const list = args.length === 1 && only?.e === 'group' ? only.items : args
    return { s: 'print', args: list, format, ...(op ? { into: { op, file: this.#concatenation() } } : {}) }
  }

  #list(end: string): Expr[] {
    const items: Expr[] = []
    const before = [this.#noIn, this.#noGreater] as const
    this.#noIn = this.#noGreater = false
    while (!this.#is(end)) {
      while (this.#atNewline) this.#i++
      items.push(this.#expr())
      if (!this.#take(',')) break
    }
    ;[this.#noIn, this.#noGreater] = before
    this.#need(end)
    return items
  }

  #expr(): Expr {
    if (++this.#depth > DEEPEST) throw new Stop('program is nested too deeply')
    const left = this.#choice()
    const op = ['var', 'field', 'element'].includes(left.e) ? this.#take('=', '+=', '-=', '*=', '/=', '%=', '^=', '**=') : undefined
    const made: Expr = op ? { e: 'assign', op: op.replace('**', '^').slice(0, -1), to: left, value: this.#expr() } : left
    this.#depth--
    return made
  }

  #choice(): Expr {
    const test = this.#binary(0)
    if (!this.#take('?')) return test
    const yes = this.#expr()
    while (this.#atNewline) this.#i++
    this.#need(':')
    return { e: 'choice', test, yes, no: this.#expr() }
  }

  /** || && in ~ comparison, each binding tighter than the one before. */
  #binary(level: number): Expr {
    if (level === 5) return this.#concatenation()
    const ops = [['||'], ['&&'], ['in'], ['~', '!~'], ['<', '<=', '==', '!=', '>', '>=']][level]!
    let left = this.#binary(level + 1)
    for (;;) {
      if (level === 2) {
        if (this.#noIn || !this.#take('in')) return left
        left = { e: 'in', keys: left.e === 'group' ? left.items : [left], name: this.#name() }
        continue
      }
      if (level === 3 && this.#is('!') && this.#tokens[this.#i + 1]?.text === '~') {
        this.#i += 2
        left = { e: 'binary', op: '!~', left, right: this.#binary(level + 1) }
        continue
      }
      if (this.#noGreater && this.#is('>')) return left
      const op = this.#take(...ops)
      if (!op) return left
      while (level < 2 && this.#atNewline) this.#i++
      left = { e: 'binary', op, left, right: this.#binary(level + 1) }
      if (level === 4) return left
    }
  }

  #beginsValue(): boolean {
    const { t, text } = this.#token
    return ['number', 'string', 'regex', 'func'].includes(t) || (t === 'name' && text !== 'in') || (t === 'op' && ['$', '!', '(', '-', '+', '++', '--'].includes(text) && !(text === '!' && this.#tokens[this.#i + 1]?.text === '~'))
  }

  #concatenation(): Expr {
    let left = this.#sum()
    while (this.#beginsValue() && !this.#is('-', '+', '!')) left = { e: 'binary', op: ' ', left, right: this.#sum() }
    return left
  }

  #sum(): Expr {
    let left = this.#product()
    for (let op = this.#take('+', '-'); op; op = this.#take('+', '-')) left = { e: 'binary', op, left, right: this.#product() }
    return left
  }

  #product(): Expr {
    let left = this.#unary()
    for (let op = this.#take('*', '/', '%'); op; op = this.#take('*', '/', '%')) left = { e: 'binary', op, left, right: this.#unary() }
    return left
  }

  #unary(): Expr {
    const op = this.#take('!', '-', '+')
    if (op) {
      if (++this.#depth > DEEPEST) throw new Stop('program is nested too deeply')
      const of = this.#unary()
      this.#depth--
      return { e: 'unary', op, of }
    }
    const base = this.#postfix()
    return this.#take('^', '**') ? { e: 'binary', op: '^', left: base, right: this.#unary() } : base
  }

  #postfix(): Expr {
    const before = this.#take('++', '--')
    if (before) return { e: 'step', to: this.#primary(), by: before === '++' ? 1 : -1, before: true }
    const value = this.#primary()
    const after = ['var', 'field', 'element'].includes(value.e) ? this.#take('++', '--') : undefined
    return after ? { e: 'step', to: value, by: after === '++' ? 1 : -1, before: false } : value
  }

  #primary(): Expr {
    const token = this.#token
    this.#i++
    switch (token.t) {
      case 'number':
        return { e: 'number', value: Number(token.text) }
      case 'string':
        return { e: 'string', value: token.text }
      case 'regex':
        return { e: 'regex', source: token.text }
      case 'func':
        this.#need('(')
        return { e: 'call', name: token.text, args: this.#list(')') }
      case 'name':
        if (token.text === 'getline') throw new Stop('getline is not modelled here')
        if (token.text === 'length') return { e: 'call', name: 'length', args: [] }
        return this.#take('[') ? { e: 'element', name: token.text, keys: this.#list(']') } : { e: 'var', name: token.text }
      case 'op':
        if (token.text === '$') return { e: 'field', of: this.#is('++', '--') ? this.#postfix() : this.#is('-') ? this.#unary() : this.#primary() }
        if (token.text === '(') return { e: 'group', items: this.#list(')') }
        break
      default:
    }
    throw new Stop(`syntax error near '${token.text.replace('\n', 'end of line')}'`)
  }
}

/** Reads an awk program; a fault says what is wrong. */
export function parseAwk(source: string): AwkProgram | AwkFault {
  const list = tokens(source)
  if (list instanceof AwkFault) return list
  try {
    return new Parser(list).program()
  } catch (thrown) {
    if (thrown instanceof Stop) return thrown.fault
    throw thrown
  }
}
