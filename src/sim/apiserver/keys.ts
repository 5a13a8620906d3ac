import type { KindDefinition } from '../kinds/definition.ts'
import { storeKey } from '../store/store.ts'

/** Under which name a kind's objects stand in the store: custom ones with their group, as plurals may be equal. */
export const collectionOf = (kind: KindDefinition): string => kind.resourceKey ?? kind.plural

const namespaceKeys = new Map<string, string>()

/** The store key of a namespace. Every request asks for one, and a text that is made anew must be hashed anew. */
export function namespaceKey(name: string): string {
  let key = namespaceKeys.get(name)
  if (key === undefined) {
    if (namespaceKeys.size > 10_000) namespaceKeys.clear()
    namespaceKeys.set(name, (key = storeKey('namespaces', undefined, name)))
  }
  return key
}

let last = { collection: '', namespace: undefined as string | undefined, name: '', key: '' }

/** The store key of an object of a kind. The stages of a request ask for the same one, which is found by its hash: the last one is kept. */
export function objectKey(kind: KindDefinition, namespace: string | undefined, name: string): string {
  const collection = collectionOf(kind)
  if (name !== last.name || namespace !== last.namespace || collection !== last.collection) last = { collection, namespace, name, key: storeKey(collection, namespace, name) }
  return last.key
}
