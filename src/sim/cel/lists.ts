import { compare, Duration, equal, fault, fromJson } from './values.ts'
import { callOperator } from './operators.ts'

const items = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.map(fromJson) : fault('no such overload'))
const number = (value: unknown): number => (typeof value === 'bigint' ? Number(value) : fault('no such overload'))
const LONGEST = 100_000

function extreme(value: unknown, sign: number, name: string): unknown {
  const all = items(value)
  if (all.length === 0) return fault(`${name} called on empty list`)
  return all.reduce((best, item) => (compare(item, best) * sign > 0 ? item : best))
}

const covers = (a: unknown, b: unknown): boolean => items(b).every((item) => items(a).some((other) => equal(item, other)))

function flatten(value: unknown, depth: number): unknown[] {
  return items(value).flatMap((item) => (Array.isArray(item) && depth > 0 ? flatten(item, depth - 1) : [item]))
}

/** Members of lists, and the functions of sets. */
export const listFunctions = {
  isSorted: (value: unknown): boolean => items(value).every((item, i, all) => i === 0 || compare(all[i - 1], item) <= 0),
  sum(value: unknown): unknown {
    const all = items(value)
    return all.length === 0 ? 0n : all.reduce((sum, item) => (sum instanceof Duration && item instanceof Duration ? new Duration(sum.ns + item.ns) : callOperator('_+_', [sum, item])))
  },
  min: (value: unknown): unknown => extreme(value, -1, 'min'),
  max: (value: unknown): unknown => extreme(value, 1, 'max'),
  indexOf: (value: unknown, item: unknown): bigint => BigInt(items(value).findIndex((other) => equal(other, item))),
  lastIndexOf: (value: unknown, item: unknown): bigint => BigInt(items(value).reduce<number>((found, other, i) => (equal(other, item) ? i : found), -1)),
  join: (value: unknown, separator: unknown = ''): string => items(value).map((item) => (typeof item === 'string' ? item : fault('no such overload'))).join(String(separator)),
  slice(value: unknown, from: unknown, to: unknown): readonly unknown[] {
    const all = items(value)
    if (number(from) < 0 || number(to) > all.length || number(from) > number(to)) return fault(`cannot slice(${number(from)}, ${number(to)}), list is length ${all.length}`)
    return all.slice(number(from), number(to))
  },
  flatten: (value: unknown, depth: unknown = 1n): unknown[] => flatten(value, Math.min(number(depth), 100)),
  distinct: (value: unknown): readonly unknown[] => items(value).filter((item, i, all) => all.findIndex((other) => equal(other, item)) === i),
  sort: (value: unknown): readonly unknown[] => [...items(value)].sort(compare),
  reverse: (value: unknown): readonly unknown[] => [...items(value)].reverse(),
  'lists.range': (n: unknown): readonly bigint[] => (number(n) > LONGEST ? fault('operation cancelled: actual cost limit exceeded') : Array.from({ length: Math.max(0, number(n)) }, (_, i) => BigInt(i))),
  'sets.contains': covers,
  'sets.equivalent': (a: unknown, b: unknown): boolean => covers(a, b) && covers(b, a),
  'sets.intersects': (a: unknown, b: unknown): boolean => items(a).some((item) => items(b).some((other) => equal(item, other))),
}
