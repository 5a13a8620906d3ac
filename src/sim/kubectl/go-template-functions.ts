import type { JsonValue } from '../api/meta.ts'
import { base64Decode } from '../api/base64.ts'
import { goValue } from './custom-columns.ts'

/** A template could not be carried out; the text says why, where is added by who runs it. */
export class TemplateError {
  constructor(readonly text: string) {}
}

/** A number of the template itself; those of objects are plain: int64, or float64 where they are not whole. */
export class Num {
  constructor(
    readonly value: number,
    readonly type: 'int' | 'float64' | 'uint8',
  ) {}
}

export type Data = JsonValue | Num
/** A value; `boxed` ones lie in an interface, as members of maps and lists do. Undefined: none at all. */
export type Val = { readonly v: Data; readonly boxed: boolean } | undefined

const isMap = (v: Data): v is Readonly<Record<string, JsonValue>> => typeof v === 'object' && v !== null && !Array.isArray(v) && !(v instanceof Num)

/** What plain data has of its own under a name. */
export const memberOf = (of: Data, name: string): JsonValue | undefined => (isMap(of) && Object.hasOwn(of, name) ? of[name] : undefined)

/** The name of a value's type in Go. */
export function typeOf(v: Data): string {
  if (v instanceof Num) return v.type
  if (v === null) return '<nil>'
  if (typeof v === 'number') return Number.isInteger(v) ? 'int64' : 'float64'
  if (typeof v !== 'object') return typeof v === 'boolean' ? 'bool' : 'string'
  return Array.isArray(v) ? '[]interface {}' : 'map[string]interface {}'
}

const plain = (v: Data): JsonValue => (v instanceof Num ? v.value : v)
const lengthOf = (v: Data): number | undefined => (typeof v === 'string' ? byteLength(v) : Array.isArray(v) ? v.length : isMap(v) ? Object.keys(v).length : undefined)
const byteLength = (text: string): number => unescape8(text).length
/** UTF-8 as one character a byte. */
const unescape8 = (text: string): string => encodeURIComponent(wellFormed(text)).replace(/%([\dA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))

/** Go's truth of a value (text/template: isTrue). */
export const truth = (v: Data | undefined): boolean => v !== undefined && v !== null && v !== false && (v instanceof Num ? v.value !== 0 : v !== 0) && lengthOf(v) !== 0

/** Go's %v. */
export const shownValue = (v: Data): string => (typeof plain(v) === 'number' ? goNumber(plain(v) as number) : goValue(plain(v)))
const goNumber = (n: number): string => String(n).replace(/e([+-])(\d)$/, 'e$10$2')

/** Halves of pairs that stand alone become what Go makes of them. */
const wellFormed = (value: string): string => value.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd')

/** fmt.Sprint: a space between operands when neither is a string. */
const sprint = (args: readonly Data[]): string => args.map((a, i) => (i > 0 && typeof a !== 'string' && typeof args[i - 1] !== 'string' ? ' ' : '') + shownValue(a)).join('')

const bad = (text: string): never => {
  throw new TemplateError(text)
}
const NO_VALUE = 'reflect: call of reflect.Value.Type on zero Value'
const inside = (val: Val): Data | undefined => (val === undefined || val.v === null ? undefined : val.v)

type Kind = 'bool' | 'int' | 'float' | 'string' | 'none'
const kindOf = (v: Data | undefined): Kind => {
  if (v === undefined) return 'none'
  const type = typeOf(v)
  return type === 'int' || type === 'int64' || type === 'uint8' ? 'int' : type === 'float64' ? 'float' : type === 'bool' || type === 'string' ? type : 'none'
}

const differ = (a: Data, b: Data): never => bad(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`)

function equal(first: Val, others: readonly Val[]): boolean {
  if (others.length === 0) return bad('missing argument for comparison')
  const a = inside(first)
  for (const other of others) {
    const b = inside(other)
    if (a === undefined || b === undefined) {
      if (a === b) return true
    } else if (kindOf(a) !== kindOf(b)) differ(a, b)
    else if (kindOf(a) === 'none') bad(`non-comparable type ${shownValue(a)}: ${typeOf(a)}`)
    else if (plain(a) === plain(b)) return true
  }
  return false
}

function less(first: Val, second: Val): boolean {
  const [a, b] = [inside(first), inside(second)]
  const [x, y] = [kindOf(a), kindOf(b)]
  if (x === 'none' || y === 'none') return bad('invalid type for comparison')
  if (x !== y) differ(a!, b!)
  if (x === 'bool') return bad('invalid type for comparison')
  return plain(a!)! < plain(b!)!
}

function at(item: Data, index: Data | undefined): Data {
  if (Array.isArray(item) || typeof item === 'string') {
    if (index === undefined) return bad('cannot index slice/array with nil')
    if (kindOf(index) !== 'int') return bad(`cannot index slice/array with type ${typeOf(index)}`)
    const i = plain(index) as number
    const length = lengthOf(item)!
    if (i < 0 || i > length) return bad(`index out of range: ${i}`)
    if (i === length) return bad(`reflect: ${typeof item === 'string' ? 'string' : 'slice'} index out of range`)
    return typeof item === 'string' ? new Num(unescape8(item).charCodeAt(i), 'uint8') : (item as readonly JsonValue[])[i]!
  }
  if (!isMap(item)) return bad(`can't index item of type ${typeOf(item)}`)
  if (index === undefined) return bad('value is nil; should be of type string')
  if (typeof index !== 'string') return bad(`value has type ${typeOf(index)}; should be string`)
  return memberOf(item, index) ?? null
}

function indexed([first, ...indexes]: readonly Val[]): Data {
  let item = inside(first)
  if (item === undefined) return bad('index of untyped nil')
  for (const index of indexes) {
    if (item === null) return bad('index of nil pointer')
    item = at(item, inside(index))
  }
  return item
}

function sliced([first, ...indexes]: readonly Val[]): Data {
  const item = inside(first)
  if (item === undefined) return bad('slice of untyped nil')
  if (indexes.length > 3) return bad(`too many slice indexes: ${indexes.length}`)
  if (typeof item !== 'string' && !Array.isArray(item)) return bad(`can't slice item of type ${typeOf(item)}`)
  if (indexes.length === 3 && typeof item === 'string') return bad('cannot 3-index slice a string')
  const length = lengthOf(item)!
  const bounds = indexes.map((index) => {
    const v = inside(index)
    if (v === undefined) return bad('cannot index slice/array with nil')
    if (kindOf(v) !== 'int') return bad(`cannot index slice/array with type ${typeOf(v)}`)
    const i = plain(v) as number
    return i < 0 || i > length ? bad(`index out of range: ${i}`) : i
  })
  const [from = 0, to = length, most = length] = bounds
  if (from > to) return bad(`invalid slice index: ${from} > ${to}`)
  if (to > most) return bad(`invalid slice index: ${to} > ${most}`)
  if (typeof item !== 'string') return item.slice(from, to) as JsonValue
  const bytes = unescape8(item).slice(from, to)
  try {
    return decodeURIComponent([...bytes].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''))
  } catch {
    return bytes.replace(/[\x80-\xff]/g, '\ufffd')
  }
}

