import { deepEqual } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import { definition, type Definition, type FieldSchema, type TypeNode } from '../schema/schema.ts'
import { has, isList, isObject, withMember } from './json-values.ts'

/**
 * The strategic merge patch of kubectl apply: removes what `original` (last applied) had and `modified` has not, and sets
 * what `modified` says otherwise than `current` (apimachinery: CreateThreeWayMergePatch). An empty object: nothing to do.
 */
export function threeWayMerge(original: JsonObject, modified: JsonObject, current: JsonObject, schema: Definition | undefined): JsonObject {
  return diffObjects(original, modified, current, schema)
}

function diffObjects(original: JsonObject, modified: JsonObject, current: JsonObject, schema: Definition | undefined): JsonObject {
  let patch: JsonObject = {}
  for (const key of Object.keys(original)) if (!has(modified, key) && has(current, key)) patch = withMember(patch, key, null)
  for (const key of Object.keys(modified)) {
    const wanted = modified[key]
    if (wanted === undefined || wanted === null) continue
    patch = { ...patch, ...diffField(key, has(original, key) ? original[key] : undefined, wanted, has(current, key) ? current[key] : undefined, schema?.fields.get(key)) }
  }
  return patch
}

function diffField(key: string, original: JsonValue | undefined, wanted: JsonValue, current: JsonValue | undefined, field: FieldSchema | undefined): JsonObject {
  if (isObject(wanted) && isObject(current)) {
    const inner = diffObjects(isObject(original) ? original : {}, wanted, current, referenced(field?.type))
    if (Object.keys(inner).length === 0) return {}
    const retain = field?.strategy?.includes('retainKeys') ? { $retainKeys: Object.keys(wanted).sort() } : {}
    return withMember({}, key, { ...retain, ...inner })
  }
  if (isList(wanted) && isList(current) && field?.strategy?.includes('merge'))
    return field.mergeKey ? diffKeyedLists(key, original, wanted, current, field, field.mergeKey) : diffSets(key, original, wanted, current)
  return deepEqual(wanted, current) ? {} : withMember({}, key, wanted)
}

const referenced = (type: TypeNode | undefined): Definition | undefined => {
  const node = type?.k === 'list' ? type.of : type
  return node?.k === 'ref' ? definition(node.ref) : undefined
}

function diffKeyedLists(
  key: string, original: JsonValue | undefined, wanted: readonly JsonValue[], current: readonly JsonValue[], field: FieldSchema, mergeKey: string,
): JsonObject {
  const inner = referenced(field.type)
  const find = (list: readonly JsonValue[], id: JsonValue | undefined): JsonObject | undefined => list.find((item): item is JsonObject => isObject(item) && item[mergeKey] === id)
  const before = isList(original) ? original : []
  const items: JsonValue[] = []
  for (const item of wanted) {
    if (!isObject(item)) continue
    const id = item[mergeKey]
    const live = find(current, id)
    if (!live) items.push(item)
    else {
      const changes = diffObjects(find(before, id) ?? {}, item, live, inner)
      if (Object.keys(changes).length > 0) items.push({ ...changes, [mergeKey]: id })
    }
  }
  for (const item of before)
    if (isObject(item) && !find(wanted, item[mergeKey]) && find(current, item[mergeKey])) items.push({ $patch: 'delete', [mergeKey]: item[mergeKey] })
  if (items.length === 0) return {}
  return { [`$setElementOrder/${key}`]: wanted.map((item) => ({ [mergeKey]: (item as JsonObject)[mergeKey] })), [key]: items }
}

function diffSets(key: string, original: JsonValue | undefined, wanted: readonly JsonValue[], current: readonly JsonValue[]): JsonObject {
  const added = wanted.filter((item) => !current.some((c) => deepEqual(c, item)))
  const gone = (isList(original) ? original : []).filter((item) => !wanted.includes(item) && current.includes(item))
  if (added.length === 0 && gone.length === 0) return {}
  return {
    [`$setElementOrder/${key}`]: wanted,
    ...(gone.length > 0 ? { [`$deleteFromPrimitiveList/${key}`]: gone } : {}),
    ...(added.length > 0 ? { [key]: added } : {}),
  }
}
