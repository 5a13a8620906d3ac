import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import type { Definition } from '../schema/schema.ts'
import { DELETE_FROM, DIRECTIVE, identity, inOrder, isList, isMap, noMergeKey, RETAIN_KEYS, SET_ORDER } from './lists.ts'
import { patchMeta, type PatchMeta } from './patch-meta.ts'

/** What to look for: additions and changes, deletions, or both. */
export interface DiffOptions {
  readonly changes: boolean
  readonly deletions: boolean
  readonly setOrder: boolean
  readonly retainKeys?: boolean
}

/** The strategic merge patch from `original` to `modified` (strategicpatch: diffMaps). Empty where nothing differs. */
export function diffMaps(original: JsonObject, modified: JsonObject, def: Definition | undefined, options: DiffOptions): JsonObject {
  const patch: Record<string, JsonValue> = {}
  const keys = Object.keys(modified).filter((k) => modified[k] !== undefined)
  for (const key of keys) {
    const next = modified[key]!
    const was = original[key]
    if (was === undefined) {
      if (options.changes) patch[key] = next
    } else if (key === DIRECTIVE) {
      if (was !== next) patch[key] = next
    } else diffMember(key, was, next, patch, def, options)
  }
  if (options.deletions) for (const key of Object.keys(original)) if (original[key] !== undefined && modified[key] === undefined) patch[key] = null
  const grown = keys.some((k) => original[k] === undefined)
  if (options.retainKeys && keys.length && (Object.keys(patch).length || grown)) patch[RETAIN_KEYS] = keys.filter((k) => modified[k] !== null).sort()
  return patch
}

function diffMember(key: string, was: JsonValue, next: JsonValue, patch: Record<string, JsonValue>, def: Definition | undefined, options: DiffOptions): void {
  const meta = patchMeta(def, key)
  if (isMap(was) && isMap(next)) {
    if (meta.strategy === 'replace') {
      if (options.changes) patch[key] = next
      return
    }
    const inner = diffMaps(was, next, meta.below, { ...options, retainKeys: meta.retainKeys })
    if (Object.keys(inner).length) patch[key] = inner
  } else if (isList(was) && isList(next) && meta.strategy === 'merge') diffList(key, was, next, patch, meta, { ...options, retainKeys: meta.retainKeys })
  else if (options.changes && !deepEqual(was, next)) patch[key] = next
}

function diffList(key: string, was: readonly JsonValue[], next: readonly JsonValue[], patch: Record<string, JsonValue>, meta: PatchMeta, options: DiffOptions): void {
  if (was.length === 0) {
    if (next.length && options.changes) patch[key] = next
    return
  }
  if ([...was, ...next].some((v) => isMap(v))) return diffObjects(key, was, next, patch, meta, options)
  const added = options.changes ? next.filter((v) => !was.includes(v)) : []
  const gone = options.deletions ? was.filter((v) => !next.includes(v)) : []
  if (added.length) patch[key] = inOrder([...added].sort(byText), next, '')
  if (gone.length) patch[DELETE_FROM + key] = [...new Set(gone)].sort(byText)
  if (next.length && options.setOrder && ((options.deletions && gone.length) || (options.changes && !deepEqual(was, next)))) patch[SET_ORDER + key] = next
}

const byText = (a: JsonValue, b: JsonValue): number => (String(a) < String(b) ? -1 : String(a) > String(b) ? 1 : 0)

function diffObjects(key: string, was: readonly JsonValue[], next: readonly JsonValue[], patch: Record<string, JsonValue>, meta: PatchMeta, options: DiffOptions): void {
  const { mergeKey } = meta
  const id = (v: JsonValue): JsonValue => {
    const found = identity(v, mergeKey)
    if (found === undefined) throw noMergeKey(v, mergeKey)
    return found
  }
  const changed: JsonValue[] = []
  for (const item of next) {
    const before = was.find((v) => id(v) === id(item))
    if (before === undefined) {
      if (options.changes) changed.push(item)
      continue
    }
    const inner = diffMaps(before as JsonObject, item as JsonObject, meta.below, options)
    if (Object.keys(inner).length) changed.push({ ...inner, [mergeKey]: id(item) })
  }
  const gone = options.deletions ? was.filter((v) => !next.some((w) => id(w) === id(v))) : []
  const deletions = gone.map((v) => ({ [DIRECTIVE]: 'delete', [mergeKey]: id(v) })).sort((a, b) => byText(a[mergeKey]!, b[mergeKey]!))
  const list = [...inOrder(changed, next, mergeKey), ...deletions]
  if (list.length) patch[key] = list
  const sameOrder = was.length === next.length && next.every((v, i) => id(v) === id(was[i]!))
  if (next.length && options.setOrder && ((options.changes && (list.length > 0 || !sameOrder)) || (options.deletions && list.length > 0))) {
    patch[SET_ORDER + key] = next.map((v) => ({ [mergeKey]: id(v) }))
  }
}
