/** Any JSON value; members that are undefined count as absent. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject
export interface JsonObject {
  readonly [key: string]: JsonValue | undefined
}

/** `metav1.Time`: RFC 3339 text in whole seconds. `metav1.MicroTime`: with six decimals. */
export type Time = string
export type MicroTime = string
/** `resource.Quantity` as it is written, e.g. "250m". Arithmetic is in quantity.ts. */
export type Quantity = string
export type IntOrString = number | string
export type StringMap = Readonly<Record<string, string>>

export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}

export interface ManagedFieldsEntry {
  readonly manager?: string
  readonly operation?: string
  readonly apiVersion?: string
  readonly time?: Time
  readonly fieldsType?: string
  readonly fieldsV1?: JsonValue
  readonly subresource?: string
}

/**
 * What every object carries. `name` is '' in an object that is to be created with `generateName`; `uid`,
 * `resourceVersion` and `creationTimestamp` are always there once the API server has stored the object.
 */
export interface ObjectMeta {
  readonly name: string
  readonly generateName?: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: Time
  readonly deletionTimestamp?: Time
  readonly deletionGracePeriodSeconds?: number
  readonly labels?: StringMap
  readonly annotations?: StringMap
  readonly ownerReferences?: readonly OwnerReference[]
  readonly finalizers?: readonly string[]
  readonly managedFields?: readonly ManagedFieldsEntry[]
  readonly selfLink?: string
}

/** An API object of any kind. Kinds extend it and make `spec` required where Kubernetes does. */
export interface KubeObject<Spec = unknown, Status = unknown> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ObjectMeta
  readonly spec?: Spec
  readonly status?: Status
}

export interface ListMeta {
  readonly resourceVersion?: string
  readonly continue?: string
  readonly remainingItemCount?: number
}

export interface KubeList<T extends KubeObject = KubeObject> {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: ListMeta
  readonly items: readonly T[]
}

export interface LocalObjectReference {
  readonly name?: string
}

export interface ObjectReference {
  readonly apiVersion?: string
  readonly fieldPath?: string
  readonly kind?: string
  readonly name?: string
  readonly namespace?: string
  readonly resourceVersion?: string
  readonly uid?: string
}

/** `metav1.Condition`, and the shape that the older per-kind conditions share. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
  readonly lastTransitionTime?: Time
  readonly lastUpdateTime?: Time
  readonly lastProbeTime?: Time
  readonly lastHeartbeatTime?: Time
  readonly observedGeneration?: number
}

export interface GroupVersionKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

export interface NamespacedName {
  readonly namespace?: string
  readonly name: string
}

/** "ns/name", or "name" without a namespace (client-go: MetaNamespaceKeyFunc). */
export const joinKey = (namespace: string | undefined, name: string): string => (namespace ? `${namespace}/${name}` : name)

/** The metadata whose keys were asked for last: handlers of one event ask for those of an object and its owner again and again. */
let latest: ObjectMeta | undefined
let latestKey = ''
let former: ObjectMeta | undefined
let formerKey = ''

/** An object's key; the very same text for one that was asked for just now, so that tables need not hash it anew. */
export function keyOf({ metadata }: KubeObject): string {
  if (metadata === latest) return latestKey
  const key = metadata === former ? formerKey : joinKey(metadata.namespace, metadata.name)
  former = latest
  formerKey = latestKey
  latest = metadata
  latestKey = key
  return key
}

/** The inverse of `joinKey` (client-go: SplitMetaNamespaceKey). */
export function splitKey(key: string): NamespacedName {
  const slash = key.indexOf('/')
  return slash < 0 ? { name: key } : { namespace: key.slice(0, slash), name: key.slice(slash + 1) }
}

/** The owner reference with `controller: true`, if there is one (metav1.GetControllerOf). */
export function controllerOf(obj: KubeObject): OwnerReference | undefined {
  const owners = obj.metadata.ownerReferences
  if (owners) for (const owner of owners) if (owner.controller === true) return owner
  return undefined
}

/** A controlling owner reference to `owner` (metav1.NewControllerRef). */
export const controllerRef = (owner: KubeObject): OwnerReference => ({
  apiVersion: owner.apiVersion,
  kind: owner.kind,
  name: owner.metadata.name,
  uid: uidOf(owner),
  controller: true,
  blockOwnerDeletion: true,
})

export const isControlledBy = (obj: KubeObject, owner: KubeObject): boolean => {
  const ref = controllerOf(obj)
  return ref !== undefined && ref.uid === owner.metadata.uid
}

/** The uid of a stored object ('' for one that was never stored). */
export const uidOf = (obj: KubeObject): string => obj.metadata.uid ?? ''
export const isBeingDeleted = (obj: KubeObject): boolean => obj.metadata.deletionTimestamp !== undefined

/** Splits "apps/v1" into group and version; the core group is ''. */
export function splitApiVersion(apiVersion: string): { readonly group: string; readonly version: string } {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? { group: '', version: apiVersion } : { group: apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1) }
}
export const joinApiVersion = (group: string, version: string): string => (group ? `${group}/${version}` : version)
export function gvkOf({ apiVersion, kind }: { readonly apiVersion: string; readonly kind: string }): GroupVersionKind {
  const { group, version } = splitApiVersion(apiVersion)
  return { group, version, kind }
}

