import { formatMicroTime, formatTime, parseTime } from '../../engine/time.ts'
import { goQuote } from '../field.ts'
import type { JsonValue } from '../meta.ts'
import { canonicalQuantity, parseQuantity } from '../quantity.ts'
import { definition, type FieldSchema, type TypeNode } from './schema.ts'

/** Go's word for the kind of a JSON value in "cannot unmarshal X into". */
export function wordFor(value: JsonValue): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** What an absent value of a type prints as where it is always printed. */
export function zeroOf(type: TypeNode): JsonValue {
  switch (type.k) {
    case 's':
    case 'bytes':
      return ''
    case 'b':
      return false
    case 'i32':
    case 'i64':
    case 'n':
    case 'io':
      return 0
    case 'q':
      return '0'
    case 'ref':
      return zeroStruct(type.ref)
    default:
      return null
  }
}

const zeroes = new Map<string, JsonValue>()

function zeroStruct(name: string): JsonValue {
  let zero = zeroes.get(name)
  if (zero === undefined) {
    const out: Record<string, JsonValue> = {}
    const def = definition(name)
    for (const key of def?.always ?? []) out[key] = zeroOf(def!.fields.get(key)!.type)
    zero = Object.freeze(out)
    zeroes.set(name, zero)
  }
  return zero
}

/** The Go type that a decoding error names, e.g. "[]v1.Container", "v1.PullPolicy", "map[string]string". */
export function goTypeOf(type: TypeNode, field: FieldSchema): string {
  if (!field.goType) return plainGoType(type)
  // The recorded type is the field's; an item's is what is left of it without the outer layers.
  let wanted = depth(field.type) - depth(type)
  let text = field.goType
  while (wanted-- > 0) {
    if (text.startsWith('[]')) text = text.slice(2)
    else if (text.startsWith('map[')) text = text.slice(text.indexOf(']') + 1)
    else return plainGoType(type)
  }
  return type.k === 'q' ? 'resource.Quantity' : text
}

const depth = (type: TypeNode): number => (type.k === 'list' || type.k === 'map' ? 1 + depth(type.of) : 0)

function plainGoType(type: TypeNode): string {
  switch (type.k) {
    case 'list':
      return `[]${plainGoType(type.of)}`
    case 'map':
      return `map[string]${plainGoType(type.of)}`
    case 'ref':
      return type.ref.split('.').slice(-2).join('.')
    case 'b':
      return 'bool'
    case 'i32':
    case 'io':
      return 'int32'
    case 'i64':
      return 'int64'
    case 'n':
      return 'float64'
    case 'bytes':
      return '[]uint8'
    case 'q':
      return 'resource.Quantity'
    default:
      return 'string'
  }
}

/** Why a value does not fit: no `problem` for a plain mismatch, `literal` for a number out of range. */
export class Unfit {
  constructor(readonly problem?: string, readonly literal = false) {}
}

const MISMATCH = new Unfit()

function integer(raw: JsonValue, limit: number): JsonValue | Unfit {
  if (typeof raw !== 'number') return MISMATCH
  return Number.isInteger(raw) && raw <= limit && raw >= -limit - 1 ? raw : new Unfit(`number ${raw}`, true)
}

/** The decoded value of a scalar; most are what they should be already, so that nothing is made for them. */
export function decodeScalar(kind: string, raw: JsonValue): JsonValue | Unfit {
  switch (kind) {
    case 's':
      return typeof raw === 'string' ? raw : MISMATCH
    case 'b':
      return typeof raw === 'boolean' ? raw : MISMATCH
    case 'i32':
      return integer(raw, 2_147_483_647)
    case 'i64':
      return integer(raw, 2 ** 63)
    case 'n':
      return typeof raw === 'number' ? raw : MISMATCH
    case 'io':
      return typeof raw === 'string' ? raw : integer(raw, 2_147_483_647)
    case 'bytes':
      return bytes(raw)
    case 'q': {
      const text = typeof raw === 'string' || typeof raw === 'number' ? raw : JSON.stringify(raw)
      const parsed = parseQuantity(text)
      return typeof parsed === 'string' ? new Unfit(parsed) : canonicalQuantity(text)
    }
    default:
      return time(raw, kind === 'mt')
  }
}

