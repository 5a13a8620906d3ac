import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isMap } from '../../api/patch/lists.ts'

/** Steps into an object: field names; every item of a list on the way is visited. */
export type FieldPath = readonly string[]

/**
 * The value with what `change` makes of the fields at a path; lists on the way are entered item by item. Where a map on the way is
 * missing it is made if `create` says so. `change` gets undefined for a missing last field and may give undefined to leave it.
 */
export function changeAt(value: JsonValue, path: FieldPath, create: boolean, change: (old: JsonValue | undefined) => JsonValue | undefined): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => changeAt(item, path, create, change))
  if (!isMap(value)) return value
  const [first, ...rest] = path
  const old = value[first!]
  if (old === undefined && !create) return value
  const next = rest.length === 0 ? change(old) : changeAt(old ?? {}, rest, create, change)
  return next === undefined || next === old ? value : { ...value, [first!]: next }
}

/** All values at a path. */
export function valuesAt(value: JsonValue | undefined, path: FieldPath): readonly JsonValue[] {
  if (value === undefined) return []
  if (path.length === 0) return [value]
  if (Array.isArray(value)) return (value as readonly JsonValue[]).flatMap((item) => valuesAt(item, path))
  return isMap(value) ? valuesAt(value[path[0]!], path.slice(1)) : []
}

/** Every map below a value, made anew by `change` from the inside out. */
export function mapEvery(value: JsonValue, change: (map: JsonObject) => JsonObject): JsonValue {
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map((item) => mapEvery(item, change))
  if (!isMap(value)) return value
  return change(Object.fromEntries(Object.keys(value).map((k) => [k, mapEvery(value[k]!, change)])))
}

export const path = (text: string): FieldPath => text.split('/')
