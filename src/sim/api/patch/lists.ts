import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'

/** A strategic merge patch that cannot be applied; the message is Kubernetes'. */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
}

export const isMap = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

export const DIRECTIVE = '$patch'
export const RETAIN_KEYS = '$retainKeys'
export const DELETE_FROM = '$deleteFromPrimitiveList/'
export const SET_ORDER = '$setElementOrder/'

/** Go's fmt %v of plain data, as it stands in messages. */
export function goText(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '<nil>'
  if (isList(value)) return `[${value.map(goText).join(' ')}]`
  if (isMap(value)) return `map[${Object.keys(value).sort().map((k) => `${k}:${goText(value[k])}`).join(' ')}]`
  return String(value)
}

export const noMergeKey = (item: JsonValue, key: string): StrategicPatchError =>
  new StrategicPatchError(`map: ${goText(item)} does not contain declared merge key: ${key}`)

/** The value by which an item is told from others: itself, or its merge key. */
export function identity(item: JsonValue, key: string): JsonValue | undefined {
  if (!key) return item
  return isMap(item) ? item[key] : undefined
}

export function position(list: readonly JsonValue[], item: JsonValue, key: string): number {
  const id = identity(item, key)
  for (let i = 0; i < list.length; i++) if (identity(list[i]!, key) === id) return i
  return -1
}

const isDelete = (item: JsonValue): boolean => isMap(item) && item[DIRECTIVE] === 'delete'

/** Do the items that `order` names stand in it one after the other, and does none ask to be deleted? */
function isInOrder(items: readonly JsonValue[], order: readonly JsonValue[], key: string): boolean {
  let last = -1
  for (const item of items) {
    if (isDelete(item)) return false
    const at = position(order, item, key)
    if (at < 0) continue
    if (at < last) return false
    last = at
  }
  return true
}

/** Puts `items` in the order of `order`; items that it does not name keep their places, `$patch: delete` items go last. */
export function inOrder(items: readonly JsonValue[], order: readonly JsonValue[], key: string): readonly JsonValue[] {
  if (isInOrder(items, order, key)) return items
  const kept = items.filter((v) => !isDelete(v))
  const places = kept.map((v) => position(order, v, key))
  const known = kept.map((_, i) => i).filter((i) => places[i]! >= 0).sort((i, j) => places[i]! - places[j]!)
  let next = 0
  const sorted = kept.map((v, i) => (places[i]! >= 0 ? kept[known[next++]!]! : v))
  return kept.length === items.length ? sorted : [...sorted, ...items.filter(isDelete)]
}

/** Merges the server's own items with those of the patch, keeping the server's relative order where it is known. */
export function interleave(serverOnly: readonly JsonValue[], patched: readonly JsonValue[], serverOrder: readonly JsonValue[], key: string): readonly JsonValue[] {
  const out: JsonValue[] = []
  let i = 0
  let j = 0
  while (i < serverOnly.length || j < patched.length) {
    if (i >= serverOnly.length) out.push(patched[j++]!)
    else if (j >= patched.length) out.push(serverOnly[i++]!)
    else {
      const left = position(serverOrder, serverOnly[i]!, key)
      const right = position(serverOrder, patched[j]!, key)
      out.push(left >= 0 && right >= 0 && left < right ? serverOnly[i++]! : patched[j++]!)
    }
  }
  return out
}

/** Final order of a merged list: the patch's items in `patchOrder`, the others where the server had them. */
export function arrange(merged: readonly JsonValue[], patchOrder: readonly JsonValue[], serverOrder: readonly JsonValue[], key: string): readonly JsonValue[] {
  if (merged.length === patchOrder.length && merged.every((v, i) => identity(v, key) === identity(patchOrder[i]!, key))) return merged
  const isPatched = (v: JsonValue): boolean => position(patchOrder, v, key) >= 0
  const serverOnly = merged.filter((v) => !isPatched(v))
  if (serverOnly.length === 0) return inOrder(merged, patchOrder, key)
  const patched = merged.filter(isPatched)
  return interleave(inOrder(serverOnly, serverOrder, key), inOrder(patched, patchOrder, key), serverOrder, key)
}

export function unique(list: readonly JsonValue[]): readonly JsonValue[] {
  const out: JsonValue[] = []
  for (const v of list) if (!out.some((w) => deepEqual(v, w))) out.push(v)
  return out
}
