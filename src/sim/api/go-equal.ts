import { deepEqual } from './deep.ts'
import { fields } from './go-internal.ts'

/**
 * `equality.Semantic.DeepEqual` of two versioned values that convert to an internal struct: an empty list or map equals
 * an absent one, and so does the zero of a plain member, but a pointer to nothing does not equal one to a zero.
 */
export const goEqual = (struct: string, a: unknown, b: unknown): boolean => a === b || sameStruct(struct, a, b)

type Plain = Readonly<Record<string, unknown>>
const EMPTY: Plain = {}
const ZERO: Readonly<Record<string, unknown>> = { s: '', i: 0, b: false, q: '0', x: 0 }
const isNil = (v: unknown): boolean => v === undefined || v === null

function sameStruct(struct: string, a: unknown, b: unknown): boolean {
  const x = (a ?? EMPTY) as Plain
  const y = (b ?? EMPTY) as Plain
  return fields(struct).every((f) => (f.name === '' ? same(f.type, x, y) : same(f.type, x[f.json], y[f.json])))
}

function sameMap(of: string, x: Plain, y: Plain): boolean {
  const keys = Object.keys(x)
  return keys.length === Object.keys(y).length && keys.every((k) => k in y && same(of, x[k], y[k]))
}

function same(type: string, a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (type.startsWith('*')) return isNil(a) || isNil(b) ? isNil(a) && isNil(b) : same(type.slice(1), a, b)
  if (type.startsWith('[]')) {
    const x = (a ?? []) as readonly unknown[]
    const y = (b ?? []) as readonly unknown[]
    return x.length === y.length && x.every((item, i) => same(type.slice(2), item, y[i]))
  }
  if (type.startsWith('{}')) return sameMap(type.slice(2), (a ?? EMPTY) as Plain, (b ?? EMPTY) as Plain)
  if (type.startsWith('@')) return sameStruct(type.slice(1), a, b)
  return type === 'y' ? deepEqual(a ?? null, b ?? null) : (a ?? ZERO[type]) === (b ?? ZERO[type])
}
