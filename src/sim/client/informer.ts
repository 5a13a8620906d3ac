import { controllerOf, joinKey, keyOf, type KubeObject } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Teller } from '../engine/event.ts'
import { broken } from '../engine/invariant.ts'
import { KEY_ALONE, type Index, type Table } from '../engine/table.ts'
import { Tally, type Sum, type TallyRule } from '../engine/tally.ts'
import type { Cache } from './lister.ts'
import type { Client, WatchDelivery, WatchSpec } from './transport.ts'

/** Functions, not methods: they are called on their own. */
export interface InformerHandlers<T extends KubeObject = KubeObject> {
  readonly onAdd?: ((ctx: EventContext, obj: T) => void) | undefined
  readonly onUpdate?: ((ctx: EventContext, old: T, obj: T) => void) | undefined
  readonly onDelete?: ((ctx: EventContext, obj: T) => void) | undefined
}

/** The handlers of an informer by what they hear of, so that an event asks only those that listen to its kind. */
class HandlerLists<T extends KubeObject> {
  readonly adds: NonNullable<InformerHandlers<T>['onAdd']>[] = []
  readonly updates: NonNullable<InformerHandlers<T>['onUpdate']>[] = []
  readonly deletes: NonNullable<InformerHandlers<T>['onDelete']>[] = []

  push({ onAdd, onUpdate, onDelete }: InformerHandlers<T>): void {
    if (onAdd) this.adds.push(onAdd)
    if (onUpdate) this.updates.push(onUpdate)
    if (onDelete) this.deletes.push(onDelete)
  }
}

/** What happened to one object of a resource (client-go: Delta): the payload of the event that pops it. */
export interface Delta {
  readonly resource: string
  readonly key: string
  readonly type: 'Sync' | 'Added' | 'Updated' | 'Deleted'
  readonly object: KubeObject
}

/** A reflector's bookkeeping, shown in the loops view. `recent` has the last few watch events as they came, newest last. */
export interface ReflectorState {
  readonly listResourceVersion: string
  readonly lastResourceVersion: string
  readonly relists: number
  readonly recent: readonly WatchDelivery[]
}

type Recent = ReflectorState['recent']

/** The last four, written out because this happens at every watch event. */
function withLatest(before: Recent | undefined, latest: Recent[number]): Recent {
  const n = before?.length ?? 0
  return n === 0 ? [latest] : n < 4 ? [...before!, latest] : [before![1]!, before![2]!, before![3]!, latest]
}

const namespaceIndex = (obj: KubeObject): string | undefined => obj.metadata.namespace
const ownerIndex = (obj: KubeObject): string | undefined => controllerOf(obj)?.uid
const orphanIndex = (obj: KubeObject): string | undefined => (controllerOf(obj) ? undefined : obj.metadata.namespace)
/** One uid as a plain text, since most objects have one owner at most and an index compares texts quickly. */
const dependentsIndex = (obj: KubeObject): string | readonly string[] | undefined => {
  const owners = obj.metadata.ownerReferences
  return !owners || owners.length === 0 ? undefined : owners.length === 1 ? owners[0]!.uid : owners.map((o) => o.uid)
}
const owners = (obj: KubeObject): unknown => obj.metadata.ownerReferences
const uidIndex = (obj: KubeObject): string | undefined => obj.metadata.uid
const nodeIndex = (obj: KubeObject): string | undefined => (obj.spec as { nodeName?: string } | undefined)?.nodeName || undefined

/** One resource's indexer, with the handlers that listen to it. */
export class Informer<T extends KubeObject = KubeObject> implements Cache<T> {
  readonly spec: WatchSpec
  readonly cache: Table<T>
  readonly handlers = new HandlerLists<T>()
  readonly #indexes = new Map<string, Index<T>>()
  /** What was asked for last, and its key: the pods of one set ask for it one after another. */
  #namespace: string | undefined
  #name = ''
  #key = ''
  readonly #tallies = new Map<TallyRule<T, Sum<T>>, Tally<T, Sum<T>>>()

