import type { JsonValue } from '../meta.ts'

/** apiextensions.k8s.io/v1 ValidationRule: a CEL expression that must hold at its place. */
export interface ValidationRule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

/** apiextensions.k8s.io/v1 JSONSchemaProps. */
export interface JsonSchema {
  readonly id?: string
  readonly $schema?: string
  readonly $ref?: string
  readonly type?: string
  readonly format?: string
  readonly title?: string
  readonly description?: string
  readonly nullable?: boolean
  readonly default?: JsonValue
  readonly example?: JsonValue
  readonly externalDocs?: { readonly description?: string; readonly url?: string }
  readonly maximum?: number
  readonly exclusiveMaximum?: boolean
  readonly minimum?: number
  readonly exclusiveMinimum?: boolean
  readonly maxLength?: number
  readonly minLength?: number
  readonly pattern?: string
  readonly maxItems?: number
  readonly minItems?: number
  readonly uniqueItems?: boolean
  readonly multipleOf?: number
  readonly maxProperties?: number
  readonly minProperties?: number
  readonly enum?: readonly JsonValue[]
  readonly required?: readonly string[]
  readonly items?: JsonSchema | readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly anyOf?: readonly JsonSchema[]
  readonly not?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly additionalProperties?: JsonSchema | boolean
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly dependencies?: Readonly<Record<string, JsonSchema | readonly string[]>>
  readonly additionalItems?: JsonSchema | boolean
  readonly definitions?: Readonly<Record<string, JsonSchema>>
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean
  readonly 'x-kubernetes-embedded-resource'?: boolean
  readonly 'x-kubernetes-int-or-string'?: boolean
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-map-type'?: string
  readonly 'x-kubernetes-validations'?: readonly ValidationRule[]
}

export const isSchema = (s: JsonSchema | boolean | readonly JsonSchema[] | readonly string[] | undefined | null): s is JsonSchema =>
  typeof s === 'object' && s !== null && !Array.isArray(s)

/** The schema of an array's items, where it is a single one. */
export const itemSchema = (s: JsonSchema): JsonSchema | undefined => (isSchema(s.items) ? s.items : undefined)
export const itemSchemas = (s: JsonSchema): readonly JsonSchema[] => (Array.isArray(s.items) ? (s.items as readonly JsonSchema[]) : [])
export const additionalSchema = (s: JsonSchema): JsonSchema | undefined => (isSchema(s.additionalProperties) ? s.additionalProperties : undefined)

/** Names of properties in a fixed order. */
export const propertyNames = (map: Readonly<Record<string, unknown>> | undefined): readonly string[] => Object.keys(map ?? {}).sort()

/** Every schema below one, itself included (apiextensions/validation: SchemaHas). */
export function someSchema(s: JsonSchema | undefined, test: (s: JsonSchema) => boolean): boolean {
  if (!s) return false
  if (test(s)) return true
  const below = (x: JsonSchema | undefined): boolean => someSchema(x, test)
  const values = (map: Readonly<Record<string, unknown>> | undefined): readonly JsonSchema[] => propertyNames(map).map((k) => map![k] as JsonSchema).filter((x) => isSchema(x))
  return (
    below(itemSchema(s)) ||
    itemSchemas(s).some(below) ||
    [s.allOf, s.anyOf, s.oneOf].some((list) => list?.some(below)) ||
    below(s.not) ||
    values(s.properties).some(below) ||
    below(additionalSchema(s)) ||
    values(s.patternProperties).some(below) ||
    (isSchema(s.additionalItems) && below(s.additionalItems)) ||
    values(s.definitions).some(below) ||
    values(s.dependencies).some(below)
  )
}
