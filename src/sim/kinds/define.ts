import { deepEqual } from '../api/deep.ts'
import { findings, type FieldError } from '../api/field.ts'
import { since } from '../api/human-duration.ts'
import { splitApiVersion, type KubeObject, type StringMap } from '../api/meta.ts'
import { isDns1123Subdomain, type NameCheck } from '../api/names.ts'
import { resourceOfKind, type ResourceSchema } from '../api/schema/schema.ts'
import { extended } from '../api/share.ts'
import { looseObjectMeta, metaUpdateErrors, validateObjectMeta } from '../api/validate-meta.ts'
import { invariant } from '../engine/invariant.ts'
import type { Column, KindDefinition, Requester, StoredAs, SubresourceRules } from './definition.ts'

/** What a kind's folder says of its kind; everything left out is as for most kinds. */
export interface KindRules<T extends KubeObject> {
  readonly name?: NameCheck
  /** metadata.generation counts changes of the wish. */
  readonly generation?: boolean
  readonly addOn?: boolean
  readonly createsOnUpdate?: boolean
  readonly unconditionalUpdate?: boolean
  /** A new object keeps the status that comes with it (Nodes register with theirs). */
  readonly keepsStatus?: boolean
  defaults?(obj: T, old?: T): T
  prepareCreate?(obj: T, who?: Requester): T
  prepareUpdate?(obj: T, old: T): T
  /** `now` in RFC 3339. */
  prepareStatusUpdate?(obj: T, old: T, now?: string): T
  /**
   * Errors beside those of the metadata. `like`, where given, is the object before admission added what keeps a valid
   * object valid: what was found in order there need not be looked at again.
   */
  validate?(obj: T, like?: T): readonly FieldError[]
  validateUpdate?(obj: T, old: T): readonly FieldError[]
  /** Updates are first checked like creations, metadata and all, with these errors; `validateUpdate` is what comes beyond that. */
  recheck?(obj: T, old: T): readonly FieldError[]
  /** After ValidateObjectMetaUpdate the strategy calls ValidateObjectMeta once more. */
  readonly rechecksMeta?: boolean
  /** The kind's own validation does not look at the metadata (PodDisruptionBudgets, v1 Events). */
  readonly looseMeta?: boolean
  validateStatusUpdate?(obj: T, old: T): readonly FieldError[]
  warnings?(obj: T, old?: T, like?: T): readonly string[]
  readonly storedAs?: StoredAs<T>
  readBack?(obj: T): T
  readonly updatesThrough?: Readonly<Record<string, SubresourceRules<T>>>
  readonly columns?: readonly Column<T>[]
  rowOrder?(a: T, b: T): number
  selectableFields?(obj: T): Readonly<Record<string, string>>
}

export const nameColumn: Column<KubeObject> = { name: 'Name', type: 'string', format: 'name', cell: (o) => o.metadata.name }
export const ageColumn: Column<KubeObject> = { name: 'Age', type: 'string', cell: (o, now) => since(o.metadata.creationTimestamp, now) }
export const createdColumn: Column<KubeObject> = { name: 'Created At', type: 'date', cell: (o) => o.metadata.creationTimestamp ?? '' }
export const textColumn = <T extends KubeObject>(name: string, cell: (obj: T) => string, priority = 0): Column<T> => ({ name, type: 'string', priority, cell })
export const countColumn = <T extends KubeObject>(name: string, cell: (obj: T) => number, priority = 0): Column<T> => ({ name, type: 'integer', priority, cell })

/** "a=b,c=d" with sorted keys, "<none>" for none (labels.FormatLabels). */
export function formatLabels(labels: StringMap | undefined): string {
  const keys = Object.keys(labels ?? {}).sort()
  return keys.length ? keys.map((k) => `${k}=${labels![k]}`).join(',') : '<none>'
}

/** `obj` without its status; the same reference when it has none. */
export function withoutStatus<T extends KubeObject>(obj: T): T {
  if (obj.status === undefined) return obj
  const { status: _dropped, ...rest } = obj
  return rest as T
}

/** `obj` with the status of `old`. */
export const withStatusOf = <T extends KubeObject>(obj: T, old: T): T =>
  obj.status === old.status ? obj : old.status === undefined ? withoutStatus(obj) : { ...obj, status: old.status }

export const withGeneration = <T extends KubeObject>(obj: T, generation: number): T =>
  obj.metadata.generation === generation ? obj : { ...obj, metadata: extended(obj.metadata, { generation }) }

/** Everything but metadata, status and identity: what counts as the wish of kinds without special rules. */
function sameWish(a: KubeObject, b: KubeObject): boolean {
  const x = a as unknown as Record<string, unknown>
  const y = b as unknown as Record<string, unknown>
  for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
    if (key === 'metadata' || key === 'status' || key === 'apiVersion' || key === 'kind') continue
    if (!deepEqual(x[key], y[key])) return false
  }
  return true
}

const once = (texts: readonly string[]): readonly string[] => (texts.length < 2 ? texts : [...new Set(texts)])

