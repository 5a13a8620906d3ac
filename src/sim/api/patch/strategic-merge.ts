import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import type { Definition } from '../schema/schema.ts'
import { roomyCopy } from '../share.ts'
import { patchMeta, type PatchMeta } from './patch-meta.ts'
import {
  arrange, DELETE_FROM, DIRECTIVE, goText, identity, isList, isMap, noMergeKey, RETAIN_KEYS, SET_ORDER, StrategicPatchError, unique,
} from './lists.ts'

export { StrategicPatchError } from './lists.ts'

/**
 * Two ways to merge: onto an object (the server), or one patch into another (when kubectl joins deletions and
 * changes), where directives and nulls must survive.
 */
export interface MergeMode {
  readonly intoPatch: boolean
}
const ONTO_OBJECT: MergeMode = { intoPatch: false }

/** Neither nulls nor directives anywhere: a value that can be taken over as it stands. */
function isPlain(value: JsonValue | undefined): boolean {
  if (value === null || value === undefined) return false
  if (typeof value !== 'object') return true
  if (isList(value)) return value.every(isPlain)
  for (const key in value) if (isDirective(key) || !isPlain(value[key])) return false
  return true
}

const isDirective = (key: string): boolean => key.charCodeAt(0) === 0x24

/** Are there directives in a change, and members that the original has not? */
function lookInto(change: JsonObject, original: JsonObject): { readonly directives: boolean; readonly additions: boolean } {
  let directives = false
  let additions = false
  for (const key in change) {
    if (isDirective(key)) directives = true
    else if (!(key in original)) additions = true
  }
  return { directives, additions }
}

/** Drops what directives ask to drop from a value that is taken over whole; undefined where nothing is left. */
function withoutDirectives(value: JsonValue): JsonValue | undefined {
  if (isMap(value)) {
    if (value[DIRECTIVE] !== undefined) return undefined
    const out: Record<string, JsonValue> = {}
    for (const key of Object.keys(value)) {
      const next = value[key] === undefined ? undefined : withoutDirectives(value[key])
      if (next !== undefined) out[key] = next
    }
    return out
  }
  return isList(value) ? value.map(withoutDirectives).filter((v): v is JsonValue => v !== undefined) : value
}

/** Removes nulls and list directives that have nothing to act on (IgnoreUnmatchedNulls). */
function withoutNulls(value: JsonValue): JsonValue {
  if (isList(value)) return value.map(withoutNulls)
  if (!isMap(value)) return value
  const out: Record<string, JsonValue> = {}
  for (const key of Object.keys(value)) {
    const v = value[key]
    if (v !== null && v !== undefined) out[key] = withoutNulls(v)
  }
  return out
}

const adopt = (value: JsonValue, mode: MergeMode): JsonValue | undefined => isPlain(value) ? value : withoutDirectives(mode.intoPatch ? value : withoutNulls(value))

function retain(out: Record<string, JsonValue | undefined>, patch: JsonObject, mode: MergeMode, handled: Set<string>): void {
  const keys = patch[RETAIN_KEYS]
  if (keys === undefined) return
  handled.add(RETAIN_KEYS)
  if (mode.intoPatch) {
    if (out[RETAIN_KEYS] !== undefined && !deepEqual(out[RETAIN_KEYS], keys)) {
      throw new StrategicPatchError(`${goText(out[RETAIN_KEYS])} and ${goText(keys)} are not deep equal: this may happen when calculating the 3-way diff patch`)
    }
    out[RETAIN_KEYS] = keys
    return
  }
  const bad = new StrategicPatchError('invalid patch format of retainKeys: should only contain fields present in the $retainKeys list')
  if (!isList(keys)) throw bad
  for (const key of Object.keys(patch)) {
    if (key === RETAIN_KEYS || patch[key] === null || key.startsWith(DELETE_FROM) || key.startsWith(SET_ORDER)) continue
    if (!keys.includes(key)) throw bad
  }
  for (const key of Object.keys(out)) if (!keys.includes(key)) delete out[key]
}

