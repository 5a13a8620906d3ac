import { splitKey, uidOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { Lister } from '../../client/lister.ts'
import { storedResource, storedResources, type StoredResource } from '../../client/resources.ts'

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

/** Kinds whose objects are nobody's dependents and come in swarms (garbagecollector: DefaultIgnoredResources). */
const IGNORED: ReadonlySet<string> = new Set(['events'])
export const collected: readonly StoredResource[] = storedResources.filter((r) => !IGNORED.has(r.resource))
const collectedNames: ReadonlySet<string> = new Set(collected.map((r) => r.resource))
export const isCollected = (resource: StoredResource | undefined): resource is StoredResource => resource !== undefined && collectedNames.has(resource.resource)

/** A node of the graph of owners, as a work queue's key: "delete pods ns/web-1 <uid>". */
export interface Item {
  readonly task: 'delete' | 'orphan'
  readonly resource: StoredResource
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string
}

export const itemKey = (task: Item['task'], resource: StoredResource, object: KubeObject): string =>
  `${task} ${resource.resource} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${uidOf(object)}`

export function parseItem(key: string): Item | undefined {
  const [task = '', plural = '', path = '', uid = ''] = key.split(' ')
  const resource = storedResource(plural)
  if (!resource) return undefined
  const { namespace, name } = splitKey(path)
  return { task: task === 'orphan' ? 'orphan' : 'delete', resource, namespace: namespace || undefined, name, uid }
}

const waitsFor = (object: KubeObject, finalizer: string): boolean =>
  object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).includes(finalizer)
export const isDeletingDependents = (object: KubeObject): boolean => waitsFor(object, FOREGROUND)
export const isOrphaning = (object: KubeObject): boolean => waitsFor(object, ORPHAN)

/** An owner's object beside its resource. */
export interface Dependent {
  readonly resource: StoredResource
  readonly object: KubeObject
}

/** Everything in the caches that names the uid as an owner, and may: in the same namespace, or of a cluster-wide owner. */
export function dependentsOf(lister: (plural: string) => Lister<KubeObject>, uid: string, namespace: string | undefined): readonly Dependent[] {
  const out: Dependent[] = []
  for (const resource of collected)
    for (const object of lister(resource.resource).by('dependents', uid))
      if (namespace === undefined || object.metadata.namespace === namespace) out.push({ resource, object })
  return out
}

export const blocks = (object: KubeObject, owner: string): boolean =>
  (object.metadata.ownerReferences ?? []).some((ref) => ref.uid === owner && ref.blockOwnerDeletion === true)

/** Where the owner would be: its namespace is the item's, or none for cluster-wide kinds. */
export const ownerNamespace = (resource: StoredResource, object: { readonly namespace?: string }): string | undefined =>
  resource.namespaced ? object.namespace : undefined

export const referenceText = (ref: OwnerReference, namespace: string | undefined): string =>
  `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace ?? ''}, name: ${ref.name}, uid: ${ref.uid}]`