function printf([format, ...args]: readonly Data[]): string {
  let i = 0
  const text = String(format).replace(/%([-+# 0]*)(\d*)(?:\.(\d*))?([a-zA-Z%]|$)/g, (_all, flags: string, width: string, precision: string | undefined, verb: string) => {
    if (verb === '%') return '%'
    if (verb === '') return '%!(NOVERB)'
    if (i >= args.length) return `%!${verb}(MISSING)`
    const v = args[i++]!
    const made = formatted(v, verb, flags, precision)
    const size = Math.min(Number(width || '0'), 1_000_000)
    if (flags.includes('-')) return made.padEnd(size)
    const isNumber = v !== null && (kindOf(v) === 'int' || kindOf(v) === 'float')
    return flags.includes('0') && isNumber ? (/^[+-]/.test(made) ? made[0]! + made.slice(1).padStart(size - 1, '0') : made.padStart(size, '0')) : made.padStart(size)
  })
  return i < args.length ? `${text}%!(EXTRA ${args.slice(i).map((a) => `${typeOf(a)}=${shownValue(a)}`).join(', ')})` : text
}

function formatted(v: Data, verb: string, flags: string, precision: string | undefined): string {
  const kind = v === null ? 'none' : kindOf(v)
  const number = plain(v) as number
  const sign = flags.includes('+') && number >= 0 ? '+' : flags.includes(' ') && number >= 0 ? ' ' : ''
  const digits = precision === undefined ? 6 : Math.min(Number(precision || '0'), 100)
  const radix: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 }
  if (verb === 'v') return (kind === 'int' || kind === 'float' ? sign : '') + shownValue(v)
  if (verb === 'T') return typeOf(v)
  if (verb === 't' && kind === 'bool') return String(v)
  if (kind === 'int' && radix[verb] !== undefined) {
    const made = number.toString(radix[verb])
    return sign + (flags.includes('#') && /x/i.test(verb) ? `0x${made}` : verb === 'X' ? made.toUpperCase() : made)
  }
  if (kind === 'int' && verb === 'c') return number >= 0 && number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd'
  if (kind === 'int' && verb === 'q') return `'${number >= 0 && number <= 0x10ffff ? String.fromCodePoint(number) : '\ufffd'}'`
  if (kind === 'float') {
    if (verb === 'f' || verb === 'F') return sign + number.toFixed(digits)
    if (verb === 'e' || verb === 'E') return sign + number.toExponential(digits).replace(/e([+-])(\d)$/, 'e$10$2')
    if (verb === 'g' || verb === 'G') return sign + (precision === undefined ? goNumber(number) : goNumber(Number(number.toPrecision(Math.max(1, digits)))))
  }
  if (kind === 'string') {
    const text = precision === undefined ? (v as string) : [...(v as string)].slice(0, digits).join('')
    if (verb === 's') return text
    if (verb === 'q') return flags.includes('#') && !text.includes('`') ? `\`${text}\`` : JSON.stringify(wellFormed(text))
    if (verb === 'x' || verb === 'X') {
      const hex = [...unescape8(text)].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
      return verb === 'X' ? hex.toUpperCase() : hex
    }
  }
  if (v === null) return `%!${verb}(<nil>)`
  // Verbs are handed on to what lists and maps hold.
  if (Array.isArray(v)) return `[${(v as readonly JsonValue[]).map((item) => formatted(item, verb, flags, precision)).join(' ')}]`
  if (isMap(v)) return `map[${Object.keys(v).sort().map((key) => `${formatted(key, verb, flags, precision)}:${formatted(v[key]!, verb, flags, precision)}`).join(' ')}]`
  return `%!${verb}(${typeOf(v)}=${shownValue(v)})`
}

