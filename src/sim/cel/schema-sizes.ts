import { additionalSchema, itemSchema, type JsonSchema } from '../api/custom/json-schema.ts'
import { byteCount } from '../api/bytes.ts'
import { escapedProperty } from './schema-types.ts'

/** How large a value of a schema can be: elements or characters at most, bytes of JSON at least (apiserver: pkg/cel, DeclType). */
export interface Sized {
  readonly most: number
  readonly least: number
  readonly fields?: Readonly<Record<string, Sized>>
  readonly key?: Sized
  readonly items?: Sized
}

/** Bytes that a request may have. */
export const MAX_REQUEST = 3 * 1024 * 1024

const sized = (least: number, most = 0): Sized => ({ least, most })
const BOOL = sized(4)
const NUMBER = sized(1)
/** A string of which nothing is said. */
const ANY_STRING = sized(2)
const QUOTED = MAX_REQUEST - 2
const positive = (n: number): number => Math.max(0, n)

/** Sizes by format: [least bytes, most characters]. */
const FORMATS: Readonly<Record<string, readonly [number, number]>> = { duration: [3, 32], date: [12, 12], 'date-time': [21, 32] }

/** The sizes of what a structural schema describes; undefined where expressions cannot see it (common.SchemaDeclType). */
export function schemaSizes(s: JsonSchema | undefined, isResource = s?.['x-kubernetes-embedded-resource'] === true): Sized | undefined {
  if (!s) return undefined
  if (s['x-kubernetes-int-or-string']) return sized(1, s.maxLength === undefined ? QUOTED : positive(s.maxLength) * 4)
  switch (s.type) {
    case 'array': {
      const items = schemaSizes(itemSchema(s))
      return items && { ...sized(2, s.maxItems === undefined ? Math.floor(QUOTED / (items.least + 1)) : positive(s.maxItems)), items }
    }
    case 'object':
      return objectSizes(s, isResource)
    case 'string':
      return stringSizes(s)
    case 'boolean':
      return BOOL
    case 'number':
    case 'integer':
      return NUMBER
    default:
      return undefined
  }
}

function stringSizes({ format = '', maxLength, enum: values }: JsonSchema): Sized {
  if (format === 'byte') return sized(2, maxLength === undefined ? QUOTED : positive(maxLength))
  if (Object.hasOwn(FORMATS, format)) return sized(...FORMATS[format]!)
  if (maxLength !== undefined) return sized(2, positive(maxLength) * 4)
  if (values?.length) return sized(2, Math.max(...values.map((value) => (typeof value === 'string' ? byteCount(value) : 0))))
  return sized(2, QUOTED)
}

function objectSizes(s: JsonSchema, isResource: boolean): Sized | undefined {
  const values = additionalSchema(s)
  if (values) {
    const items = schemaSizes(values)
    return items && { ...sized(2, s.maxProperties === undefined ? Math.floor(QUOTED / (items.least + 6)) : positive(s.maxProperties)), key: ANY_STRING, items }
  }
  const fields: Record<string, Sized> = {}
  let least = 2
  const properties = isResource ? withIdentity(s.properties ?? {}) : (s.properties ?? {})
  for (const [name, property] of Object.entries(properties)) {
    const field = schemaSizes(property)
    if (!field) continue
    const escaped = escapedProperty(name)
    if (escaped !== undefined) fields[escaped] = field
    if (s.required?.includes(name) && property.default === undefined) least += byteCount(name) + field.least + 4
  }
  return { ...sized(least), fields }
}

const STRING: JsonSchema = { type: 'string' }

/** What every resource shows of itself, whatever its schema says. */
const withIdentity = (properties: NonNullable<JsonSchema['properties']>): NonNullable<JsonSchema['properties']> => ({
  ...properties, kind: STRING, apiVersion: STRING, metadata: { type: 'object', properties: { name: { ...STRING, ...properties['metadata']?.properties?.['name'] }, generateName: { ...STRING, ...properties['metadata']?.properties?.['generateName'] } } },
})
