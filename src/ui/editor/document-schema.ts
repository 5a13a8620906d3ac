/** As much of JSON schema as the conversion touches. */
export interface JsonSchema {
  $ref?: string
  type?: string | string[]
  format?: string
  description?: string
  default?: unknown
  enum?: unknown[]
  const?: unknown
  required?: string[]
  properties?: Record<string, JsonSchema>
  additionalProperties?: boolean | JsonSchema
  items?: JsonSchema
  allOf?: JsonSchema[]
  anyOf?: JsonSchema[]
  oneOf?: JsonSchema[]
  if?: JsonSchema
  then?: JsonSchema
  definitions?: Record<string, JsonSchema>
  'x-kubernetes-group-version-kind'?: readonly GroupVersionKind[]
  'x-kubernetes-preserve-unknown-fields'?: boolean
  'x-kubernetes-int-or-string'?: boolean
}

interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

const QUANTITY = 'io.k8s.apimachinery.pkg.api.resource.Quantity'
const INT_OR_STRING = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString'

function pointer(ref: string): string {
  return `#/definitions/${ref.slice(ref.lastIndexOf('/') + 1)}`
}

function isNothing(value: unknown): boolean {
  if (value === '' || value === null) return true
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0
}

/**
 * One definition as the editor wants it: references to `#/definitions/…`, single `allOf`s unfolded, empty defaults left
 * out (they would be typed into the text by the completion), and no field allowed that Kubernetes does not know.
 */
export function editorDefinition(schema: JsonSchema): JsonSchema {
  const { allOf, $ref, properties, items, additionalProperties, default: standard, ...rest } = schema
  const only = allOf?.length === 1 ? allOf[0]?.$ref : undefined
  const ref = $ref ?? only
  const result: JsonSchema = { ...rest }
  if (!isNothing(standard) && standard !== undefined) result.default = standard
  if (ref !== undefined) return { ...result, $ref: pointer(ref) }
  if (rest['x-kubernetes-int-or-string'] === true || rest.format === 'int-or-string') {
    return { ...(rest.description !== undefined && { description: rest.description }), anyOf: [{ type: 'integer' }, { type: 'string' }] }
  }
  if (rest.format !== undefined) delete result.format
  if (allOf !== undefined) result.allOf = allOf.map(editorDefinition)
  if (items !== undefined) result.items = editorDefinition(items)
  if (typeof additionalProperties === 'object') result.additionalProperties = editorDefinition(additionalProperties)
  else if (additionalProperties !== undefined) result.additionalProperties = additionalProperties
  if (properties === undefined) return result
  result.properties = {}
  for (const [name, property] of Object.entries(properties)) result.properties[name] = editorDefinition(property)
  const open = additionalProperties !== undefined || rest['x-kubernetes-preserve-unknown-fields'] === true
  if (!open) result.additionalProperties = false
  return result
}

const apiVersionOf = ({ group, version }: GroupVersionKind): string => (group === '' ? version : `${group}/${version}`)

/** Options such as DeleteOptions belong to every group; nobody writes them into a manifest. */
function isManifest(name: string, schema: JsonSchema): boolean {
  const kinds = schema['x-kubernetes-group-version-kind']
  if (kinds?.length !== 1 || name.endsWith('List') || schema.properties?.['kind'] === undefined) return false
  return schema.properties['metadata'] !== undefined
}

/**
 * The schema of one YAML document, chosen by its apiVersion and kind. Takes the definitions keyed by Kubernetes' names.
 * A kind that is not among them is left to the server, which knows custom resources.
 */
export function documentSchema(source: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const definitions: Record<string, JsonSchema> = {}
  for (const [name, schema] of Object.entries(source)) definitions[name] = editorDefinition(schema)
  const numberOrText: JsonSchema = { anyOf: [{ type: 'string' }, { type: 'number' }] }
  if (definitions[QUANTITY] !== undefined) definitions[QUANTITY] = { ...numberOrText, description: source[QUANTITY]?.description ?? '' }
  if (definitions[INT_OR_STRING] !== undefined) definitions[INT_OR_STRING] = { anyOf: [{ type: 'integer' }, { type: 'string' }] }
  const apiVersions = new Set<string>()
  const kinds = new Set<string>()
  const choices: JsonSchema[] = []
  for (const name of Object.keys(source).sort()) {
    const schema = source[name]
    if (schema === undefined || !isManifest(name, schema)) continue
    const gvk = schema['x-kubernetes-group-version-kind']?.[0]
    if (gvk === undefined) continue
    const apiVersion = apiVersionOf(gvk)
    apiVersions.add(apiVersion)
    kinds.add(gvk.kind)
    choices.push({
      if: { required: ['apiVersion', 'kind'], properties: { apiVersion: { const: apiVersion }, kind: { const: gvk.kind } } },
      then: { $ref: `#/definitions/${name}` },
    })
  }
  return {
    type: 'object',
    required: ['apiVersion', 'kind'],
    properties: {
      apiVersion: { anyOf: [{ enum: [...apiVersions].sort() }, { type: 'string' }] },
      kind: { anyOf: [{ enum: [...kinds].sort() }, { type: 'string' }] },
    },
    allOf: choices,
    definitions,
  }
}
