import type { JsonValue } from '../api/meta.ts'

/** YAML as kubectl prints it (sigs.k8s.io/yaml): sorted keys, lists not indented, quotes only where YAML 1.1 needs them. */
export function toYaml(value: JsonValue): string {
  if (isBlock(value)) return block(value, '')
  return `${inline(value, '', 0)}\n`
}

type Block = readonly JsonValue[] | { readonly [key: string]: JsonValue | undefined }

const isBlock = (value: JsonValue | undefined): value is Block => {
  if (typeof value !== 'object' || value === null) return false
  return Array.isArray(value) ? value.length > 0 : keysOf(value as Block).length > 0
}

/** The keys of members that are there, sorted unless asked otherwise. */
export function keysOf(value: object, sorted = true): readonly string[] {
  const keys = Object.keys(value).filter((k) => (value as Record<string, unknown>)[k] !== undefined)
  return sorted ? keys.sort() : keys
}

function block(value: Block, indent: string): string {
  if (Array.isArray(value)) {
    let out = ''
    for (const item of value as readonly JsonValue[]) {
      if (isBlock(item)) out += `${indent}- ${block(item, `${indent}  `).slice(indent.length + 2)}`
      else out += `${indent}- ${inline(item, indent, indent.length + 2)}\n`
    }
    return out
  }
  let out = ''
  const map = value as Readonly<Record<string, JsonValue>>
  for (const key of [...keysOf(map)].sort(naturally)) {
    const item = map[key]!
    const head = `${indent}${inline(key, indent, -Infinity)}:`
    if (!isBlock(item)) out += `${head} ${inline(item, indent, head.length + 1)}\n`
    else out += `${head}\n${block(item, Array.isArray(item) ? indent : `${indent}  `)}`
  }
  return out
}

/** go-yaml's order of keys: letters after other signs, runs of digits by their number. */
function naturally(a: string, b: string): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] === b[i]) continue
    const x = /\p{L}/u.test(a[i]!)
    const y = /\p{L}/u.test(b[i]!)
    if (x !== y) return y ? -1 : 1
    const m = x ? undefined : /^\d+/.exec(a.slice(i))?.[0]
    const n = x ? undefined : /^\d+/.exec(b.slice(i))?.[0]
    if (m !== undefined && n !== undefined && Number(m) !== Number(n)) return Number(m) - Number(n)
    return a[i]! < b[i]! ? -1 : 1
  }
  return a.length - b.length
}

function inline(value: JsonValue, indent: string, column: number): string {
  if (value === null) return 'null'
  if (typeof value === 'object') return Array.isArray(value) ? '[]' : '{}'
  if (typeof value !== 'string') return number(value)
  return text(value, indent, column)
}

const number = (value: number | boolean): string => (typeof value === 'number' ? `${value}`.replace(/e([+-])(\d)$/, 'e$10$2') : `${value}`)

const BEST_WIDTH = 80

/** Breaks a text at single spaces behind column 80, as libyaml does; continued lines stand two deeper. */
function fold(written: string, indent: string, column: number): string {
  if (column + written.length <= BEST_WIDTH) return written
  let out = ''
  let at = column
  let last = written.length - 1
  if (written[0] !== '"' && written[0] !== "'") last = written.length
  for (let i = 0; i < written.length; i++) {
    const c = written[i]!
    const breaks = c === ' ' && at > BEST_WIDTH && written[i - 1] !== ' ' && written[i + 1] !== ' ' && i < last - 1
    out += breaks ? `\n${indent}  ` : c
    at = breaks ? indent.length + 2 : at + 1
  }
  return out
}

function text(value: string, indent: string, column: number): string {
  const traits = analyze(value)
  if (value.includes('\n') && traits.block) return literal(value, indent)
  if (!value.includes('\n') && !resolvesToOther(value)) {
    if (traits.plain) return fold(value, indent, column)
    if (traits.single) return fold(`'${value.replace(/'/g, "''")}'`, indent, column)
  }
  return fold(doubleQuoted(value), indent, column)
}

const INDICATORS = '#,[]{}&*!|>\'"%@`'
// eslint-disable-next-line no-control-regex
const SPECIAL = /[\u0000-\u0009\u000b-\u001f\u007f-\u0084\u0086-\u009f\ufeff\ufffe\uffff]/

/** What styles a text allows (libyaml: yaml_emitter_analyze_scalar). */
function analyze(value: string): { readonly plain: boolean; readonly single: boolean; readonly block: boolean } {
  const special = SPECIAL.test(value)
  const spaceBreak = / \n/.test(value)
  const edges = /^[ \n]|[ \n]$/.test(value)
  const single = !special && !spaceBreak && !/\n /.test(value)
  return { plain: single && !edges && !hasIndicator(value), single, block: !special && !spaceBreak && !value.endsWith(' ') }
}

function hasIndicator(value: string): boolean {
  if (value.startsWith('---') || value.startsWith('...')) return true
  if (INDICATORS.includes(value[0]!)) return true
  if (/^[-?:]([ \n]|$)/.test(value)) return true
  return /:([ \n]|$)/.test(value.slice(1)) || /[ \n]#/.test(value)
}

const WORDS = new Set(
  'y Y yes Yes YES true True TRUE on On ON n N no No NO false False FALSE off Off OFF ~ null Null NULL .nan .NaN .NAN .inf .Inf .INF +.inf +.Inf +.INF -.inf -.Inf -.INF <<'.split(' '),
)

/** Would YAML 1.1 read this text as something else than a text? */
export function resolvesToOther(value: string): boolean {
  if (value === '' || WORDS.has(value)) return true
  if (!/^[-+.0-9]/.test(value)) return false
  const digits = value.replace(/_/g, '')
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(digits)) return true
  if (/^[-+]?0([xX][0-9a-fA-F]+|[bB][01]+|[oO][0-7]+)$/.test(digits)) return true
  if (/^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(value)) return true
  return /^\d{4}-\d{1,2}-\d{1,2}([Tt ]\d{1,2}:\d{1,2}:\d{1,2}(\.\d+)?( ?Z|[-+]\d{2}:\d{2})?)?$/.test(value)
}

function literal(value: string, indent: string): string {
  const hint = /^[ \n]/.test(value) ? '2' : ''
  const chomp = !value.endsWith('\n') ? '-' : value === '\n' || value.endsWith('\n\n') ? '+' : ''
  const body = value.endsWith('\n') ? value.slice(0, -1) : value
  const lines = body.split('\n').map((line) => (line === '' ? '' : `${indent}  ${line}`))
  return `|${hint}${chomp}\n${lines.join('\n')}`
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"', '\\': '\\\\', '\0': '\\0', '\x07': '\\a', '\b': '\\b', '\t': '\\t', '\n': '\\n', '\v': '\\v', '\f': '\\f', '\r': '\\r', '\x1b': '\\e', '\x85': '\\N',
}

const doubleQuoted = (value: string): string =>
  // eslint-disable-next-line no-control-regex
  `"${value.replace(/["\\\u0000-\u001f\u007f-\u009f\ufeff]/g, (c) => {
    const known = ESCAPES[c]
    if (known) return known
    const code = c.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).toUpperCase().padStart(2, '0')}` : `\\u${code.toString(16).toUpperCase().padStart(4, '0')}`
  })}"`
