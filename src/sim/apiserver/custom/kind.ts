import type { JsonSchema } from '../../api/custom/json-schema.ts'
import { prune } from '../../api/custom/prune.ts'
import { validateValue } from '../../api/custom/validate-value.ts'
import { deepEqual } from '../../api/deep.ts'
import { invalidValue, type FieldError } from '../../api/field.ts'
import { since } from '../../api/human-duration.ts'
import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isDns1123Subdomain } from '../../api/names.ts'
import { decode } from '../../api/schema/decode.ts'
import { definition } from '../../api/schema/schema.ts'
import { metaUpdateErrors, validateObjectMeta } from '../../api/validate-meta.ts'
import type { CrdConversion, CrdVersion, CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { ageColumn, nameColumn, withGeneration, withoutStatus, withStatusOf } from '../../kinds/define.ts'
import type { Column, KindDefinition } from '../../kinds/definition.ts'
import { valueAt } from './json-path.ts'
import { checkLists } from './lists.ts'
import { withoutOld } from './ratcheting.ts'
import { checkRules, hasRules } from './rules.ts'
import { withDefaults } from './defaulting.ts'

/** A kind that a CustomResourceDefinition makes, at one of its versions. */
export interface CustomKind extends KindDefinition {
  readonly custom: true
  readonly schema: JsonSchema | undefined
  /** Its definition is being deleted. */
  readonly ending: boolean
  /** The webhook that brings objects from one version to another; undefined where only their apiVersion changes. */
  readonly conversion: CrdConversion['webhook'] | undefined
  /** The same kind in another version, where that is served. */
  inVersion(version: string): CustomKind | undefined
  readonly scale: { readonly specReplicasPath: string; readonly statusReplicasPath: string; readonly labelSelectorPath?: string } | undefined
}

const VERBS: readonly string[] = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch']
const NOT_CHECKED = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation'
const BLOCKING: ReadonlySet<string> = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid'])

const json = (object: KubeObject): JsonValue => object as unknown as JsonValue
const made = new WeakMap<CustomResourceDefinition, Map<string, CustomKind>>()

/** The kind of one version of a definition; undefined where it is not served. */
export function customKind(crd: CustomResourceDefinition, version: string): CustomKind | undefined {
  const found = crd.spec.versions?.find((v) => v.name === version && v.served)
  if (!found) return undefined
  let kinds = made.get(crd)
  if (!kinds) made.set(crd, (kinds = new Map()))
  let kind = kinds.get(version)
  if (!kind) kinds.set(version, (kind = build(crd, found)))
  return kind
}

function build(crd: CustomResourceDefinition, version: CrdVersion): CustomKind {
  const { group, scope } = crd.spec
  const names = crd.status?.acceptedNames?.kind ? crd.status.acceptedNames : crd.spec.names
  const schema = version.schema?.openAPIV3Schema
  const hasStatus = version.subresources?.status !== undefined
  const scale = version.subresources?.scale
  const storage = crd.spec.versions!.find((v) => v.storage)!.name
  const rules = new Validation(schema, scale)
  const bumped = (next: KubeObject, old: KubeObject): KubeObject => {
    const { metadata: _m, ...wish } = hasStatus ? withoutStatus(next) : next
    const { metadata: _o, ...before } = hasStatus ? withoutStatus(old) : old
    return withGeneration(next, (old.metadata.generation ?? 0) + (deepEqual(wish, before) ? 0 : 1))
  }
  return {
    group, version: version.name, kind: names.kind, plural: names.plural, singular: names.singular ?? names.kind.toLowerCase(), shortNames: names.shortNames ?? [],
    categories: names.categories ?? [], namespaced: scope === 'Namespaced', subresources: [...(scale ? ['scale'] : []), ...(hasStatus ? ['status'] : [])],
    verbs: VERBS, modelled: false, custom: true, schema, scale, ending: crd.status?.conditions?.some((c) => c.type === 'Terminating' && c.status === 'True') ?? false, errorGroup: group, unconditionalUpdate: false,
    resourceKey: `${names.plural}.${group}`,
    conversion: crd.spec.conversion?.strategy === 'Webhook' ? crd.spec.conversion.webhook : undefined, inVersion: (other) => customKind(crd, other),
    // What was stored before the storage version changed is still in the older one.
    ...(crd.spec.versions!.length < 2 ? {} : { storedAs: { apiVersion: `${group}/${storage}`, toStored: at(`${group}/${storage}`), fromStored: at(`${group}/${version.name}`) } }),
    defaults: (object) => withDefaults(json(object), schema) as unknown as KubeObject,
    prepareCreate: (object) => withGeneration(hasStatus ? withoutStatus(object) : object, 1),
    prepareUpdate: (object, old) => bumped(hasStatus ? withStatusOf(object, old) : object, old),
    prepareStatusUpdate: (object, old) => withGeneration({ ...old, metadata: { ...object.metadata, labels: old.metadata.labels, annotations: old.metadata.annotations }, status: object.status }, old.metadata.generation ?? 1),
    validateCreate: (object) => [...validateObjectMeta(object.metadata, scope === 'Namespaced', isDns1123Subdomain), ...rules.check(object, undefined)],
    validateUpdate: (object, old) => [...(metaUpdateErrors(object.metadata, old.metadata, scope === 'Namespaced')?.update ?? []), ...rules.check(object, old)],
    validateStatusUpdate: (object, old) => rules.check(object, old),
    warnings: (object, old) => (old ? rules.warnings(object, old) : []),
    columns: columnsOf(version),
    selectableFields: (object) => Object.fromEntries((version.selectableFields ?? []).map(({ jsonPath }) => [jsonPath.replace(/^\./, ''), textOf(valueAt(object, jsonPath))])),
  }
}

const at = (apiVersion: string) => (object: KubeObject): KubeObject => (object.apiVersion === apiVersion ? object : { ...object, apiVersion })
const textOf = (value: JsonValue | undefined): string => (value === undefined || value === null ? '' : typeof value === 'string' ? value : JSON.stringify(value))

/** Everything that is checked of a custom object, in the order of its strategy (registry/customresource: strategy.go). */
class Validation {
  readonly #schema: JsonSchema | undefined
  readonly #scale: CustomKind['scale']
  readonly #hasRules: boolean

  constructor(schema: JsonSchema | undefined, scale: CustomKind['scale']) {
    this.#schema = schema
    this.#scale = scale
    this.#hasRules = hasRules(schema)
  }

  check(object: KubeObject, old: KubeObject | undefined): readonly FieldError[] {
    const schema = this.#schema
    if (!schema) return []
    const found = validateValue(json(object), schema, '')
    const errors = [...(old && found.length > 0 ? withoutOld(found, json(object), json(old), schema) : found), ...this.#checkScale(object), ...checkLists(json(object), schema, '')]
    if (!this.#hasRules) return errors
    if (errors.some((error) => BLOCKING.has(error.type))) return [...errors, invalidValue('', null, NOT_CHECKED)]
    return [...errors, ...checkRules(json(object), old && json(old), schema, '').errors]
  }

  /** What rules would have against parts of an update that were so before. */
  warnings(object: KubeObject, old: KubeObject): readonly string[] {
    return this.#hasRules ? checkRules(json(object), json(old), this.#schema, '').warnings.map((error) => `${error.field}: ${error.body}`) : []
  }

  /** The replicas of the scale subresource must be a whole number that is not negative. */
  #checkScale(object: KubeObject): readonly FieldError[] {
    const path = this.#scale?.specReplicasPath
    const value = path && valueAt(object, path)
    if (value === undefined || value === '' || value === null) return []
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      const word = typeof value === 'number' ? 'float64' : typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
      return [invalidValue(path!, 0, `${path} accessor error: ${textOf(value)} is of the type ${word}, expected int64`)]
    }
    return value < 0 ? [invalidValue(path!, value, 'should be a non-negative integer')] : []
  }
}

const DESCRIBED = 'Custom resource definition column (in JSONPath format): '

function columnsOf({ additionalPrinterColumns }: CrdVersion): readonly Column[] {
  if (!additionalPrinterColumns?.length) return [nameColumn, ageColumn]
  return [
    nameColumn,
    ...additionalPrinterColumns.map((column): Column => ({
      name: column.name,
      type: column.type as Column['type'],
      format: column.format ?? '',
      description: column.description || DESCRIBED + column.jsonPath,
      priority: column.priority ?? 0,
      cell(object, now) {
        const value = valueAt(object, column.jsonPath)
        if (column.type === 'date') return value === undefined ? '' : since(textOf(value), now)
        return typeof value === 'number' || typeof value === 'boolean' ? value : textOf(value)
      },
    })),
  ]
}

/** The object without what its schema does not know, with a proper metadata; the paths of what was dropped. */
export function decodeCustom(kind: CustomKind, object: KubeObject): { readonly object: KubeObject; readonly unknown: readonly string[]; readonly error?: string } {
  const unknown: string[] = []
  const pruned = prune(json(object), kind.schema, true, '', unknown) as unknown as KubeObject
  const meta = decode(definition('meta.v1.ObjectMeta')!, pruned.metadata as unknown as JsonValue)
  return { object: { ...pruned, metadata: meta.value as unknown as KubeObject['metadata'] }, unknown: [...unknown, ...meta.unknown.map((path) => `metadata.${path}`)], ...(meta.error ? { error: meta.error } : {}) }
}

