import type { JsonValue } from '../api/meta.ts'
import { templateFunctions } from './go-template-functions.ts'

export type Operand =
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'path'; readonly variable?: string; readonly path: readonly string[] }
  | { readonly kind: 'pipe'; readonly pipe: readonly Command[]; readonly path: readonly string[] }

/** One stage of a pipe: a function with operands, or a lone operand. */
export interface Command {
  readonly call?: string
  readonly words: readonly Operand[]
}

export type TemplateNode =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly pipe: readonly Command[]; readonly assign?: string }
  | { readonly kind: 'if' | 'with'; readonly pipe: readonly Command[]; readonly body: readonly TemplateNode[]; readonly otherwise: readonly TemplateNode[] }
  | { readonly kind: 'range'; readonly pipe: readonly Command[]; readonly variables: readonly string[]; readonly body: readonly TemplateNode[]; readonly otherwise: readonly TemplateNode[] }

class Complaint {
  constructor(readonly text: string) {}
}

/** Parses a template; gives the complaint as a text where it does not parse. */
export function parseTemplate(text: string): readonly TemplateNode[] | string {
  try {
    const pieces = cut(text)
    const reader = { at: 0, depth: 0 }
    const { nodes, end } = read(pieces, reader)
    return end === '' ? nodes : `unexpected {{${end}}}`
  } catch (thrown) {
    if (thrown instanceof Complaint) return thrown.text
    throw thrown
  }
}

interface Piece {
  readonly text?: string
  readonly action?: string
}

/** Texts and actions, with {{- and -}} trimming beside them. */
function cut(text: string): readonly Piece[] {
  const out: Piece[] = []
  let rest = text
  let trim = false
  for (;;) {
    const open = rest.indexOf('{{')
    let before = open < 0 ? rest : rest.slice(0, open)
    if (trim) before = before.trimStart()
    if (open < 0) {
      out.push({ text: before })
      return out
    }
    const left = rest.startsWith('{{- ', open)
    out.push({ text: left ? before.trimEnd() : before })
    const close = endOfAction(rest, open + 2)
    if (close < 0) throw new Complaint('unclosed action')
    let action = rest.slice(open + (left ? 3 : 2), close)
    trim = action.endsWith(' -')
    if (trim) action = action.slice(0, -2)
    if (!action.trim().startsWith('/*')) out.push({ action: action.trim() })
    rest = rest.slice(close + 2)
  }
}

function endOfAction(text: string, from: number): number {
  let quote = ''
  for (let i = from; i < text.length; i++) {
    const c = text[i]!
    if (quote) {
      if (c === '\\' && quote === '"') i++
      else if (c === quote) quote = ''
    } else if (c === '"' || c === '`') quote = c
    else if (text.startsWith('}}', i)) return i
  }
  return -1
}

/** Blocks and parentheses may stand in one another so deep. */
const DEEPEST = 500

function read(pieces: readonly Piece[], reader: { at: number; depth: number }): { readonly nodes: readonly TemplateNode[]; readonly end: string } {
  const nodes: TemplateNode[] = []
  while (reader.at < pieces.length) {
    const piece = pieces[reader.at++]!
    if (piece.action === undefined) {
      if (piece.text) nodes.push({ kind: 'text', text: piece.text })
      continue
    }
    const [, word = '', rest = ''] = /^(\w*)\s*([\s\S]*)$/.exec(piece.action)!
    if (word === 'end' || word === 'else') return { nodes, end: piece.action }
    if (word === 'if' || word === 'with' || word === 'range') nodes.push(blockNode(word, rest, pieces, reader))
    else nodes.push(actionNode(piece.action))
  }
  return { nodes, end: '' }
}

function blockNode(word: 'if' | 'with' | 'range', head: string, pieces: readonly Piece[], reader: { at: number; depth: number }): TemplateNode {
  if (++reader.depth > DEEPEST) throw new Complaint('max expression depth exceeded')
  const { nodes: body, end } = read(pieces, reader)
  let otherwise: readonly TemplateNode[] = []
  if (end.startsWith('else')) {
    const chained = /^else\s+(if|with)\s+([\s\S]*)$/.exec(end)
    if (chained) otherwise = [blockNode(chained[1] as 'if', chained[2]!, pieces, reader)]
    else otherwise = read(pieces, reader).nodes
  } else if (end === '') throw new Complaint('unexpected EOF')
  reader.depth--
  if (word !== 'range') return { kind: word, pipe: parsePipe(head), body, otherwise }
  const named = /^(\$\w+)(?:\s*,\s*(\$\w+))?\s*:=\s*([\s\S]*)$/.exec(head)
  const variables = named ? [named[1]!, named[2]].filter((v): v is string => v !== undefined) : []
  return { kind: 'range', pipe: parsePipe(named ? named[3]! : head), variables, body, otherwise }
}

