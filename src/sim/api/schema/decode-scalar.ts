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

/** The decoded value, or a problem: undefined for a plain mismatch, `literal` for a number that does not fit. */
export type ScalarResult = { readonly value: JsonValue } | { readonly problem: string | undefined; readonly literal?: boolean }

const MISMATCH: ScalarResult = { problem: undefined }

function integer(raw: JsonValue, limit: number): ScalarResult {
  if (typeof raw !== 'number') return MISMATCH
  if (!Number.isInteger(raw) || raw > limit || raw < -limit - 1) return { problem: `number ${raw}`, literal: true }
  return { value: raw }
}

export function decodeScalar(kind: string, raw: JsonValue): ScalarResult {
  switch (kind) {
    case 's':
      return typeof raw === 'string' ? { value: raw } : MISMATCH
    case 'b':
      return typeof raw === 'boolean' ? { value: raw } : MISMATCH
    case 'i32':
      return integer(raw, 2_147_483_647)
    case 'i64':
      return integer(raw, 2 ** 63)
    case 'n':
      return typeof raw === 'number' ? { value: raw } : MISMATCH
    case 'io':
      return typeof raw === 'string' ? { value: raw } : integer(raw, 2_147_483_647)
    case 'bytes':
      return bytes(raw)
    case 'q': {
      const text = typeof raw === 'string' || typeof raw === 'number' ? raw : JSON.stringify(raw)
      const parsed = parseQuantity(text)
      return typeof parsed === 'string' ? { problem: parsed } : { value: canonicalQuantity(text) }
    }
    default:
      return time(raw, kind === 'mt')
  }
}

function time(raw: JsonValue, micro: boolean): ScalarResult {
  if (typeof raw !== 'string') return MISMATCH
  const at = parseTime(raw)
  if (at !== undefined) return { value: micro ? formatMicroTime(at) : formatTime(at) }
  const layout = micro ? '2006-01-02T15:04:05.000000Z07:00' : '2006-01-02T15:04:05Z07:00'
  const words: readonly (readonly [RegExp, string, number])[] = [
    [/^\d{4}/, '2006', 4], [/^-/, '-', 1], [/^\d\d/, '01', 2], [/^-/, '-', 1], [/^\d\d/, '02', 2], [/^T/, 'T', 1], [/^\d\d/, '15', 2],
    [/^:/, ':', 1], [/^\d\d/, '04', 2], [/^:/, ':', 1], [/^\d\d/, '05', 2], ...(micro ? [[/^\.\d{6}/, '.000000', 7] as const] : []), [/^(Z|[+-]\d\d:\d\d)/, 'Z07:00', 1],
  ]
  let rest = raw
  for (const [pattern, word, length] of words) {
    if (!pattern.test(rest)) return { problem: `parsing time ${goQuote(raw)} as ${goQuote(layout)}: cannot parse ${goQuote(rest)} as ${goQuote(word)}` }
    rest = rest.slice(length)
  }
  return { problem: `parsing time ${goQuote(raw)}: day out of range` }
}

/** Standard base64 with padding; Go names the first byte that does not fit. */
function bytes(raw: JsonValue): ScalarResult {
  if (typeof raw !== 'string') return MISMATCH
  const text = raw.replace(/[\r\n]/g, '')
  if (/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text)) return { value: raw }
  const good = /^[A-Za-z0-9+/]*/.exec(text)![0].length
  const offset = good === text.length ? text.length - (text.length % 4) : good
  return { problem: `illegal base64 data at input byte ${offset}` }
}
