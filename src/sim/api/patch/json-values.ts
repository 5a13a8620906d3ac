import type { JsonObject, JsonValue } from '../meta.ts'

export const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: unknown): value is readonly JsonValue[] => Array.isArray(value)

/** A copy without `key`; never through the prototype. */
export function without(object: JsonObject, key: string): JsonObject {
  const { [key]: _gone, ...rest } = object
  return rest
}

/** Plain assignment would call the setter of `__proto__`; a computed member of a literal does not. */
export const withMember = (object: JsonObject, key: string, value: JsonValue): JsonObject => ({ ...object, [key]: value })

export const has = (object: JsonObject, key: string): boolean => Object.hasOwn(object, key) && object[key] !== undefined
