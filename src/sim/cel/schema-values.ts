import { additionalSchema, itemSchema, type JsonSchema } from '../api/custom/json-schema.ts'
import { base64Bytes } from '../api/base64.ts'
import type { JsonObject, JsonValue } from '../api/meta.ts'
import { Bytes } from './ast.ts'
import { escapedProperty } from './schema-types.ts'
import { parseDuration, parseTimestamp } from './times.ts'
import { Double, fault, Lazy, markList } from './values.ts'

const isMap = (value: JsonValue): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A value as rules of its schema see it: formats are times and bytes, numbers doubles, properties have their escaped
 * names, and only known ones are there (apiserver: pkg/cel/common, valuesunstructured.go). What does not fit stays as it is.
 */
export function schemaValue(value: JsonValue, s: JsonSchema | undefined, isResource = s?.['x-kubernetes-embedded-resource'] === true): unknown {
  if (!s || value === null || s['x-kubernetes-int-or-string']) return value
  switch (s.type) {
    case 'object':
      return isMap(value) ? objectValue(value, s, isResource) : value
    case 'array': {
      const items = itemSchema(s)
      if (!items || !Array.isArray(value)) return value
      const list = (value as readonly JsonValue[]).map((item) => schemaValue(item, items))
      const type = s['x-kubernetes-list-type']
      if (type === 'set') markList(list, [])
      else if (type === 'map') markList(list, (s['x-kubernetes-list-map-keys'] ?? []).map((key) => escapedProperty(key) ?? key))
      return list
    }
    case 'string':
      return typeof value === 'string' ? textValue(value, s.format) : value
    case 'number':
      return typeof value === 'number' ? new Double(value) : value
    default:
      return value
  }
}

function objectValue(value: JsonObject, s: JsonSchema, isResource: boolean): unknown {
  const additional = additionalSchema(s)
  if (!s.properties && !additional && !isResource) return value
  const out: Record<string, unknown> = {}
  const put = (key: string, member: unknown): void => void Object.defineProperty(out, key, { value: member, enumerable: true, configurable: true, writable: true })
  for (const name of Object.keys(value)) {
    const member = value[name]
    if (member === undefined) continue
    const own = s.properties && Object.hasOwn(s.properties, name) ? s.properties[name] : undefined
    if (isResource && (name === 'metadata' || name === 'kind' || name === 'apiVersion')) put(name, own ? schemaValue(member, own) : member)
    else if (additional && !own) put(name, schemaValue(member, additional))
    else if (own) {
      const escaped = escapedProperty(name)
      if (escaped !== undefined) put(escaped, schemaValue(member, own))
    }
  }
  return out
}

/** Read when a rule looks at it, so that a text that is no such thing is the rule's error. */
function textValue(text: string, format: string | undefined): unknown {
  switch (format) {
    case 'date-time':
      return new Lazy(() => parseTimestamp(text))
    case 'date':
      return new Lazy(() => parseTimestamp(`${text}T00:00:00Z`))
    case 'duration':
      return new Lazy(() => parseDuration(text))
    case 'byte':
      return new Lazy(() => new Bytes((base64Bytes(text) ?? fault(`Invalid byte formatted string ${text}`)).map((byte) => String.fromCharCode(byte)).join('')))
    default:
      return text
  }
}
