import type { JsonObject, JsonValue } from '../api/meta.ts'
import { GROUP, KIND, VERSION } from './configuration-decode.ts'
import { ARGS, CONFIGURATION, PLUGIN_POINTS, POINTS, type Point, type Shape, type StructShape } from './configuration-fields.ts'

function schemaOf(shape: Shape): JsonObject {
  switch (shape.type) {
    case 'string':
      return shape.of ? { type: 'string', enum: [...shape.of] } : { type: 'string' }
    case 'duration':
      return { type: 'string', pattern: '^[+-]?([0-9]+(\\.[0-9]*)?(ns|us|µs|ms|s|m|h))+$|^0$' }
    case 'int32':
    case 'int64':
      return { type: 'integer' }
    case 'float32':
      return { type: 'number' }
    case 'bool':
      return { type: 'boolean' }
    case 'labels':
      return { type: 'object', additionalProperties: { type: 'string' } }
    case 'list':
      return { type: 'array', items: schemaOf(shape.items) }
    case 'struct':
      return structSchema(shape)
    case 'args':
      return { type: 'object' }
  }
}

function structSchema({ go, fields }: StructShape): JsonObject {
  const properties = Object.fromEntries(Object.entries(fields).map(([name, shape]) => [name, schemaOf(shape)]))
  if (go === 'v1.Plugins') for (const point of [...POINTS, 'multiPoint'] as const) properties[point] = setSchema(point)
  const schema: JsonObject = { type: 'object', additionalProperties: false, properties }
  return go === 'v1.PluginConfig' ? { ...schema, allOf: argsByName(), properties: { ...properties, name: { type: 'string', enum: Object.keys(ARGS) } } } : schema
}

/** The plugins that a point knows; `*` disables all. */
function setSchema(point: Point | 'multiPoint'): JsonObject {
  const names = Object.keys(PLUGIN_POINTS).filter((name) => point === 'multiPoint' || PLUGIN_POINTS[name]!.includes(point))
  const list = (of: readonly string[], weight: boolean): JsonObject => ({
    type: 'array',
    items: { type: 'object', additionalProperties: false, properties: { name: { type: 'string', enum: [...of] }, ...(weight ? { weight: { type: 'integer' } } : {}) } },
  })
  return { type: 'object', additionalProperties: false, properties: { enabled: list(names, true), disabled: list([...names, '*'], false) } }
}

const argsByName = (): JsonValue =>
  Object.entries(ARGS).map(([name, shape]) => ({ if: { properties: { name: { const: name } }, required: ['name'] }, then: { properties: { args: schemaOf(shape) } } }))

/** JSON schema (draft 7) of the scheduler's file, for completion in the editor. */
export function configurationSchema(): JsonObject {
  const schema = structSchema(CONFIGURATION)
  const properties = { ...(schema['properties'] as JsonObject), apiVersion: { type: 'string', enum: [VERSION] }, kind: { type: 'string', enum: [KIND] } }
  return { $schema: 'http://json-schema.org/draft-07/schema#', title: `${KIND} (${GROUP})`, ...schema, properties, required: ['apiVersion', 'kind'] }
}
