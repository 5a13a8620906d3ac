import { Bytes, type Expr } from './ast.ts'

/** How large a value can be: characters, bytes, items or entries; `Infinity` is never reached, the most is 2^64 - 1. */
export interface Size {
  readonly min: number
  readonly max: number
}

/** How large the keys and values of a list or map can be. */
export interface Entry {
  readonly isList: boolean
  readonly key: Size
  readonly value: Size
}

export const MOST = 2 ** 64
export const UNKNOWN: Size = { min: 0, max: MOST }

export const limited = (n: number): number => Math.min(n, MOST)
export const exactly = (n: number): Size => ({ min: n, max: n })
export const union = (a: Size, b: Size): Size => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) })
export const addSizes = (a: Size, b: Size): Size => ({ min: limited(a.min + b.min), max: limited(a.max + b.max) })
export const timesSizes = (a: Size, b: Size): Size => ({ min: limited(a.min * b.min), max: limited(a.max * b.max) })
/** Cost of going through something so large, by a cost of one unit. */
export const ceilCost = (n: number, factor: number): number => limited(Math.ceil(n * factor))

export function unionEntries(a: Entry | undefined, b: Entry | undefined): Entry | undefined {
  return a && b && { isList: a.isList, key: union(a.key, b.key), value: union(a.value, b.value) }
}

/** The size of what is written out. */
export function literalSize(expr: Expr): Size | undefined {
  switch (expr.is) {
    case 'literal':
      return exactly(typeof expr.value === 'string' ? [...expr.value].length : expr.value instanceof Bytes ? expr.value.text.length : 1)
    case 'list':
      return exactly(expr.items.length)
    case 'map':
      return exactly(expr.entries.length)
    default:
      return undefined
  }
}
