import { keyText, node, type FieldSet, LEAF, EMPTY } from './field-set.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { isGranularMap, isList, isMap, itemKey, itemShape, itemsOf, memberShape, type Shape } from './shape.ts'

/** The paths that a value fills (structured-merge-diff: typed/tofieldset.go). Parts that are as in `like` are those of `like` themselves. */
export function fieldSetOf(shape: Shape, value: JsonValue | undefined, like?: FieldSet): FieldSet {
  if (isGranularMap(shape, value)) {
    const below = new Map<string, FieldSet>()
    for (const name of Object.keys(value)) {
      const member = value[name]
      if (member === undefined) continue
      const { shape: inner, declared } = memberShape(shape, name)
      const key = `f:${name}`
      const before = like?.below.get(key)
      const set = fieldSetOf(inner, member, before)
      const counts = member === null || (isMap(member) && Object.keys(member).length === 0) || !declared
      below.set(key, counts && !set.self ? withSelf(set, before) : set)
    }
    return node(false, below, like)
  }
  const items = itemsOf(shape, value)
  if (items) {
    const below = new Map<string, FieldSet>()
    for (const { key, value: item } of items) {
      const before = like?.below.get(key)
      below.set(key, withSelf(fieldSetOf(itemShape(shape), item, before), before))
    }
    return node(false, below, like)
  }
  if (value === undefined) return EMPTY
  if (value === null && (shape.kind === 'keyed' || shape.kind === 'set' || shape.kind === 'struct' || shape.kind === 'object' || shape.kind === 'map') && !('atomic' in shape && shape.atomic)) return EMPTY
  return LEAF
}

/** The same set with its own path in it. */
const withSelf = (set: FieldSet, like: FieldSet | undefined): FieldSet => (set.self ? set : node(true, set.below as Map<string, FieldSet>, like))

/** Go's type of plain data. */
const goKind = (value: JsonValue): string => (Array.isArray(value) ? '[]interface {}' : typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : typeof value)

const goValue = (value: JsonValue): string => `&value.valueUnstructured{Value:${typeof value === 'string' ? JSON.stringify(value) : goPlain(value)}}`
const goPlain = (value: JsonValue): string => (isMap(value) ? 'map[string]interface {}{…}' : isList(value) ? '[]interface {}{…}' : String(value))

/** Is a member that no field declares a mistake here? */
const isClosed = (shape: Shape): boolean => shape.kind === 'struct' || (shape.kind === 'object' && !shape.others)

/** Is there nothing that `typeErrors` would say? Without the paths that only errors need. */
export function isTyped(shape: Shape, value: JsonValue | undefined): boolean {
  if (value === undefined || value === null) return true
  switch (shape.kind) {
    case 'struct':
    case 'object':
    case 'map':
      return isMap(value) && Object.keys(value).every((name) => {
        const { shape: inner, declared } = memberShape(shape, name)
        return (declared || !isClosed(shape)) && isTyped(inner, value[name])
      })
    case 'list':
      return isList(value) && value.every((item) => isTyped(shape.of, item))
    case 'keyed':
    case 'set': {
      const items = itemsOf(shape, value)
      if (!items || new Set(items.map(({ key }) => key)).size < items.length) return false
      return shape.kind === 'set' || items.every(({ key, value: item }) => key.startsWith('k:') && isTyped(shape.of, item))
    }
    case 'scalar':
      return shape.check === 'untyped' ? !isMap(value) && !isList(value) : typeof value === shape.check
    case 'free':
      return true
  }
}

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
        return !declared && isClosed(shape) ? [`${here}: field not declared in schema`] : typeErrors(inner, value[name], here)
      })
    }
    case 'keyed':
    case 'set':
    case 'list':
      return isList(value) ? listErrors(shape, value, path) : [`${path}: expected list, got ${goValue(value)}`]
    case 'scalar':
      if (shape.check === 'untyped' ? isMap(value) || isList(value) : typeof value !== shape.check) {
        if (shape.check === 'number') return [`${path}: expected numeric (int or float), got ${goKind(value)}`]
        return [`${path}: expected ${shape.check === 'untyped' ? 'scalar' : shape.check}, got ${goValue(value)}`]
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
