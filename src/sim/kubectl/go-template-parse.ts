import { isTemplateFunction } from './go-template-functions.ts'

interface Placed {
  /** Where it stands in the template, and how Go writes it in errors. */
  readonly pos: number
  readonly text: string
}

export type Operand = Placed &
  (
    | { readonly kind: 'dot' | 'nil' }
    | { readonly kind: 'bool'; readonly value: boolean }
    | { readonly kind: 'number'; readonly value: number; readonly float: boolean }
    | { readonly kind: 'string'; readonly value: string }
    | { readonly kind: 'field'; readonly path: readonly string[] }
    | { readonly kind: 'variable'; readonly name: string; readonly path: readonly string[] }
    | { readonly kind: 'chain'; readonly of: Operand; readonly path: readonly string[] }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipe'; readonly pipe: Pipe }
  )

/** One stage of a pipe. */
export interface Command extends Placed {
  readonly words: readonly Operand[]
}

export interface Pipe extends Placed {
  readonly variables: readonly string[]
  /** `=` instead of `:=`. */
  readonly assigns: boolean
  readonly commands: readonly Command[]
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: Pipe }
  | { readonly kind: 'if' | 'with' | 'range'; readonly pipe: Pipe; readonly body: readonly TemplateNode[]; readonly otherwise: readonly TemplateNode[] }
  | { readonly kind: 'break' | 'continue' }
  | { readonly kind: 'template'; readonly name: string; readonly pipe: Pipe | undefined; readonly pos: number }

export interface Parsed {
  readonly nodes: readonly TemplateNode[]
  /** What `define` and `block` name. */
  readonly named: ReadonlyMap<string, readonly TemplateNode[]>
}

class Complaint {
  constructor(readonly text: string) {}
}

/** Parses a template; gives the complaint as a text where it does not parse. */
export function parseTemplate(text: string): Parsed | string {
  try {
    const parser = new Parser(cut(text))
    return { nodes: parser.whole(), named: parser.named }
  } catch (thrown) {
    if (thrown instanceof Complaint) return thrown.text
    throw thrown
  }
}

interface Piece {
  readonly text?: string
  readonly tokens?: readonly Token[]
}

interface Token {
  readonly pos: number
  readonly text: string
  /** Nothing but white space goes before it. */
  readonly apart: boolean
}

/** Texts and actions, with {{- and -}} trimming beside them. */
function cut(text: string): readonly Piece[] {
  const out: Piece[] = []
  let at = 0
  let trim = false
  for (;;) {
    const open = text.indexOf('{{', at)
    let before = open < 0 ? text.slice(at) : text.slice(at, open)
    if (trim) before = before.trimStart()
    if (open < 0) {
      out.push({ text: before })
      return out
    }
    const left = /^\{\{-\s/.test(text.slice(open, open + 4))
    out.push({ text: left ? before.trimEnd() : before })
    const from = open + (left ? 3 : 2)
    const comment = /^\s*\/\*/.exec(text.slice(from, from + 64))
    const close = comment ? endOfComment(text, from) : endOfAction(text, from)
    const action = text.slice(from, close)
    trim = /\s-$/.test(action)
    if (!comment) out.push({ tokens: tokensOf(trim ? action.slice(0, -2) : action, from) })
    at = close + 2
  }
}

function endOfComment(text: string, from: number): number {
  const end = text.indexOf('*/', from)
  if (end < 0) throw new Complaint('unclosed comment')
  const close = /^(?:\s-)?\}\}/.exec(text.slice(end + 2, end + 6))
  if (!close) throw new Complaint('comment ends before closing delimiter')
  return end + 2 + close[0].length - 2
}

function endOfAction(text: string, from: number): number {
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const c = text[i]!
    if (quote) {
      if (c === '\\' && quote !== '`') i++
      else if (c === quote) quote = ''
      else if (c === '\n' && quote === '"') throw new Complaint('unterminated quoted string')
    } else if (c === '"' || c === '`' || c === "'") quote = c
    else if (text.startsWith('}}', i)) return i
  }
  throw new Complaint(quote === '"' ? 'unterminated quoted string' : quote === '`' ? 'unterminated raw quoted string' : quote ? 'unterminated character constant' : 'unclosed action')
}

