/**
 * Values by object that are worth keeping only for objects that come back, such as the parts of a template that many pods
 * share. An object's first sight is kept in a short ring, its second for as long as it lives: a weak entry for each of many
 * objects that are never seen again costs more, in collection too, than what it would save.
 */
export class FamiliarMap<V> {
  readonly #known = new WeakMap<object, V>()
  readonly #met: (object | undefined)[]
  readonly #values: (V | undefined)[]
  #next = 0

  /** `recent`: how many first sights are kept. */
  constructor(recent = 32) {
    this.#met = new Array<object | undefined>(recent).fill(undefined)
    this.#values = new Array<V | undefined>(recent).fill(undefined)
  }

  get(object: object): V | undefined {
    const known = this.#known.get(object)
    if (known !== undefined) return known
    const i = this.#met.indexOf(object)
    if (i < 0) return undefined
    const value = this.#values[i]!
    this.#known.set(object, value)
    return value
  }

  set(object: object, value: V): void {
    this.#met[this.#next] = object
    this.#values[this.#next] = value
    this.#next = (this.#next + 1) % this.#met.length
  }
}

/** A set of objects, remembered likewise. */
export class FamiliarSet {
  readonly #map: FamiliarMap<true>

  constructor(recent?: number) {
    this.#map = new FamiliarMap(recent)
  }

  has(object: object): boolean {
    return this.#map.get(object) === true
  }

  add(object: object): void {
    this.#map.set(object, true)
  }
}
