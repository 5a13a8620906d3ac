import { splitApiVersion, type KubeObject, type OwnerReference } from '../../api/meta.ts'
import type { ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { Lister } from '../../client/lister.ts'
import { customIndexes, customLister, customOf, isCustom, monitorsOf, resourceKey } from '../../client/custom-monitors.ts'
import { ownerResource, storedResource, storedResources, type StoredResource } from '../../client/resources.ts'

/** Kinds whose objects are nobody's dependents and come in swarms (garbagecollector: DefaultIgnoredResources). */
const IGNORED: ReadonlySet<string> = new Set(['events'])
export const collected: readonly StoredResource[] = storedResources.filter((r) => !IGNORED.has(r.resource))
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

/** As event handlers see it. */
export function handlerGraph(ctx: HandlerContext): Graph {
  const table = customOf(ctx)
  return {
    monitors: () => monitorsOf(ctx).values(),
    cache: (plural) => ctx.lister(plural),
    lister: (resource) => (isCustom(resource) ? customLister(table, resource) : ctx.lister(resource.resource)),
    customDependents: (uid) => (table.size === 0 ? [] : [...customIndexes(table).owners.keys(uid)].map((key) => table.get(key)!)),
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
    lister: (resource) => (isCustom(resource) ? logged(customLister(table, resource)) : ctx.lister(resource.resource)),
    customDependents: (uid) => ctx.once(() => [...customIndexes(table).owners.keys(uid)].map((key) => table.get(key)!)),
  }
}

/** The resource behind a key's name. */
export const resourceNamed = (graph: Graph, name: string): StoredResource | undefined => storedResource(name) ?? (name.includes('.') ? graph.monitors().find((r) => resourceKey(r) === name) : undefined)

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