function deleteItems(list: readonly JsonValue[], gone: readonly JsonValue[]): readonly JsonValue[] {
  return list.filter((v) => !gone.includes(v))
}

const orderedLists = new Map<string, string>()

/** The list that `$setElementOrder/<list>` is about. Kept, as members are not found quickly by a name that is cut out anew. */
function orderedList(key: string): string {
  let name = orderedLists.get(key)
  if (name !== undefined) return name
  name = key.slice(SET_ORDER.length)
  if (orderedLists.size < MOST_LISTS) orderedLists.set(key, name)
  return name
}
const MOST_LISTS = 1000

/** Handles `$setElementOrder/<list>` together with the list's own change. */
function ordered(out: Record<string, JsonValue | undefined>, patch: JsonObject, def: Definition | undefined, mode: MergeMode, handled: Set<string>): void {
  for (const key in patch) {
    if (!isDirective(key) || !key.startsWith(SET_ORDER)) continue
    const order = patch[key]
    handled.add(key)
    if (mode.intoPatch) {
      if (out[key] !== undefined && !deepEqual(out[key], order)) throw new StrategicPatchError('invalid patch format of setElementOrder list')
      out[key] = order
    }
    const name = orderedList(key)
    const changes = patch[name]
    const server = out[name]
    if (!isList(order)) throw new StrategicPatchError(`expected a []interface {}, but received a ${typeof order}`)
    if (changes === null) throw new StrategicPatchError('expected a []interface {}, but received a %!s(<nil>)')
    const meta = patchMeta(def, name)
    checkOrder(isList(changes) ? changes : [], order, meta.mergeKey)
    if (server === undefined && changes === undefined) continue
    handled.add(name)
    if (!isList(server ?? []) || !isList(changes ?? [])) {
      if (changes !== undefined) out[name] = changes
      continue
    }
    const before = (server ?? []) as readonly JsonValue[]
    if (changes === undefined) out[name] = arrange(before, order, before, meta.mergeKey)
    else if (server === undefined) out[name] = arrange(withoutDirectives(changes) as readonly JsonValue[], order, before, meta.mergeKey)
    else out[name] = mergeList(before, changes as readonly JsonValue[], meta, mode, order)
  }
}

function checkOrder(changes: readonly JsonValue[], order: readonly JsonValue[], key: string): void {
  let at = 0
  for (const item of changes) {
    if (isMap(item) && item[DIRECTIVE] !== undefined) continue
    while (at < order.length && identity(order[at]!, key) !== identity(item, key)) at++
    if (at >= order.length) {
      throw new StrategicPatchError(`The order in patch list:\n${goText(changes)}\n doesn't match $setElementOrder list:\n${goText(order)}\n`)
    }
    at++
  }
}

export function mergeMaps(original: JsonObject, change: JsonObject, def: Definition | undefined, mode: MergeMode): JsonObject {
  const directive = change[DIRECTIVE]
  if (directive !== undefined) {
    const { [DIRECTIVE]: _directive, ...rest } = change
    if (directive === 'replace') return rest
    if (directive === 'delete') return {}
    throw new StrategicPatchError(`unknown patch type: ${goText(directive)} in map: ${goText(change)}`)
  }
  const { directives, additions } = lookInto(change, original)
  const out: Record<string, JsonValue | undefined> = additions ? roomyCopy(original) : { ...original }
  if (!directives) {
    for (const key in change) mergeMember(out, key, change[key], def, mode)
    return out
  }
  const handled = new Set<string>()
  retain(out, change, mode, handled)
  ordered(out, change, def, mode, handled)
  for (const key in change) if (!handled.has(key)) mergeMember(out, key, change[key], def, mode)
  return out
}

