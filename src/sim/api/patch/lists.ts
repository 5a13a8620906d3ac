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

/** The identities of a list's items. Who looks for several items makes this list once: members found by a name that varies are slow. */
const identities = (list: readonly JsonValue[], key: string): readonly (JsonValue | undefined)[] => (key ? list.map((item) => identity(item, key)) : list)

const isDelete = (item: JsonValue): boolean => isMap(item) && item[DIRECTIVE] === 'delete'

/** Do items with a place stand one after the other? */
function isInOrder(places: readonly number[]): boolean {
  let last = -1
  for (const at of places) {
    if (at < 0) continue
    if (at < last) return false
    last = at
  }
  return true
}

/** Puts `items` in the order of their places; items without one (-1) stay where they are, `$patch: delete` items go last. */
function sorted(items: readonly JsonValue[], places: readonly number[]): readonly JsonValue[] {
  if (items.some(isDelete)) {
    const kept = items.filter((item) => !isDelete(item))
    return [...sorted(kept, places.filter((_, i) => !isDelete(items[i]!))), ...items.filter(isDelete)]
  }
  if (isInOrder(places)) return items
  const list = items.slice()
  const seats: number[] = []
  for (let i = 0; i < items.length; i++) if (places[i]! >= 0) seats.push(i)
  const known = byPlace(seats, places)
  for (let n = 0; n < seats.length; n++) list[seats[n]!] = items[known[n]!]!
  return list
}

/** Items by their places, equal ones as they stood. By insertion: lists are short and mostly in order, and a sort makes lists of its own. */
function byPlace(seats: readonly number[], places: readonly number[]): readonly number[] {
  const known = seats.slice()
  for (let n = 1; n < known.length; n++) {
    const item = known[n]!
    let at = n
    for (; at > 0 && places[known[at - 1]!]! > places[item]!; at--) known[at] = known[at - 1]!
    known[at] = item
  }
  return known
}

/** Puts `items` in the order of `order`; items that it does not name keep their places, `$patch: delete` items go last. */
export function inOrder(items: readonly JsonValue[], order: readonly JsonValue[], key: string): readonly JsonValue[] {
  const ids = identities(order, key)
  return sorted(items, identities(items, key).map((id) => ids.indexOf(id)))
}

/** Merges the server's own items with those of the patch, keeping the server's relative order where it is known. */
function interleave(serverOnly: readonly JsonValue[], patched: readonly JsonValue[], serverOrder: readonly JsonValue[], key: string): readonly JsonValue[] {
  const ids = identities(serverOrder, key)
  const out: JsonValue[] = []
  let i = 0
  let j = 0
  while (i < serverOnly.length || j < patched.length) {
    if (i >= serverOnly.length) out.push(patched[j++]!)
    else if (j >= patched.length) out.push(serverOnly[i++]!)
    else {
      const left = ids.indexOf(identity(serverOnly[i]!, key))
      const right = ids.indexOf(identity(patched[j]!, key))
      out.push(left >= 0 && right >= 0 && left < right ? serverOnly[i++]! : patched[j++]!)
    }
  }
  return out
}

/** Final order of a merged list: the patch's items in `patchOrder`, the others where the server had them. */
export function arrange(merged: readonly JsonValue[], patchOrder: readonly JsonValue[], serverOrder: readonly JsonValue[], key: string): readonly JsonValue[] {
  const ids = identities(merged, key)
  const wanted = identities(patchOrder, key)
  if (ids.length === wanted.length && ids.every((id, i) => id === wanted[i])) return merged
  const places = ids.map((id) => wanted.indexOf(id))
  if (!places.includes(-1)) return sorted(merged, places)
  const serverOnly = merged.filter((_, i) => places[i]! < 0)
  const patched = merged.filter((_, i) => places[i]! >= 0)
  return interleave(inOrder(serverOnly, serverOrder, key), inOrder(patched, patchOrder, key), serverOrder, key)
}

export function unique(list: readonly JsonValue[]): readonly JsonValue[] {
  const out: JsonValue[] = []
  for (const v of list) if (!out.some((w) => deepEqual(v, w))) out.push(v)
  return out
}
