import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'

const isMap = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Applies an RFC 7386 merge patch: null removes, maps merge, everything else replaces. Shares what does not change. */
export function mergePatch(document: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isMap(patch)) return patch
  const base: JsonObject = isMap(document) ? document : {}
  let out: Record<string, JsonValue | undefined> | undefined
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === undefined) continue
    if (value === null) {
      if (base[key] !== undefined) delete (out ??= { ...base })[key]
      continue
    }
    const next = mergePatch(base[key], value)
    if (next !== base[key]) (out ??= { ...base })[key] = next
  }
  return out ?? (isMap(document) ? document : {})
}

/** The merge patch that makes `to` of `from`; undefined where they are equal. */
export function createMergePatch(from: JsonValue, to: JsonValue): JsonValue | undefined {
  if (!isMap(from) || !isMap(to)) return deepEqual(from, to) ? undefined : to
  const out: Record<string, JsonValue> = {}
  for (const key of Object.keys(from)) if (from[key] !== undefined && to[key] === undefined) out[key] = null
  for (const key of Object.keys(to)) {
    const value = to[key]
    if (value === undefined) continue
    const before = from[key]
    const part = before === undefined ? value : createMergePatch(before, value)
    if (part !== undefined) out[key] = part
  }
  return Object.keys(out).length ? out : undefined
}