/** A definition from the resource table and the kind's own rules. */
export function defineKind<T extends KubeObject>(group: string, version: string, kind: string, rules: KindRules<T>, modelled = true): KindDefinition<T> {
  const resource = resourceOfKind({ group, version, kind })
  invariant(resource, `the schema table has no ${kind} in ${group}/${version}`)
  return fromResource(resource, rules, modelled)
}

export function fromResource<T extends KubeObject>(resource: ResourceSchema, rules: KindRules<T>, modelled: boolean): KindDefinition<T> {
  const hasStatus = resource.subresources.some((s) => s.name === 'status')
  const check = rules.name ?? isDns1123Subdomain
  const counts = rules.generation ?? false
  const none: readonly FieldError[] = []
  const warnings = rules.warnings && ((obj: T, old: T | undefined, like: T | undefined) => rules.warnings!(obj, old, like))
  const checkCreate = (obj: T, like: T | undefined): readonly FieldError[] => {
    const own = rules.validate?.(obj, like) ?? none
    if (rules.looseMeta) return own.length > 0 ? own : looseObjectMeta(obj.metadata, resource.namespaced)
    const meta = validateObjectMeta(obj.metadata, resource.namespaced, check)
    return meta.length === 0 ? own : own.length === 0 ? meta : [...meta, ...own]
  }
  const checkUpdate = (obj: T, old: T): readonly FieldError[] => {
    const meta = metaUpdateErrors(obj.metadata, old.metadata, resource.namespaced)
    const again = rules.recheck?.(obj, old) ?? none
    const own = rules.validateUpdate ? rules.validateUpdate(obj, old) : obj === old || rules.recheck ? none : (rules.validate?.(obj) ?? none)
    if (!meta) return again.length === 0 ? own : [...again, ...own]
    if (rules.looseMeta) return [...again, ...own]
    if (rules.recheck) return [...meta.whole, ...again, ...meta.update, ...own]
    return [...meta.update, ...(rules.rechecksMeta ? meta.whole : none), ...own]
  }
  const checkStatusUpdate = (obj: T, old: T): readonly FieldError[] => {
    const meta = metaUpdateErrors(obj.metadata, old.metadata, resource.namespaced)
    const own = rules.validateStatusUpdate?.(obj, old) ?? none
    return meta ? [...meta.update, ...own] : own
  }
  return {
    group: resource.group,
    version: resource.version,
    kind: resource.kind,
    plural: resource.plural,
    singular: resource.singular,
    shortNames: resource.shortNames,
    categories: resource.categories,
    namespaced: resource.namespaced,
    subresources: resource.subresources.map((s) => s.name),
    verbs: resource.verbs,
    modelled,
    ...(rules.addOn ? { addOn: true } : {}),
    createsOnUpdate: rules.createsOnUpdate ?? false,
    unconditionalUpdate: rules.unconditionalUpdate ?? true,
    defaults: (obj, old) => rules.defaults?.(obj, old) ?? obj,
    prepareCreate(obj, who) {
      const clean = hasStatus && !rules.keepsStatus ? withoutStatus(obj) : obj
      const counted = counts ? withGeneration(clean, 1) : clean
      return rules.prepareCreate?.(counted, who) ?? counted
    },
    prepareUpdate(obj, old) {
      const kept = hasStatus ? withStatusOf(obj, old) : obj
      const prepared = rules.prepareUpdate?.(kept, old) ?? kept
      const generation = old.metadata.generation
      if (!counts) return prepared
      return withGeneration(prepared, sameWish(prepared, old) ? (generation ?? 0) : (generation ?? 0) + 1)
    },
    prepareStatusUpdate(obj, old, now) {
      if (rules.prepareStatusUpdate) return rules.prepareStatusUpdate(obj, old, now)
      const next = { ...old, metadata: obj.metadata, status: obj.status } as T
      return counts && old.metadata.generation !== undefined ? withGeneration(next, old.metadata.generation) : next
    },
    validateCreate: (obj, like) => findings(checkCreate, obj, like, undefined),
    validateUpdate: (obj, old) => findings(checkUpdate, obj, old, undefined),
    validateStatusUpdate: (obj, old) => findings(checkStatusUpdate, obj, old, undefined),
    ...(warnings ? { warnings: (obj: T, old?: T, like?: T) => once(findings(warnings, obj, old, like)) } : {}),
    errorGroup: rules.storedAs ? splitApiVersion(rules.storedAs.apiVersion).group : resource.group,
    ...(rules.readBack ? { readBack: rules.readBack } : {}),
    ...(rules.storedAs ? { storedAs: rules.storedAs } : {}),
    ...(rules.updatesThrough ? { updatesThrough: rules.updatesThrough } : {}),
    columns: rules.columns ?? [nameColumn, ageColumn],
    ...(rules.rowOrder ? { rowOrder: rules.rowOrder } : {}),
    ...(rules.selectableFields ? { selectableFields: rules.selectableFields } : {}),
  }
}
