import type { KindDefinition } from '../kinds/definition.ts'
import { storeKey } from '../store/store.ts'

/** Under which name a kind's objects stand in the store: custom ones with their group, as plurals may be equal. */
export const collectionOf = (kind: KindDefinition): string => kind.resourceKey ?? kind.plural

/** The store key of an object of a kind. */
export const objectKey = (kind: KindDefinition, namespace: string | undefined, name: string): string => storeKey(collectionOf(kind), namespace, name)
