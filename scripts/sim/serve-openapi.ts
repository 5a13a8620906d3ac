import { createRequire } from 'node:module'
import type { JsonValue } from '../../src/sim/api/meta.ts'
import { fullName } from '../../src/sim/apiserver/http/documents/openapi.ts'
import type { Descriptions } from '../../src/sim/index.ts'

type Fields = Readonly<Record<string, JsonValue>>

let loaded: ReadonlyMap<string, Descriptions[string]> | undefined

/** The texts of the schema by the full names of definitions, read when somebody asks for them. */
function texts(): ReadonlyMap<string, Descriptions[string]> {
  if (!loaded) {
    const { definitions } = createRequire(import.meta.url)('../../src/sim/api/schema/descriptions.json') as { readonly definitions: Descriptions }
    loaded = new Map(Object.entries(definitions).map(([name, described]) => [fullName(name), described]))
  }
  return loaded
}

/** An OpenAPI document (v2 or v3) with the descriptions that the cluster itself does not keep, for clients such as `kubectl explain`. */
export function withDescriptions(document: JsonValue): JsonValue {
  const { definitions, components } = document as { readonly definitions?: Fields; readonly components?: { readonly schemas?: Fields } }
  if (definitions) return { ...(document as Fields), definitions: described(definitions) }
  return components?.schemas ? { ...(document as Fields), components: { ...components, schemas: described(components.schemas) } } : document
}

function described(schemas: Fields): Fields {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => {
    const of = texts().get(name)
    return [name, of ? withTexts(schema as Fields, of) : schema]
  }))
}

function withTexts(schema: Fields, of: Descriptions[string]): Fields {
  const properties = Object.entries((schema['properties'] ?? {}) as Readonly<Record<string, Fields>>).map(([field, property]) => [field, of[field] ? { description: of[field], ...property } : property] as const)
  return { ...(of[''] ? { description: of[''] } : {}), ...schema, ...(properties.length > 0 ? { properties: Object.fromEntries(properties) } : {}) }
}
