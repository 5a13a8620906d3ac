import { SortedKeys } from '../engine/sorted-keys.ts'
import type { Derived } from '../engine/table.ts'

/** The keys of one resource by namespace; those of objects without one stand under ''. */
interface Collection {
  readonly byNamespace: Map<string, SortedKeys>
  count: number
  /** All keys in order, once somebody has asked for them. */
  all: readonly string[] | undefined
}

const NO_KEYS: readonly string[] = []

/**
 * The keys of the store by resource and namespace. A key stands in one list only, that of its namespace, as every object
 * that comes or goes is entered here; the list of a whole resource is put together when somebody looks.
 */
export class Collections implements Derived<unknown> {
  readonly #resources = new Map<string, Collection>()

  apply(key: string, from: unknown, to: unknown): void {
    if (from === undefined) this.#add(key)
    else if (to === undefined) this.#remove(key)
  }

  /** All resources that have an object, in order. */
  resources(): readonly string[] {
    return [...this.#resources.keys()].sort()
  }

  count(resource: string): number {
    return this.#resources.get(resource)?.count ?? 0
  }

  /** Keys of a resource, all or of one namespace, in order. */
  keys(resource: string, namespace?: string): readonly string[] {
    // Admission asks for many resources that the cluster has none of.
    const collection = this.#resources.get(resource)
    if (!collection) return NO_KEYS
    if (namespace) return collection.byNamespace.get(namespace)?.toArray() ?? NO_KEYS
    return (collection.all ??= inOrder(collection.byNamespace))
  }

  #add(key: string): void {
    const slash = key.indexOf('/')
    const resource = key.slice(0, slash)
    let collection = this.#resources.get(resource)
    if (!collection) this.#resources.set(resource, (collection = { byNamespace: new Map(), count: 0, all: undefined }))
    const namespace = namespaceOf(key, slash)
    const keys = collection.byNamespace.get(namespace)
    if (keys) keys.add(key)
    else collection.byNamespace.set(namespace, SortedKeys.of([key]))
    collection.count++
    collection.all = undefined
  }

  #remove(key: string): void {
    const slash = key.indexOf('/')
    const resource = key.slice(0, slash)
    const collection = this.#resources.get(resource)!
    const namespace = namespaceOf(key, slash)
    const keys = collection.byNamespace.get(namespace)!
    keys.delete(key)
    collection.all = undefined
    if (keys.size === 0) collection.byNamespace.delete(namespace)
    if (--collection.count === 0) this.#resources.delete(resource)
  }
}

/** What stands between the first slash and the last. */
function namespaceOf(key: string, slash: number): string {
  const last = key.lastIndexOf('/')
  return last > slash ? key.slice(slash + 1, last) : ''
}

/** The lists one after the other: namespaces in the order in which they stand in keys, where a slash follows them. */
function inOrder(byNamespace: ReadonlyMap<string, SortedKeys>): readonly string[] {
  const names = [...byNamespace.keys()]
  if (names.length === 1) return byNamespace.get(names[0]!)!.toArray()
  return names.map((name) => `${name}/`).sort().flatMap((name) => byNamespace.get(name.slice(0, -1))!.toArray())
}