const HTML: Readonly<Record<string, string>> = { '"': '&#34;', "'": '&#39;', '&': '&amp;', '<': '&lt;', '>': '&gt;', '\0': '\ufffd' }
const JS: Readonly<Record<string, string>> = { '\\': '\\\\', "'": "\\'", '"': '\\"', '<': '\\u003C', '>': '\\u003E', '&': '\\u0026', '=': '\\u003D' }
// eslint-disable-next-line no-control-regex
const jsText = (text: string): string => text.replace(/[\\'"<>&=]|[\0-\x1f]/g, (c) => JS[c] ?? `\\u00${c.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
const urlText = (text: string): string => encodeURIComponent(wellFormed(text)).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`).replace(/%20/g, '+')

function exists([first, ...keys]: readonly Data[]): boolean {
  let item: Data | undefined = first
  for (const key of keys) {
    if (item === undefined || item === null) return false
    if (Array.isArray(item)) item = kindOf(key) === 'int' ? (item as readonly JsonValue[])[plain(key) as number] : undefined
    else item = typeof key === 'string' ? memberOf(item, key) : undefined
  }
  return item !== undefined
}

function decoded(text: string): string {
  return base64Decode(text) ?? bad('base64 decode failed: illegal base64 data at input byte 0')
}

/** A function: how many arguments it takes at least, whether it takes more, and of which kind they are. */
export interface TemplateFunction {
  readonly least: number
  readonly more: boolean
  /** `value`: as it is, also where there is none; `any`: nil for none; `string`: the first must be one. */
  readonly takes: 'value' | 'any' | 'string'
  run(args: readonly Val[]): Data
}

const ofValues = (least: number, more: boolean, run: (args: readonly Val[]) => Data): TemplateFunction => ({ least, more, takes: 'value', run })
const ofData = (least: number, more: boolean, run: (args: readonly Data[]) => Data, takes: 'any' | 'string' = 'any'): TemplateFunction => ({ least, more, takes, run: (args) => run(args.map((a) => a?.v ?? null)) })

const FUNCTIONS: ReadonlyMap<string, TemplateFunction> = new Map([
  // These two are carried out where they stand, for they do not look at all of their arguments.
  ['and', ofValues(1, true, (args) => args.at(-1)?.v ?? null)],
  ['or', ofValues(1, true, (args) => args.at(-1)?.v ?? null)],
  ['not', ofValues(1, false, ([a]) => !truth(inside(a)))],
  ['len', ofValues(1, false, ([a]) => (a === undefined ? bad(NO_VALUE) : a.v === null ? bad('len of nil pointer') : new Num(lengthOf(a.v) ?? bad(`len of type ${typeOf(a.v)}`), 'int')))],
  ['index', ofValues(1, true, indexed)],
  ['slice', ofValues(1, true, sliced)],
  ['call', ofValues(1, true, ([a]) => bad(a === undefined || a.v === null ? 'call of nil' : `non-function of type ${typeOf(a.v)}`))],
  ['eq', ofValues(1, true, ([a, ...rest]) => equal(a, rest))],
  ['ne', ofValues(2, false, ([a, b]) => !equal(a, [b]))],
  ['lt', ofValues(2, false, ([a, b]) => less(a, b))],
  ['le', ofValues(2, false, ([a, b]) => less(a, b) || equal(a, [b]))],
  ['gt', ofValues(2, false, ([a, b]) => !(less(a, b) || equal(a, [b])))],
  ['ge', ofValues(2, false, ([a, b]) => !less(a, b))],
  ['print', ofData(0, true, sprint)],
  ['println', ofData(0, true, (args) => `${args.map(shownValue).join(' ')}\n`)],
  ['printf', ofData(1, true, printf, 'string')],
  ['html', ofData(0, true, (args) => sprint(args).replace(/["'&<>\0]/g, (c) => HTML[c]!))],
  ['js', ofData(0, true, (args) => jsText(sprint(args)))],
  ['urlquery', ofData(0, true, (args) => urlText(sprint(args)))],
  ['exists', ofData(1, true, exists)],
  ['base64decode', ofData(1, false, ([a]) => decoded(String(a)), 'string')],
])

export const isTemplateFunction = (name: string): boolean => FUNCTIONS.has(name)
export const templateFunction = (name: string): TemplateFunction => FUNCTIONS.get(name)!
