import { deepEqual } from '../../api/deep.ts'
import { additionalSchema, isSchema, itemSchema, itemSchemas, type JsonSchema } from '../../api/custom/json-schema.ts'
import { wasSentEmpty } from '../../api/empties.ts'
import { goInternal } from '../../api/go-internal.ts'
import type { CrdSpec, CrdVersion } from './customresourcedefinition.ts'

/**
 * A spec in the internal form that Kubernetes checks (apiextensions/v1: conversion.go): what all versions say alike
 * stands at the top and no longer at the versions.
 */
export interface HoistedSpec {
  readonly spec: CrdSpec
  /** The first version's name. */
  readonly version: string
  readonly versions: readonly CrdVersion[]
  readonly schema?: CrdVersion['schema']
  readonly subresources?: CrdVersion['subresources']
  readonly columns?: CrdVersion['additionalPrinterColumns']
  readonly selectableFields?: CrdVersion['selectableFields']
}

const SHARED = ['subresources', 'schema', 'additionalPrinterColumns', 'selectableFields'] as const

export function hoisted(spec: CrdSpec): HoistedSpec {
  const given = spec.versions ?? []
  const first = given[0]
  if (!first) return { spec, version: '', versions: given }
  const alike = SHARED.filter((key) => given.every((v) => deepEqual(v[key], first[key])))
  const versions = given.map((v) => {
    const rest: Record<string, unknown> = { ...v }
    for (const key of alike) delete rest[key]
    return rest as unknown as CrdVersion
  })
  const top = <K extends (typeof SHARED)[number]>(key: K): CrdVersion[K] => (alike.includes(key) ? first[key] : undefined)
  return { spec, version: first.name, versions, schema: top('schema'), subresources: top('subresources'), columns: top('additionalPrinterColumns'), selectableFields: top('selectableFields') }
}

type Plain = Readonly<Record<string, unknown>>

/** A schema with its unions spelled out as Go's internal structs spell them. */
function spelled(s: JsonSchema): Plain {
  const list = (x: readonly JsonSchema[] | undefined): readonly Plain[] | undefined => x?.map(spelled)
  const map = (x: Readonly<Record<string, JsonSchema>> | undefined): Plain | undefined => x && Object.fromEntries(Object.keys(x).map((k) => [k, spelled(x[k]!)]))
  const either = (x: JsonSchema | boolean | undefined): Plain | undefined => (x === undefined ? undefined : { Allows: isSchema(x) ? true : x, Schema: isSchema(x) ? spelled(x) : undefined })
  const item = itemSchema(s)
  return {
    ...s,
    items: s.items === undefined ? undefined : { Schema: item && spelled(item), JSONSchemas: itemSchemas(s).length ? itemSchemas(s).map(spelled) : undefined },
    allOf: list(s.allOf),
    oneOf: list(s.oneOf),
    anyOf: list(s.anyOf),
    not: s.not && spelled(s.not),
    properties: map(s.properties),
    patternProperties: map(s.patternProperties),
    definitions: map(s.definitions),
    additionalProperties: additionalSchema(s) ? { Allows: true, Schema: spelled(additionalSchema(s)!) } : either(s.additionalProperties),
    additionalItems: either(s.additionalItems),
  }
}

/** Go's print of a schema, for messages. */
export const printedSchema = (s: JsonSchema): unknown => goInternal('apiextensions.JSONSchemaProps', spelled(s))

/** Go's print of the versions, for messages; null where there are none. */
export const printedVersions = (h: HoistedSpec): unknown =>
  h.spec.versions === null || h.versions.length === 0
    ? (h.spec.versions === null && !wasSentEmpty(h.spec, 'versions') ? null : [])
    : h.versions.map((v) =>
        goInternal('apiextensions.CustomResourceDefinitionVersion', v.schema?.openAPIV3Schema ? { ...v, schema: { openAPIV3Schema: spelled(v.schema.openAPIV3Schema) } } : v),
      )
