import type { JsonObject, JsonValue } from '../../api/meta.ts'

/** The value at a simple JSONPath such as `.spec.replicas`, `.status.conditions[0].type` or `.data['a.b']`. */
export function valueAt(object: unknown, path: string): JsonValue | undefined {
  let at = object as JsonValue | undefined
  for (const [, name, index, quoted] of path.matchAll(/\.([^.[\]]+)|\[(\d+)\]|\['([^']*)'\]/g)) {
    if (index !== undefined) at = Array.isArray(at) ? (at as readonly JsonValue[])[Number(index)] : undefined
    else at = typeof at === 'object' && at !== null && !Array.isArray(at) && Object.hasOwn(at, (name ?? quoted)!) ? (at as JsonObject)[(name ?? quoted)!] : undefined
    if (at === undefined) return undefined
  }
  return at
}

/** A copy with the value at a path of names set. */
export function withValueAt(object: JsonObject, path: string, value: JsonValue): JsonObject {
  const [first, ...rest] = path.split('.').filter(Boolean)
  if (first === undefined) return object
  const below = object[first]
  const next = rest.length === 0 ? value : withValueAt(typeof below === 'object' && below !== null && !Array.isArray(below) ? (below as JsonObject) : {}, rest.join('.'), value)
  return { ...object, [first]: next }
}
