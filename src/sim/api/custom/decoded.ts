import { decode } from '../schema/decode.ts'
import { definition } from '../schema/schema.ts'
import { assignSame, mapSame } from '../share.ts'
import { isSchema, type JsonSchema } from './json-schema.ts'

type Either = JsonSchema | boolean | readonly JsonSchema[] | readonly string[]

/** Schemas that are known to be as their struct says. */
const known = new WeakSet<JsonSchema>()

/**
 * A schema whose members that are of one type or another (items, additionalProperties …) are decoded too: Go does that
 * by hand, and forgets what it does not know. What cannot be a schema says nothing.
 */
export function decodedSchema(schema: JsonSchema): JsonSchema {
  if (known.has(schema)) return schema
  const out = assignSame(schema, {
    items: Array.isArray(schema.items) ? mapSame(schema.items as readonly JsonSchema[], fresh) : (either(schema.items) as JsonSchema | undefined),
    additionalProperties: either(schema.additionalProperties) as JsonSchema | boolean | undefined,
    additionalItems: either(schema.additionalItems) as JsonSchema | boolean | undefined,
    dependencies: mapped(schema.dependencies, (d) => (Array.isArray(d) ? d.filter((x) => typeof x === 'string') : (either(d) ?? {})) as JsonSchema | readonly string[]),
    properties: mapped(schema.properties, decodedSchema),
    patternProperties: mapped(schema.patternProperties, decodedSchema),
    definitions: mapped(schema.definitions, decodedSchema),
    allOf: mapSame(schema.allOf, decodedSchema),
    anyOf: mapSame(schema.anyOf, decodedSchema),
    oneOf: mapSame(schema.oneOf, decodedSchema),
    not: schema.not && decodedSchema(schema.not),
  })
  known.add(out)
  return out
}

function either(value: Either | undefined): Either | undefined {
  if (value === undefined || value === null || typeof value === 'boolean') return value ?? undefined
  return isSchema(value) ? fresh(value) : undefined
}

function fresh(raw: JsonSchema): JsonSchema {
  if (known.has(raw)) return raw
  if (!isSchema(raw)) return {}
  const { value, error } = decode(definition('apiextensions.v1.JSONSchemaProps')!, raw as never)
  return error === undefined ? decodedSchema(value as unknown as JsonSchema) : {}
}

/** A map with changed values; itself where none changes. */
function mapped<T>(map: Readonly<Record<string, T>> | undefined, change: (value: T) => T): Readonly<Record<string, T>> | undefined {
  if (!map) return map
  const next = Object.entries(map).map(([key, value]) => [key, change(value)] as const)
  return next.every(([key, value]) => value === map[key]) ? map : Object.fromEntries(next)
}
