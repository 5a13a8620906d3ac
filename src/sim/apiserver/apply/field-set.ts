import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { setOwn } from '../../api/share.ts'

/**
 * A set of field paths as a tree (structured-merge-diff: fieldpath.Set). `self`: the path to this node is in the set.
 * Children by path element as FieldsV1 writes it: `f:name`, `k:{"name":"web"}`, `v:"x"`.
 */
export interface FieldSet {
  readonly self: boolean
  readonly below: ReadonlyMap<string, FieldSet>
}

const NOTHING: ReadonlyMap<string, FieldSet> = new Map()
export const EMPTY: FieldSet = { self: false, below: NOTHING }
export const LEAF: FieldSet = { self: true, below: NOTHING }

export const isEmpty = (set: FieldSet): boolean => !set.self && set.below.size === 0

/** A node, or EMPTY itself where it holds nothing; `like` itself where that holds the very same children. */
export function node(self: boolean, below: Map<string, FieldSet>, like?: FieldSet): FieldSet {
  for (const [key, child] of below) if (isEmpty(child)) below.delete(key)
  if (below.size === 0) return self ? LEAF : EMPTY
  return like && like.self === self && isSame(below, like.below) ? like : { self, below }
}

function isSame(below: ReadonlyMap<string, FieldSet>, like: ReadonlyMap<string, FieldSet>): boolean {
  if (below.size !== like.size) return false
  for (const [key, child] of below) if (like.get(key) !== child) return false
  return true
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
  if (a === b || isEmpty(b)) return a
  if (isEmpty(a)) return b
  const below = new Map(a.below)
  for (const [key, child] of b.below) below.set(key, union(below.get(key) ?? EMPTY, child))
  return { self: a.self || b.self, below }
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const below = new Map<string, FieldSet>()
  for (const [key, child] of a.below) {
    const other = b.below.get(key)
    if (other) below.set(key, intersection(child, other))
  }
  return node(a.self && b.self, below)
}

/** Paths of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (isEmpty(b)) return a
  const below = new Map(a.below)
  for (const [key, child] of b.below) {
    const mine = below.get(key)
    if (mine) below.set(key, difference(mine, child))
  }
  return node(a.self && !b.self, below)
}

/** Paths of `a` that are neither in `b` nor below a path in `b` (fieldpath: RecursiveDifference). */
export function without(a: FieldSet, b: FieldSet): FieldSet {
  if (b.self) return EMPTY
  const below = new Map(a.below)
  for (const [key, child] of b.below) {
    const mine = below.get(key)
    if (mine) below.set(key, without(mine, child))
  }
  return node(a.self, below)
}

export function equalSets(a: FieldSet, b: FieldSet): boolean {
  if (a === b) return true
  if (a.self !== b.self || a.below.size !== b.below.size) return false
  for (const [key, child] of a.below) {
    const other = b.below.get(key)
    if (!other || !equalSets(child, other)) return false
  }
  return true
}

/** Is this path element the name of a field (not a list's item)? */
export const isNamed = (key: string): boolean => key.startsWith('f:')

/** In the set, or a field with something of the set below it (EnsureNamedFieldsAreMembers). */
export const holds = (key: string, child: FieldSet | undefined): boolean => child !== undefined && (child.self || (isNamed(key) && child.below.size > 0))

/** Every path of the set, in order, as messages write them: `.spec.containers[name="web"].image`. */
export function paths(set: FieldSet, prefix = ''): readonly string[] {
  const own = set.self && prefix ? [prefix] : []
  return [...own, ...sortedKeys(set).flatMap((key) => paths(set.below.get(key)!, prefix + elementText(key)))]
}

function elementText(key: string): string {
  const rest = key.slice(2)
  if (key.startsWith('f:')) return `.${rest}`
  if (key.startsWith('k:')) return keyText(JSON.parse(rest) as JsonObject)
  return `[=${rest}]`
}

export const keyText = (fields: JsonObject): string => `[${Object.keys(fields).sort().map((name) => `${name}=${JSON.stringify(fields[name])}`).join(',')}]`

const ORDER = 'fvki'
/** fieldpath.PathElement.Less: names, then values, then keys, each in their order. */
function sortedKeys(set: FieldSet): readonly string[] {
  if (set.below.size < 2) return [...set.below.keys()]
  return [...set.below.keys()].sort((a, b) => (a[0] !== b[0] ? rank(a) - rank(b) : a[0] === 'k' ? compareKeys(a, b) : a < b ? -1 : 1))
}
const rank = (key: string): number => (ORDER.indexOf(key[0]!) === 2 ? 1 : ORDER.indexOf(key[0]!) === 1 ? 2 : ORDER.indexOf(key[0]!))

function compareKeys(a: string, b: string): number {
  const x = JSON.parse(a.slice(2)) as JsonObject
  const y = JSON.parse(b.slice(2)) as JsonObject
  for (const name of Object.keys(x).sort()) {
    const p = x[name]
    const q = y[name]
    if (p === q) continue
    if (typeof p === 'number' && typeof q === 'number') return p - q
    return String(p) < String(q) ? -1 : 1
  }
  return 0
}

const NO_FIELDS: JsonObject = {}
const written = new WeakMap<FieldSet, JsonObject>()

/** The form of `managedFields[].fieldsV1`. Parts of sets are written once: most of a set is that of the apply before. */
export function toFieldsV1(set: FieldSet): JsonObject {
  if (set.below.size === 0) return NO_FIELDS
  let out = written.get(set)
  if (!out) written.set(set, (out = write(set)))
  return out
}

function write(set: FieldSet): JsonObject {
  const out: Record<string, JsonValue> = {}
  if (set.self) out['.'] = {}
  for (const key of sortedKeys(set)) setOwn<JsonValue>(out, key, toFieldsV1(set.below.get(key)!))
  return out
}

/** Reads `fieldsV1`; the root itself is never a member. */
export function fromFieldsV1(fields: JsonValue | undefined, isRoot = true): FieldSet {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return EMPTY
  const map = fields as JsonObject
  const below = new Map<string, FieldSet>()
  for (const key of Object.keys(map)) if (key !== '.') below.set(key, fromFieldsV1(map[key], false))
  return { self: !isRoot && (below.size === 0 || map['.'] !== undefined), below }
}