  constructor(engine: Engine, process: string, spec: WatchSpec) {
    this.spec = spec
    this.cache = engine.table<T>(`cache/${process}/${spec.resource}`)
    this.#indexes.set('namespace', this.cache.index(namespaceIndex, KEY_ALONE))
  }

  /** Declares an index (client-go: AddIndexers). 'namespace' always exists; 'owner', 'orphan', 'dependents', 'uid' and 'node' are made when first named. */
  addIndex(name: string, by: (obj: T) => string | readonly string[] | undefined, part?: (obj: T) => unknown): void {
    if (!this.#indexes.has(name)) this.#indexes.set(name, this.cache.index(by, part))
  }

  /** Declares a sum; rules are told apart by identity. */
  addTally(rule: TallyRule<T, Sum<T>>): void {
    if (!this.#tallies.has(rule)) this.#tallies.set(rule, this.cache.derive(new Tally(rule)))
  }

  tally<S extends Sum<T>>(rule: TallyRule<T, S>, group: string): S | undefined {
    const tally = this.#tallies.get(rule)
    if (!tally) broken(`informer of ${this.spec.resource} does not keep that tally; declare it with addTally()`)
    return tally.of(group) as S | undefined
  }

  /** Names of the indexes that the cache keeps, in the order in which they were declared. */
  get indexNames(): readonly string[] {
    return [...this.#indexes.keys()]
  }

  get(namespace: string | undefined, name: string): T | undefined {
    if (name !== this.#name || namespace !== this.#namespace) {
      this.#namespace = namespace
      this.#name = name
      this.#key = joinKey(namespace, name)
    }
    return this.cache.get(this.#key)
  }

  list(namespace?: string): readonly T[] {
    return namespace === undefined ? this.cache.values() : this.by('namespace', namespace)
  }

  by(index: string, value: string): readonly T[] {
    return this.index(index).keys(value).map((key) => this.cache.get(key)!)
  }

  index(name: string): Index<T> {
    if (name === 'owner') this.addIndex('owner', ownerIndex, owners)
    if (name === 'orphan') this.addIndex('orphan', orphanIndex, owners)
    if (name === 'dependents') this.addIndex('dependents', dependentsIndex, owners)
    if (name === 'uid') this.addIndex('uid', uidIndex)
    if (name === 'node') this.addIndex('node', nodeIndex)
    const index = this.#indexes.get(name)
    if (!index) broken(`informer of ${this.spec.resource} has no index ${name}; declare it with addIndex()`)
    return index
  }
}

/**
 * The shared informers of one process (client-go: SharedInformerFactory). A watch delivery reaches the reflector as one
 * event, which adds a delta to the FIFO; popping it, which updates the indexer and calls the handlers, is the next. So what is in
 * the FIFO are the pops to come.
 */
export class InformerFactory {
  readonly process: string
  readonly reflectors: Table<ReflectorState>
  readonly #engine: Engine
  readonly #client: Client
  readonly #actor: string
  readonly #informers = new Map<string, Informer>()
  readonly #heard: Teller = ({ payload }) => {
    const { type, object, data } = payload as WatchDelivery
    return { id: 'reflector.event', params: { process: this.process, type, key: `${data as string}/${keyOf(object!)}` } }
  }
  readonly #popped: Teller = ({ payload }) => {
    const { resource, key } = payload as Delta
    return { id: 'informer.pop', params: { process: this.process, key: `${resource}/${key}` } }
  }

  constructor(engine: Engine, process: string, client: Client) {
    this.process = process
    this.#engine = engine
    this.#client = client
    this.#actor = `informers-${process}`
    this.reflectors = engine.table<ReflectorState>(`reflectors/${process}`)
    engine.actor(this.#actor, {
      watch: (ctx, delivery: WatchDelivery) => this.#receive(ctx, delivery),
      pop: (ctx, delta: Delta) => this.#pop(ctx, this.#named(delta.resource), delta),
    })
  }

  informer<T extends KubeObject>(spec: WatchSpec): Informer<T> {
    let informer = this.#informers.get(spec.resource)
    if (!informer) this.#informers.set(spec.resource, (informer = new Informer(this.#engine, this.process, spec)))
    return informer as Informer as unknown as Informer<T>
  }

  /** The informer of a plural that somebody asked for at composition. */
  lister<T extends KubeObject>(resource: string): Informer<T> {
    return this.#named(resource) as unknown as Informer<T>
  }

  /** The delta FIFOs of all informers: what has been heard and not been popped yet, the oldest first. */
  deltas(): readonly Delta[] {
    const pops = this.#engine.queue.unordered().filter(({ actor, what }) => actor === this.#actor && what === 'pop')
    return pops.sort((a, b) => a.seq - b.seq).map(({ payload }) => payload as Delta)
  }

  all(): readonly Informer[] {
    return [...this.#informers.values()]
  }

  /** Opens all watches. */
  start(ctx: EventContext): void {
    for (const informer of this.#informers.values()) this.#open(ctx, informer)
  }

  /** Closes all watches; caches stay as they were. */
  stop(ctx: EventContext): void {
    for (const informer of this.#informers.values()) this.#client.unwatch(ctx, this.#watchId(informer))
  }

  #watchId(informer: Informer): string {
    return `${this.process}/${informer.spec.resource}`
  }

  #open(ctx: EventContext, informer: Informer): void {
    this.#client.watch(ctx, this.#watchId(informer), informer.spec, { actor: this.#actor, what: 'watch', data: informer.spec.resource })
  }

  #named(resource: string): Informer {
    const informer = this.#informers.get(resource)
    if (!informer) broken(`process ${this.process} has no informer of ${resource}; add it to what the controller watches`)
    return informer
  }

  #receive(ctx: EventContext, delivery: WatchDelivery): void {
    const resource = delivery.data as string
    const informer = this.#named(resource)
    const state = this.reflectors.get(resource)
    if (delivery.type === 'EXPIRED') {
      this.#open(ctx, informer)
      return
    }
    if (delivery.type === 'SYNC') {
      this.reflectors.set(resource, {
        listResourceVersion: delivery.resourceVersion,
        lastResourceVersion: delivery.resourceVersion,
        relists: state ? state.relists + 1 : 0,
        recent: [],
      })
      ctx.note('reflector.sync', { process: this.process, resource, count: delivery.items!.length })
      this.#replace(ctx, informer, delivery.items!)
      return
    }
    const object = delivery.object!
    this.reflectors.set(resource, {
      listResourceVersion: state?.listResourceVersion ?? '',
      lastResourceVersion: delivery.resourceVersion,
      relists: state?.relists ?? 0,
      recent: withLatest(state?.recent, delivery),
    })
    ctx.tell(this.#heard)
    this.#push(ctx, resource, delivery.type === 'ADDED' ? 'Added' : delivery.type === 'DELETED' ? 'Deleted' : 'Updated', object)
  }

  /** The present state replaces what the cache knows (DeltaFIFO.Replace): what is gone gets a Deleted. */
  #replace(ctx: EventContext, informer: Informer, items: readonly KubeObject[]): void {
    const present = new Set(items.map(keyOf))
    for (const key of informer.cache.keys())
      if (!present.has(key)) this.#push(ctx, informer.spec.resource, 'Deleted', informer.cache.get(key)!)
    for (const object of items) {
      const known = informer.cache.get(keyOf(object))
      if (known?.metadata.resourceVersion !== object.metadata.resourceVersion) this.#push(ctx, informer.spec.resource, 'Sync', object)
    }
  }

  #push(ctx: EventContext, resource: string, type: Delta['type'], object: KubeObject): void {
    ctx.schedule(0, this.#actor, 'pop', { resource, key: keyOf(object), type, object } satisfies Delta)
  }

  #pop(ctx: EventContext, informer: Informer, { key, type, object }: Delta): void {
    ctx.tell(this.#popped)
    if (type === 'Deleted') {
      if (informer.cache.delete(key)) for (const onDelete of informer.handlers.deletes) onDelete(ctx, object)
      return
    }
    const old = informer.cache.set(key, object)
    if (old) for (const onUpdate of informer.handlers.updates) onUpdate(ctx, old, object)
    else for (const onAdd of informer.handlers.adds) onAdd(ctx, object)
  }
}
