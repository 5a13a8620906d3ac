import { deepEqual, semanticEqual } from '../api/deep.ts'
import type { KubeObject, ObjectMeta } from '../api/meta.ts'
import { settleAddresses } from './cluster-addresses.ts'
import type { Execution } from './execution.ts'

/** Stores the object unless this is a dry run or nothing changed; gives back what a reader would now see. */
export function commit(exec: Execution, key: string, object: KubeObject, old?: KubeObject): KubeObject {
  // What people send is decoded to one form; components may write out zeros, which are the same as nothing.
  if (old && sameButVersion(object, old, exec.user.startsWith('system:') ? semanticEqual : deepEqual)) return old
  if (exec.options.dryRun) return old ? { ...object, metadata: { ...object.metadata, resourceVersion: old.metadata.resourceVersion } } : object
  const change = exec.store.put(key, withoutEmpty(object, old?.metadata))
  exec.means.committed(exec, change)
  return change.object
}

const COLLECTIONS = ['labels', 'annotations', 'ownerReferences', 'finalizers'] as const
type Collection = (typeof COLLECTIONS)[number]

/** Empty collections of the metadata are not written, as Go omits them; those of what is stored (`old`) are not empty. */
function withoutEmpty(object: KubeObject, old: ObjectMeta | undefined): KubeObject {
  const { metadata } = object
  if (metadata === old) return object
  const isLeftOut = (name: Collection): boolean => metadata[name] !== undefined && metadata[name] !== old?.[name] && isEmpty(metadata[name])
  if (!isLeftOut('labels') && !isLeftOut('annotations') && !isLeftOut('ownerReferences') && !isLeftOut('finalizers')) return object
  const empty = COLLECTIONS.filter(isLeftOut)
  const kept: Record<string, unknown> = { ...metadata }
  for (const name of empty) delete kept[name]
  return { ...object, metadata: kept as unknown as KubeObject['metadata'] }
}

function isEmpty(collection: object): boolean {
  if (Array.isArray(collection)) return collection.length === 0
  for (const _ in collection) return false
  return true
}

/** Removes the object; watchers get `last`. */
export function commitRemoval(exec: Execution, key: string, last: KubeObject): void {
  if (exec.options.dryRun) return
  const change = exec.store.remove(key, last)
  if (exec.means.ownership.table.has(key)) exec.means.ownership.table.delete(key)
  if (!change) return
  exec.means.committed(exec, change)
  settleAddresses(exec, undefined, last)
}

type Equal = (a: unknown, b: unknown) => boolean

function sameButVersion(a: KubeObject, b: KubeObject, equal: Equal): boolean {
  return a === b || (sameMembers(a.metadata, b.metadata, 'resourceVersion', equal) && sameMembers(a, b, 'metadata', equal))
}

/** Equal member by member, whatever stands under `except`; shared members cost nothing. */
function sameMembers(a: object, b: object, except: string, equal: Equal): boolean {
  const x = a as Readonly<Record<string, unknown>>
  const y = b as Readonly<Record<string, unknown>>
  for (const key in x) if (key !== except && x[key] !== y[key] && !equal(x[key], y[key])) return false
  for (const key in y) if (key !== except && !(key in x) && !equal(undefined, y[key])) return false
  return true
}
