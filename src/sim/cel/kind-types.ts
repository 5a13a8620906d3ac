import type { JsonSchema } from '../api/custom/json-schema.ts'
import { definition, type TypeNode } from '../api/schema/schema.ts'
import { escapedProperty, schemaType } from './schema-types.ts'
import { BOOL, BYTES, DOUBLE, DYN, INT, list, map, object, STRING, TIMESTAMP, type CelType } from './types.ts'

const made = new Map<string, CelType | undefined>()

/**
 * The type of a built-in kind's objects as the type checker of policies sees them (apiserver: pkg/cel/common, schemas.go,
 * over the OpenAPI definitions). `name` begins the names of all types inside.
 */
export function kindType(definitionName: string, name: string): CelType | undefined {
  const key = `${definitionName} ${name}`
  if (!made.has(key)) made.set(key, refType(definitionName, name, new Set()))
  return made.get(key)
}

/** The same of a kind that a CustomResourceDefinition makes. */
export function customType(schema: JsonSchema | undefined, name: string): CelType | undefined {
  const type = schemaType(schema, true)
  return type && renamed(type, name)
}

function renamed(type: CelType, name: string): CelType {
  switch (type.is) {
    case 'list':
      return list(renamed(type.of, `${name}.@idx`))
    case 'map':
      return map(type.key, renamed(type.of, `${name}.@elem`))
    case 'object':
      return object(name, type.fields && Object.fromEntries(Object.entries(type.fields).map(([field, of]) => [field, renamed(of, `${name}.${field}`)])))
    default:
      return type
  }
}

function refType(ref: string, name: string, above: ReadonlySet<string>): CelType | undefined {
  const found = definition(ref)
  // What contains itself ends in an object of which nothing is known.
  if (!found || above.has(ref)) return object(name, {})
  const inside = new Set([...above, ref])
  const fields: Record<string, CelType> = {}
  for (const [field, { type }] of found.fields) {
    const escaped = escapedProperty(field)
    const of = escaped === undefined ? undefined : nodeType(type, `${name}.${escaped}`, inside)
    if (of) fields[escaped!] = of
  }
  return object(name, fields)
}

/** Undefined for what expressions cannot see: quantities have no single type in the schema. */
function nodeType(node: TypeNode, name: string, above: ReadonlySet<string>): CelType | undefined {
  switch (node.k) {
    case 'list': {
      const items = nodeType(node.of, `${name}.@idx`, above)
      return items && list(items)
    }
    case 'map': {
      const values = nodeType(node.of, `${name}.@elem`, above)
      return values && map(STRING, values)
    }
    case 'ref':
      return refType(node.ref, name, above)
    case 's':
      return STRING
    case 'b':
      return BOOL
    case 'i32':
    case 'i64':
      return INT
    case 'n':
      return DOUBLE
    case 'bytes':
      return BYTES
    case 't':
    case 'mt':
      return TIMESTAMP
    case 'io':
      return DYN
    case 'any':
      return object(name, {})
    case 'q':
      return undefined
  }
}
