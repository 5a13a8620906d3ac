import type { KubeObject } from '../api/meta.ts'

/** Reads of an informer's cache (client-go: tools/cache Lister and Indexer). Lists are in key order. */
export interface Lister<T extends KubeObject> {
  get(namespace: string | undefined, name: string): T | undefined
  list(namespace?: string): readonly T[]
  /** Objects under a value of a declared index: 'owner' (controller uid), 'orphan' (namespace, of those without controller), 'dependents' (uid of any owner), 'uid', 'node' (spec.nodeName), 'namespace'. */
  by(index: string, value: string): readonly T[]
}
