import type { KubeObject } from '../../api/meta.ts'
import type { ControllerContext, HandlerContext, Watches } from '../../client/controller.ts'
import { CRDS, customResource, type StoredResource } from '../../client/resources.ts'
import type { WatchDelivery } from '../../client/transport.ts'
import { seconds } from '../../engine/time.ts'
import type { CustomResourceDefinition } from '../../kinds/customresourcedefinition/customresourcedefinition.ts'
import { customKey, customOf, monitorsOf, resourceKey } from './graph.ts'
import { graphHandlers } from './handlers.ts'

/** The queue's key for a look at what discovery serves. */
export const MONITORS = 'monitors'
/** How often the collector looks; rounds in which nothing has changed are no events. */
const PERIOD = seconds(30)

function lookAtNextRound(ctx: HandlerContext): void {
  ctx.enqueueAfter(MONITORS, PERIOD - (ctx.now % PERIOD))
}

/** A definition that came, went or changed what it serves is noticed at the next round (garbagecollector.go: Sync). */
export const watchDefinitions: Watches<CustomResourceDefinition> = {
  resource: CRDS,
  onAdd: (ctx, crd) => customResource(crd) && lookAtNextRound(ctx),
  onUpdate: (ctx, _old, crd) => {
    const [now, before] = [customResource(crd), monitorsOf(ctx).get(crd.metadata.name)]
    if (now?.version !== before?.version || now?.kind !== before?.kind) lookAtNextRound(ctx)
  },
  onDelete: (ctx, crd) => monitorsOf(ctx).has(crd.metadata.name) && lookAtNextRound(ctx),
}

/** A collector that starts anew looks at once. */
export function startMonitors(ctx: HandlerContext): void {
  if (ctx.lister(CRDS.resource).list().length > 0) ctx.enqueue(MONITORS)
}

/** Watches exactly the custom resources that are served now (graph_builder.go: syncMonitors). */
export function syncMonitors(ctx: ControllerContext): undefined {
  const served = ctx.lister<CustomResourceDefinition>(CRDS.resource).list().map(customResource)
  const wanted = new Map(served.filter((r): r is StoredResource => r !== undefined).map((r) => [resourceKey(r), r]))
  const changes = ctx.inside((handler) => resync(handler, wanted))
  if (changes > 0) ctx.note('gc.monitors', { count: wanted.size })
}

function resync(ctx: HandlerContext, wanted: ReadonlyMap<string, StoredResource>): number {
  const monitors = monitorsOf(ctx)
  let changes = 0
  for (const key of [...monitors.keys()]) {
    if (wanted.get(key)?.version === monitors.get(key)!.version) continue
    ctx.unwatch(key)
    monitors.delete(key)
    changes++
    if (!wanted.has(key)) for (const object of objectsOf(ctx, key)) customOf(ctx).delete(object)
  }
  for (const [key, resource] of wanted) {
    if (monitors.has(key)) continue
    monitors.set(key, resource)
    ctx.watch(key, resource)
    changes++
  }
  return changes
}

const objectsOf = (ctx: HandlerContext, key: string): readonly string[] => [...customOf(ctx).keys()].filter((object) => object.startsWith(`${key} `))

/** What a monitor's watch brings goes into the graph. */
export function deliver(ctx: HandlerContext, { type, object, items, data }: WatchDelivery): void {
  const key = data as string
  const resource = monitorsOf(ctx).get(key)
  if (!resource) return
  if (type === 'EXPIRED') ctx.watch(key, resource)
  else if (type === 'SYNC') replace(ctx, key, resource, items ?? [])
  else if (type === 'DELETED') remove(ctx, resource, customKey(key, object!.metadata))
  else put(ctx, resource, customKey(key, object!.metadata), object!)
}

function replace(ctx: HandlerContext, key: string, resource: StoredResource, items: readonly KubeObject[]): void {
  const present = new Set(items.map(({ metadata }) => customKey(key, metadata)))
  for (const known of objectsOf(ctx, key)) if (!present.has(known)) remove(ctx, resource, known)
  for (const object of items) put(ctx, resource, customKey(key, object.metadata), object)
}

function put(ctx: HandlerContext, resource: StoredResource, key: string, object: KubeObject): void {
  const old = customOf(ctx).get(key)
  customOf(ctx).set(key, object)
  const handlers = graphHandlers(resource)
  if (old) handlers.onUpdate?.(ctx, old, object)
  else handlers.onAdd?.(ctx, object)
}

function remove(ctx: HandlerContext, resource: StoredResource, key: string): void {
  const old = customOf(ctx).get(key)
  if (!old) return
  customOf(ctx).delete(key)
  graphHandlers(resource).onDelete?.(ctx, old)
}
