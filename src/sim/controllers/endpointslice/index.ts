import { isConditionTrue } from '../../api/conditions.ts'
import { matchesSet } from '../../api/labels.ts'
import { isBeingDeleted, splitKey } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isNamespaceTerminating, isStatus } from '../../api/status.ts'
import type { Controller, ControllerContext, HandlerContext, Watches } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, ENDPOINT_SLICES, NODES, remove, update } from '../../client/request.ts'
import { podsOfServices, services } from '../../client/services/pods.ts'
import { MANAGED_BY, ownSlices, SERVICE_NAME, SliceTracker, TRACKED } from '../../client/services/slice-tracker.ts'
import { LAST_CHANGE, lastChangeTriggerTime } from '../../client/services/trigger-times.ts'
import { seconds } from '../../engine/time.ts'
import { ENDPOINTSLICE_UPDATES_BATCH_PERIOD, MAX_ENDPOINTS_PER_SLICE } from '../../flags/kube-controller-manager.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Service } from '../../kinds/service/service.ts'
import { addressTypes, desiredEndpoints, type AddressType } from './desired.ts'
import { byDistribution, isReady, readyOnes, wantsTopology } from './hints.ts'
import { CONTROLLER, planSlices, type SlicePlan } from './plan.ts'
import { byTopology, cpuShares, isOverloaded, type ByZone } from './topology.ts'

/** Syncs that fail or see a stale cache come again after a second (endpointslice: defaultSyncBackOff). */
const BACK_OFF = seconds(1)
/** The state table of endpoints by zone, by Service and family, and the queue's key for a look at it. */
const ZONES = 'zones'
const TOPOLOGY = 'topology'

const zoneOf = (node: Node): string | undefined => node.metadata.labels?.['topology.kubernetes.io/zone']
const isUp = (node: Node): boolean => isConditionTrue(node.status?.conditions, 'Ready')

/** Only Services with hints of the topology mode care about nodes. */
const lookAgain = (ctx: HandlerContext): void => {
  if (ctx.state(ZONES).size > 0) ctx.enqueue(TOPOLOGY)
}

const nodes: Watches<Node> = {
  resource: NODES,
  onAdd: lookAgain,
  onUpdate: (ctx, old, node) => (isUp(old) !== isUp(node) || zoneOf(old) !== zoneOf(node)) && lookAgain(ctx),
  onDelete: lookAgain,
}

/** Keeps the EndpointSlices of Services with a selector (kube-controller-manager: endpointslice). */
export const endpointSliceController: Controller = {
  name: 'endpointslice-controller',
  component: 'endpoint-slice-controller',
  workers: 5,
  watches: [services, podsOfServices(ENDPOINTSLICE_UPDATES_BATCH_PERIOD), ownSlices(CONTROLLER, BACK_OFF, ENDPOINTSLICE_UPDATES_BATCH_PERIOD), nodes],
  state: [TRACKED, 'trigger-times', ZONES],
  reconcile: (ctx, key) => (key === TOPOLOGY ? checkTopology(ctx) : sync(ctx, key)),
}

function sync(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const service = ctx.lister<Service>('services').get(namespace, name)
  if (!service) return forget(ctx, key)
  if (service.spec.type === 'ExternalName' || !service.spec.selector) return undefined
  const pods = ctx.lister<Pod>('pods').list(namespace).filter((pod) => matchesSet(service.spec.selector, pod.metadata.labels))
  const existing = ctx
    .lister<EndpointSlice>('endpointslices')
    .list(namespace)
    .filter((s) => s.metadata.labels?.[SERVICE_NAME] === name && s.metadata.labels[MANAGED_BY] === CONTROLLER && !isBeingDeleted(s))
  if (ctx.once(() => new SliceTracker(ctx).isStale(key, existing))) {
    ctx.note('endpointslice.stale', { key, name: service.metadata.name })
    return { after: BACK_OFF }
  }
  const trigger = ctx.once(() => lastChangeTriggerTime(ctx.state('trigger-times'), key, service, pods) ?? null)
  const failure = writeAll(ctx, key, service, existing, pods, trigger)
  if (failure === undefined) return undefined
  ctx.event(service, 'Warning', 'FailedToUpdateEndpointSlices', `Error updating Endpoint Slices for Service ${key}: ${failure}`)
  return { after: BACK_OFF }
}

function forget(ctx: ControllerContext, key: string): undefined {
  ctx.once(() => {
    ctx.state('trigger-times').delete(key)
    new SliceTracker(ctx).forget(key)
    for (const row of [...ctx.state(ZONES).keys()]) if (row.startsWith(`${key} `)) ctx.state(ZONES).delete(row)
    return null
  })
}

