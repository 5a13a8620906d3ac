import { deepEqual } from '../../api/deep.ts'
import { uidOf, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { HandlerContext, Watches } from '../../client/controller.ts'
import { ownerResource, type StoredResource } from '../../client/resources.ts'
import { dependentsOf, handlerGraph, isCollected, ownerResourceIn } from './graph.ts'
import { isDeletingDependents, isOrphaning, itemKey, ownerNamespace } from './items.ts'

function ownerOf(ctx: HandlerContext, object: KubeObject, ref: OwnerReference): { readonly resource: StoredResource; readonly owner: KubeObject } | undefined {
  const own = ownerResource(ref)
  const resource = own ?? ownerResourceIn(handlerGraph(ctx), ref)
  if (!isCollected(resource)) return undefined
  const cache = own ? ctx.lister<KubeObject>(own.resource) : handlerGraph(ctx).lister(resource)
  const owner = cache.get(ownerNamespace(resource, object.metadata), ref.name)
  return owner?.metadata.uid === ref.uid ? { resource, owner } : undefined
}

/** An owner that the cache does not know must be looked up; the item itself is checked for that. */
function checkOwners(ctx: HandlerContext, resource: StoredResource, object: KubeObject): void {
  for (const ref of object.metadata.ownerReferences ?? []) {
    const found = ownerOf(ctx, object, ref)
    if (!found || isDeletingDependents(found.owner)) {
      ctx.enqueue(itemKey('delete', resource, object))
      return
    }
  }
}

function wakeDependents(ctx: HandlerContext, object: KubeObject): void {
  for (const { resource, object: dependent } of dependentsOf(handlerGraph(ctx), uidOf(object), object.metadata.namespace)) ctx.enqueue(itemKey('delete', resource, dependent))
}

/** An owner that waits for its dependents looks again when one is gone or does not block it any more. */
function wakeWaitingOwners(ctx: HandlerContext, object: KubeObject): void {
  for (const ref of object.metadata.ownerReferences ?? []) {
    const found = ownerOf(ctx, object, ref)
    if (found && isDeletingDependents(found.owner)) ctx.enqueue(itemKey('delete', found.resource, found.owner))
  }
}

function startsToWait(ctx: HandlerContext, resource: StoredResource, object: KubeObject): void {
  if (isOrphaning(object)) ctx.enqueue(itemKey('orphan', resource, object))
  else if (isDeletingDependents(object)) {
    wakeDependents(ctx, object)
    ctx.enqueue(itemKey('delete', resource, object))
  }
}

/** What each event of a resource means for the graph (garbagecollector: graph_builder.go, processGraphChanges). */
export const graphHandlers = (resource: StoredResource): Watches => ({
  resource,
  onAdd(ctx, object) {
    if (object.metadata.deletionTimestamp !== undefined) startsToWait(ctx, resource, object)
    if (object.metadata.ownerReferences) checkOwners(ctx, resource, object)
  },
  onUpdate(ctx, old, object) {
    if (object.metadata.deletionTimestamp !== undefined) {
      if (isOrphaning(object) !== isOrphaning(old) || isDeletingDependents(object) !== isDeletingDependents(old)) startsToWait(ctx, resource, object)
    }
    if (old.metadata.ownerReferences === object.metadata.ownerReferences) return
    if (deepEqual(old.metadata.ownerReferences ?? [], object.metadata.ownerReferences ?? [])) return
    wakeWaitingOwners(ctx, old)
    checkOwners(ctx, resource, object)
  },
  onDelete(ctx, object) {
    wakeDependents(ctx, object)
    wakeWaitingOwners(ctx, object)
  },
})
