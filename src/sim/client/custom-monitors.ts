import type { KubeObject } from '../api/meta.ts'
import { seconds } from '../engine/time.ts'
import type { Index, Table } from '../engine/table.ts'
import type { CustomResourceDefinition } from '../kinds/customresourcedefinition/customresourcedefinition.ts'
import type { Controller, ControllerContext, HandlerContext, Watches } from './controller.ts'
import type { Lister } from './lister.ts'
import { CRDS, customResource, storedResource, type StoredResource } from './resources.ts'
import type { WatchDelivery } from './transport.ts'

/** State tables of a controller with monitors: the custom resources that it watches, and their objects by "widgets.example.com ns/name". */
export const MONITOR_STATE = ['monitors', 'custom'] as const
/** The queue's key for a look at what discovery serves. */
export const MONITORS = 'monitors'
/** How often controllers look; rounds in which nothing has changed are no events. */
const PERIOD = seconds(30)

type States = Pick<HandlerContext, 'state'>
export const monitorsOf = (ctx: States): Table<StoredResource> => ctx.state<StoredResource>('monitors')
export const customOf = (ctx: States): Table<KubeObject> => ctx.state<KubeObject>('custom')
const customKey = (resource: string, { namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): string => `${resource} ${namespace ? `${namespace}/` : ''}${name}`

export const isCustom = (resource: StoredResource): boolean => storedResource(resource.resource) !== resource
/** The name of a resource in keys: "pods", and "widgets.example.com" for those that CustomResourceDefinitions make. */
export const resourceKey = (resource: StoredResource): string => (isCustom(resource) ? `${resource.resource}.${resource.group}` : resource.resource)

interface Indexes {
  readonly owners: Index<KubeObject>
  readonly uids: Index<KubeObject>
}
const indexes = new WeakMap<Table<KubeObject>, Indexes>()

/** Indexes of the custom objects by the uids of their owners and their own. */
export function customIndexes(table: Table<KubeObject>): Indexes {
  let found = indexes.get(table)
  if (!found) indexes.set(table, (found = { owners: table.index((o) => o.metadata.ownerReferences?.map((ref) => ref.uid)), uids: table.index((o) => o.metadata.uid) }))
  return found
}

/** Objects of one custom resource, as far as the controller has heard of them. Of indexes only 'uid' is there. */
export function customLister(table: Table<KubeObject>, resource: StoredResource): Lister<KubeObject> {
  const name = resourceKey(resource)
  const own = (keys: readonly string[]): readonly KubeObject[] => keys.filter((key) => key.startsWith(`${name} `)).map((key) => table.get(key)!)
  return {
    get: (namespace, object) => table.get(customKey(name, { namespace, name: object })),
    list: (namespace) => own([...table.keys()]).filter((object) => namespace === undefined || object.metadata.namespace === namespace),
    by: (_index, value) => own([...customIndexes(table).uids.keys(value)]),
  }
}

/** What a controller with monitors has besides: its parts for `Controller`, and the reconcile of the key MONITORS. */
export interface Monitors extends Pick<Required<Controller>, 'start' | 'deliver'> {
  readonly watches: Watches<CustomResourceDefinition>
  sync(ctx: ControllerContext, note: string): undefined
}

/**
 * Monitors of the kinds that CustomResourceDefinitions make, as controllers have them that care for objects of any kind: what
 * discovery serves is looked at every 30 seconds (garbagecollector.go and resource_quota_controller.go: Sync).
 */
export function customMonitors(handlersOf: (resource: StoredResource) => Omit<Watches, 'resource'>): Monitors {
  return {
    watches: watchDefinitions,
    start: (ctx) => {
      if (ctx.lister(CRDS.resource).list().length > 0) ctx.enqueue(MONITORS)
    },
    deliver: (ctx, delivery) => deliver(ctx, delivery, handlersOf),
    sync(ctx, note) {
      const served = ctx.lister<CustomResourceDefinition>(CRDS.resource).list().map(customResource)
      const wanted = new Map(served.filter((r): r is StoredResource => r !== undefined).map((r) => [resourceKey(r), r]))
      const changes = ctx.inside((handler) => resync(handler, wanted))
      if (changes > 0) ctx.note(note, { count: wanted.size })
    },
  }
}

function lookAtNextRound(ctx: HandlerContext): void {
  ctx.enqueueAfter(MONITORS, PERIOD - (ctx.now % PERIOD))
}

const watchDefinitions: Watches<CustomResourceDefinition> = {
  resource: CRDS,
  onAdd: (ctx, crd) => customResource(crd) && lookAtNextRound(ctx),
  onUpdate: (ctx, _old, crd) => {
    const [now, before] = [customResource(crd), monitorsOf(ctx).get(crd.metadata.name)]
    if (now?.version !== before?.version || now?.kind !== before?.kind) lookAtNextRound(ctx)
  },
  onDelete: (ctx, crd) => monitorsOf(ctx).has(crd.metadata.name) && lookAtNextRound(ctx),
}

/** Watches exactly the custom resources that are served now (graph_builder.go: syncMonitors); the number of changes. */
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

type Handlers = Omit<Watches, 'resource'>

function deliver(ctx: HandlerContext, { type, object, items, data }: WatchDelivery, handlersOf: (resource: StoredResource) => Handlers): void {
  const key = data as string
  const resource = monitorsOf(ctx).get(key)
  if (!resource) return
  const handlers = handlersOf(resource)
  if (type === 'EXPIRED') ctx.watch(key, resource)
  else if (type === 'SYNC') replace(ctx, key, handlers, items ?? [])
  else if (type === 'DELETED') remove(ctx, handlers, customKey(key, object!.metadata))
  else put(ctx, handlers, customKey(key, object!.metadata), object!)
}

function replace(ctx: HandlerContext, key: string, handlers: Handlers, items: readonly KubeObject[]): void {
  const present = new Set(items.map(({ metadata }) => customKey(key, metadata)))
  for (const known of objectsOf(ctx, key)) if (!present.has(known)) remove(ctx, handlers, known)
  for (const object of items) put(ctx, handlers, customKey(key, object.metadata), object)
}

function put(ctx: HandlerContext, handlers: Handlers, key: string, object: KubeObject): void {
  const old = customOf(ctx).get(key)
  customOf(ctx).set(key, object)
  if (old) handlers.onUpdate?.(ctx, old, object)
  else handlers.onAdd?.(ctx, object)
}

function remove(ctx: HandlerContext, handlers: Handlers, key: string): void {
  const old = customOf(ctx).get(key)
  if (!old) return
  customOf(ctx).delete(key)
  handlers.onDelete?.(ctx, old)
}
