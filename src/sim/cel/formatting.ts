import { goQuote } from '../api/field.ts'
import { Bytes, Uint } from './ast.ts'
import { encodeUtf8 } from './conversions.ts'
import { durationText, timestampText } from './times.ts'
import { Duration, fault, fromJson, keyText, pairs, Timestamp, typeOf, TypeValue } from './values.ts'

const PRECISION = 6
/** More digits than any double has. */
const MOST_DIGITS = 100

/** A double in plain notation with so many digits behind the point. */
function fixed(n: number, digits: number): string {
  if (Number.isNaN(n)) return 'NaN'
  if (!Number.isFinite(n)) return n > 0 ? '∞' : '-∞'
  // From here on doubles are whole, and toFixed would write an exponent.
  if (Math.abs(n) >= 1e21) return `${BigInt(n)}${digits > 0 ? `.${'0'.repeat(digits)}` : ''}`
  return n.toFixed(digits)
}

/** 1234.5 is 1.234500e+03. */
function scientific(n: number, digits: number): string {
  if (!Number.isFinite(n)) return fixed(n, digits)
  const [mantissa = '', exponent = '+0'] = n.toExponential(digits).split('e')
  return `${mantissa}e${exponent[0]}${exponent.slice(1).padStart(2, '0')}`
}

/** A value within a list or map, as a literal of CEL. */
function literal(value: unknown): string {
  if (typeof value === 'string') return goQuote(value)
  if (value instanceof Bytes) return `b${goQuote(value.text)}`
  if (typeof value === 'number') return fixed(value, PRECISION)
  if (value instanceof Timestamp) return `timestamp(${goQuote(timestampText(value))})`
  if (value instanceof Duration) return `duration(${goQuote(durationText(value))})`
  return asString(value)
}

/** %s takes any value. */
function asString(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (value instanceof Uint) return value.value.toString()
  if (value instanceof Bytes) return value.text
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof Duration) return durationText(value)
  if (value instanceof TypeValue) return value.name
  if (Array.isArray(value)) return `[${value.map((item) => literal(fromJson(item))).join(', ')}]`
  const entries = pairs(value)
  if (!entries) return fault(`error during formatting: string clause can only be used on strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps, was given ${typeOf(value)}`)
  const texts = entries.map(([key, item]) => [typeof key === 'string' ? goQuote(key) : keyText(key), literal(item)] as const)
  return `{${texts.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)).map(([key, text]) => `${key}:${text}`).join(', ')}}`
}

const only = (value: unknown, rule: string): never => fault(`error during formatting: ${rule}, was given ${typeOf(value)}`)
const integer = (value: unknown): bigint | undefined => (typeof value === 'bigint' ? value : value instanceof Uint ? value.value : undefined)

function double(value: unknown, clause: string): number {
  if (typeof value === 'number') return value
  if (value === 'NaN' || value === 'Infinity' || value === '-Infinity') return Number(value)
  return only(value, `${clause} clause can only be used on doubles`)
}

function hexadecimal(value: unknown): string {
  const bytes = value instanceof Bytes ? value.text : typeof value === 'string' ? encodeUtf8(value) : undefined
  if (bytes !== undefined) return [...bytes].map((c) => c.charCodeAt(0).toString(16).padStart(2, '0')).join('')
  return integer(value)?.toString(16) ?? only(value, 'only integers, byte buffers, and strings can be formatted as hex')
}

function clause(letter: string, digits: number, value: unknown): string {
  switch (letter) {
    case 's':
      return asString(value)
    case 'd':
      return integer(value)?.toString() ?? only(value, 'decimal clause can only be used on integers')
    case 'f':
      return fixed(double(value, 'fixed-point'), digits)
    case 'e':
      return scientific(double(value, 'scientific'), digits)
    case 'b':
      return typeof value === 'boolean' ? (value ? '1' : '0') : (integer(value)?.toString(2) ?? only(value, 'only integers and bools can be formatted as binary'))
    case 'x':
      return hexadecimal(value)
    case 'X':
      return hexadecimal(value).toUpperCase()
    case 'o':
      return integer(value)?.toString(8) ?? only(value, 'octal clause can only be used on integers')
    default:
      return fault(`could not parse formatting clause: unrecognized formatting clause "${letter}"`)
  }
}

/** `"%s has %d".format([…])` (cel-go: ext/formatting.go). */
export function format(text: string, args: readonly unknown[]): string {
  let next = 0
  const made = text.replace(/%(?:%|(?:\.(\d*))?(.|$))/gsu, (whole, precision: string | undefined, letter: string | undefined) => {
    if (whole === '%%') return '%'
    if (!letter) return fault('unexpected end of string')
    if (next >= args.length) return fault(`index ${next} out of range`)
    const digits = precision === undefined ? PRECISION : Number(precision)
    if (digits > MOST_DIGITS) return fault('operation cancelled: actual cost limit exceeded')
    return clause(letter, digits, fromJson(args[next++]))
  })
  return made
}
