import { keyText, node, type FieldSet, LEAF, EMPTY } from './field-set.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isGranularMap, isList, isMap, itemKey, itemShape, itemsOf, memberShape, type Shape } from './shape.ts'

/** The paths that a value fills (structured-merge-diff: typed/tofieldset.go). */
export function fieldSetOf(shape: Shape, value: JsonValue | undefined): FieldSet {
  if (isGranularMap(shape, value)) {
    const below = new Map<string, FieldSet>()
    for (const name of Object.keys(value)) {
      const member = value[name]
      if (member === undefined) continue
      const { shape: inner, declared } = memberShape(shape, name)
      const set = fieldSetOf(inner, member)
      const counts = member === null || (isMap(member) && Object.keys(member).length === 0) || !declared
      below.set(`f:${name}`, counts && !set.self ? { self: true, below: set.below } : set)
    }
    return node(false, below)
  }
  const items = itemsOf(shape, value)
  if (items) {
    const below = new Map<string, FieldSet>()
    for (const { key, value: item } of items) below.set(key, { self: true, below: fieldSetOf(itemShape(shape), item).below })
    return node(false, below)
  }
  if (value === undefined) return EMPTY
  if (value === null && (shape.kind === 'keyed' || shape.kind === 'set' || shape.kind === 'struct' || shape.kind === 'object' || shape.kind === 'map') && !('atomic' in shape && shape.atomic)) return EMPTY
  return LEAF
}

const goValue = (value: JsonValue): string => `&value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : goPlain(value)}}`
const goPlain = (value: JsonValue): string => (isMap(value) ? 'map[string]interface {}{…}' : isList(value) ? '[]interface {}{…}' : String(value))

/** What keeps a value from being of its type, e.g. `.bogus: field not declared in schema` (typed/validate.go). */
export function typeErrors(shape: Shape, value: JsonValue | undefined, path = ''): readonly string[] {
  if (value === undefined || value === null) return []
  switch (shape.kind) {
    case 'struct':
    case 'object':
    case 'map': {
      if (!isMap(value)) return [`${path}: expected map, got ${goValue(value)}`]
      return Object.keys(value).flatMap((name) => {
        const { shape: inner, declared } = memberShape(shape, name)
        const here = `${path}.${name}`
        return !declared && (shape.kind === 'struct' || (shape.kind === 'object' && !shape.others)) ? [`${here}: field not declared in schema`] : typeErrors(inner, value[name], here)
      })
    }
    case 'keyed':
    case 'set':
    case 'list':
      return isList(value) ? listErrors(shape, value, path) : [`${path}: expected list, got ${goValue(value)}`]
    case 'scalar':
      if (shape.check === 'untyped' ? isMap(value) || isList(value) : typeof value !== shape.check) {
        return [`${path}: expected ${shape.check === 'number' ? 'numeric (int or float)' : shape.check === 'untyped' ? 'scalar' : shape.check}, got ${goValue(value)}`]
      }
      return []
    case 'free':
      return []
  }
}

function listErrors(shape: Shape & { readonly kind: 'keyed' | 'set' | 'list' }, list: readonly JsonValue[], path: string): readonly string[] {
  const errors: string[] = []
  const seen = new Set<string>()
  for (let i = 0; i < list.length; i++) {
    const item = list[i]!
    if (shape.kind === 'list') {
      errors.push(...typeErrors(shape.of, item, `${path}[${i}]`))
      continue
    }
    if (shape.kind === 'set') {
      const text = JSON.stringify(item)
      if (seen.has(text)) errors.push(`${path}: duplicate entries for key [=${text}]`)
      seen.add(text)
      continue
    }
    if (!isMap(item)) {
      errors.push(`${path}: element ${i}: associative list with keys may not have non-map elements`)
      continue
    }
    const found = itemKey(shape, item)
    if ('lacks' in found) {
      errors.push(`${path}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(found.lacks)} (and doesn't have default value)`)
      continue
    }
    const name = keyText(JSON.parse(found.key.slice(2)) as JsonObject)
    if (seen.has(name)) errors.push(`${path}: duplicate entries for key ${name}`)
    seen.add(name)
    errors.push(...typeErrors(shape.of, item, `${path}${name}`))
  }
  return errors
}

/** Several errors as one text. */
export const errorText = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `errors:\n${errors.map((e) => `  ${e}`).join('\n')}`)
