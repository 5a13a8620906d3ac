import { additionalSchema, itemSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { definition, type Definition, type FieldSchema, type TypeNode } from '../../api/schema/schema.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'

/**
 * How a value is owned (structured-merge-diff: schema.Atom): field by field, item by item, or as one. `check` is the
 * scalar that a typed value must be.
 */
export type Shape =
  | { readonly kind: 'struct'; readonly def: Definition; readonly atomic: boolean }
  /** An object of a custom schema. */
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, Shape>; readonly others: Shape | undefined; readonly atomic: boolean }
  | { readonly kind: 'map'; readonly of: Shape; readonly atomic: boolean }
  /** `keys` in their order. */
  | { readonly kind: 'keyed'; readonly keys: readonly string[]; readonly defaults: JsonObject; readonly of: Shape }
  | { readonly kind: 'set'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'scalar'; readonly check: 'string' | 'number' | 'boolean' | 'untyped' }
  /** Plain data without a schema: maps by field, lists as one. */
  | { readonly kind: 'free' }

const FREE: Shape = { kind: 'free' }
const TEXT: Shape = { kind: 'scalar', check: 'string' }
const UNTYPED: Shape = { kind: 'scalar', check: 'untyped' }
const CHECKS: Readonly<Record<string, 'string' | 'number' | 'boolean' | 'untyped'>> = {
  s: 'string', bytes: 'string', t: 'string', mt: 'string', i32: 'number', i64: 'number', n: 'number', b: 'boolean', q: 'untyped', io: 'untyped',
}

const structs = new WeakMap<Definition, Shape>()
const fields = new WeakMap<FieldSchema, Shape>()

/** The shape of a whole definition. */
export function shapeOf(def: Definition): Shape {
  let shape = structs.get(def)
  if (!shape) structs.set(def, (shape = { kind: 'struct', def, atomic: def.atomic }))
  return shape
}

/** The shape of one field of a definition. */
export function fieldShape(field: FieldSchema): Shape {
  let shape = fields.get(field)
  if (!shape) fields.set(field, (shape = make(field.type, field)))
  return shape
}

function make(type: TypeNode, field: FieldSchema | undefined): Shape {
  switch (type.k) {
    case 'any':
      return FREE
    case 'ref': {
      const def = definition(type.ref)
      if (!def) return FREE
      return field?.listType === 'a' ? { kind: 'struct', def, atomic: true } : field?.listType === 'g' ? { kind: 'struct', def, atomic: false } : shapeOf(def)
    }
    case 'map':
      return { kind: 'map', of: make(type.of, undefined), atomic: field?.listType === 'a' }
    case 'list': {
      const of = make(type.of, undefined)
      if (field?.listType === 's') return { kind: 'set', of }
      if (field?.listType === 'm' && field.keys) return { kind: 'keyed', keys: [...field.keys].sort(), defaults: defaultsOf(type.of, field.keys), of }
      return { kind: 'list', of }
    }
    default: {
      const check = CHECKS[type.k] ?? 'untyped'
      return check === 'string' ? TEXT : check === 'untyped' ? UNTYPED : { kind: 'scalar', check }
    }
  }
}

/** Values that keys have where an item does not say them. */
function defaultsOf(item: TypeNode, keys: readonly string[]): JsonObject {
  const def = item.k === 'ref' ? definition(item.ref) : undefined
  const out: Record<string, JsonValue> = {}
  for (const key of keys) {
    const field = def?.fields.get(key)
    if (field?.default === undefined) continue
    out[key] = field.type.k === 's' ? field.default : Number(field.default)
  }
  return out
}

