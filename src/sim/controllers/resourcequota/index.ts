import { deepEqual, semanticEqual } from '../../api/deep.ts'
import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { concerns, isTerminating, masked, totalUsage, uncountedFrom, type CountedKind, type ResourceQuota } from '../../api/quota.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext, Watches } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { update } from '../../client/request.ts'
import { customLister, customMonitors, customOf, MONITORS, MONITOR_STATE, monitorsOf } from '../../client/custom-monitors.ts'
import { storedResources, type StoredResource } from '../../client/resources.ts'
import { parseTime, seconds, type Micros } from '../../engine/time.ts'
import { RESOURCE_QUOTA_SYNC_PERIOD } from '../../flags/kube-controller-manager.ts'

const QUOTAS = { group: '', version: 'v1', resource: 'resourcequotas' } as const
const PODS: CountedKind = { group: '', plural: 'pods' }
const counted = storedResources.filter((r) => r.namespaced && r.resource !== 'events')
const kindOf = (r: StoredResource): CountedKind => ({ group: r.group, plural: r.resource })

/** Something was freed: the quotas of the namespace that count such objects are looked at again. */
function freed(ctx: HandlerContext, resource: StoredResource, object: KubeObject): void {
  for (const quota of ctx.lister<ResourceQuota>('resourcequotas').list(object.metadata.namespace))
    if (concerns(quota, kindOf(resource))) ctx.enqueue(keyOf(quota))
}

/** Does an update free or move anything (pkg/quota/v1/install: update_filter.go)? */
function frees(resource: StoredResource, old: KubeObject, object: KubeObject): boolean {
  if (resource.resource === 'pods') return podFrees(old as Pod, object as Pod)
  if (resource.resource === 'persistentvolumeclaims') return old.status !== object.status && !deepEqual(old.status, object.status)
  if (resource.resource !== 'services') return false
  return (old.spec as { type?: string } | undefined)?.type !== (object.spec as { type?: string } | undefined)?.type
}

function podFrees(old: Pod, pod: Pod): boolean {
  if (isPodTerminal(old) !== isPodTerminal(pod) || isTerminating(old) !== isTerminating(pod)) return true
  // What a pod has differs from what it was made with only after its spec has changed.
  return (pod.metadata.generation ?? 1) > 1 && old.status?.containerStatuses !== pod.status?.containerStatuses && !deepEqual(resourcesOf(old), resourcesOf(pod))
}

const resourcesOf = ({ status }: Pod): unknown => [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].map((c) => [c.name, c.resources])

const nextRound = (period: Micros, now: Micros): Micros => period - (now % period)

/** A pod that begins to go may get stuck: the rounds over all quotas find that. */
function goes(ctx: HandlerContext, pod: KubeObject): void {
  for (const quota of ctx.lister<ResourceQuota>('resourcequotas').list(pod.metadata.namespace))
    if (concerns(quota, PODS)) ctx.enqueueAfter(keyOf(quota), nextRound(ctx.flag(RESOURCE_QUOTA_SYNC_PERIOD), ctx.now))
}

const replenishing = counted
  .filter((r) => r.resource !== 'resourcequotas')
  .map((resource): Watches => ({
    resource,
    onUpdate(ctx, old, object) {
      if (frees(resource, old, object)) freed(ctx, resource, object)
      else if (resource.resource === 'pods' && object.metadata.deletionTimestamp !== old.metadata.deletionTimestamp) goes(ctx, object)
    },
    onDelete: (ctx, object) => freed(ctx, resource, object),
  }))

const monitors = customMonitors((resource) => ({
  onAdd: (ctx, object) => recounted(ctx, resource, object),
  onDelete: (ctx, object) => freed(ctx, resource, object),
}))

/** What admission has charged needs no second count; what was there before its kind was discovered does. */
function recounted(ctx: HandlerContext, resource: StoredResource, object: KubeObject): void {
  const isNew = ctx.now - (parseTime(object.metadata.creationTimestamp) ?? 0) < seconds(2)
  if (!isNew) freed(ctx, resource, object)
}

/**
 * Counts what ResourceQuotas limit (kube-controller-manager: resourcequota); new objects are charged by admission. Its rounds over all quotas are
 * looks at those whose numbers changed since, or that count pods which may be stuck.
 */
export const resourceQuotaController: Controller = {
  name: 'resourcequota-controller',
  workers: 5,
  state: MONITOR_STATE,
  start: monitors.start,
  deliver: monitors.deliver,
  watches: [
    monitors.watches,
    {
      resource: QUOTAS,
      onAdd: (ctx, quota: ResourceQuota) => ctx.enqueue(keyOf(quota)),
      onUpdate(ctx, old: ResourceQuota, quota: ResourceQuota) {
        if (old.spec !== quota.spec && !deepEqual(old.spec, quota.spec)) ctx.enqueue(keyOf(quota))
        else if (old.status !== quota.status) ctx.enqueueAfter(keyOf(quota), nextRound(ctx.flag(RESOURCE_QUOTA_SYNC_PERIOD), ctx.now))
      },
    },
    ...replenishing,
  ],
  reconcile: (ctx, key) => (key === MONITORS ? monitors.sync(ctx, 'resourcequota.monitors') : sync(ctx, key)),
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const quota = ctx.lister<ResourceQuota>('resourcequotas').get(namespace, name)
  if (!quota) return undefined
  const hard = quota.spec?.hard ?? {}
  const objects = counted
    .filter((resource) => concerns(quota, kindOf(resource)))
    .map((resource) => [kindOf(resource), ctx.lister<KubeObject>(resource.resource).list(namespace)] as const)
  const custom = Object.keys(hard).some((name) => name.startsWith('count/') && name.includes('.')) ? customCounts(ctx, quota, namespace) : []
  const { now } = ctx
  const used = masked(totalUsage(quota, [...objects, ...custom], now), hard)
  const stuck = objects.some(([kind, pods]) => kind.plural === 'pods' && pods.some((pod) => (uncountedFrom(pod as Pod) ?? 0) >= now))
  const again = stuck ? { after: nextRound(ctx.flag(RESOURCE_QUOTA_SYNC_PERIOD), now) } : undefined
  if (semanticEqual(quota.status?.hard, hard) && semanticEqual(quota.status?.used, used)) return again
  ctx.note('resourcequota.status', { name, used: Object.keys(used).sort().map((k) => `${k}=${used[k]}`).join(', ') })
  const answer = ctx.call(update(QUOTAS, { ...quota, status: { hard, used } }, 'status'))
  return isStatus(answer) && !isNotFound(answer) ? { retry: answer.message ?? '' } : again
}

/** Custom objects of the namespace that the quota counts. */
function customCounts(ctx: ControllerContext, quota: ResourceQuota, namespace: string | undefined): readonly (readonly [CountedKind, readonly KubeObject[]])[] {
  return ctx.once(() => monitorsOf(ctx).values()
    .filter((resource) => resource.namespaced && concerns(quota, kindOf(resource)))
    .map((resource) => [kindOf(resource), customLister(customOf(ctx), resource).list(namespace)] as const))
}
