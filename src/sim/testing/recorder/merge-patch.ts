import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isObject } from '../chainsaw/reader.ts'

const same = (a: JsonValue | undefined, b: JsonValue | undefined): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** The JSON merge patch (RFC 7386) that makes `to` of `from`; {} when nothing differs. */
export function mergePatch(from: JsonObject, to: JsonObject): JsonObject {
  const patch: Record<string, JsonValue> = {}
  for (const key of Object.keys(from)) if (to[key] === undefined && from[key] !== undefined) patch[key] = null
  for (const [key, value] of Object.entries(to)) {
    const before = from[key]
    if (value === undefined || same(before, value)) continue
    patch[key] = isObject(before) && isObject(value) ? mergePatch(before, value) : value
  }
  return patch
}
