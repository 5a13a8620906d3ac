import { deepEqual } from '../../api/deep.ts'
import type { JsonValue } from '../../api/meta.ts'
import { EMPTY, LEAF, node, union, type FieldSet } from './field-set.ts'
import { isGranularMap, itemShape, itemsOf, memberShape, type Shape } from './shape.ts'

/** What differs between two values of a type (structured-merge-diff: typed/compare.go). */
export interface Comparison {
  readonly added: FieldSet
  readonly modified: FieldSet
  readonly removed: FieldSet
}

const SAME: Comparison = { added: EMPTY, modified: EMPTY, removed: EMPTY }
export const changedPaths = ({ added, modified }: Comparison): FieldSet => union(added, modified)

interface Parts {
  readonly added: Map<string, FieldSet>
  readonly modified: Map<string, FieldSet>
  readonly removed: Map<string, FieldSet>
}

/** Compares; parts that are one object in both cost nothing. */
export function compare(shape: Shape, from: JsonValue | undefined, to: JsonValue | undefined): Comparison {
  if (from === to) return SAME
  if (isGranularMap(shape, from) && isGranularMap(shape, to)) {
    const parts = emptyParts()
    for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
      put(parts, `f:${name}`, memberShape(shape, name).shape, from[name], to[name])
    }
    return whole(parts)
  }
  const before = itemsOf(shape, from)
  const after = itemsOf(shape, to)
  if (before && after) {
    const parts = emptyParts()
    const old = new Map(before.map(({ key, value }) => [key, value]))
    const now = new Map(after.map(({ key, value }) => [key, value]))
    for (const key of new Set([...old.keys(), ...now.keys()])) put(parts, key, itemShape(shape), old.get(key), now.get(key))
    return whole(parts)
  }
  if (from === undefined || from === null) return to === undefined || to === null ? SAME : { ...SAME, added: { ...filled(shape, to), self: isLeaf(shape, to) } }
  if (to === undefined || to === null) return { ...SAME, removed: { ...filled(shape, from), self: isLeaf(shape, from) } }
  return deepEqual(from, to) ? SAME : { ...SAME, modified: LEAF }
}

const emptyParts = (): Parts => ({ added: new Map(), modified: new Map(), removed: new Map() })
const whole = ({ added, modified, removed }: Parts): Comparison => ({ added: node(false, added), modified: node(false, modified), removed: node(false, removed) })

function put(parts: Parts, key: string, shape: Shape, from: JsonValue | undefined, to: JsonValue | undefined): void {
  if (from === to) return
  if (from === undefined) parts.added.set(key, filled(shape, to))
  else if (to === undefined) parts.removed.set(key, filled(shape, from))
  else {
    const inner = compare(shape, from, to)
    parts.added.set(key, inner.added)
    parts.modified.set(key, inner.modified)
    parts.removed.set(key, inner.removed)
  }
}

const isLeaf = (shape: Shape, value: JsonValue): boolean => {
  if (isGranularMap(shape, value)) return Object.keys(value).length === 0
  return itemsOf(shape, value) === undefined
}

/** All paths of a value that is there as a whole: maps and lists themselves, and what is in them. */
function filled(shape: Shape, value: JsonValue | undefined): FieldSet {
  if (isGranularMap(shape, value)) {
    const below = new Map<string, FieldSet>()
    for (const name of Object.keys(value)) if (value[name] !== undefined) below.set(`f:${name}`, filled(memberShape(shape, name).shape, value[name]))
    return { self: true, below }
  }
  const items = itemsOf(shape, value)
  return items ? { self: true, below: new Map(items.map((item) => [item.key, filled(itemShape(shape), item.value)])) } : LEAF
}