/** The path element of an item of a keyed list, or the name of the key that it lacks. */
export function itemKey(shape: Shape & { readonly kind: 'keyed' }, item: JsonObject): { readonly key: string } | { readonly lacks: string } {
  let text = ''
  for (const name of shape.keys) {
    const value = item[name] ?? shape.defaults[name]
    if (value === undefined || value === null) return { lacks: name }
    text += `${text ? ',' : 'k:{'}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return { key: text ? `${text}}` : 'k:{}' }
}

export const isMap = (value: JsonValue | undefined): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)
export const isList = (value: JsonValue | undefined): value is readonly JsonValue[] => Array.isArray(value)

/** The shape of a member of a map-like value; `declared`: a field of a struct. */
export function memberShape(shape: Shape, name: string): { readonly shape: Shape; readonly declared: boolean } {
  if (shape.kind === 'struct') {
    const field = shape.def.fields.get(name)
    return field ? { shape: fieldShape(field), declared: true } : { shape: FREE, declared: false }
  }
  if (shape.kind === 'object') {
    const inner = shape.fields.get(name)
    return inner ? { shape: inner, declared: true } : { shape: shape.others ?? FREE, declared: false }
  }
  return { shape: shape.kind === 'map' ? shape.of : FREE, declared: false }
}

/** Owned member by member? */
export const isGranularMap = (shape: Shape, value: JsonValue | undefined): value is JsonObject =>
  isMap(value) && ((shape.kind === 'struct' && !shape.atomic) || (shape.kind === 'object' && !shape.atomic) || (shape.kind === 'map' && !shape.atomic) || shape.kind === 'free')

export type Items = readonly { readonly key: string; readonly value: JsonValue }[]

/** Items of lists by identity: one apply asks for those of each list several times. */
const itemLists = new WeakMap<object, { readonly shape: Shape; readonly items: Items }>()

/** The items of a list that is owned item by item, with their path elements; undefined for any other value. */
export function itemsOf(shape: Shape, value: JsonValue | undefined): Items | undefined {
  if (!isList(value) || (shape.kind !== 'set' && shape.kind !== 'keyed')) return undefined
  const known = itemLists.get(value)
  if (known?.shape === shape) return known.items
  const items = value.map((item, i) => ({ key: elementOf(shape, item, i), value: item }))
  itemLists.set(value, { shape, items })
  return items
}

function elementOf(shape: Shape & { readonly kind: 'set' | 'keyed' }, item: JsonValue, i: number): string {
  if (shape.kind === 'set') return `v:${JSON.stringify(item)}`
  const found = isMap(item) ? itemKey(shape, item) : { lacks: '' }
  return 'key' in found ? found.key : `i:${i}`
}
export const itemShape = (shape: Shape): Shape => (shape.kind === 'keyed' || shape.kind === 'set' ? shape.of : FREE)

const customs = new WeakMap<JsonSchema, Shape>()

/** The shape of a custom resource's schema; `isRoot` adds what every object has. */
export function customShape(s: JsonSchema, isRoot = false): Shape {
  let shape = customs.get(s)
  if (!shape) customs.set(s, (shape = makeCustom(s, isRoot || s['x-kubernetes-embedded-resource'] === true)))
  return shape
}

function makeCustom(s: JsonSchema, isObject: boolean): Shape {
  if (s['x-kubernetes-int-or-string']) return UNTYPED
  switch (s.type) {
    case 'object':
      return objectShape(s, isObject)
    case 'array': {
      const items = itemSchema(s)
      const of = items ? customShape(items) : FREE
      const keys = s['x-kubernetes-list-map-keys']
      if (s['x-kubernetes-list-type'] === 'set') return { kind: 'set', of }
      if (s['x-kubernetes-list-type'] !== 'map' || !keys) return { kind: 'list', of }
      const defaults = Object.fromEntries(keys.filter((k) => items?.properties?.[k]?.default !== undefined).map((k) => [k, items!.properties![k]!.default!]))
      return { kind: 'keyed', keys: [...keys].sort(), defaults, of }
    }
    case 'string':
      return TEXT
    case 'integer':
    case 'number':
      return { kind: 'scalar', check: 'number' }
    case 'boolean':
      return { kind: 'scalar', check: 'boolean' }
    default:
      return FREE
  }
}

function objectShape(s: JsonSchema, isObject: boolean): Shape {
  const fields = new Map<string, Shape>(Object.keys(s.properties ?? {}).map((name) => [name, customShape(s.properties![name]!)]))
  if (isObject) {
    fields.set('apiVersion', TEXT)
    fields.set('kind', TEXT)
    fields.set('metadata', shapeOf(definition('meta.v1.ObjectMeta')!))
  }
  const additional = additionalSchema(s)
  const others = additional ? customShape(additional) : s['x-kubernetes-preserve-unknown-fields'] || s.additionalProperties === true ? FREE : undefined
  return { kind: 'object', fields, others, atomic: s['x-kubernetes-map-type'] === 'atomic' }
}