type Step = readonly [pattern: RegExp, layout: string, past?: { readonly max: number; readonly min: number; readonly unit: string }]

const two = (layout: string, min: number, max: number, unit: string): Step => [/^\d\d/, layout, { min, max, unit }]
const sign = (text: string): Step => [new RegExp(`^${text}`), text]

/** RFC 3339 as Go's time.Parse reads it, step by step. */
const STEPS: readonly Step[] = [
  [/^\d{4}/, '2006'], sign('-'), two('01', 1, 12, 'month'), sign('-'), [/^\d\d/, '02'], sign('T'), two('15', 0, 23, 'hour'), sign(':'), two('04', 0, 59, 'minute'), sign(':'),
  two('05', 0, 59, 'second'),
]
const ZONE: Step = [/^(?:Z|[+-]\d\d:\d\d)/, 'Z07:00']
/** Six digits are asked for in a MicroTime; in a Time any number may follow the seconds. */
const FRACTION: Step = [/^\.\d{6}/, '.000000']
const ANY_FRACTION: Step = [/^(?:\.\d+)?/, '']

function timeComplaint(raw: string, micro: boolean): string | undefined {
  const layout = `2006-01-02T15:04:05${micro ? '.000000' : ''}Z07:00`
  let rest = raw
  for (const [pattern, word, past] of [...STEPS, micro ? FRACTION : ANY_FRACTION, ZONE]) {
    const found = pattern.exec(rest)
    if (!found) return `parsing time ${goQuote(raw)} as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(word)}`
    const n = Number(found[0])
    if (past && (n < past.min || n > past.max)) return `parsing time ${goQuote(raw)}: ${past.unit} out of range`
    rest = rest.slice(found[0].length)
  }
  if (rest) return `parsing time ${goQuote(raw)}: extra text: ${goQuote(rest)}`
  const [year, month, day] = [raw.slice(0, 4), raw.slice(5, 7), raw.slice(8, 10)].map(Number) as [number, number, number]
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!
  return day < 1 || day > days ? `parsing time ${goQuote(raw)}: day out of range` : undefined
}

function time(raw: JsonValue, micro: boolean): JsonValue | Unfit {
  if (typeof raw !== 'string') return MISMATCH
  const problem = timeComplaint(raw, micro)
  const at = problem === undefined ? parseTime(raw) : undefined
  if (at === undefined) return new Unfit(problem ?? `parsing time ${goQuote(raw)}: day out of range`)
  return micro ? formatMicroTime(at) : formatTime(at)
}

const DIGIT = /[A-Za-z0-9+/]/

/** Where Go's base64.StdEncoding stops reading, or undefined: newlines are passed over, padding ends the text. */
function badByte(text: string): number | undefined {
  let i = 0
  const skip = (): void => {
    while (text[i] === '\r' || text[i] === '\n') i++
  }
  for (;;) {
    for (let j = 0; j < 4; j++) {
      skip()
      const c = text[i]
      if (c === undefined) return j === 0 ? undefined : i - j
      i++
      if (DIGIT.test(c)) continue
      if (c !== '=' || j < 2) return i - 1
      skip()
      if (j === 2 && text[i] === undefined) return text.length
      if (j === 2 && text[i++] !== '=') return i - 1
      skip()
      return text[i] === undefined ? undefined : i
    }
  }
}

/** Standard base64 with padding; Go names the first byte that does not fit. */
function bytes(raw: JsonValue): JsonValue | Unfit {
  if (typeof raw !== 'string') return MISMATCH
  const bad = badByte(raw)
  return bad === undefined ? raw : new Unfit(`illegal base64 data at input byte ${bad}`)
}
