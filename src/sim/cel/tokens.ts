import { Bytes, Uint, type Issue, type Literal } from './ast.ts'

export interface Token {
  readonly type: 'op' | 'ident' | 'keyword' | 'literal' | 'end'
  readonly text: string
  readonly at: number
  readonly value?: Literal
}

const OPERATORS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>', '[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?', ':', '+', '*', '/', '%']
const KEYWORDS: ReadonlySet<string> = new Set(['true', 'false', 'null', 'in'])
const NUMBER = /(?:0[xX][0-9a-fA-F]+[uU]?|\d+\.\d+(?:[eE][+-]?\d+)?|\d+[eE][+-]?\d+|\.\d+(?:[eE][+-]?\d+)?|\d+[uU]?)/y
const STRING = /([rR]?[bB]?|[bB][rR])("""[^]*?"""|'''[^]*?'''|"(?:\\.|[^"\\\n\r])*"|'(?:\\.|[^'\\\n\r])*')/y
const RAW = /([rR][bB]?|[bB][rR])("""[^]*?"""|'''[^]*?'''|"[^"\n\r]*"|'[^'\n\r]*')/y
const WORD = /[_a-zA-Z][_a-zA-Z0-9]*/y
const ESCAPED_WORD = /`[a-zA-Z0-9_.\-/ ]+`/y
const BLANK = /(?:[ \t\r\n\f]+|\/\/[^\n]*)/y

function match(pattern: RegExp, source: string, at: number): RegExpExecArray | undefined {
  pattern.lastIndex = at
  return pattern.exec(source) ?? undefined
}

/** Cuts a source into tokens; what is none is an issue (CEL.g4). */
export function tokenize(source: string, issues: Issue[]): Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < source.length) {
    const blank = match(BLANK, source, at)
    if (blank) {
      at += blank[0].length
      continue
    }
    const token = tokenAt(source, at, issues)
    if (!token) {
      issues.push({ at, message: `Syntax error: token recognition error at: '${source[at] === '=' ? source.slice(at, at + 2) : source.slice(at, at + 1)}'` })
      at++
      continue
    }
    tokens.push(token)
    at += token.text.length
  }
  tokens.push({ type: 'end', text: '<EOF>', at: source.length })
  return tokens
}

function tokenAt(source: string, at: number, issues: Issue[]): Token | undefined {
  const raw = match(RAW, source, at)
  if (raw) return { type: 'literal', text: raw[0], at, value: textValue(raw[1]!, raw[2]!, at, issues) }
  const string = match(STRING, source, at)
  if (string) return { type: 'literal', text: string[0], at, value: textValue(string[1]!, string[2]!, at, issues) }
  const number = match(NUMBER, source, at)
  if (number && (source[at] !== '.' || !/[\w)\]]/.test(source[at - 1] ?? ''))) return { type: 'literal', text: number[0], at, value: numberValue(number[0], at, issues) }
  const word = match(WORD, source, at)
  if (word) return { type: KEYWORDS.has(word[0]) ? 'keyword' : 'ident', text: word[0], at }
  const escaped = match(ESCAPED_WORD, source, at)
  if (escaped) return { type: 'ident', text: escaped[0], at }
  const operator = OPERATORS.find((op) => source.startsWith(op, at))
  return operator ? { type: 'op', text: operator, at } : undefined
}

const MAX = (1n << 63n) - 1n

function numberValue(text: string, at: number, issues: Issue[]): Literal {
  if (/^\d*\.\d|^\d+[eE]/.test(text)) return Number(text)
  const unsigned = /[uU]$/.test(text)
  const value = BigInt(unsigned ? text.slice(0, -1) : text)
  // The smallest int is written as minus a number that is one too large; the parser looks at the sign.
  if (unsigned ? value >= 1n << 64n : value > MAX + 1n) issues.push({ at, message: `Syntax error: invalid ${unsigned ? 'uint' : 'int'} literal` })
  return unsigned ? new Uint(value) : value
}

function textValue(prefix: string, quoted: string, at: number, issues: Issue[]): Literal {
  const marks = quoted.startsWith('"""') || quoted.startsWith("'''") ? 3 : 1
  const inner = quoted.slice(marks, -marks)
  const isBytes = /b/i.test(prefix)
  const text = /r/i.test(prefix) ? inner : unescape(inner, isBytes)
  if (text === undefined) {
    issues.push({ at, message: `Syntax error: invalid string literal: ${quoted}` })
    return ''
  }
  return isBytes ? new Bytes(text) : text
}

const SIMPLE: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', "'": "'", '"': '"', '`': '`', '?': '?' }
const ESCAPE = /\\(?:([abfnrtv\\'"`?])|[xX]([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2}))/y

function unescape(text: string, bytes: boolean): string | undefined {
  let out = ''
  for (let i = 0; i < text.length; ) {
    if (text[i] !== '\\') {
      out += text[i++]
      continue
    }
    const found = match(ESCAPE, text, i)
    if (!found) return undefined
    const [all, simple, hex, short, long, octal] = found
    const code = simple ? undefined : hex ?? short ?? long ? parseInt((hex ?? short ?? long)!, 16) : parseInt(octal!, 8)
    if (code !== undefined && (code > 0x10ffff || (bytes && (short || long)))) return undefined
    out += simple ? SIMPLE[simple]! : String.fromCodePoint(code!)
    i += all.length
  }
  return out
}
