import type { KubeObject } from '../api/meta.ts'
import type { StoredAs } from '../kinds/definition.ts'
import type { Change, ObjectStore } from './store.ts'

/** A change in the version of the request, with the one that was really written beside it. */
export interface ConvertedChange extends Change {
  readonly stored: Change
}

export const storedChange = (change: Change): Change => (change as Partial<ConvertedChange>).stored ?? change

const converted = new WeakMap<StoredAs, WeakMap<KubeObject, KubeObject>>()

/** A stored object in a version's form; the same one for the same object. */
export function inVersion(as: StoredAs, object: KubeObject): KubeObject {
  let known = converted.get(as)
  if (!known) converted.set(as, (known = new WeakMap()))
  let found = known.get(object)
  if (!found) known.set(object, (found = as.fromStored(object)))
  return found
}

export function changeInVersion(as: StoredAs, change: Change): ConvertedChange {
  return { ...change, object: inVersion(as, change.object), ...(change.from ? { from: inVersion(as, change.from) } : {}), stored: change }
}

/** The store as a version sees it that is kept as another one: one resource is converted on its way in and out. */
export class VersionedStore implements ObjectStore {
  readonly #base: ObjectStore
  readonly #prefix: string
  readonly #as: StoredAs

  constructor(base: ObjectStore, plural: string, as: StoredAs) {
    this.#base = base
    this.#prefix = `${plural}/`
    this.#as = as
  }

  get revision(): number {
    return this.#base.revision
  }

  get compacted(): number {
    return this.#base.compacted
  }

  get(key: string): KubeObject | undefined {
    const found = this.#base.get(key)
    return found && key.startsWith(this.#prefix) ? inVersion(this.#as, found) : found
  }

  keys(resource: string, namespace?: string): readonly string[] {
    return this.#base.keys(resource, namespace)
  }

  count(resource: string): number {
    return this.#base.count(resource)
  }

  objectsAt(resource: string, revision: number, namespace?: string): readonly KubeObject[] {
    const list = this.#base.objectsAt(resource, revision, namespace)
    return `${resource}/` === this.#prefix ? list.map((o) => inVersion(this.#as, o)) : list
  }

  put(key: string, object: KubeObject): Change {
    if (!key.startsWith(this.#prefix)) return this.#base.put(key, object)
    return changeInVersion(this.#as, this.#base.put(key, this.#as.toStored(object)))
  }

  remove(key: string, last?: KubeObject): Change | undefined {
    if (!key.startsWith(this.#prefix)) return this.#base.remove(key, last)
    const change = this.#base.remove(key, last && this.#as.toStored(last))
    return change && changeInVersion(this.#as, change)
  }

  changesSince(resource: string, revision: number): readonly Change[] | undefined {
    const changes = this.#base.changesSince(resource, revision)
    return `${resource}/` === this.#prefix ? changes?.map((c) => changeInVersion(this.#as, c)) : changes
  }
}
