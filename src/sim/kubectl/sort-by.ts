import type { JsonValue, KubeObject } from '../api/meta.ts'
import { compareQuantities, parseQuantity } from '../api/quantity.ts'
import { relaxed } from './custom-columns.ts'
import { JsonPath } from './jsonpath.ts'

/** What --sort-by looks at; undefined where an object has no such field. */
export function sortKey(path: string): (object: KubeObject) => JsonValue | undefined {
  const compiled = new JsonPath(relaxed(path))
  return (object) => compiled.find(object as unknown as JsonValue).flat()[0]
}

/** Sorts rows by a field of their objects: absent ones first, numbers by value, texts naturally (kubectl: get/sorter.go). */
export function sortRows<T>(rows: readonly T[], object: (row: T) => KubeObject, path: string): { readonly rows: readonly T[]; readonly found: boolean } {
  const key = sortKey(path)
  const keyed = rows.map((row) => ({ row, key: key(object(row)) }))
  const sorted = keyed.sort((a, b) => compare(a.key, b.key))
  return { rows: sorted.map((k) => k.row), found: rows.length === 0 || keyed.some((k) => k.key !== undefined) }
}

function compare(a: JsonValue | undefined, b: JsonValue | undefined): number {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'string' && typeof b === 'string') {
    if (isQuantity(a) && isQuantity(b)) return compareQuantities(a, b)
    return natural(a, b)
  }
  return 0
}

/** Runs of digits compare by their number ("a2" before "a10"). */
function natural(a: string, b: string): number {
  const x = a.match(/\d+|\D+/g) ?? []
  const y = b.match(/\d+|\D+/g) ?? []
  for (let i = 0; i < Math.min(x.length, y.length); i++) {
    const [p, q] = [x[i]!, y[i]!]
    if (p === q) continue
    if (/^\d/.test(p) && /^\d/.test(q) && Number(p) !== Number(q)) return Number(p) - Number(q)
    return p < q ? -1 : 1
  }
  return x.length - y.length
}

const isQuantity = (text: string): boolean => /^[-+.0-9]/.test(text) && typeof parseQuantity(text) !== 'string'
