import { isBeingDeleted, keyOf, splitKey } from '../../api/meta.ts'
import { isNamespaceTerminating, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, ENDPOINT_SLICES, ENDPOINTS, remove, SERVICES, update } from '../../client/request.ts'
import { MANAGED_BY, ownSlices, SERVICE_NAME, SliceTracker, TRACKED } from '../../client/services/slice-tracker.ts'
import { seconds } from '../../engine/time.ts'
import { MIRRORING_MAX_ENDPOINTS_PER_SUBSET, MIRRORING_UPDATES_BATCH_PERIOD } from '../../flags/kube-controller-manager.ts'
import type { Endpoints } from '../../kinds/endpoints/endpoints.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Service } from '../../kinds/service/service.ts'
import { MIRRORING, planMirror } from './plan.ts'

const BACK_OFF = seconds(1)
const SKIP = 'endpointslice.kubernetes.io/skip-mirror'
const LEADER = 'control-plane.alpha.kubernetes.io/leader'

const wake = (ctx: HandlerContext, service: Service): void => ctx.enqueue(keyOf(service))
const wakeLater = (ctx: HandlerContext, endpoints: Endpoints): void => ctx.enqueueAfter(keyOf(endpoints), ctx.flag(MIRRORING_UPDATES_BATCH_PERIOD))
const mirrors = (endpoints: Endpoints): boolean => endpoints.metadata.labels?.[SKIP] !== 'true' && endpoints.metadata.annotations?.[LEADER] === undefined

/** Copies Endpoints written by hand into EndpointSlices (kube-controller-manager: endpointslicemirroring). */
export const endpointSliceMirroringController: Controller = {
  name: 'endpointslice-mirroring-controller',
  component: 'endpoint-slice-mirroring-controller',
  workers: 5,
  watches: [
    {
      resource: SERVICES,
      onAdd: (ctx, service: Service) => service.spec.selector ?? wake(ctx, service),
      onUpdate: (ctx, old: Service, service: Service) => !old.spec.selector === !service.spec.selector || wake(ctx, service),
      onDelete: (ctx, service: Service) => service.spec.selector ?? wake(ctx, service),
    },
    {
      resource: ENDPOINTS,
      onAdd: (ctx, endpoints: Endpoints) => mirrors(endpoints) && wakeLater(ctx, endpoints),
      onUpdate: (ctx, old: Endpoints, endpoints: Endpoints) => (mirrors(old) || mirrors(endpoints)) && wakeLater(ctx, endpoints),
      onDelete: (ctx, endpoints: Endpoints) => mirrors(endpoints) && wakeLater(ctx, endpoints),
    },
    ownSlices(MIRRORING, 0),
  ],
  state: [TRACKED],
  reconcile: sync,
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const endpoints = ctx.lister<Endpoints>('endpoints').get(namespace, name)
  const service = ctx.lister<Service>('services').get(namespace, name)
  const existing = ctx
    .lister<EndpointSlice>('endpointslices')
    .list(namespace)
    .filter((s) => s.metadata.labels?.[SERVICE_NAME] === name && s.metadata.labels[MANAGED_BY] === MIRRORING)
  if (!endpoints || !mirrors(endpoints) || !service || service.spec.selector) return cleanUp(ctx, key, existing)
  if (ctx.once(() => new SliceTracker(ctx).isStale(key, existing))) return { after: BACK_OFF }
  const most = ctx.flag(MIRRORING_MAX_ENDPOINTS_PER_SUBSET)
  const plan = planMirror(endpoints, existing, most)
  if (plan.invalid > 0) ctx.event(endpoints, 'Warning', 'InvalidIPAddress', `Skipped ${plan.invalid} invalid IP addresses when mirroring to EndpointSlices`)
  if (plan.skipped > 0)
    ctx.event(endpoints, 'Warning', 'TooManyAddressesToMirror', `A max of ${most} addresses can be mirrored to EndpointSlices per Endpoints subset. ${plan.skipped} addresses were skipped`)
  const track = (effect: (tracker: SliceTracker) => void): void => {
    ctx.once(() => {
      effect(new SliceTracker(ctx))
      return null
    })
  }
  const observed = existing.reduce((n, { endpoints }) => n + (endpoints?.length ?? 0), 0)
  const willDo = plan.create.length + plan.update.length + plan.remove.length
  ctx.note(willDo ? 'mirroring.writes.sync' : 'mirroring.rests.sync', { key, name, desired: plan.wanted, observed, difference: observed - plan.wanted, willDo })
  for (const slice of isBeingDeleted(endpoints) ? [] : plan.create) {
    const made = ctx.call<EndpointSlice>(create(ENDPOINT_SLICES, namespace, slice))
    if (isNamespaceTerminating(made)) return undefined
    if (isStatus(made)) return { after: BACK_OFF }
    track((tracker) => tracker.wrote(key, made))
  }
  for (const slice of plan.update) {
    const written = ctx.call<EndpointSlice>(update(ENDPOINT_SLICES, slice))
    if (isStatus(written)) return { after: BACK_OFF }
    track((tracker) => tracker.wrote(key, written))
  }
  for (const slice of plan.remove) {
    if (isStatus(ctx.call(remove(ENDPOINT_SLICES, slice)))) return { after: BACK_OFF }
    track((tracker) => tracker.expectDeletion(key, slice))
  }
  return undefined
}

/** Nothing is to be mirrored: mirrored slices go. */
function cleanUp(ctx: ControllerContext, key: string, existing: readonly EndpointSlice[]): ReconcileResult {
  ctx.once(() => {
    new SliceTracker(ctx).forget(key)
    return null
  })
  const answers = ctx.all(existing.map((slice) => remove(ENDPOINT_SLICES, slice)))
  return answers.some(isStatus) ? { after: BACK_OFF } : undefined
}