/** Reconciles each address family; the first failure's message. */
function writeAll(ctx: ControllerContext, key: string, service: Service, existing: readonly EndpointSlice[], pods: readonly Pod[], trigger: string | null): string | undefined {
  const types = addressTypes(service)
  const nodes = ctx.lister<Node>('nodes')
  const known = new Map<string, Node | undefined>()
  const nodeOf = (name: string): Node | undefined => {
    if (!known.has(name)) known.set(name, nodes.get(undefined, name))
    return known.get(name)
  }
  let failure: string | undefined
  for (const type of types) {
    const { groups, missing } = desiredEndpoints(service, pods, nodeOf, type)
    const own = existing.filter((s) => s.addressType === type)
    const plan = withTopology(ctx, key, service, type, own, planSlices(service, type, own, groups, ctx.flag(MAX_ENDPOINTS_PER_SLICE)))
    describe(ctx, key, service, plan, [...groups.values()].reduce((n, g) => n + [...g.endpoints.values()].filter(isReady).length, 0), own.reduce((n, slice) => n + readyOnes(slice).length, 0))
    const refusal = write(ctx, key, service, plan, trigger)
    failure ??= refusal
    for (const pod of missing) failure ??= `skipping Pod ${pod.metadata.name} for Service ${key}: Node ${pod.spec.nodeName ?? ''} Not Found`
  }
  const strange = existing.filter((s) => !types.some((type) => type === s.addressType))
  return failure ?? write(ctx, key, service, { create: [], update: [], remove: strange }, trigger)
}

/** Hints of the topology mode, or else of the Service's traffic distribution; none for any other Service. */
function withTopology(ctx: ControllerContext, key: string, service: Service, type: AddressType, existing: readonly EndpointSlice[], plan: SlicePlan): SlicePlan {
  const row = `${key} ${type}`
  const known = ctx.once(() => ctx.state<ByZone>(ZONES).has(row))
  const tell = (type_: 'Normal' | 'Warning', reason: string, message: string): void => ctx.event(service, type_, reason, `${message}, addressType: ${type}`)
  if (!wantsTopology(service)) {
    if (known) {
      tell('Warning', 'TopologyAwareHintsDisabled', 'Topology Aware Hints has been disabled')
      remember(ctx, row, undefined)
    }
    return byDistribution(service, existing, plan)
  }
  const hinted = byTopology(existing, plan, cpuShares(ctx.lister<Node>('nodes').list()))
  if (hinted.problem !== undefined) tell('Warning', 'TopologyAwareHintsDisabled', hinted.problem)
  else if (!known) tell('Normal', 'TopologyAwareHintsEnabled', 'Topology Aware Hints has been enabled')
  remember(ctx, row, hinted.counts)
  return hinted.plan
}

/** How many endpoints each zone has, for the next change of nodes. */
function remember(ctx: ControllerContext, row: string, counts: ByZone | undefined): void {
  ctx.once(() => {
    const table = ctx.state<ByZone>(ZONES)
    if (counts) table.set(row, counts)
    else table.delete(row)
    return null
  })
}

/** Services whose hints do not fit the nodes any more are looked at again (checkNodeTopologyDistribution). */
function checkTopology(ctx: ControllerContext): undefined {
  const shares = cpuShares(ctx.lister<Node>('nodes').list())
  const rows = ctx.once(() => ctx.state<ByZone>(ZONES).keys().map((row) => [row, ctx.state<ByZone>(ZONES).get(row)!] as const))
  for (const [row, counts] of rows) if (isOverloaded(counts, shares)) ctx.enqueueAfter(row.slice(0, row.lastIndexOf(' ')), 0)
}

function describe(ctx: ControllerContext, key: string, service: Service, plan: SlicePlan, desired: number, observed: number): void {
  const willDo = plan.create.length + plan.update.length + plan.remove.length
  const params = { key, name: service.metadata.name, desired, observed, difference: observed - desired, willDo }
  ctx.note(willDo === 0 ? 'endpointslice.rests.sync' : 'endpointslice.writes.sync', params)
}

function triggered(slice: EndpointSlice, trigger: string | null): EndpointSlice {
  const { [LAST_CHANGE]: _old, ...others } = slice.metadata.annotations ?? {}
  const annotations = trigger === null ? others : { ...others, [LAST_CHANGE]: trigger }
  return { ...slice, metadata: { ...slice.metadata, annotations } }
}

function write(ctx: ControllerContext, key: string, service: Service, plan: SlicePlan, trigger: string | null): string | undefined {
  const track = (effect: (tracker: SliceTracker) => void): void => {
    ctx.once(() => {
      effect(new SliceTracker(ctx))
      return null
    })
  }
  if (!isBeingDeleted(service))
    for (const slice of plan.create) {
      const made = ctx.call<EndpointSlice>(create(ENDPOINT_SLICES, service.metadata.namespace, triggered(slice, trigger)))
      if (isNamespaceTerminating(made)) return undefined
      if (isStatus(made)) return `failed to create EndpointSlice for Service ${key}: ${made.message}`
      track((tracker) => tracker.wrote(key, made))
    }
  for (const slice of plan.update) {
    const written = ctx.call<EndpointSlice>(update(ENDPOINT_SLICES, triggered(slice, trigger)))
    if (isStatus(written)) return `failed to update ${slice.metadata.name} EndpointSlice for Service ${key}: ${written.message}`
    track((tracker) => tracker.wrote(key, written))
  }
  for (const slice of plan.remove) {
    const gone = ctx.call(remove(ENDPOINT_SLICES, slice))
    if (isStatus(gone)) return `failed to delete ${slice.metadata.name} EndpointSlice for Service ${key}: ${gone.message}`
    track((tracker) => tracker.expectDeletion(key, slice))
  }
  return undefined
}
