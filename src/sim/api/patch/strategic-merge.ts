import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import { definition, type Definition, type FieldSchema, type TypeNode } from '../schema/schema.ts'
import { has, isList, isObject, withMember, without } from './json-values.ts'
import { mergePatch } from './merge-patch.ts'

const DIRECTIVE = '$patch'
const RETAIN = '$retainKeys'
const DELETE_FROM = '$deleteFromPrimitiveList/'
const ORDER = '$setElementOrder/'

/** Thrown for a patch that contradicts the schema; the message is apimachinery's. */
export class StrategicPatchError extends Error {
  override readonly name = 'StrategicPatchError'
}

/** Strategic merge patch (apimachinery: util/strategicpatch). `schema` is that of `original`; undefined merges by RFC 7396. */
export function strategicMerge(original: JsonValue | undefined, patch: JsonValue, schema: Definition | undefined): JsonValue {
  if (!isObject(patch)) return patch
  if (!schema) return mergePatch(original, patch)
  return mergeObjects(isObject(original) ? original : {}, patch, schema)
}

function mergeObjects(original: JsonObject, patch: JsonObject, schema: Definition | undefined): JsonObject {
  const directive = patch[DIRECTIVE]
  if (directive === 'replace') return withoutDirectives(without(patch, DIRECTIVE)) as JsonObject
  if (directive === 'delete') return {}
  if (directive !== undefined && directive !== 'merge') throw new StrategicPatchError(`Unknown patch type: ${String(directive)}`)
  let result = original
  const retain = patch[RETAIN]
  if (isList(retain)) for (const key of Object.keys(original)) if (!retain.includes(key)) result = without(result, key)
  for (const key of Object.keys(patch)) {
    const value = patch[key]
    if (key === DIRECTIVE || key === RETAIN || key.startsWith(ORDER) || value === undefined) continue
    if (key.startsWith(DELETE_FROM)) {
      const name = key.slice(DELETE_FROM.length)
      const list = result[name]
      if (isList(list) && isList(value)) result = withMember(result, name, list.filter((item) => !value.includes(item)))
      continue
    }
    if (value === null) result = without(result, key)
    else result = withMember(result, key, mergeField(has(result, key) ? result[key] : undefined, value, schema?.fields.get(key)))
  }
  return reorder(result, patch, schema)
}

function mergeField(original: JsonValue | undefined, value: JsonValue, field: FieldSchema | undefined): JsonValue {
  if (isObject(value)) {
    const inner = referenced(field?.type)
    if (field?.strategy?.includes('replace') || !isObject(original)) return withoutDirectives(mergeObjects({}, value, inner))
    return mergeObjects(original, value, inner)
  }
  if (!isList(value)) return value
  if (!field?.strategy?.includes('merge') || !isList(original)) return isList(original) ? withoutDirectives(value) : mergeLists([], value, field)
  return mergeLists(original, value, field)
}

const referenced = (type: TypeNode | undefined): Definition | undefined => {
  if (type?.k === 'ref') return definition(type.ref)
  return type?.k === 'list' && type.of.k === 'ref' ? definition(type.of.ref) : undefined
}

function mergeLists(original: readonly JsonValue[], patch: readonly JsonValue[], field: FieldSchema | undefined): readonly JsonValue[] {
  if (!field?.strategy?.includes('merge')) return withoutDirectives(patch) as readonly JsonValue[]
  const { mergeKey } = field
  if (!mergeKey) return [...original, ...patch.filter((item) => !original.some((o) => deepEqual(o, item)))]
  if (patch.some((item) => isObject(item) && item[DIRECTIVE] === 'replace')) return patch.filter((item) => !(isObject(item) && DIRECTIVE in item))
  const inner = referenced(field.type)
  let result = original
  for (const item of patch) {
    if (!isObject(item)) throw new StrategicPatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`)
    const id = item[mergeKey]
    if (id === undefined) throw new StrategicPatchError(`map: ${JSON.stringify(item)} does not contain declared merge key: ${mergeKey}`)
    const index = result.findIndex((o) => isObject(o) && o[mergeKey] === id)
    if (item[DIRECTIVE] === 'delete') result = result.filter((_, i) => i !== index)
    else if (index < 0) result = [...result, withoutDirectives(mergeObjects({}, item, inner))]
    else result = result.map((o, i) => (i === index ? mergeObjects(o as JsonObject, item, inner) : o))
  }
  return result
}

/** `$setElementOrder/name` gives the order of a merged list; what it does not name keeps its place at the end. */
function reorder(result: JsonObject, patch: JsonObject, schema: Definition | undefined): JsonObject {
  for (const key of Object.keys(patch)) {
    if (!key.startsWith(ORDER)) continue
    const name = key.slice(ORDER.length)
    const list = result[name]
    const order = patch[key]
    if (!isList(list) || !isList(order)) continue
    const mergeKey = schema?.fields.get(name)?.mergeKey
    const idOf = (item: JsonValue): JsonValue | undefined => (mergeKey && isObject(item) ? item[mergeKey] : item)
    const rank = (item: JsonValue): number => {
      const found = order.findIndex((o) => deepEqual(idOf(o), idOf(item)))
      return found < 0 ? order.length : found
    }
    result = withMember(result, name, [...list].sort((a, b) => rank(a) - rank(b)))
  }
  return result
}

/** Directives never reach the stored object. */
function withoutDirectives(value: JsonValue): JsonValue {
  if (isList(value)) return value.filter((item) => !(isObject(item) && item[DIRECTIVE] === 'delete')).map(withoutDirectives)
  if (!isObject(value)) return value
  let result: JsonObject = {}
  for (const key of Object.keys(value))
    if (key !== DIRECTIVE && key !== RETAIN && !key.startsWith(ORDER) && !key.startsWith(DELETE_FROM)) result = withMember(result, key, withoutDirectives(value[key] ?? null))
  return result
}
