import { bytesOf } from '../api/bytes.ts'
import { Bytes, Uint } from './ast.ts'
import { durationText, parseDuration, parseTimestamp, timestampText } from './times.ts'
import { Duration, fault, Opaque, Timestamp } from './values.ts'

const MIN = -(1n << 63n)
const MAX = (1n << 63n) - 1n
const SECOND = 1_000_000_000n

const whole = (n: number): bigint => (Number.isFinite(n) && n >= -(2 ** 63) && n < 2 ** 63 ? BigInt(n < 0 ? Math.ceil(n) : Math.floor(n)) : fault('integer overflow'))

function toInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value
  if (value instanceof Uint) return value.value > MAX ? fault('integer overflow') : value.value
  if (typeof value === 'number') return whole(value)
  if (value instanceof Timestamp) return value.ns / SECOND
  if (value instanceof Duration) return value.ns
  if (typeof value !== 'string') return fault('no such overload')
  if (!/^[+-]?\d+$/.test(value)) return fault(`strconv.ParseInt: parsing ${JSON.stringify(value)}: invalid syntax`)
  const n = BigInt(value)
  return n < MIN || n > MAX ? fault(`strconv.ParseInt: parsing ${JSON.stringify(value)}: value out of range`) : n
}

function toUint(value: unknown): Uint {
  if (value instanceof Uint) return value
  const n = typeof value === 'string' && /^\d+$/.test(value) ? BigInt(value) : toInt(value)
  return n < 0n || n >= 1n << 64n ? fault('unsigned integer overflow') : new Uint(n)
}

function toDouble(value: unknown): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint') return Number(value)
  if (value instanceof Uint) return Number(value.value)
  if (typeof value !== 'string') return fault('no such overload')
  return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(value) ? Number(value) : fault(`strconv.ParseFloat: parsing ${JSON.stringify(value)}: invalid syntax`)
}

function toText(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'bigint' || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (value instanceof Uint) return value.value.toString()
  if (value instanceof Bytes) return decodeUtf8(value.text)
  if (value instanceof Timestamp) return timestampText(value)
  if (value instanceof Duration) return durationText(value)
  if (value instanceof Opaque && value.type.startsWith('net.')) return value.text
  return fault('no such overload')
}

function decodeUtf8(text: string): string {
  try {
    return decodeURIComponent([...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join(''))
  } catch {
    return fault('invalid UTF-8 in bytes, cannot convert to string')
  }
}

/** The bytes of a text in UTF-8, one a character. */
export const encodeUtf8 = (text: string): string => bytesOf(text).map((byte) => String.fromCharCode(byte)).join('')

function toBool(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  if (typeof value !== 'string') return fault('no such overload')
  if (['1', 't', 'T', 'TRUE', 'true', 'True'].includes(value)) return true
  return ['0', 'f', 'F', 'FALSE', 'false', 'False'].includes(value) ? false : fault(`strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`)
}

/** Conversions by the name of the type; undefined for any other function. */
export function convert(name: string, args: readonly unknown[]): unknown {
  if (args.length !== 1) return undefined
  const [value] = args
  switch (name) {
    case 'int':
      return toInt(value)
    case 'uint':
      return toUint(value)
    case 'double':
      return toDouble(value)
    case 'string':
      return toText(value)
    case 'bool':
      return toBool(value)
    case 'bytes':
      return value instanceof Bytes ? value : typeof value === 'string' ? new Bytes(encodeUtf8(value)) : fault('no such overload')
    case 'timestamp':
      return value instanceof Timestamp ? value : typeof value === 'bigint' ? new Timestamp(value * SECOND) : parseTimestamp(value)
    case 'duration':
      return value instanceof Duration ? value : typeof value === 'bigint' ? new Duration(value * SECOND) : parseDuration(value)
    default:
      return undefined
  }
}
