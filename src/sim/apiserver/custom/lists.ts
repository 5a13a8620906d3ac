import { additionalSchema, itemSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import { at, child, duplicate, type FieldError, type Path } from '../../api/field.ts'
import type { JsonObject, JsonValue } from '../../api/meta.ts'

const isPlain = (v: JsonValue | undefined): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v)

/** Sets have no item twice, keyed lists no key (apiextensions-apiserver: schema/listtype/validation.go). */
export function checkLists(value: JsonValue | undefined, s: JsonSchema | undefined, path: Path, out: FieldError[] = []): readonly FieldError[] {
  if (!s || value === undefined || value === null) return out
  if (Array.isArray(value)) {
    const items = value as readonly JsonValue[]
    const kind = s['x-kubernetes-list-type']
    if (kind === 'set') repeated(items, (item) => item, path, out)
    if (kind === 'map') repeated(items, (item) => keysOf(item, s['x-kubernetes-list-map-keys'] ?? []), path, out)
    items.forEach((item, i) => checkLists(item, itemSchema(s), at(path, i), out))
    return out
  }
  if (!isPlain(value)) return out
  const additional = additionalSchema(s)
  for (const name of Object.keys(value).sort()) {
    const property = s.properties && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined
    checkLists(value[name], property ?? additional, property ? child(path, name) : at(path, name), out)
  }
  return out
}

function repeated(items: readonly JsonValue[], identity: (item: JsonValue) => JsonValue, path: Path, out: FieldError[]): void {
  const seen = new Set<string>()
  items.forEach((item, i) => {
    const key = identity(item)
    const text = JSON.stringify(key)
    if (seen.has(text)) out.push(duplicate(at(path, i), key))
    seen.add(text)
  })
}

const keysOf = (item: JsonValue, keys: readonly string[]): JsonValue => (isPlain(item) ? Object.fromEntries([...keys].sort().filter((k) => item[k] !== undefined).map((k) => [k, item[k]!])) : item)
