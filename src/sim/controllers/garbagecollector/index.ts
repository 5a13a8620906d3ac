import { uidOf, type JsonValue, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import { isConflict, isInvalid, isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, patch, remove, type Propagation } from '../../client/request.ts'
import type { StoredResource } from '../../client/resources.ts'
import { customMonitors, MONITORS, MONITOR_STATE } from '../../client/custom-monitors.ts'
import { collected, dependentsOf, ownerResourceIn, reconcileGraph, type Dependent } from './graph.ts'
import { graphHandlers } from './handlers.ts'
import { blocks, FOREGROUND, isDeletingDependents, isOrphaning, itemKey, ORPHAN, ownerNamespace, parseItem, referenceText, type Item } from './items.ts'

const monitors = customMonitors(graphHandlers)

/**
 * Deletes what has lost its owners, waits for dependents in a foreground deletion, and frees orphans. Its graph is the
 * caches' index of owner uids (kube-controller-manager: garbagecollector).
 */
export const garbageCollector: Controller = {
  name: 'garbage-collector-controller',
  workers: 20,
  qps: 40,
  burst: 30,
  state: MONITOR_STATE,
  watches: [...collected.map(graphHandlers), monitors.watches],
  start: monitors.start,
  deliver: monitors.deliver,
  reconcile: (ctx, key) => (key === MONITORS ? monitors.sync(ctx, 'gc.monitors') : retrying(() => sync(ctx, key))),
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const graph = reconcileGraph(ctx)
  const item = parseItem(graph, key)
  if (!item) return undefined
  const cached = graph.lister(item.resource).get(item.namespace, item.name)
  const known = cached?.metadata.uid === item.uid ? cached : undefined
  if (item.task === 'orphan') return known && isOrphaning(known) ? orphan(ctx, item, known) : undefined
  if (known?.metadata.deletionTimestamp !== undefined && !isDeletingDependents(known)) return undefined
  return attemptToDelete(ctx, item, known)
}

const dependents = (ctx: ControllerContext, item: Item): readonly Dependent[] =>
  dependentsOf(reconcileGraph(ctx), item.uid, item.namespace)

function enqueueAll(ctx: ControllerContext, items: readonly Dependent[]): void {
  for (const { resource, object } of items) ctx.enqueueAfter(itemKey('delete', resource, object), 0)
}

/** Does the item still have an owner? (garbagecollector.go: attemptToDeleteItem) */
function attemptToDelete(ctx: ControllerContext, item: Item, known: KubeObject | undefined): ReconcileResult {
  const answer = ctx.call(get(item.resource, item.namespace, item.name))
  if (isStatus(answer) && !isNotFound(answer)) throw new Refused(answer)
  if (isStatus(answer) || answer.metadata.uid !== item.uid) {
    enqueueAll(ctx, dependents(ctx, item))
    return undefined
  }
  if (known && isDeletingDependents(known)) return finishForeground(ctx, item, answer)
  const references = answer.metadata.ownerReferences ?? []
  if (references.length === 0) return undefined
  const { solid, dangling, waiting } = classify(ctx, item, answer, references)
  if (solid.length > 0) {
    const gone = [...dangling, ...waiting]
    if (gone.length > 0) dropReferences(ctx, item.resource, answer, gone)
    return undefined
  }
  const own = waiting.length > 0 ? dependents(ctx, item) : []
  if (own.length > 0) {
    if (own.some(({ object }) => isDeletingDependents(object))) unblock(ctx, item.resource, answer)
    return deleteItem(ctx, item, answer, 'Foreground')
  }
  const finalizers = answer.metadata.finalizers ?? []
  return deleteItem(ctx, item, answer, finalizers.includes(ORPHAN) ? 'Orphan' : finalizers.includes(FOREGROUND) ? 'Foreground' : 'Background')
}

interface Owners {
  readonly solid: readonly OwnerReference[]
  readonly dangling: readonly OwnerReference[]
  readonly waiting: readonly OwnerReference[]
}

/** Each owner is read afresh: there, gone, or waiting for its dependents. */
function classify(ctx: ControllerContext, item: Item, object: KubeObject, references: readonly OwnerReference[]): Owners {
  const graph = reconcileGraph(ctx)
  const solid: OwnerReference[] = []
  const dangling: OwnerReference[] = []
  const waiting: OwnerReference[] = []
  for (const ref of references) {
    const resource = ownerResourceIn(graph, ref)
    if (!resource) throw new Refused(`unable to get REST mapping for ${ref.apiVersion}/${ref.kind}.`)
    // A cluster-wide object cannot have an owner in a namespace: nobody can say whether that exists.
    if (resource.namespaced && item.namespace === undefined) {
      invalidNamespace(ctx, object, ref)
      solid.push(ref)
      continue
    }
    const namespace = ownerNamespace(resource, object.metadata)
    const elsewhere = graph.lister(resource).by('uid', ref.uid)
    if (elsewhere.some((o) => o.metadata.namespace !== namespace)) invalidNamespace(ctx, object, ref)
    const owner = ctx.call(get(resource, namespace, ref.name))
    if (isStatus(owner) && !isNotFound(owner)) throw new Refused(owner)
    if (isStatus(owner) || owner.metadata.uid !== ref.uid) dangling.push(ref)
    else if (isDeletingDependents(owner)) waiting.push(ref)
    else solid.push(ref)
  }
  return { solid, dangling, waiting }
}

function invalidNamespace(ctx: ControllerContext, object: KubeObject, ref: OwnerReference): void {
  const namespace = object.metadata.namespace ?? ''
  ctx.event(object, 'Warning', 'OwnerRefInvalidNamespace', `ownerRef ${referenceText(ref, namespace)} does not exist in namespace ${JSON.stringify(namespace)}`)
}

function deleteItem(ctx: ControllerContext, item: Item, object: KubeObject, propagationPolicy: Propagation): undefined {
  ctx.note('gc.delete', { kind: object.kind, name: item.name, owner: object.metadata.ownerReferences?.[0]?.name ?? '', policy: propagationPolicy })
  const { uid, resourceVersion } = object.metadata
  const answer = ctx.call(remove(item.resource, object, { propagationPolicy, preconditions: { uid, resourceVersion } }))
  if (isStatus(answer) && !isNotFound(answer)) throw new Refused(answer)
}

function dropReferences(ctx: ControllerContext, resource: StoredResource, object: KubeObject, gone: readonly OwnerReference[]): void {
  ctx.note('gc.dropOwner', { kind: object.kind, name: object.metadata.name, owner: gone.map((ref) => ref.name).join(', ') })
  const answer = ctx.call(patch(resource, object, dropping(object, gone.map((ref) => ref.uid))))
  if (isStatus(answer) && !isNotFound(answer) && !isInvalid(answer)) throw new Refused(answer)
}

const dropping = (object: KubeObject, uids: readonly string[]): JsonValue => ({
  metadata: { uid: uidOf(object), ownerReferences: uids.map((uid) => ({ $patch: 'delete', uid })) },
})

/** Breaks a circle of owners that all wait for each other. */
function unblock(ctx: ControllerContext, resource: StoredResource, object: KubeObject): void {
  const ownerReferences = (object.metadata.ownerReferences ?? []).map((ref) => ({ ...ref, blockOwnerDeletion: false }))
  must(ctx.call(patch(resource, object, { metadata: { uid: uidOf(object), ownerReferences } } as unknown as JsonValue)))
}

/** A foreground deletion ends when no blocking dependent is left; those that are get deleted (processDeletingDependentsItem). */
function finishForeground(ctx: ControllerContext, item: Item, object: KubeObject): undefined {
  const blocking = dependents(ctx, item).filter((dependent) => blocks(dependent.object, item.uid))
  if (blocking.length === 0) return dropFinalizer(ctx, item, FOREGROUND)
  ctx.note('gc.waits', { kind: object.kind, name: item.name, count: blocking.length })
  enqueueAll(ctx, blocking.filter(({ object: dependent }) => !isDeletingDependents(dependent)))
}

/** All dependents lose the reference, then the owner may go (garbagecollector.go: orphanDependents). */
function orphan(ctx: ControllerContext, item: Item, object: KubeObject): undefined {
  const own = dependents(ctx, item)
  ctx.note('gc.orphan', { kind: object.kind, name: item.name, count: own.length })
  const answers = ctx.all(own.map((dependent) => patch(dependent.resource, dependent.object, dropping(dependent.object, [item.uid]))))
  const failed = answers.find((answer) => isStatus(answer) && !isNotFound(answer) && !isInvalid(answer))
  if (failed && isStatus(failed)) throw new Refused(failed)
  dropFinalizer(ctx, item, ORPHAN)
}

const TRIES = 5

/** Reads the object afresh and takes one finalizer away; a conflict is tried again. */
function dropFinalizer(ctx: ControllerContext, item: Item, finalizer: string): undefined {
  for (let i = 0; i < TRIES; i++) {
    const fresh = ctx.call(get(item.resource, item.namespace, item.name))
    if (isNotFound(fresh)) return undefined
    if (isStatus(fresh)) throw new Refused(fresh)
    const finalizers = fresh.metadata.finalizers ?? []
    if (!finalizers.includes(finalizer)) return undefined
    ctx.note('gc.dropFinalizer', { kind: fresh.kind, name: item.name, finalizer })
    const body = { metadata: { resourceVersion: fresh.metadata.resourceVersion, finalizers: finalizers.filter((f) => f !== finalizer) } }
    const answer = ctx.call(patch(item.resource, fresh, body, 'merge'))
    if (!isStatus(answer) || isNotFound(answer)) return undefined
    if (!isConflict(answer)) throw new Refused(answer)
  }
  throw new Refused(`updateMaxRetries(${TRIES}) has reached. The garbage collector will retry later for owner ${item.name}`)
}
