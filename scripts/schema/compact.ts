import { readFileSync } from 'node:fs'

/** A property or definition of the recorded OpenAPI documents, as far as the compact table uses it. */
export interface OpenApiNode {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly allOf?: readonly { readonly $ref: string }[]
  readonly oneOf?: readonly { readonly type: string }[]
  readonly items?: OpenApiNode
  readonly additionalProperties?: OpenApiNode
  readonly properties?: Readonly<Record<string, OpenApiNode>>
  readonly required?: readonly string[]
  readonly enum?: readonly string[]
  readonly default?: unknown
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-group-version-kind'?: readonly { readonly group: string; readonly version: string; readonly kind: string }[]
}
export type OpenApiSchemas = Readonly<Record<string, OpenApiNode>>

/** One definition of the table: field codes, required fields, and whether apply treats it as one value. */
export interface CompactDefinition {
  readonly f: Readonly<Record<string, string>>
  readonly r?: readonly string[]
  readonly a?: 1
}

const SCALARS: Readonly<Record<string, string>> = {
  'api.resource.Quantity': 'q',
  'util.intstr.IntOrString': 'io',
  'meta.v1.Time': 't',
  'meta.v1.MicroTime': 'mt',
  'runtime.RawExtension': 'any',
  'meta.v1.FieldsV1': 'any',
  'apiextensions.v1.JSON': 'any',
  'apiextensions.v1.CustomResourceSubresourceStatus': '{}any',
}

/** "io.k8s.api.core.v1.Pod" is "core.v1.Pod" in the table; the machinery's own are "meta.v1.…". */
export const shortName = (full: string): string =>
  full.replace(/^io\.k8s\.(api\.|apimachinery\.pkg\.(apis\.)?|apiextensions-apiserver\.pkg\.apis\.|kube-aggregator\.pkg\.apis\.)/, '')

const refOf = (node: OpenApiNode): string | undefined => {
  const ref = node.$ref ?? node.allOf?.[0]?.$ref
  return ref === undefined ? undefined : shortName(ref.split('/').pop()!)
}

function typeCode(node: OpenApiNode): string {
  const ref = refOf(node)
  if (ref !== undefined) return SCALARS[ref] ?? `@${ref}`
  if (node.oneOf) return 'io'
  switch (node.type) {
    case 'array':
      return `[]${typeCode(node.items ?? {})}`
    case 'object':
      return node.additionalProperties ? `{}${typeCode(node.additionalProperties)}` : 'any'
    case 'integer':
      return node.format === 'int64' ? 'i64' : 'i32'
    case 'number':
      return 'n'
    case 'boolean':
      return 'b'
    case 'string':
      return node.format === 'byte' ? 'bytes' : 's'
    default:
      return 'any'
  }
}

/** Type code and attributes of a field, joined by '|': see the reader in src/sim/api/schema/field-code.ts. */
function fieldCode(node: OpenApiNode, goType: string | undefined): string {
  const parts = [typeCode(node)]
  const listType = node['x-kubernetes-list-type'] ?? node['x-kubernetes-map-type']
  if (listType) parts.push(`L=${listType[0]}`)
  const keys = node['x-kubernetes-list-map-keys']
  if (keys) parts.push(`k=${keys.join(',')}`)
  if (node['x-kubernetes-patch-merge-key']) parts.push(`M=${node['x-kubernetes-patch-merge-key']}`)
  if (node['x-kubernetes-patch-strategy']) parts.push(`S=${node['x-kubernetes-patch-strategy']}`)
  const values = node.enum ?? node.items?.enum
  if (values) parts.push(`e=${values.join(',')}`)
  if (node.default !== undefined && node.default !== '' && typeof node.default !== 'object') parts.push(`d=${String(node.default)}`)
  if (goType) parts.push(goType)
  return parts.join('|')
}

/** All definitions in the compact form, sorted by name. */
export function compactDefinitions(schemas: OpenApiSchemas): Record<string, CompactDefinition> {
  const goTypes = JSON.parse(readFileSync(new URL('go-types.json', import.meta.url), 'utf8')) as Record<string, Record<string, string>>
  const out: Record<string, CompactDefinition> = {}
  for (const full of Object.keys(schemas).sort()) {
    const node = schemas[full]!
    const name = shortName(full)
    if (SCALARS[name] || !node.properties) continue
    const f: Record<string, string> = {}
    for (const key of Object.keys(node.properties)) f[key] = fieldCode(node.properties[key]!, goTypes[full]?.[key])
    out[name] = { f, ...(node.required ? { r: node.required } : {}), ...(node['x-kubernetes-map-type'] === 'atomic' ? { a: 1 as const } : {}) }
  }
  // A structure without members (JSON Schema's "or bool" and the like) may hold anything.
  for (const d of Object.values(out)) {
    const f = d.f as Record<string, string>
    for (const key of Object.keys(f)) f[key] = f[key]!.replace(/@([\w.]+)/, (whole, name: string) => (out[name] ? whole : 'any'))
  }
  return out
}
