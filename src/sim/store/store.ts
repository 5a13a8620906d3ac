import type { KubeObject } from '../api/meta.ts'
import { draftMeta, withMetadata } from '../api/meta-copy.ts'
import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import { flagsIn } from '../flags/index.ts'
import { ETCD_COMPACTION_INTERVAL } from '../flags/kube-apiserver.ts'
import { Collections } from './collections.ts'

/** One committed write, as watchers hear of it. `from` is absent for the first version, `to` for a deletion. */
export interface Change {
  readonly revision: number
  readonly at: Micros
  readonly key: string
  /** Plural, the first part of the key. */
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly from?: KubeObject
  /** The object after the change; for a deletion its last state with the deletion's revision. */
  readonly object: KubeObject
}

/** How many changes at most stay available to watches that start from an old revision. */
export const KEPT_CHANGES = 4096

/** The rows of the log of changes, in turn: a change takes the place of the one that must go, and no key is made for it. */
const PLACES: readonly string[] = Array.from({ length: KEPT_CHANGES }, (_, i) => `${i}`)
const placeOf = (revision: number): string => PLACES[revision % KEPT_CHANGES]!

/** An object with the resourceVersion of a write. */
export function atRevision(object: KubeObject, revision: number): KubeObject {
  return withMetadata(object, draftMeta(object.metadata, `${revision}`))
}

/** "pods/default/web-1" or "nodes/node-1": the etcd key without its prefix. */
export const storeKey = (resource: string, namespace: string | undefined, name: string): string =>
  namespace ? `${resource}/${namespace}/${name}` : `${resource}/${name}`

/** How the log is doing: the latest revision, the oldest that is left, and the revision and instant of the last mark for compaction. */
type Counter = 'revision' | 'compacted' | 'marked' | 'marked-at'

/**
 * The etcd of the cluster: objects by key, one revision a write, the latest changes for watches. Only the API server
 * holds a reference to it.
 */
export class Store {
  readonly objects: Table<KubeObject>
  readonly #engine: Engine
  readonly #changes: Table<Change>
  readonly #counters: Table<number>
  /** The counters at hand, as every write asks for three of them. */
  readonly #at: Partial<Record<Counter, number | undefined>> = { revision: undefined, compacted: undefined, marked: undefined, 'marked-at': undefined }
  readonly #collections: Collections
  /** kube-apiserver's --etcd-compaction-interval: what was written before the last time but one is forgotten; 0: nothing by time. */
  #compactedEvery: Micros = ETCD_COMPACTION_INTERVAL.initial

  constructor(engine: Engine) {
    this.#engine = engine
    flagsIn(engine).follow(ETCD_COMPACTION_INTERVAL, (every) => (this.#compactedEvery = every || Infinity))
    this.objects = engine.table<KubeObject>('etcd')
    this.#changes = engine.table<Change>('etcd/changes')
    this.#counters = engine.table<number>('etcd/counters')
    this.#counters.derive({ apply: (name, _from, to) => void (this.#at[name as Counter] = to) })
    this.#collections = this.objects.derive(new Collections())
  }

  /** The revision of the latest write. */
  get revision(): number {
    return this.#at.revision ?? 1
  }

  /** The oldest revision from which a watch may still start. */
  get compacted(): number {
    return Math.max(this.#at.compacted ?? 1, this.revision - KEPT_CHANGES)
  }

  /** Forgets what was before the present revision, as etcd's compaction does: older watches and lists expire. */
  compact(): void {
    this.#forget(this.revision)
  }

  /** The objects of a resource as they were at a revision that is not compacted, in the order of their keys. */
  objectsAt(resource: string, revision: number, namespace?: string): readonly KubeObject[] {
    const found = new Map(this.keys(resource, namespace).map((key) => [key, this.objects.get(key)!]))
    const prefix = namespace ? `${resource}/${namespace}/` : `${resource}/`
    for (const { key, from } of [...(this.changesSince(resource, revision) ?? [])].reverse()) {
      if (!key.startsWith(prefix)) continue
      if (from) found.set(key, from)
      else found.delete(key)
    }
    return [...found.keys()].sort().map((key) => found.get(key)!)
  }

  get(key: string): KubeObject | undefined {
    return this.objects.get(key)
  }

  /** Keys of a resource, all or of one namespace, in order. */
  keys(resource: string, namespace?: string): readonly string[] {
    return this.#collections.keys(resource, namespace)
  }

  /** All resources that have an object, in order. */
  resources(): readonly string[] {
    return this.#collections.resources()
  }

  count(resource: string): number {
    return this.#collections.count(resource)
  }

  /** Writes a new version and stamps its resourceVersion. */
  put(key: string, object: KubeObject): Change {
    const revision = this.#next()
    const stored = atRevision(object, revision)
    const from = this.objects.set(key, stored)
    return this.#log({ revision, at: this.#engine.now, key, resource: resourceOf(key), type: from ? 'MODIFIED' : 'ADDED', from, object: stored })
  }

  /** Removes a key; undefined when it is not there. `last` replaces the final state that watchers see. */
  remove(key: string, last?: KubeObject): Change | undefined {
    const from = this.objects.get(key)
    if (!from) return undefined
    const revision = this.#next()
    this.objects.delete(key)
    return this.#log({ revision, at: this.#engine.now, key, resource: resourceOf(key), type: 'DELETED', from, object: atRevision(last ?? from, revision) })
  }

  /** Changes of a resource after `revision`, oldest first; undefined when they have been compacted. */
  changesSince(resource: string, revision: number): readonly Change[] | undefined {
    if (revision < this.compacted) return undefined
    const changes: Change[] = []
    for (let r = revision + 1; r <= this.revision; r++) {
      const change = this.#changes.get(placeOf(r))
      if (change?.resource === resource) changes.push(change)
    }
    return changes
  }

  #next(): number {
    const revision = this.revision + 1
    this.#counters.set('revision', revision)
    return revision
  }

  #log(change: Change): Change {
    this.#changes.set(placeOf(change.revision), change)
    if (change.at - (this.#at['marked-at'] ?? 0) >= this.#compactedEvery) this.#compactOld(change)
    return change
  }

  /** Compaction by time waits for a write: nobody can tell, and a cluster at rest has no events for it. */
  #compactOld({ revision, at }: Change): void {
    const last = this.#changes.get(placeOf(revision - 1))
    const isAfterRest = last !== undefined && at - last.at >= this.#compactedEvery
    this.#forget(isAfterRest ? revision - 1 : (this.#at.marked ?? 1))
    this.#counters.set('marked', revision)
    this.#counters.set('marked-at', at)
  }

  #forget(revision: number): void {
    const { compacted } = this
    if (revision <= compacted) return
    for (let r = compacted + 1; r <= revision; r++) this.#changes.delete(placeOf(r))
    this.#counters.set('compacted', revision)
  }
}

/** What requests ask of the store. */
export type ObjectStore = Pick<Store, 'revision' | 'compacted' | 'get' | 'keys' | 'count' | 'objectsAt' | 'put' | 'remove' | 'changesSince'>

const names: string[] = []
const MOST_NAMES = 8

/** The first part of a key. That of the latest resources is not cut out again: the text stays in the change and is looked up by who watches. */
function resourceOf(key: string): string {
  const slash = key.indexOf('/')
  for (const name of names) if (name.length === slash && key.startsWith(name)) return name
  const name = key.slice(0, slash)
  names.unshift(name)
  if (names.length > MOST_NAMES) names.pop()
  return name
}
