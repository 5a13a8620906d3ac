import type { Quantity } from './meta.ts'

/** Resource names to quantities, e.g. { cpu: "100m", memory: "64Mi" }. */
export type ResourceList = Readonly<Record<string, Quantity>>

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

/**
 * A parsed quantity: exactly `unscaled` × 10^`scale` (apimachinery: api/resource, quantity.go). `int64` tells whether
 * Kubernetes keeps it in its fast integer form, `cached` the text it remembers instead of formatting anew.
 */
export interface ParsedQuantity {
  readonly unscaled: bigint
  readonly scale: number
  readonly format: QuantityFormat
  readonly int64: boolean
  readonly cached: string
}

export const QUANTITY_FORMAT_ERROR = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
export const QUANTITY_SUFFIX_ERROR = "unable to parse quantity's suffix"

const SHAPE = /^([+-]?)0*(\d*)(?:\.(\d*))?([eEinumkKMGTP]*[+-]?\d*)$/
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const DECIMAL_SUFFIX: Readonly<Record<number, string>> = { '-9': 'n', '-6': 'u', '-3': 'm', 0: '', 3: 'k', 6: 'M', 9: 'G', 12: 'T', 15: 'P', 18: 'E' }
const BINARY_SUFFIX = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const MAX_INT64 = (1n << 63n) - 1n
const ZERO: ParsedQuantity = { unscaled: 0n, scale: 0, format: 'DecimalSI', int64: true, cached: '0' }

const pow10 = (n: number): bigint => 10n ** BigInt(n)

/** Integer division that rounds away from zero. */
const divideUp = (a: bigint, b: bigint): bigint => {
  const q = a / b
  return a % b === 0n ? q : a < 0n ? q - 1n : q + 1n
}

function suffixOf(suffix: string): { base: 2 | 10; exponent: number; format: QuantityFormat } | undefined {
  const decimal = DECIMAL[suffix]
  if (decimal !== undefined) return { base: 10, exponent: decimal, format: 'DecimalSI' }
  const binary = BINARY[suffix]
  if (binary !== undefined) return { base: 2, exponent: binary, format: 'BinarySI' }
  if (/^[eE][+-]?\d+$/.test(suffix)) return { base: 10, exponent: Number(suffix.slice(1)), format: 'DecimalExponent' }
  return undefined
}

function parse(text: string): ParsedQuantity | string {
  if (text === '0') return ZERO
  const m = SHAPE.exec(text)
  if (!m || text === '') return QUANTITY_FORMAT_ERROR
  const num = m[2] || '0'
  const denom = m[3] ?? ''
  const suffix = suffixOf(m[4]!)
  if (!suffix) return QUANTITY_SUFFIX_ERROR
  const { exponent, format } = suffix
  const sign = m[1] === '-' ? -1n : 1n
  const binary = format === 'BinarySI'
  const precision = binary ? (denom === '' ? 15 - num.length - Math.floor((exponent * 3) / 10) - 1 : -1) : 18 - num.length - denom.length
  const scale = (binary ? 0 : exponent) - denom.length
  const digits = num + denom
  const factor = binary ? 1n << BigInt(exponent) : 1n
  if (precision >= 0 && scale >= -9) {
    const value = BigInt(digits)
    const plain = binary ? exponent % 10 === 0 && (value & 7n) !== 0n : scale % 3 === 0 && !digits.endsWith('000') && digits[0] !== '0'
    return { unscaled: sign * value * factor, scale, format, int64: true, cached: plain ? text : '' }
  }
  return slow(BigInt(digits) * factor, scale, sign, format)
}

/** The arbitrary-precision path: rounded up to nano, binary ones capped at 2^63-1. */
function slow(magnitude: bigint, scale: number, sign: bigint, format: QuantityFormat): ParsedQuantity {
  let unscaled = magnitude
  let s = scale
  let f = format
  if (s < -9) {
    // A wildly negative exponent is 1n at most; do not build the power.
    unscaled = unscaled === 0n ? 0n : -s > 400 ? 1n : divideUp(unscaled, pow10(-9 - s))
    s = -9
  }
  if (f === 'BinarySI') {
    const one = pow10(-s)
    if (unscaled > MAX_INT64 * one) (unscaled = MAX_INT64), (s = 0)
    else if (unscaled < one && unscaled > 0n) f = 'DecimalSI'
  }
  return { unscaled: sign * unscaled, scale: s, format: f, int64: false, cached: '' }
}

const memo = new Map<string, ParsedQuantity | string>()

/** Parses a quantity; a text is Kubernetes' complaint. Numbers are read as they are written. */
export function parseQuantity(q: Quantity | number): ParsedQuantity | string {
  const text = typeof q === 'number' ? String(q) : q.trim()
  let known = memo.get(text)
  if (known === undefined) {
    known = parse(text)
    if (memo.size > 20_000) memo.clear()
    memo.set(text, known)
  }
  return known
}

const orZero = (q: Quantity | number | undefined): ParsedQuantity => {
  if (q === undefined) return ZERO
  const p = parseQuantity(q)
  return typeof p === 'string' ? ZERO : p
}