function mergeMember(out: Record<string, JsonValue | undefined>, patchKey: string, change: JsonValue | undefined, def: Definition | undefined, mode: MergeMode): void {
  if (change === undefined) return
  const deleting = isDirective(patchKey) && patchKey.startsWith(DELETE_FROM)
  if (deleting && mode.intoPatch) {
    if (out[patchKey] === undefined) out[patchKey] = change
    return
  }
  const key = deleting ? patchKey.slice(DELETE_FROM.length) : patchKey
  if (deleting) {
    if (isList(out[key]) && isList(change)) out[key] = deleteItems(out[key], change)
    return
  }
  if (change === null) {
    if (mode.intoPatch) out[key] = null
    else delete out[key]
    return
  }
  const have = out[key]
  const next = mergeValue(have, change, key, def, mode)
  if (next === undefined) delete out[key]
  else if (next !== have) out[key] = next
}

function mergeValue(have: JsonValue | undefined, change: JsonValue, key: string, def: Definition | undefined, mode: MergeMode): JsonValue | undefined {
  if (isMap(have) && isMap(change)) {
    const { strategy, below } = patchMeta(def, key)
    return strategy === 'replace' ? change : mergeMaps(have, change, below, mode)
  }
  if (isList(have) && isList(change)) return mergeList(have, change, patchMeta(def, key), mode)
  return adopt(change, mode)
}

/** A merged list, in the order that the patch asks for (`order`) or else in that of its own items. */
function mergeList(server: readonly JsonValue[], changes: readonly JsonValue[], { below, mergeKey: key, strategy }: PatchMeta, mode: MergeMode, order?: readonly JsonValue[]): readonly JsonValue[] {
  if (strategy !== 'merge') return order ? arrange(changes, order, server, key) : changes
  if (server.length === 0 && changes.length === 0) return server
  if (!server.some(isMap) && !changes.some(isMap)) return arrange(unique([...server, ...changes]), order ?? changes, server, order ? key : '')
  const { base, plain } = mode.intoPatch ? { base: server, plain: changes } : special(server, changes, key)
  const merged = base.slice()
  const ids = base.map((item) => identity(item, key))
  for (const item of plain) {
    const id = isMap(item) ? item[key] : undefined
    if (id === undefined) throw noMergeKey(item, key)
    const i = ids.indexOf(id)
    if (i >= 0) merged[i] = mergeMaps(merged[i] as JsonObject, item as JsonObject, below, mode)
    else {
      merged.push(mode.intoPatch ? item : (adopt(item, mode) ?? item))
      ids.push(id)
    }
  }
  // An order of the whole list settles the places of all items, but not of deletions, which only patches in the making have.
  const arranged = order && !mode.intoPatch ? merged : arrange(merged, plain, base, key)
  return order ? arrange(arranged, order, server, key) : arranged
}

const hasItemDirective = (item: JsonValue): boolean => isMap(item) && item[DIRECTIVE] !== undefined

/** Items with `$patch`: delete takes matching items away, replace makes the patch's items the whole list. */
function special(server: readonly JsonValue[], changes: readonly JsonValue[], key: string): { base: readonly JsonValue[]; plain: readonly JsonValue[] } {
  if (!changes.some(hasItemDirective)) return { base: server, plain: changes }
  let base = server
  let replace = false
  const plain: JsonValue[] = []
  for (const item of changes) {
    const directive = isMap(item) ? item[DIRECTIVE] : undefined
    if (directive === undefined) plain.push(item)
    else if (directive === 'replace') replace = true
    else if (directive === 'delete') {
      const id = (item as JsonObject)[key]
      if (id === undefined) throw noMergeKey(item, key)
      base = base.filter((v) => identity(v, key) !== id)
    } else throw new StrategicPatchError(directive === 'merge' ? 'merging lists cannot yet be specified in the patch' : `unknown patch type: ${goText(directive)} in map: ${goText(item)}`)
  }
  return replace ? { base: plain, plain: [] } : { base, plain }
}

/**
 * Applies a strategic merge patch to an object of the given structure (apimachinery: util/strategicpatch). Shares what
 * it does not touch. Throws StrategicPatchError.
 */
export function strategicMerge(document: JsonValue, patch: JsonValue, def: Definition | undefined): JsonValue {
  if (!isMap(document) || !isMap(patch)) throw new StrategicPatchError('a strategic merge patch must be a map')
  return mergeMaps(document, patch, def, ONTO_OBJECT)
}
