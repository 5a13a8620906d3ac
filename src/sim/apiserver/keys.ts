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

/** The store key of an object of a kind. */
export const objectKey = (kind: KindDefinition, namespace: string | undefined, name: string): string => storeKey(collectionOf(kind), namespace, name)
