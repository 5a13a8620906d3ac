import { parseQuantity, type ParsedQuantity } from '../api/quantity.ts'
import { compareParsed, compareSemver, fault, Quantity, quantityOf, Semver } from './values.ts'

const quantity = (value: unknown): ParsedQuantity => (value instanceof Quantity ? value.parsed : typeof value === 'bigint' ? { unscaled: value, scale: 0, format: 'DecimalSI', int64: true, cached: '' } : fault('no such overload'))

function combine(a: ParsedQuantity, b: ParsedQuantity, sign: bigint): Quantity {
  const scale = Math.min(a.scale, b.scale)
  const at = (q: ParsedQuantity): bigint => q.unscaled * 10n ** BigInt(q.scale - scale)
  return new Quantity({ ...a, unscaled: at(a) + sign * at(b), scale, cached: '' })
}

function wholeOf(q: ParsedQuantity): bigint | undefined {
  if (q.scale >= 0) return q.unscaled * 10n ** BigInt(q.scale)
  const unit = 10n ** BigInt(-q.scale)
  return q.unscaled % unit === 0n ? q.unscaled / unit : undefined
}

const VERSION = /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-([0-9A-Za-z-.]+))?(?:\+[0-9A-Za-z-.]+)?$/

function semver(value: unknown, lenient: unknown = false): Semver | undefined {
  if (typeof value !== 'string') return fault('no such overload')
  const text = lenient === true ? value.trim().replace(/^v/, '').replace(/^(\d+)(?:\.(\d+))?$/, (_, a: string, b = '0') => `${a}.${b}.0`) : value
  const found = VERSION.exec(text)
  return found ? new Semver([BigInt(found[1]!), BigInt(found[2]!), BigInt(found[3]!)], found[4] ?? '') : undefined
}

function order(a: unknown, b: unknown): number {
  if (a instanceof Semver && b instanceof Semver) return compareSemver(a, b)
  return compareParsed(quantity(a), quantity(b))
}

const part = (n: number) => (value: unknown): bigint => (value instanceof Semver ? value.parts[n]! : fault('no such overload'))

/** Kubernetes' quantities and semantic versions (apiserver: pkg/cel/library). */
export const quantityFunctions = {
  quantity: (value: unknown): Quantity => (typeof value === 'string' ? quantityOf(value) : fault('no such overload')),
  isQuantity: (value: unknown): boolean => typeof value === 'string' && typeof parseQuantity(value) !== 'string',
  isInteger: (value: unknown): boolean => wholeOf(quantity(value)) !== undefined,
  asInteger: (value: unknown): bigint => wholeOf(quantity(value)) ?? fault('cannot convert value to integer'),
  asApproximateFloat: (value: unknown): number => Number(`${quantity(value).unscaled}e${quantity(value).scale}`),
  sign: (value: unknown): bigint => (quantity(value).unscaled > 0n ? 1n : quantity(value).unscaled < 0n ? -1n : 0n),
  add: (a: unknown, b: unknown): Quantity => combine(quantity(a), quantity(b), 1n),
  sub: (a: unknown, b: unknown): Quantity => combine(quantity(a), quantity(b), -1n),
  isLessThan: (a: unknown, b: unknown): boolean => order(a, b) < 0,
  isGreaterThan: (a: unknown, b: unknown): boolean => order(a, b) > 0,
  compareTo: (a: unknown, b: unknown): bigint => BigInt(order(a, b)),
  semver: (value: unknown, lenient?: unknown): Semver => semver(value, lenient) ?? fault(`invalid semantic version`),
  isSemver: (value: unknown, lenient?: unknown): boolean => semver(value, lenient) !== undefined,
  major: part(0),
  minor: part(1),
  patch: part(2),
}
