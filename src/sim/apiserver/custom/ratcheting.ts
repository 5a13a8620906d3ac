import { additionalSchema, itemSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { deepEqual } from '../../api/deep.ts'
import type { FieldError } from '../../api/field.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'

const STEP = /\.?([^.[\]]+)|\[([^\]]*)\]/g
const isMap = (v: JsonValue | undefined): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v)

/** A place in an object beside what stood there before; `known`: that can be told. */
interface Beside {
  readonly value: JsonValue | undefined
  readonly old: JsonValue | undefined
  readonly schema: JsonSchema | undefined
  readonly known: boolean
}

/**
 * Is what stands at a path the same as before, so that it may stay although it is wrong by now? What cannot be told apart from its
 * neighbours (items of plain lists, parts of atomic maps) stays with what is around it (apiserver: pkg/cel/common, equality.go).
 */
export function isUnchanged(path: string, object: JsonValue, old: JsonValue, schema: JsonSchema | undefined): boolean {
  let here: Beside = { value: object, old, schema, known: true }
  let nearest = here
  let isRoot = true
  for (const [, name, index] of path.matchAll(STEP)) {
    if (isRoot && (name === 'apiVersion' || name === 'kind')) return false
    isRoot = false
    here = stepped(here, name ?? index!)
    if (here.known) nearest = here
  }
  return deepEqual(nearest.value, nearest.old)
}

function stepped({ value, old, schema, known }: Beside, name: string): Beside {
  if (Array.isArray(value)) {
    const item = (value as readonly JsonValue[])[Number(name)]
    const keys = schema?.['x-kubernetes-list-type'] === 'map' ? schema['x-kubernetes-list-map-keys'] : undefined
    const before = keys && Array.isArray(old) ? (old as readonly JsonValue[]).find((other) => isMap(other) && isMap(item) && keys.every((key) => other[key] === item[key])) : undefined
    return { value: item, old: before, schema: itemSchema(schema ?? {}), known: known && keys !== undefined }
  }
  const inner = schema?.properties && Object.hasOwn(schema.properties, name) ? schema.properties[name] : additionalSchema(schema ?? {})
  const at = (v: JsonValue | undefined): JsonValue | undefined => (isMap(v) && Object.hasOwn(v, name) ? v[name] : undefined)
  return { value: at(value), old: at(old), schema: inner, known: known && schema?.['x-kubernetes-map-type'] !== 'atomic' }
}

const parentOf = (path: string): string => path.replace(/(?:^|\.)[^.[\]]+$|\[[^\]]*\]$/, '')

/** Errors of a schema without those of what has not changed. A field that is missing is missing from what is around it. */
export function withoutOld(errors: readonly FieldError[], object: JsonValue, old: JsonValue, schema: JsonSchema | undefined): readonly FieldError[] {
  return errors.filter((error) => !isUnchanged(error.type === 'FieldValueRequired' ? parentOf(error.field) : error.field, object, old, schema))
}