function actionNode(action: string): TemplateNode {
  const assign = /^(\$\w*)\s*:?=\s*([\s\S]*)$/.exec(action)
  return assign ? { kind: 'action', pipe: parsePipe(assign[2]!), assign: assign[1]! } : { kind: 'action', pipe: parsePipe(action) }
}

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|\||\(|\)(?:\.\w+)*|[^\s|()]+)/y

function tokens(text: string): readonly string[] {
  const out: string[] = []
  TOKEN.lastIndex = 0
  for (let m = TOKEN.exec(text); m; m = TOKEN.exec(text)) out.push(m[1]!)
  return out
}

const parsePipe = (text: string): readonly Command[] => {
  const list = tokens(text)
  const reader = { at: 0, depth: 0 }
  const pipe = readPipe(list, reader)
  if (reader.at < list.length) throw new Complaint(`unexpected "${list[reader.at]!}" in operand`)
  return pipe
}

function readPipe(list: readonly string[], reader: { at: number; depth: number }): readonly Command[] {
  const pipe: Command[] = []
  let words: Operand[] = []
  let call: string | undefined
  const finish = (): void => {
    if (call === undefined && words.length === 0) throw new Complaint('missing value for command')
    pipe.push({ call, words })
    words = []
    call = undefined
  }
  while (reader.at < list.length) {
    const token = list[reader.at]!
    if (token.startsWith(')')) break
    reader.at++
    if (token === '|') finish()
    else if (token === '(') {
      if (++reader.depth > DEEPEST) throw new Complaint('max expression depth exceeded')
      const inner = readPipe(list, reader)
      reader.depth--
      const close = list[reader.at++] ?? ''
      if (!close.startsWith(')')) throw new Complaint('unclosed left paren')
      words.push({ kind: 'pipe', pipe: inner, path: close.slice(1).split('.').filter(Boolean) })
    } else if (words.length === 0 && call === undefined && /^[A-Za-z]\w*$/.test(token) && !['true', 'false', 'nil'].includes(token)) {
      if (!Object.hasOwn(templateFunctions, token)) throw new Complaint(`function "${token}" not defined`)
      call = token
    } else words.push(operand(token))
  }
  finish()
  return pipe
}

const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v', '\\': '\\', '"': '"' }

/** A string constant as Go reads it (strconv.Unquote). */
function unquoted(token: string): string {
  if (token.length < 2 || !token.endsWith('"') || token.includes('\n')) throw new Complaint('unterminated quoted string')
  return token.slice(1, -1).replace(/\\(?:([abfnrtv\\"])|x([\da-fA-F]{2})|([0-3][0-7]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|[\s\S]?)/g, (_all, plain?: string, hex?: string, octal?: string, short?: string, long?: string) => {
    if (plain !== undefined) return ESCAPES[plain]!
    const code = hex ?? short ?? long
    const point = code !== undefined ? parseInt(code, 16) : octal !== undefined ? parseInt(octal, 8) : Infinity
    if (point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)) throw new Complaint('invalid syntax')
    return String.fromCodePoint(point)
  })
}

function operand(token: string): Operand {
  if (token.startsWith('"')) return { kind: 'literal', value: unquoted(token) }
  if (token.startsWith('`')) return { kind: 'literal', value: token.slice(1, -1) }
  if (/^-?\d/.test(token)) return { kind: 'literal', value: Number(token) }
  if (token === 'true' || token === 'false') return { kind: 'literal', value: token === 'true' }
  if (token === 'nil') return { kind: 'literal', value: null }
  const path = token.split('.')
  if (token.startsWith('.')) return { kind: 'path', path: path.filter(Boolean) }
  if (token.startsWith('$')) return { kind: 'path', variable: path[0]!, path: path.slice(1) }
  throw new Complaint(`function "${token}" not defined`)
}
