import { itemSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { at, child, forbiddenField, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import { printedSchema } from './hoisted.ts'

const ATOMIC = 'must be atomic as item of a list with x-kubernetes-list-type=set'

/** Items of a set must be atomic: scalars, atomic lists or atomic maps. */
export function setItemsProblem(s: JsonSchema, path: Path, out: FieldError[]): boolean {
  const item = s['x-kubernetes-list-type'] === 'set' ? itemSchema(s) : undefined
  if (!item) return false
  const before = out.length
  const items = child(path, 'items')
  const listType = item['x-kubernetes-list-type']
  if (item.type === 'array' && listType !== undefined && listType !== 'atomic') out.push(invalidValue(child(items, 'x-kubernetes-list-type'), listType, ATOMIC))
  if (item.type === 'object' && item['x-kubernetes-map-type'] !== 'atomic') out.push(invalidValue(child(items, 'x-kubernetes-map-type'), listType ?? null, ATOMIC))
  return out.length > before
}

function keysExist(keys: readonly string[], item: JsonSchema, path: Path, out: FieldError[]): void {
  const here = child(path, 'x-kubernetes-list-map-keys')
  keys.forEach((key, i) => {
    const property = item.properties?.[key]
    if (!property) out.push(invalidValue(here, keys, 'entries must all be names of item properties'))
    else if (property.type === 'array' || property.type === 'object') {
      out.push(invalidValue(child(at(child(path, 'items.properties'), key), 'type'), item.type, "must be a scalar type if parent array's x-kubernetes-list-type is map"))
    }
    if (keys.indexOf(key) < i) out.push(invalidValue(here, keys, 'must not contain duplicate entries'))
  })
}

/** Lists that are maps: keys, and items that have them. `mapKeys`: keys must also be given or have a default. */
export function mapListRules(s: JsonSchema, mapKeys: boolean, path: Path, out: FieldError[]): void {
  const keys = s['x-kubernetes-list-map-keys'] ?? []
  const type = s['x-kubernetes-list-type']
  const words = 'must be map if x-kubernetes-list-map-keys is non-empty'
  if (keys.length && type === undefined) out.push(required(child(path, 'x-kubernetes-list-type'), words))
  else if (keys.length && type !== 'map') out.push(invalidValue(child(path, 'x-kubernetes-list-type'), type, words))
  if (type === 'map') {
    const item = itemSchema(s)
    if (keys.length === 0) out.push(required(child(path, 'x-kubernetes-list-map-keys'), 'must not be empty if x-kubernetes-list-type is map'))
    if (s.items === undefined) out.push(required(child(path, 'items'), 'must have a schema if x-kubernetes-list-type is map'))
    else if (!item) out.push(invalidValue(child(path, 'items'), printedSchema(s) && (printedSchema(s) as { Items: unknown }).Items, 'must only have a single schema if x-kubernetes-list-type is map'))
    else if (item.type !== 'object') out.push(invalidValue(child(path, 'items.type'), item.type ?? '', "must be object if parent array's x-kubernetes-list-type is map"))
    else keysExist(keys, item, path, out)
  }
  if (mapKeys) out.push(...mapKeyProblems(s, path))
}

/** validateMapListKeysMapSet. */
export function mapKeyProblems(s: JsonSchema, path: Path): readonly FieldError[] {
  const item = itemSchema(s)
  const type = s['x-kubernetes-list-type']
  if (!item || (type !== 'set' && type !== 'map')) return []
  const out: FieldError[] = []
  if (item.nullable) out.push(forbiddenField(child(path, 'items.nullable'), `cannot be nullable when x-kubernetes-list-type is ${type}`))
  if (type === 'set') return out
  for (const key of s['x-kubernetes-list-map-keys'] ?? []) {
    const property = item.properties?.[key]
    if (!property) continue
    const here = at(child(path, 'items.properties'), key)
    if (!item.required?.includes(key) && (property.default === undefined || property.default === null)) {
      out.push(required(child(here, 'default'), 'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property'))
    }
    if (property.nullable) out.push(forbiddenField(child(here, 'nullable'), 'this property is in x-kubernetes-list-map-keys, so it cannot be nullable'))
  }
  return out
}