const TOKEN = /"(?:[^"\\]|\\[\s\S])*"|`[^`]*`|'(?:[^'\\]|\\[\s\S])*'|:=|[|(),=]|\$\w*|\.[\p{L}_][\p{L}\p{N}_]*|[+-]?\.?\d[\w.]*(?:(?<=[eEpP])[+-]\w+)?|[\p{L}_][\p{L}\p{N}_]*|\./uy

function tokensOf(action: string, base: number): readonly Token[] {
  const out: Token[] = []
  let at = 0
  for (;;) {
    const space = /^\s*/.exec(action.slice(at, at + 4096))![0].length
    at += space
    if (at >= action.length) return out
    TOKEN.lastIndex = at
    const found = TOKEN.exec(action)
    if (!found) throw new Complaint(`unexpected ${goCharacter(action.slice(at))} in command`)
    out.push({ pos: base + at, text: found[0], apart: space > 0 || out.length === 0 })
    at += found[0].length
  }
}

const goCharacter = (text: string): string => {
  const c = String.fromCodePoint(text.codePointAt(0)!)
  return /^[!-~]$/.test(c) ? (c === '{' || c === '}' || c === ':' ? JSON.stringify(c) : `bad character U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')} '${c}'`) : `bad character U+${c.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Blocks and parentheses may stand in one another so deep. */
const DEEPEST = 500
const BLOCKS: ReadonlySet<string> = new Set(['if', 'with', 'range'])

class Parser {
  readonly named = new Map<string, readonly TemplateNode[]>()
  readonly #pieces: readonly Piece[]
  #variables: string[] = ['$']
  #at = 0
  #depth = 0
  #loops = 0
  #tokens: readonly Token[] = []
  #next = 0

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces
  }

  whole(): readonly TemplateNode[] {
    const { nodes, end } = this.#list()
    if (end) throw new Complaint(`unexpected {{${end}}}`)
    return nodes
  }

  /** Nodes up to an `end` or an `else`, whose further words are left to be read. */
  #list(): { readonly nodes: readonly TemplateNode[]; readonly end: string } {
    const nodes: TemplateNode[] = []
    while (this.#at < this.#pieces.length) {
      const { text, tokens } = this.#pieces[this.#at++]!
      if (tokens === undefined) {
        if (text) nodes.push({ kind: 'text', text })
        continue
      }
      this.#tokens = tokens
      this.#next = 1
      const word = tokens[0]?.text ?? ''
      if (word === 'end' || word === 'else') return { nodes, end: word }
      if (BLOCKS.has(word)) nodes.push(this.#block(word as 'if'))
      else if (word === 'define' || word === 'block') nodes.push(...this.#define(word, tokens[1]?.pos ?? 0))
      else if (word === 'template') nodes.push(this.#invocation(tokens[1]?.pos ?? 0))
      else if (word === 'break' || word === 'continue') {
        if (this.#loops === 0) throw new Complaint(`{{${word}}} outside {{range}}`)
        nodes.push({ kind: word })
      } else {
        this.#next = 0
        nodes.push({ kind: 'action', pipe: this.#pipe('command', false) })
      }
    }
    return { nodes, end: '' }
  }

  #deeper<T>(body: () => T): T {
    if (++this.#depth > DEEPEST) throw new Complaint('max expression depth exceeded')
    const made = body()
    this.#depth--
    return made
  }

  #block(kind: 'if' | 'with' | 'range'): TemplateNode {
    return this.#deeper(() => {
      const known = this.#variables.length
      const pipe = this.#pipe(kind, kind === 'range')
      if (kind === 'range') this.#loops++
      const { nodes: body, end } = this.#list()
      if (kind === 'range') this.#loops--
      if (end === '') throw new Complaint('unexpected EOF')
      let otherwise: readonly TemplateNode[] = []
      if (end === 'else') {
        const chained = this.#tokens[1]?.text
        if ((chained === 'if' && kind === 'if') || (chained === 'with' && kind === 'with')) {
          this.#next = 2
          otherwise = [this.#block(chained)]
        } else {
          const rest = this.#list()
          if (rest.end !== 'end') throw new Complaint(rest.end === 'else' ? 'expected end; found {{else}}' : 'unexpected EOF')
          otherwise = rest.nodes
        }
      }
      this.#variables.length = known
      return { kind, pipe, body, otherwise }
    })
  }

  #define(word: string, pos: number): readonly TemplateNode[] {
    const name = this.#name(word)
    const pipe = word === 'block' ? this.#pipe('block clause', false) : undefined
    const known = this.#variables
    this.#variables = ['$']
    const { nodes, end } = this.#deeper(() => this.#list())
    if (end !== 'end') throw new Complaint(end === 'else' ? `unexpected {{else}} in ${word} clause` : 'unexpected EOF')
    this.#variables = known
    this.named.set(name, nodes)
    return pipe ? [{ kind: 'template', name, pipe, pos }] : []
  }

  #invocation(pos: number): TemplateNode {
    const name = this.#name('template')
    return { kind: 'template', name, pipe: this.#next < this.#tokens.length ? this.#pipe('template clause', false) : undefined, pos }
  }

  #name(word: string): string {
    const token = this.#tokens[this.#next++]
    if (!token || !/^["`]/.test(token.text)) throw new Complaint(`unexpected ${token ? shown(token.text) : '"}}"'} in ${word} clause`)
    return unquoted(token.text)
  }

  #pipe(context: string, twoVariables: boolean, parentheses = false): Pipe {
    const tokens = this.#tokens
    const from = tokens[this.#next]
    const variables: string[] = []
    let assigns = false
    const declares = (i: number): boolean => tokens[i]?.text === ':=' || tokens[i]?.text === '='
    const isVariable = (i: number): boolean => tokens[i]?.text.startsWith('$') ?? false
    const n = this.#next
    const count = isVariable(n) && declares(n + 1) ? 1 : twoVariables && isVariable(n) && tokens[n + 1]?.text === ',' && isVariable(n + 2) && declares(n + 3) ? 2 : 0
    if (count > 0) {
      for (let i = 0; i < count; i++) variables.push(tokens[n + 2 * i]!.text)
      assigns = tokens[n + 2 * count - 1]!.text === '='
      if (assigns) for (const name of variables) this.#know(name)
      this.#next = n + 2 * count
    }
    const commands: Command[] = []
    for (;;) {
      commands.push(this.#command(context))
      const token = tokens[this.#next]
      if (!token || token.text === ')') break
      this.#next++
    }
    if (!parentheses && tokens[this.#next]) throw new Complaint('unexpected right paren')
    const odd = commands.findIndex(({ words }, i) => i > 0 && ['dot', 'nil', 'bool', 'number', 'string'].includes(words[0]!.kind))
    if (odd > 0) throw new Complaint(`non executable command in pipeline stage ${odd + 1}`)
    if (!assigns) this.#variables.push(...variables)
    const text = `${variables.length > 0 ? `${variables.join(', ')} ${assigns ? '=' : ':='} ` : ''}${commands.map((c) => c.text).join(' | ')}`
    return { pos: from?.pos ?? 0, text, variables, assigns, commands }
  }

  #know(name: string): void {
    if (!this.#variables.includes(name)) throw new Complaint(`undefined variable "${name}"`)
  }

  #command(context: string): Command {
    const words: Operand[] = []
    const pos = this.#tokens[this.#next]?.pos ?? 0
    for (;;) {
      const token = this.#tokens[this.#next]
      if (!token || token.text === '|' || token.text === ')') break
      const word = this.#operand(token, context)
      // Terms stand apart; what follows a term at once does not belong to it.
      const after = this.#tokens[this.#next]
      if (after && !after.apart && after.text !== '|' && after.text !== ')') throw new Complaint(`unexpected ${shown(after.text)} in operand`)
      words.push(word)
    }
    if (words.length === 0) throw new Complaint(`missing value for ${context}`)
    return { pos, text: words.map((w) => w.text).join(' '), words }
  }

  #operand(token: Token, context: string): Operand {
    this.#next++
    const term = this.#term(token, context)
    const path: string[] = []
    const first = this.#tokens[this.#next]
    for (let next = first; next && !next.apart && /^\.[^\d]/.test(next.text); next = this.#tokens[++this.#next]) path.push(next.text.slice(1))
    if (path.length === 0) return term
    const text = `${term.text}.${path.join('.')}`
    const { pos } = first!
    switch (term.kind) {
      case 'field':
        return { kind: 'field', pos, text, path: [...term.path, ...path] }
      case 'variable':
        return { kind: 'variable', pos, text, name: term.name, path }
      case 'pipe':
      case 'function':
        return { kind: 'chain', pos, text, of: term, path }
      default:
        throw new Complaint(`unexpected . after term "${term.text}"`)
    }
  }

  #term({ text, pos }: Token, context: string): Operand {
    if (text === '.') return { kind: 'dot', pos, text }
    if (text.startsWith('.') && !/^\.\d/.test(text)) return { kind: 'field', pos, text, path: [text.slice(1)] }
    if (text.startsWith('$')) {
      this.#know(text)
      return { kind: 'variable', pos, text, name: text, path: [] }
    }
    if (/^["`]/.test(text)) return { kind: 'string', pos, text, value: unquoted(text) }
    if (text.startsWith("'")) return { kind: 'number', pos, text, value: unquoted(`"${text.slice(1, -1).replace(/^"$/, '\\"')}"`).codePointAt(0) ?? 0, float: false }
    if (/^[+-]?\.?\d/.test(text)) return numberOf(text, pos)
    if (text === '(') {
      const pipe = this.#deeper(() => this.#pipe('parenthesized pipeline', false, true))
      if (this.#tokens[this.#next]?.text !== ')') throw new Complaint('unclosed left paren')
      this.#next++
      return { kind: 'pipe', pos, text: `(${pipe.text})`, pipe }
    }
    if (text === 'true' || text === 'false') return { kind: 'bool', pos, text, value: text === 'true' }
    if (text === 'nil') return { kind: 'nil', pos, text }
    if (!/^[\p{L}_]/u.test(text)) throw new Complaint(`unexpected ${shown(text)} in ${context}`)
    if (['if', 'else', 'end', 'range', 'with', 'define', 'block', 'template'].includes(text)) throw new Complaint(`unexpected <${text}> in ${context}`)
    if (!isTemplateFunction(text)) throw new Complaint(`function "${text}" not defined`)
    return { kind: 'function', pos, text, name: text }
  }
}

const shown = (text: string): string => (/^["`]/.test(text) ? JSON.stringify(text) : text.startsWith('.') && text.length > 1 ? `<${text}>` : JSON.stringify(text))

function numberOf(text: string, pos: number): Operand {
  const plain = text.replace(/(?<=\w)_(?=\w)/g, '')
  const sign = plain.startsWith('-') ? -1 : 1
  const digits = plain.replace(/^[+-]/, '')
  const octal = /^0[0-7]+$/.test(digits)
  const value = sign * (octal ? parseInt(digits, 8) : Number(digits))
  if (Number.isNaN(value)) throw new Complaint(`bad number syntax: ${JSON.stringify(text)}`)
  return { kind: 'number', pos, text, value, float: !/^0[xX]/.test(digits) && /[.eE]/.test(digits) }
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' }

/** A string constant as Go reads it (strconv.Unquote). */
function unquoted(token: string): string {
  if (token.startsWith('`')) return token.slice(1, -1)
  return token.slice(1, -1).replace(/\\(?:([abfnrtv\\"])|x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|[\s\S]?)/g, (_all, plain?: string, hex?: string, octal?: string, short?: string, long?: string) => {
    if (plain !== undefined) return ESCAPES[plain]!
    const code = hex ?? short ?? long
    const point = code !== undefined ? parseInt(code, 16) : octal !== undefined ? parseInt(octal, 8) : Infinity
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw new Complaint('invalid syntax')
    return String.fromCodePoint(point)
  })
}
