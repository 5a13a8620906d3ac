import { additionalSchema, itemSchema, type JsonSchema } from '../../api/custom/json-schema.ts'
import type { JsonValue } from '../../api/meta.ts'

type Plain = Readonly<Record<string, JsonValue | undefined>>
const isPlain = (v: JsonValue | undefined): v is Plain & { readonly [k: string]: JsonValue | undefined } => typeof v === 'object' && v !== null && !Array.isArray(v)

/**
 * A value with the defaults of its schema; a null that the schema does not allow gives way to its default or goes
 * (apiextensions-apiserver: pkg/apiserver/schema/defaulting). The same reference comes back where nothing changes.
 */
export function withDefaults(value: JsonValue, s: JsonSchema | undefined): JsonValue {
  if (!s) return value
  if (Array.isArray(value)) return list(value as readonly JsonValue[], itemSchema(s))
  return isPlain(value) ? map(value, s) : value
}

function list(values: readonly JsonValue[], items: JsonSchema | undefined): JsonValue {
  if (!items) return values
  let out: JsonValue[] | undefined
  values.forEach((item, i) => {
    const next = withDefaults(item === null && !items.nullable && items.default !== undefined ? items.default : item, items)
    if (next !== item) (out ??= values.slice())[i] = next
  })
  return out ?? values
}

function map(value: Plain, s: JsonSchema): JsonValue {
  const out: Record<string, JsonValue | undefined> = {}
  let changed = false
  const put = (key: string, next: JsonValue): unknown => Object.defineProperty(out, key, { value: next, enumerable: true, writable: true, configurable: true })
  const additional = additionalSchema(s)
  for (const key of Object.keys(value)) {
    const item = value[key]!
    const schema = s.properties && Object.hasOwn(s.properties, key) ? s.properties[key] : additional
    if (item === null && schema && !schema.nullable) {
      changed = true
      if (schema.default !== undefined) put(key, schema.default)
      continue
    }
    const next = withDefaults(item, schema)
    if (next !== item) changed = true
    put(key, next)
  }
  for (const key of Object.keys(s.properties ?? {})) {
    const schema = s.properties![key]!
    if (schema.default === undefined || Object.hasOwn(out, key)) continue
    changed = true
    put(key, withDefaults(schema.default, schema))
  }
  return (changed ? out : value) as JsonValue
}
