import { formatted } from '../tools/printf.ts'
import { SyntaxFault, type Part, type ShellNode, type Word } from './syntax.ts'

const META = new Set([' ', '\t', '\n', ';', '&', '|', '<', '>', '(', ')'])
const NAME = /[A-Za-z_]/
const SPECIAL = new Set(['?', '$', '!', '#', '*', '@', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'])

/** Reads characters into words: quotes, expansions, here-documents (POSIX 2.3 token recognition). */
export class WordReader {
  readonly #text: string
  #at = 0
  readonly #parse: (script: string) => ShellNode

  constructor(text: string, parse: (script: string) => ShellNode) {
    this.#text = text
    this.#parse = parse
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length
  }

  looksAt(text: string): boolean {
    return this.#text.startsWith(text, this.#at)
  }

  skip(n: number): void {
    this.#at += n
  }

  skipBlanks(): void {
    for (;;) {
      const c = this.#text[this.#at]
      if (c === ' ' || c === '\t' || c === '\r') this.#at++
      else if (c === '\\' && this.#text[this.#at + 1] === '\n') this.#at += 2
      else if (c === '#') while (!this.atEnd && this.#text[this.#at] !== '\n') this.#at++
      else return
    }
  }

  /** Blanks and line breaks. */
  skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++
  }

  /** Raw text up to `end`, which stands alone and outside of quotes; it is passed. */
  until(end: string): string {
    for (let i = this.#at; i < this.#text.length; i++) {
      const c = this.#text[i]!
      if (c === '\\') i++
      else if (c === "'" || c === '"') {
        const close = this.#text.indexOf(c, i + 1)
        if (close < 0) throw new SyntaxFault('syntax error: unterminated quoted string')
        i = close
      } else if (this.#text.startsWith(end, i) && /\s/.test(this.#text[i - 1] ?? '') && /^(?:[\s;&|)]|$)/.test(this.#text.slice(i + end.length, i + end.length + 1))) {
        const text = this.#text.slice(this.#at, i)
        this.#at = i + end.length
        return text
      }
    }
    throw new SyntaxFault(`syntax error: missing '${end}'`)
  }

  /** The inside of `((…))`, which begins at the second bracket; undefined where the brackets do not close together. */
  sum(): string | undefined {
    this.#at--
    const end = this.#balanced('((', '))')
    if (end === undefined) {
      this.#at++
      return undefined
    }
    const text = this.#text.slice(this.#at + 2, end)
    this.#at = end + 2
    return text
  }

  /** A word in which brackets and bars are characters: the expression behind `=~`. */
  regexWord(): Word {
    let depth = 0
    let end = this.#at
    for (; end < this.#text.length; end++) {
      const c = this.#text[end]!
      if (c === '\\') end++
      else if (c === '(') depth++
      else if (c === ')') depth--
      else if (/\s/.test(c) && depth <= 0) break
    }
    const parts = new WordReader(this.#text.slice(this.#at, end).replace(/\\/g, '\\\\'), this.#parse).#loose()
    this.#at = end
    return { parts: parts.map((part) => (part.p === 'text' && part.s === '\\' ? { ...part, quoted: false } : part)), bare: false }
  }

  /** A number directly in front of a redirection, consumed when there is one. */
  redirectNumber(): number | undefined {
    const m = /^\d+(?=[<>])/.exec(this.#text.slice(this.#at, this.#at + 4))
    if (!m) return undefined
    this.#at += m[0].length
    return Number(m[0])
  }

  word(): Word {
    const parts: Part[] = []
    let bare = true
    let text = ''
    const flush = (): void => {
      if (text) parts.push({ p: 'text', s: text, quoted: false })
      text = ''
    }
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined || META.has(c)) break
      if (c === "'") {
        flush()
        bare = false
        const end = this.#text.indexOf("'", this.#at + 1)
        if (end < 0) throw new SyntaxFault('syntax error: unterminated quoted string')
        parts.push({ p: 'text', s: this.#text.slice(this.#at + 1, end), quoted: true })
        this.#at = end + 1
      } else if (c === '"') {
        flush()
        bare = false
        this.#at++
        const inner = this.#quoted('"')
        parts.push(...(inner.length > 0 ? inner : [{ p: 'text', s: '', quoted: true } as const]))
      } else if (c === '\\') {
        flush()
        bare = false
        if (this.#text[this.#at + 1] !== '\n') parts.push({ p: 'text', s: this.#text[this.#at + 1] ?? '\\', quoted: true })
        this.#at += 2
      } else if (c === '$' && this.#text[this.#at + 1] === '"') this.#at++
      else if (c === '$' && this.#text[this.#at + 1] === "'") {
        flush()
        bare = false
        parts.push(this.#ansi())
      } else if (c === '$' || c === '`') {
        const part = this.#expansion(false)
        if (part) {
          flush()
          parts.push(part)
        } else text += c
      } else {
        text += c
        this.#at++
      }
    }
    flush()
    return { parts, bare: bare && parts.every((part) => part.p === 'text') }
  }

  /** The inside of double quotes, or of a here-document, as parts. */
  quotedParts(body: string): readonly Part[] {
    return new WordReader(body, this.#parse).#quoted('')
  }

  /** A here-document had no end. */
  unfinished = false

  heredoc(delimiter: string, strip: boolean): string {
    let body = ''
    while (!this.atEnd) {
      let end = this.#text.indexOf('\n', this.#at)
      if (end < 0) end = this.#text.length
      let line = this.#text.slice(this.#at, end)
      this.#at = Math.min(end + 1, this.#text.length)
      if (strip) line = line.replace(/^\t+/, '')
      if (line === delimiter) return body
      body += `${line}\n`
    }
    this.unfinished = true
    return body
  }

  #quoted(close: string): Part[] {
    const parts: Part[] = []
    let text = ''
    const flush = (): void => {
      if (text) parts.push({ p: 'text', s: text, quoted: true })
      text = ''
    }
    for (;;) {
      const c = this.#text[this.#at]
      if (c === undefined) {
        if (close) throw new SyntaxFault('syntax error: unterminated quoted string')
        break
      }
      if (c === close) {
        this.#at++
        break
      }
      if (c === '\\') {
        const next = this.#text[this.#at + 1]
        this.#at += 2
        if (next === '\n') continue
        text += next !== undefined && ('$`\\'.includes(next) || (next === '"' && close)) ? next : `\\${next ?? ''}`
      } else if (c === '$' || c === '`') {
        const part = this.#expansion(true)
        if (part) {
          flush()
          parts.push(part)
        } else text += c
      } else {
        text += c
        this.#at++
      }
    }
    flush()
    return parts
  }

  /** `$…` or a back-quoted command; nothing (and one character consumed) where the dollar is only a dollar. */
  #expansion(quoted: boolean): Part | undefined {
    if (this.#text[this.#at] === '`') return this.#backquoted(quoted)
    this.#at++
    const c = this.#text[this.#at]
    if (c === undefined) return undefined
    if (this.looksAt('((')) {
      const end = this.#balanced('((', '))')
      if (end !== undefined) {
        const inner = this.#text.slice(this.#at + 2, end)
        this.#at = end + 2
        return { p: 'sum', expression: { parts: this.quotedParts(inner), bare: false }, quoted }
      }
    }
    if (c === '(') {
      const end = this.#closing('(', ')')
      const body = this.#text.slice(this.#at + 1, end)
      this.#at = end + 1
      return { p: 'command', body: this.#parse(body), quoted }
    }
    if (c === '{') return this.#braced(quoted)
    if (SPECIAL.has(c)) {
      this.#at++
      return { p: 'var', name: c, op: '', quoted }
    }
    if (!NAME.test(c)) return undefined
    const name = /^\w+/.exec(this.#text.slice(this.#at))![0]
    this.#at += name.length
    return { p: 'var', name, op: '', quoted }
  }

  /** `$'…'` with its escapes. */
  #ansi(): Part {
    let end = this.#at + 2
    while (end < this.#text.length && this.#text[end] !== "'") end += this.#text[end] === '\\' ? 2 : 1
    if (end >= this.#text.length) throw new SyntaxFault('syntax error: unterminated quoted string')
    const inner = this.#text.slice(this.#at + 2, end)
    this.#at = end + 1
    return { p: 'text', s: formatted(inner.replaceAll('%', '%%'), []).text, quoted: true }
  }

  #backquoted(quoted: boolean): Part {
    let end = this.#at + 1
    while (end < this.#text.length && this.#text[end] !== '`') end += this.#text[end] === '\\' ? 2 : 1
    if (end >= this.#text.length) throw new SyntaxFault('syntax error: EOF in backquote substitution')
    const body = this.#text.slice(this.#at + 1, end).replace(/\\([$`\\])/g, '$1')
    this.#at = end + 1
    return { p: 'command', body: this.#parse(body), quoted }
  }

  #braced(quoted: boolean): Part {
    const end = this.#closing('{', '}')
    const inner = this.#text.slice(this.#at + 1, end)
    this.#at = end + 1
    const length = /^#(\w+|[@*?$!])$/.exec(inner)
    if (length) return { p: 'var', name: length[1]!, op: '#', quoted }
    if (/^[#!]?\w+\[/.test(inner)) throw new SyntaxFault('syntax error: arrays are not modelled')
    const m = /^(\w+|[?$!#*@-])(?:(:?[-=?+]|%%?|##?|\/\/?|:|\^\^?|,,?)([\s\S]*))?$/.exec(inner)
    if (!m) throw new SyntaxFault('syntax error: bad substitution')
    const op = m[2] ?? ''
    // Quotes around the whole do not quote a pattern (POSIX 2.6.2).
    const isPattern = /^[%#/]/.test(op)
    const word = (text: string): Word => ({ parts: quoted && !isPattern ? this.quotedParts(text) : new WordReader(text, this.#parse).#loose(), bare: false })
    // `${x/pattern/replacement}` and `${x:offset:length}` have two words.
    const cut = op.startsWith('/') ? unescapedAt(m[3]!, '/') : op === ':' ? unescapedAt(m[3]!, ':') : -1
    const arg = op ? word(cut < 0 ? m[3]! : m[3]!.slice(0, cut)) : undefined
    return { p: 'var', name: m[1]!, op, ...(arg ? { arg } : {}), ...(cut < 0 ? {} : { second: word(m[3]!.slice(cut + 1)) }), quoted }
  }

  /** A word in which blanks and operators are characters: the argument of `${x:-…}`. */
  #loose(): Part[] {
    const parts: Part[] = []
    while (!this.atEnd) {
      const c = this.#text[this.#at]!
      if (META.has(c)) {
        parts.push({ p: 'text', s: c, quoted: false })
        this.#at++
      } else parts.push(...this.word().parts)
    }
    return parts
  }

  /** Index of the bracket that closes the one at the present place; quotes and escapes are respected. */
  #closing(open: string, close: string): number {
    let depth = 0
    for (let i = this.#at; i < this.#text.length; i++) {
      const c = this.#text[i]!
      if (c === '\\') i++
      else if (c === "'" && open === '(') {
        const end = this.#text.indexOf("'", i + 1)
        if (end < 0) break
        i = end
      } else if (c === '"') {
        let j = i + 1
        while (j < this.#text.length && this.#text[j] !== '"') j += this.#text[j] === '\\' ? 2 : 1
        i = j
      } else if (c === open) depth++
      else if (c === close && --depth === 0) return i
    }
    throw new SyntaxFault(`syntax error: missing '${close}'`)
  }

  /** Index of `))` that closes `((`, when the two brackets stand together. */
  #balanced(open: string, close: string): number | undefined {
    let depth = 0
    for (let i = this.#at + open.length; i < this.#text.length; i++) {
      const c = this.#text[i]
      if (c === '(') depth++
      else if (c === ')') {
        if (depth === 0) return this.#text.startsWith(close, i) ? i : undefined
        depth--
      }
    }
    return undefined
  }
}

/** Where a mark stands that is not escaped or in brackets; -1: nowhere. */
function unescapedAt(text: string, mark: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (text[i] === '(' || text[i] === '{') depth++
    else if (text[i] === ')' || text[i] === '}') depth--
    else if (text[i] === mark && depth === 0 && i > 0) return i
  }
  return -1
}
