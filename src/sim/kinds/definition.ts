import type { FieldError } from '../api/field.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Micros } from '../engine/time.ts'

export type Cell = string | number | boolean

/** One printed column of `kubectl get`. Priority 0 shows always, higher ones with `-o wide`. */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date' | 'boolean' | 'number'
  readonly format?: string
  readonly priority?: number
  readonly description?: string
  cell(obj: T, now: Micros): Cell
}

/** The version in which a store keeps objects of several versions, and the way there and back. */
export interface StoredAs<T extends KubeObject = KubeObject> {
  readonly apiVersion: string
  toStored(obj: T): KubeObject
  fromStored(stored: KubeObject): T
}

/** Who sends a request, for the kinds that keep a note of it. */
export interface Requester {
  readonly name: string
  readonly uid?: string
  readonly groups: readonly string[]
  readonly extra?: Readonly<Record<string, readonly string[]>>
}

/** A subresource through which the whole object is updated, with rules of its own (pods/resize, pods/ephemeralcontainers). */
export interface SubresourceRules<T extends KubeObject = KubeObject> {
  /** What of the sent object counts; everything else is as it was. `now` in RFC 3339. */
  prepareUpdate(obj: T, old: T, now?: string): T
  /** Errors beside those of the metadata. */
  validateUpdate(obj: T, old: T): readonly FieldError[]
}

/**
 * Everything the API server must know of one kind at one version: its names, what defaulting, the strategy and the
 * validation do (apiserver: registry/rest strategies; pkg/apis/<group>/validation), and how it prints. All functions
 * are pure and give back the same reference when they change nothing.
 */
export interface KindDefinition<T extends KubeObject = KubeObject> {
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly singular: string
  readonly shortNames: readonly string[]
  readonly categories: readonly string[]
  readonly namespaced: boolean
  /** 'status', 'scale', 'binding', 'eviction' … */
  readonly subresources: readonly string[]
  /** get, list, watch, create, update, patch, delete, deletecollection: what the real server offers. */
  readonly verbs: readonly string[]
  /** Modelled kinds act; the others are stored, checked for structure and printed, but nothing acts upon them. */
  readonly modelled: boolean
  /** Made by a CustomResourceDefinition. */
  readonly custom?: boolean
  /** First part of the keys of its objects in the store; the plural where absent. */
  readonly resourceKey?: string
  /** Not one of Kubernetes' own kinds: it comes with an add-on and is left out of lists of what v1.36 serves. */
  readonly addOn?: boolean
  /** PUT of an absent name creates it (Leases, Services …). */
  readonly createsOnUpdate?: boolean
  /** An update without resourceVersion is allowed (true for most). */
  readonly unconditionalUpdate?: boolean

  /** `old`: the stored object of an update, whose parts are complete already. */
  defaults(obj: T, old?: T): T
  /** strategy.PrepareForCreate: drop status, generation 1 … `metadata` is already complete but for that. */
  prepareCreate(obj: T, who?: Requester): T
  /** strategy.PrepareForUpdate: keep status; bump the generation when the wish differs. */
  prepareUpdate(obj: T, old: T, now?: string): T
  /** What PUT and PATCH of …/status keep of the old object; `now` in RFC 3339. */
  prepareStatusUpdate(obj: T, old: T, now?: string): T
  /** `like`: the object before admission plugins that keep a valid object valid changed it, if only such did. */
  validateCreate(obj: T, like?: T): readonly FieldError[]
  validateUpdate(obj: T, old: T): readonly FieldError[]
  validateStatusUpdate(obj: T, old: T): readonly FieldError[]
  /** The group that refusals name: that of the version in which the objects are kept. */
  readonly errorGroup: string
  /** Set where objects of this version are kept in the store as those of another one. */
  readonly storedAs?: StoredAs<T>
  /** What a new object becomes when it is read from the store for the first time, where defaults find more to do then. */
  readBack?(obj: T): T
  readonly updatesThrough?: Readonly<Record<string, SubresourceRules<T>>>
  /** Texts of Warning headers. */
  warnings?(obj: T, old?: T, like?: T): readonly string[]
  readonly columns: readonly Column<T>[]
  /** How a printed list is sorted, where not by name. */
  rowOrder?(a: T, b: T): number
  /** Fields that field selectors may name, besides metadata.name and metadata.namespace. */
  selectableFields?(obj: T): Readonly<Record<string, string>>
}
