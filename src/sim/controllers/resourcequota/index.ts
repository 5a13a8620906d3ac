import { deepEqual, semanticEqual } from '../../api/deep.ts'
import { keyOf, splitKey, type KubeObject } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { concerns, masked, totalUsage, type CountedKind, type ResourceQuota } from '../../api/quota.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext, Watches } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { update } from '../../client/request.ts'
import { customLister, customMonitors, customOf, MONITORS, MONITOR_STATE, monitorsOf } from '../../client/custom-monitors.ts'
import { storedResources, type StoredResource } from '../../client/resources.ts'
import { parseTime, seconds } from '../../engine/time.ts'

const QUOTAS = { group: '', version: 'v1', resource: 'resourcequotas' } as const
const counted = storedResources.filter((r) => r.namespaced && r.resource !== 'events')
const kindOf = (r: StoredResource): CountedKind => ({ group: r.group, plural: r.resource })

/** Something was freed: the quotas of the namespace that count such objects are looked at again. */
function freed(ctx: HandlerContext, resource: StoredResource, object: KubeObject): void {
  for (const quota of ctx.lister<ResourceQuota>('resourcequotas').list(object.metadata.namespace))
    if (concerns(quota, kindOf(resource))) ctx.enqueue(keyOf(quota))
}

/** Does an update free or move anything? Ended pods do, and Services that change their type. */
function frees(resource: StoredResource, old: KubeObject, object: KubeObject): boolean {
  if (resource.resource === 'pods') return !isPodTerminal(old as Pod) && isPodTerminal(object as Pod)
  if (resource.resource !== 'services') return false
  return (old.spec as { type?: string } | undefined)?.type !== (object.spec as { type?: string } | undefined)?.type
}

const replenishing = counted
  .filter((r) => r.resource !== 'resourcequotas')
  .map((resource): Watches => ({
    resource,
    onUpdate: (ctx, old, object) => frees(resource, old, object) && freed(ctx, resource, object),
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

/** Counts what ResourceQuotas limit (kube-controller-manager: resourcequota); new objects are charged by admission. */
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
      onUpdate: (ctx, old: ResourceQuota, quota: ResourceQuota) => old.spec !== quota.spec && !deepEqual(old.spec, quota.spec) && ctx.enqueue(keyOf(quota)),
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
  const used = masked(totalUsage(quota, [...objects, ...custom]), hard)
  if (semanticEqual(quota.status?.hard, hard) && semanticEqual(quota.status?.used, used)) return undefined
  ctx.note('resourcequota.status', { name, used: Object.keys(used).sort().map((k) => `${k}=${used[k]}`).join(', ') })
  const answer = ctx.call(update(QUOTAS, { ...quota, status: { hard, used } }, 'status'))
  return isStatus(answer) && !isNotFound(answer) ? { retry: answer.message ?? '' } : undefined
}

/** Custom objects of the namespace that the quota counts. */
function customCounts(ctx: ControllerContext, quota: ResourceQuota, namespace: string | undefined): readonly (readonly [CountedKind, readonly KubeObject[]])[] {
  return ctx.once(() => monitorsOf(ctx).values()
    .filter((resource) => resource.namespaced && concerns(quota, kindOf(resource)))
    .map((resource) => [kindOf(resource), customLister(customOf(ctx), resource).list(namespace)] as const))
}
