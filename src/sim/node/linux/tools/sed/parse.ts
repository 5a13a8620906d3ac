import { regularExpression } from '../regex.ts'

export type Address = { readonly k: 'line'; readonly n: number } | { readonly k: 'step'; readonly first: number; readonly step: number } | { readonly k: 'last' } | { readonly k: 'match'; readonly re: RegExp | null } | { readonly k: 'more'; readonly n: number }

/** A command of a sed script. `end`: for "{", the place behind its "}". */
export interface Command {
  readonly from?: Address
  readonly to?: Address
  readonly not: boolean
  readonly name: string
  readonly re?: RegExp | null
  readonly replacement?: string
  readonly flags?: string
  readonly text?: string
  readonly end?: number
}

const PLAIN = '=dDgGhHlnNpPx'
const WITH_TEXT = 'aic'
const WITH_LABEL = ':btT'
const WITH_FILE = 'rw'

/** A sed script as a flat list of commands, or what is wrong with it (busybox: editors/sed.c). */
export function parseSed(script: string, extended: boolean): readonly Command[] | string {
  const commands: Command[] = []
  const open: number[] = []
  let rest = script
  for (;;) {
    rest = rest.replace(/^(?:[\s;]+|#[^\n]*)+/, '')
    if (rest === '') break
    if (rest.startsWith('}')) {
      const at = open.pop()
      if (at === undefined) return 'unexpected }'
      commands[at] = { ...commands[at]!, end: commands.length }
      rest = rest.slice(1)
      continue
    }
    const one = command(rest, extended)
    if (typeof one === 'string') return one
    if (one.command.name === '{') open.push(commands.length)
    commands.push(one.command)
    rest = one.rest
  }
  if (open.length > 0) return 'unmatched {'
  const labels = new Set(commands.filter((c) => c.name === ':').map((c) => c.text))
  const lost = commands.find((c) => 'btT'.includes(c.name) && c.text !== '' && !labels.has(c.text))
  return lost ? `can't find label for jump to '${lost.text}'` : commands
}

function command(text: string, extended: boolean): { readonly command: Command; readonly rest: string } | string {
  const from = address(text, extended)
  if (typeof from === 'string') return from
  let rest = from?.rest ?? text
  let to: ReturnType<typeof address>
  if (from && /^\s*,/.test(rest)) {
    to = address(rest.replace(/^\s*,\s*/, ''), extended)
    if (typeof to === 'string') return to
    if (!to) return 'unexpected ,'
    rest = to.rest
  }
  rest = rest.trimStart()
  const not = rest.startsWith('!')
  if (not) rest = rest.replace(/^[!\s]+/, '')
  const name = rest[0]
  if (name === undefined) return 'missing command'
  const common = { ...(from ? { from: from.address } : {}), ...(typeof to === 'object' ? { to: to.address } : {}), not, name }
  rest = rest.slice(1)
  if (name === '{' || PLAIN.includes(name)) return { command: common, rest }
  if (name === 'q' || name === 'Q') {
    const code = /^\s*(\d*)/.exec(rest)!
    return { command: { ...common, text: code[1]! }, rest: rest.slice(code[0].length) }
  }
  if (WITH_LABEL.includes(name)) {
    const label = /^\s*([^\s;}]*)/.exec(rest)!
    return { command: { ...common, text: label[1]! }, rest: rest.slice(label[0].length) }
  }
  if (WITH_FILE.includes(name)) {
    const file = /^\s*([^\n]*)/.exec(rest)!
    return { command: { ...common, text: file[1]! }, rest: rest.slice(file[0].length) }
  }
  if (WITH_TEXT.includes(name)) return texted(common, rest)
  if (name === 's') return substituted(common, rest, extended)
  if (name === 'y') return transliterated(common, rest)
  return `unsupported command ${name}`
}

/** `a\` and a line, or GNU's short form on one line; a backslash at a line's end takes the next one in. */
function texted(common: Command, given: string): { readonly command: Command; readonly rest: string } {
  const body = given.replace(/^[ \t]*(?:\\[ \t]*\n)?[ \t]*/, '')
  const m = /^(?:\\[\s\S]|[^\\\n])*/.exec(body)!
  const text = m[0].replace(/\\([\s\S])/g, '$1')
  return { command: { ...common, text: `${text}\n` }, rest: body.slice(m[0].length) }
}

function substituted(common: Command, text: string, extended: boolean): { readonly command: Command; readonly rest: string } | string {
  const pieces = delimited(text)
  if (!pieces) return "unterminated 's' command"
  const flags = /^(?:[gpiIm]|\d+)*/.exec(pieces.rest)![0]
  const re = pieces.first === '' ? null : regularExpression(pieces.first, extended, /[iI]/.test(flags))
  if (re === undefined) return `bad regex '${pieces.first}'`
  let rest = pieces.rest.slice(flags.length)
  const file = /^w[ \t]*([^\n]*)/.exec(rest)
  if (file) rest = rest.slice(file[0].length)
  else if (rest !== '' && !/^[\s;}#]/.test(rest)) return `unknown option to 's'`
  return { command: { ...common, re, replacement: pieces.second, flags, ...(file ? { text: file[1]! } : {}) }, rest }
}

function transliterated(common: Command, text: string): { readonly command: Command; readonly rest: string } | string {
  const pieces = delimited(text)
  if (!pieces) return "unterminated 'y' command"
  const plain = (piece: string): string => piece.replaceAll('\\n', '\n').replaceAll('\\\\', '\\')
  const [from, to] = [plain(pieces.first), plain(pieces.second)]
  return [...from].length === [...to].length ? { command: { ...common, flags: from, replacement: to }, rest: pieces.rest } : "strings for 'y' command are different lengths"
}

/** `/first/second/` with any mark. */
function delimited(text: string): { readonly first: string; readonly second: string; readonly rest: string } | undefined {
  const mark = text[0]
  if (mark === undefined || mark === '\n' || mark === '\\') return undefined
  const middle = closing(text, 1, mark)
  const end = middle < 0 ? -1 : closing(text, middle + 1, mark)
  if (end < 0) return undefined
  const plain = (piece: string): string => (mark === '&' || /\w/.test(mark) ? piece : piece.replaceAll(`\\${mark}`, /[.*[\]^$|+?(){}]/.test(mark) ? `\\${mark}` : mark))
  return { first: plain(text.slice(1, middle)), second: text.slice(middle + 1, end).replaceAll(`\\${mark}`, mark), rest: text.slice(end + 1) }
}

function closing(text: string, from: number, mark: string): number {
  let inBracket = false
  for (let i = from; i < text.length; i++) {
    if (text[i] === '\\') i++
    else if (inBracket) inBracket = text[i] !== ']'
    else if (text[i] === mark) return i
    else if (text[i] === '[' && text.indexOf(']', i) > 0 && text.indexOf(']', i) < text.indexOf('\n', i) >>> 0) inBracket = mark !== '[' && text.slice(i + 1, text.indexOf(']', i)).includes(mark)
  }
  return -1
}

function address(text: string, extended: boolean): { readonly address: Address; readonly rest: string } | string | undefined {
  const step = /^(\d+)~(\d+)/.exec(text)
  if (step) return { address: { k: 'step', first: Number(step[1]), step: Number(step[2]) }, rest: text.slice(step[0].length) }
  const number = /^\d+/.exec(text)
  if (number) return { address: { k: 'line', n: Number(number[0]) }, rest: text.slice(number[0].length) }
  const more = /^\+(\d+)/.exec(text)
  if (more) return { address: { k: 'more', n: Number(more[1]) }, rest: text.slice(more[0].length) }
  if (text.startsWith('$')) return { address: { k: 'last' }, rest: text.slice(1) }
  const mark = text.startsWith('/') ? '/' : text.startsWith('\\') ? text[1] : undefined
  if (mark === undefined) return undefined
  const start = text.startsWith('/') ? 1 : 2
  const end = closing(text, start, mark)
  if (end < 0) return 'no address after comma or unterminated address'
  const source = text.slice(start, end).replaceAll(`\\${mark}`, mark)
  const ignoreCase = text[end + 1] === 'I'
  const re = source === '' ? null : regularExpression(source, extended, ignoreCase)
  return re === undefined ? `bad regex '${source}'` : { address: { k: 'match', re }, rest: text.slice(end + 1 + (ignoreCase ? 1 : 0)) }
}
