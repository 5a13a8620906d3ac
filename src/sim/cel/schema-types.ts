import { additionalSchema, itemSchema, type JsonSchema } from '../api/custom/json-schema.ts'
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, list, map, object, STRING, TIMESTAMP, type CelType } from './types.ts'

const RESERVED: ReadonlySet<string> = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(' '),
)
const ESCAPES: Readonly<Record<string, string>> = { __: '__underscores__', '.': '__dot__', '-': '__dash__', '/': '__slash__' }

/** The name of a property in expressions; undefined where it has none (apiserver: pkg/cel/escaping.go). */
export function escapedProperty(name: string): string | undefined {
  if (RESERVED.has(name)) return `__${name}__`
  return /^[A-Za-z_./-][A-Za-z0-9_./-]*$/.test(name) ? name.replace(/__|[-./]/g, (part) => ESCAPES[part]!) : undefined
}

const FORMATS: Readonly<Record<string, CelType>> = { byte: BYTES, duration: DURATION, date: TIMESTAMP, 'date-time': TIMESTAMP }
const META = object('metadata', { name: STRING, generateName: STRING })
const isEmbedded = (s: JsonSchema | undefined): boolean => s?.['x-kubernetes-embedded-resource'] === true

/** The type of what a structural schema describes; undefined where expressions cannot see it (common.SchemaDeclType). */
export function schemaType(s: JsonSchema | undefined, isResource = isEmbedded(s)): CelType | undefined {
  if (!s) return undefined
  if (s['x-kubernetes-int-or-string']) return DYN
  switch (s.type) {
    case 'array': {
      const items = schemaType(itemSchema(s))
      return items && list(items)
    }
    case 'object':
      return objectType(s, isResource)
    case 'string':
      return s.format && Object.hasOwn(FORMATS, s.format) ? FORMATS[s.format]! : STRING
    case 'boolean':
      return BOOL
    case 'number':
      return DOUBLE
    case 'integer':
      return INT
    default:
      return undefined
  }
}

function objectType(s: JsonSchema, isResource: boolean): CelType | undefined {
  const values = additionalSchema(s)
  if (values) {
    const type = schemaType(values)
    return type && map(STRING, type)
  }
  const fields: Record<string, CelType> = {}
  for (const [name, property] of Object.entries(s.properties ?? {})) {
    const escaped = escapedProperty(name)
    const type = schemaType(property)
    if (escaped !== undefined && type) fields[escaped] = type
  }
  return object('selfType', isResource ? { ...fields, kind: STRING, apiVersion: STRING, metadata: resourceMeta(s.properties?.metadata) } : fields)
}

/** The metadata of a resource shows its names, and what the schema says of it. */
function resourceMeta(s: JsonSchema | undefined): CelType {
  const type = s?.properties?.name && s.properties.generateName ? schemaType(s) : undefined
  return type ?? META
}
