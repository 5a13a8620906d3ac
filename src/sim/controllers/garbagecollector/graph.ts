import { splitApiVersion, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { Lister } from '../../client/lister.ts'
import { ownerResource, storedResources, type StoredResource } from '../../client/resources.ts'
import type { Index, Table } from '../../engine/table.ts'

/** Kinds whose objects are nobody's dependents and come in swarms (garbagecollector: DefaultIgnoredResources). */
const IGNORED: ReadonlySet<string> = new Set(['events'])
export const collected: readonly StoredResource[] = storedResources.filter((r) => !IGNORED.has(r.resource))
const byName: ReadonlyMap<string, StoredResource> = new Map(collected.map((r) => [r.resource, r]))

/** The name of a resource in keys: "pods", and "widgets.example.com" for those that CustomResourceDefinitions make. */
export const resourceKey = (resource: StoredResource): string => (byName.get(resource.resource) === resource ? resource.resource : `${resource.resource}.${resource.group}`)

/** An owner's object beside its resource. */
export interface Dependent {
  readonly resource: StoredResource
  readonly object: KubeObject
}

/** What the collector knows: the shared caches, and its own of custom resources. */
export interface Graph {
  /** Custom resources that are watched, by their keys. */
  monitors(): readonly StoredResource[]
  lister(resource: StoredResource): Lister<KubeObject>
  /** The shared cache of one of Kubernetes' own resources. */
  cache(plural: string): Lister<KubeObject>
  /** Custom objects that name a uid as an owner. */
  customDependents(uid: string): readonly KubeObject[]
}

/** State tables of the controller: the custom resources that it watches, and their objects by "widgets.example.com ns/name". */
export const STATE = ['monitors', 'custom'] as const
export const monitorsOf = (ctx: Pick<HandlerContext, 'state'>): Table<StoredResource> => ctx.state<StoredResource>('monitors')
export const customOf = (ctx: Pick<HandlerContext, 'state'>): Table<KubeObject> => ctx.state<KubeObject>('custom')
export const customKey = (resource: string, { namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): string => `${resource} ${namespace ? `${namespace}/` : ''}${name}`

const indexes = new WeakMap<Table<KubeObject>, { readonly owners: Index<KubeObject>; readonly uids: Index<KubeObject> }>()

function indexed(table: Table<KubeObject>): { readonly owners: Index<KubeObject>; readonly uids: Index<KubeObject> } {
  let found = indexes.get(table)
  if (!found) indexes.set(table, (found = { owners: table.index((o) => o.metadata.ownerReferences?.map((ref) => ref.uid)), uids: table.index((o) => o.metadata.uid) }))
  return found
}

/** Objects of one custom resource. Of indexes only 'uid' is there. */
function customLister(table: Table<KubeObject>, resource: string): Lister<KubeObject> {
  const own = (keys: readonly string[]): readonly KubeObject[] => keys.filter((key) => key.startsWith(`${resource} `)).map((key) => table.get(key)!)
  return {
    get: (namespace, name) => table.get(customKey(resource, { namespace, name })),
    list: (namespace) => own([...table.keys()]).filter((object) => namespace === undefined || object.metadata.namespace === namespace),
    by: (_index, value) => own([...indexed(table).uids.keys(value)]),
  }
}

const isCustom = (resource: StoredResource): boolean => byName.get(resource.resource) !== resource

/** As event handlers see it. */
export function handlerGraph(ctx: HandlerContext): Graph {
  const table = customOf(ctx)
  return {
    monitors: () => monitorsOf(ctx).values(),
    cache: (plural) => ctx.lister(plural),
    lister: (resource) => (isCustom(resource) ? customLister(table, resourceKey(resource)) : ctx.lister(resource.resource)),
    customDependents: (uid) => (table.size === 0 ? [] : [...indexed(table).owners.keys(uid)].map((key) => table.get(key)!)),
  }
}

/** As a reconcile sees it: every read is remembered. */
export function reconcileGraph(ctx: ControllerContext): Graph {
  const table = customOf(ctx)
  const logged = (cache: Lister<KubeObject>): Lister<KubeObject> => ({
    get: (namespace, name) => ctx.once(() => cache.get(namespace, name)),
    list: (namespace) => ctx.once(() => cache.list(namespace)),
    by: (index, value) => ctx.once(() => cache.by(index, value)),
  })
  return {
    monitors: () => ctx.once(() => monitorsOf(ctx).values()),
    cache: (plural) => ctx.lister(plural),
    lister: (resource) => (isCustom(resource) ? logged(customLister(table, resourceKey(resource))) : ctx.lister(resource.resource)),
    customDependents: (uid) => ctx.once(() => [...indexed(table).owners.keys(uid)].map((key) => table.get(key)!)),
  }
}

/** The resource behind a key's name. */
export const resourceNamed = (graph: Graph, name: string): StoredResource | undefined => byName.get(name) ?? (name.includes('.') ? graph.monitors().find((r) => resourceKey(r) === name) : undefined)

/** The resource of an owner reference, as the collector's discovery knows it; undefined for a kind that nobody serves, or that it has not discovered yet. */
export function ownerResourceIn(graph: Graph, ref: Pick<OwnerReference, 'apiVersion' | 'kind'>): StoredResource | undefined {
  const own = ownerResource(ref)
  if (own) return own
  const { group } = splitApiVersion(ref.apiVersion)
  return group.includes('.') ? graph.monitors().find((r) => r.group === group && r.kind === ref.kind) : undefined
}

/** Is the resource one whose objects are in the graph? */
export const isCollected = (resource: StoredResource | undefined): resource is StoredResource => resource !== undefined && !IGNORED.has(resource.resource)

/** Everything in the caches that names the uid as an owner, and may: in the same namespace, or of a cluster-wide owner. */
export function dependentsOf(graph: Graph, uid: string, namespace: string | undefined): readonly Dependent[] {
  const out: Dependent[] = []
  const take = (resource: StoredResource, object: KubeObject): void => {
    if (namespace === undefined || object.metadata.namespace === namespace) out.push({ resource, object })
  }
  for (const resource of collected) for (const object of graph.cache(resource.resource).by('dependents', uid)) take(resource, object)
  for (const object of graph.customDependents(uid)) {
    const resource = ownerResourceIn(graph, object)
    if (resource) take(resource, object)
  }
  return out
}
