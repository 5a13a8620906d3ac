import { splitKey, uidOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { StoredResource } from '../../client/resources.ts'
import { resourceKey } from '../../client/custom-monitors.ts'
import { resourceNamed, type Graph } from './graph.ts'

export const FOREGROUND = 'foregroundDeletion'
export const ORPHAN = 'orphan'

/** A node of the graph of owners, as a work queue's key: "delete pods ns/web-1 <uid>". */
export interface Item {
  readonly task: 'delete' | 'orphan'
  readonly resource: StoredResource
  readonly namespace: string | undefined
  readonly name: string
  readonly uid: string
}

export const itemKey = (task: Item['task'], resource: StoredResource, object: KubeObject): string =>
  `${task} ${resourceKey(resource)} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${uidOf(object)}`

/** Undefined for a resource that is no longer watched. */
export function parseItem(graph: Graph, key: string): Item | undefined {
  const [task = '', plural = '', path = '', uid = ''] = key.split(' ')
  const resource = resourceNamed(graph, plural)
  if (!resource) return undefined
  const { namespace, name } = splitKey(path)
  return { task: task === 'orphan' ? 'orphan' : 'delete', resource, namespace: namespace || undefined, name, uid }
}

const waitsFor = (object: KubeObject, finalizer: string): boolean =>
  object.metadata.deletionTimestamp !== undefined && (object.metadata.finalizers ?? []).includes(finalizer)
export const isDeletingDependents = (object: KubeObject): boolean => waitsFor(object, FOREGROUND)
export const isOrphaning = (object: KubeObject): boolean => waitsFor(object, ORPHAN)

export const blocks = (object: KubeObject, owner: string): boolean =>
  (object.metadata.ownerReferences ?? []).some((ref) => ref.uid === owner && ref.blockOwnerDeletion === true)

/** Where the owner would be: its namespace is the item's, or none for cluster-wide kinds. */
export const ownerNamespace = (resource: StoredResource, object: { readonly namespace?: string }): string | undefined =>
  resource.namespaced ? object.namespace : undefined

export const referenceText = (ref: OwnerReference, namespace: string | undefined): string =>
  `[${ref.apiVersion}/${ref.kind}, namespace: ${namespace ?? ''}, name: ${ref.name}, uid: ${ref.uid}]`