/** The canonical text: "1024Mi" is "1Gi", "0.5" is "500m", "1000m" is "1". */
export function formatQuantity(p: ParsedQuantity): string {
  if (p.cached) return p.cached
  if (p.unscaled === 0n) return '0'
  if (p.format === 'BinarySI') {
    const whole = integerOf(p)
    if (whole !== undefined && (whole >= 1024n || whole <= -1024n)) {
      let amount = whole
      let times = 0
      while (amount % 1024n === 0n) (amount /= 1024n), times++
      return `${amount}${BINARY_SUFFIX[times] ?? ''}`
    }
  }
  let amount = p.unscaled
  let exponent = p.scale
  while (amount % 10n === 0n) (amount /= 10n), exponent++
  while (exponent % 3 !== 0) (amount *= 10n), exponent--
  if (p.format === 'DecimalExponent') return exponent === 0 ? `${amount}` : `${amount}e${exponent}`
  return `${amount}${DECIMAL_SUFFIX[exponent] ?? ''}`
}

/** The exact integer value, or undefined where there is a fraction. */
function integerOf(p: ParsedQuantity): bigint | undefined {
  if (p.scale >= 0) return p.unscaled * pow10(p.scale)
  const unit = pow10(-p.scale)
  return p.unscaled % unit === 0n ? p.unscaled / unit : undefined
}

const canonical = new Map<Quantity | number, Quantity>()

/** The canonical form of a quantity's text; a text that is no quantity comes back as it was. */
export function canonicalQuantity(q: Quantity | number): Quantity {
  let text = canonical.get(q)
  if (text === undefined) {
    const p = parseQuantity(q)
    text = typeof p === 'string' ? String(q) : formatQuantity(p)
    if (canonical.size > 20_000) canonical.clear()
    canonical.set(q, text)
  }
  return text
}

/** q × 10^digits as an integer, rounded up; saturates at ±(2^63-1) as ScaledValue does not overflow here. */
function scaled(p: ParsedQuantity, digits: number): number {
  const shift = p.scale + digits
  const n = shift >= 0 ? (shift > 60 ? (p.unscaled === 0n ? 0n : p.unscaled < 0n ? -MAX_INT64 : MAX_INT64) : p.unscaled * pow10(shift)) : divideUp(p.unscaled, pow10(-shift))
  return Number(n > MAX_INT64 ? MAX_INT64 : n < -MAX_INT64 ? -MAX_INT64 : n)
}

const millis = new Map<string, number>()
const units = new Map<string, number>()

function memoised(cache: Map<string, number>, q: string, digits: number): number {
  let n = cache.get(q)
  if (n === undefined) {
    n = scaled(orZero(q), digits)
    if (cache.size > 20_000) cache.clear()
    cache.set(q, n)
  }
  return n
}

/** Thousandths, rounded up (Quantity.MilliValue): CPU in millicores. Absent or malformed is 0. */
export const milliValue = (q: Quantity | number | undefined): number =>
  q === undefined ? 0 : memoised(millis, typeof q === 'number' ? String(q) : q, 3)

/** Whole units, rounded up (Quantity.Value): memory in bytes. Above 2^53 the number is the nearest double. */
export const value = (q: Quantity | number | undefined): number =>
  q === undefined ? 0 : memoised(units, typeof q === 'number' ? String(q) : q, 0)

const align = (a: ParsedQuantity, b: ParsedQuantity): [bigint, bigint, number] => {
  const scale = Math.min(a.scale, b.scale)
  return [a.unscaled * pow10(a.scale - scale), b.unscaled * pow10(b.scale - scale), scale]
}

/** Negative, zero or positive, exactly. */
export function compareQuantities(a: Quantity | number, b: Quantity | number): number {
  if (a === b) return 0
  const [x, y] = align(orZero(a), orZero(b))
  return x < y ? -1 : x > y ? 1 : 0
}
export const isZeroQuantity = (q: Quantity | number | undefined): boolean => orZero(q).unscaled === 0n
export const isNegativeQuantity = (q: Quantity | number | undefined): boolean => orZero(q).unscaled < 0n

function combine(a: Quantity, b: Quantity, sign: bigint): Quantity {
  const p = orZero(a)
  const q = orZero(b)
  const [x, y, scale] = align(p, q)
  return formatQuantity({ unscaled: x + sign * y, scale, format: p.unscaled === 0n ? q.format : p.format, int64: true, cached: '' })
}

/** Exact sum and difference in canonical form; the format is the first operand's unless that is zero. */
export const addQuantities = (a: Quantity, b: Quantity): Quantity => combine(a, b, 1n)
export const subQuantities = (a: Quantity, b: Quantity): Quantity => combine(a, b, -1n)

/** Formats millicores ("250m", "2") and bytes in binary units ("64Mi"). */
export const fromMilli = (milli: number): Quantity =>
  formatQuantity({ unscaled: BigInt(milli), scale: -3, format: 'DecimalSI', int64: true, cached: '' })
export const fromBytes = (bytes: number): Quantity =>
  formatQuantity({ unscaled: BigInt(bytes), scale: 0, format: 'BinarySI', int64: true, cached: '' })

/** Sums two resource lists by name, names of `a` first. */
export function addResources(a: ResourceList | undefined, b: ResourceList | undefined): ResourceList {
  if (!a) return b ?? {}
  if (!b) return a
  const out: Record<string, Quantity> = { ...a }
  for (const name of Object.keys(b)) out[name] = Object.hasOwn(out, name) ? addQuantities(out[name]!, b[name]!) : b[name]!
  return out
}

/** The larger of each by name. */
export function maxResources(a: ResourceList | undefined, b: ResourceList | undefined): ResourceList {
  if (!a) return b ?? {}
  if (!b) return a
  const out: Record<string, Quantity> = { ...a }
  for (const name of Object.keys(b)) if (!Object.hasOwn(out, name) || compareQuantities(b[name]!, out[name]!) > 0) out[name] = b[name]!
  return out
}
