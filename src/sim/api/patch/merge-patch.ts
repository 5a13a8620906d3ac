import type { JsonObject, JsonValue } from '../meta.ts'
import { isObject, withMember, without } from './json-values.ts'

/** RFC 7396: null removes, objects merge, everything else replaces. Shares what it does not touch. */
export function mergePatch(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isObject(patch)) return patch
  let result: JsonObject = isObject(target) ? target : {}
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (value === undefined) continue
    if (value === null) result = without(result, key)
    else result = withMember(result, key, mergePatch(Object.hasOwn(result, key) ? result[key] : undefined, value))
  }
  return result
}
