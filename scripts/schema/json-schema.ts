import type { CompactDefinition } from './compact.ts'
import type { Descriptions } from './descriptions.ts'
import type { CompactResource } from './resources.ts'

type JsonSchema = Record<string, unknown>

const SCALARS: Readonly<Record<string, JsonSchema>> = {
  s: { type: 'string' }, bytes: { type: 'string' }, t: { type: 'string', format: 'date-time' }, mt: { type: 'string', format: 'date-time' },
  i32: { type: 'integer' }, i64: { type: 'integer' }, n: { type: 'number' }, b: { type: 'boolean' }, any: {},
  q: { type: ['string', 'number'] }, io: { type: ['string', 'integer'] },
}

function typeSchema(code: string, values: readonly string[] | undefined): JsonSchema {
  if (code.startsWith('[]')) return { type: 'array', items: typeSchema(code.slice(2), values) }
  if (code.startsWith('{}')) return { type: 'object', additionalProperties: typeSchema(code.slice(2), values) }
  if (code.startsWith('@')) return { $ref: `#/definitions/${code.slice(1)}` }
  return { ...SCALARS[code], ...(values ? { enum: values } : {}) }
}

function definitionSchema(name: string, d: CompactDefinition, texts: Record<string, string> | undefined): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  for (const field of Object.keys(d.f)) {
    const [code, ...attributes] = d.f[field]!.split('|')
    const values = attributes.find((a) => a.startsWith('e='))?.slice(2).split(',')
    const fallback = attributes.find((a) => a.startsWith('d='))?.slice(2)
    properties[field] = {
      ...typeSchema(code!, values),
      ...(texts?.[field] ? { description: texts[field] } : {}),
      ...(fallback ? { default: fallback } : {}),
    }
  }
  const required = d.r?.filter((f) => name !== 'meta.v1.ObjectMeta' || f !== 'name')
  return { type: 'object', ...(texts?.[''] ? { description: texts[''] } : {}), properties, ...(required?.length ? { required } : {}), additionalProperties: false }
}

/** Types of which the API says nothing (any value goes) have no definition of their own; the editor needs one to point at. */
function missingReferences(definitions: Record<string, JsonSchema>): string[] {
  const referred = [...JSON.stringify(definitions).matchAll(/"#\/definitions\/([^"]+)"/g)].map((match) => match[1]!)
  return [...new Set(referred)].filter((name) => definitions[name] === undefined).sort()
}

/**
 * The schema of one document in the editor: whatever kind it says it is. Definitions are those of the compact table
 * with the descriptions of the package.
 */
export function editorSchema(definitions: Record<string, CompactDefinition>, resources: readonly CompactResource[], texts: Descriptions): JsonSchema {
  const out: Record<string, JsonSchema> = {}
  for (const name of Object.keys(definitions)) out[name] = definitionSchema(name, definitions[name]!, texts[name])
  for (const name of missingReferences(out)) out[name] = {}
  const writable = resources.filter((r) => r.verbs.includes('create') && r.definition)
  const apiVersion = (r: CompactResource): string => (r.group ? `${r.group}/${r.version}` : r.version)
  for (const r of writable) {
    const d = out[r.definition]!
    const properties = d['properties'] as Record<string, JsonSchema>
    out[r.definition] = {
      ...d,
      properties: { ...properties, apiVersion: { ...properties['apiVersion'], const: apiVersion(r) }, kind: { ...properties['kind'], const: r.kind } },
    }
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: {
      apiVersion: { type: 'string', enum: [...new Set(writable.map(apiVersion))].sort(), description: texts['core.v1.Pod']?.['apiVersion'] },
      kind: { type: 'string', enum: [...new Set(writable.map((r) => r.kind))].sort(), description: texts['core.v1.Pod']?.['kind'] },
    },
    required: ['apiVersion', 'kind'],
    allOf: writable.map((r) => ({
      if: { properties: { apiVersion: { const: apiVersion(r) }, kind: { const: r.kind } }, required: ['apiVersion', 'kind'] },
      then: { $ref: `#/definitions/${r.definition}` },
    })),
    definitions: out,
  }
}
