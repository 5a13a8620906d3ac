import type { KubeObject } from '../api/meta.ts'
import type { Sum, TallyRule } from '../engine/tally.ts'

/** Reads of an informer's cache (client-go: tools/cache Lister and Indexer). Lists are in key order. */
export interface Lister<T extends KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined
  list(namespace?: string): readonly T[]
  /** Objects under a value of a declared index: 'owner' (controller uid), 'orphan' (namespace, of those without controller), 'dependents' (uid of any owner), 'uid', 'node' (spec.nodeName), 'namespace'. */
  by(index: string, value: string): readonly T[]
}

/** What may be read of a cache besides by what runs through in one event; a reconcile keeps a log of what it reads, and a sum goes on changing. */
export interface Cache<T extends KubeObject> extends Lister<T> {
  /** The sum of a group under a tally that the controller declared; undefined: no object counts for it. */
  tally<S extends Sum<T>>(rule: TallyRule<T, S>, group: string): S | undefined
}
