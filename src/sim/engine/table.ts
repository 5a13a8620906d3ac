import { broken } from './invariant.ts'
import { SortedKeys } from './sorted-keys.ts'

const NONE: readonly string[] = []

const distinct = (groups: readonly string[]): Iterable<string> => (groups.length < 2 ? groups : new Set(groups))

/** Receives every write of a table while an event runs: the journal. */
export interface Recorder {
  record(table: Table<unknown>, key: string, from: unknown, to: unknown): void
}

/** Which index entries a value stands under: none, one, or several. */
export type IndexBy<V> = (value: V, key: string) => string | readonly string[] | undefined

/** Something kept current beside a table: told of every write, undo and redo. Never journaled, so it must be a pure function of the content. */
export interface Derived<V> {
  apply(key: string, from: V | undefined, to: V | undefined): void
}

/** The part of a value that its groups depend on: while it is the same, they are. */
export type PartOf<V> = (value: V) => unknown

/** For groups that depend on the key alone. */
export const KEY_ALONE: PartOf<unknown> = () => null

/** A derived, always current grouping of a table's keys. */
export class Index<V> implements Derived<V> {
  readonly #by: IndexBy<V>
  readonly #part: PartOf<V> | undefined
  /** A group of one, as most are in an index by uid, is just its key. */
  readonly #groups = new Map<string, SortedKeys | string>()

  constructor(by: IndexBy<V>, part?: PartOf<V>) {
    this.#by = by
    this.#part = part
  }

  /** The keys under `group`, sorted. */
  keys(group: string): readonly string[] {
    const keys = this.#groups.get(group)
    return keys === undefined ? NONE : typeof keys === 'string' ? [keys] : keys.toArray()
  }

  count(group: string): number {
    const keys = this.#groups.get(group)
    return keys === undefined ? 0 : typeof keys === 'string' ? 1 : keys.size
  }

  /** All groups that have a key, sorted. */
  groups(): readonly string[] {
    return SortedKeys.of(this.#groups.keys()).toArray()
  }

  apply(key: string, from: V | undefined, to: V | undefined): void {
    if (this.#part && from !== undefined && to !== undefined && this.#part(from) === this.#part(to)) return
    const before = from === undefined ? undefined : this.#by(from, key)
    const after = to === undefined ? undefined : this.#by(to, key)
    if (before === after) return
    if (typeof before === 'string') this.#remove(before, key)
    else if (before) for (const group of distinct(before)) this.#remove(group, key)
    if (typeof after === 'string') this.#add(after, key)
    else if (after) for (const group of distinct(after)) this.#add(group, key)
  }

  clear(): void {
    this.#groups.clear()
  }

  #add(group: string, key: string): void {
    const keys = this.#groups.get(group)
    if (keys === undefined) this.#groups.set(group, key)
    else if (typeof keys !== 'string') keys.add(key)
    else this.#groups.set(group, SortedKeys.of([keys, key]))
  }

  #remove(group: string, key: string): void {
    const keys = this.#groups.get(group)
    if (keys === key) this.#groups.delete(group)
    if (keys === undefined || typeof keys === 'string') return
    keys.delete(key)
    if (keys.size === 0) this.#groups.delete(group)
  }
}

/** Told of every write, undo and redo alike; for mirrors outside the simulation. */
export type TableListener = (key: string, to: unknown) => void

/**
 * A collection of immutable values by string key: the only place where state may live. Writes are recorded under the
 * event that runs and are undone exactly. Iteration is in key order.
 */
export class Table<V> {
  readonly name: string
  readonly #recorder: Recorder
  readonly #rows = new Map<string, V>()
  readonly #indexes: Derived<V>[] = []
  #sorted: SortedKeys | undefined
  #listener: TableListener | undefined

  constructor(name: string, recorder: Recorder) {
    this.name = name
    this.#recorder = recorder
  }

  get size(): number {
    return this.#rows.size
  }

  get(key: string): V | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  /** Stores `value`, which must never be mutated afterwards, and gives back what it takes the place of. Throws outside an event. */
  set(key: string, value: V): V | undefined {
    if (value === undefined) broken(`table ${this.name}: store a value, or use delete(); got undefined for ${key}`)
    const from = this.#rows.get(key)
    if (from === value) return from
    this.#recorder.record(this as Table<unknown>, key, from, value)
    this.apply(key, from, value)
    return from
  }

  /** Takes the row away and gives it back; undefined when there is none. Throws outside an event. */
  delete(key: string): V | undefined {
    const from = this.#rows.get(key)
    if (from === undefined) return undefined
    this.#recorder.record(this as Table<unknown>, key, from, undefined)
    this.apply(key, from, undefined)
    return from
  }

  /** Keys in code-unit order. */
  keys(): readonly string[] {
    this.#sorted ??= SortedKeys.of(this.#rows.keys())
    return this.#sorted.toArray()
  }

  /** The first key in code-unit order, without making a list of all. */
  firstKey(): string | undefined {
    this.#sorted ??= SortedKeys.of(this.#rows.keys())
    return this.#sorted.first()
  }

  /** Values in the order of their keys. */
  values(): V[] {
    return this.keys().map((key) => this.#rows.get(key)!)
  }

  /** Declares an index; rows that exist already are entered. Declare at composition time. */
  index(by: IndexBy<V>, part?: PartOf<V>): Index<V> {
    return this.derive(new Index<V>(by, part))
  }

  /** Keeps `derived` current from now on, beginning with the rows that exist already. */
  derive<D extends Derived<V>>(derived: D): D {
    for (const [key, value] of this.#rows) derived.apply(key, undefined, value)
    this.#indexes.push(derived)
    return derived
  }

  listen(listener: TableListener | undefined): void {
    this.#listener = listener
  }

  /** The raw effect of a diff; used by the engine to do, undo and redo. */
  apply(key: string, from: V | undefined, to: V | undefined): void {
    if (to === undefined) {
      this.#rows.delete(key)
      this.#sorted?.delete(key)
    } else {
      this.#rows.set(key, to)
      if (from === undefined) this.#sorted?.add(key)
    }
    for (const index of this.#indexes) index.apply(key, from, to)
    this.#listener?.(key, to)
  }

  /** A shallow copy of all rows, for checkpoints and hashing. */
  snapshot(): ReadonlyMap<string, V> {
    // Filled one by one, as the constructor would make a pair of each row first.
    const copy = new Map<string, V>()
    this.#rows.forEach((value, key) => copy.set(key, value))
    return copy
  }

  /** Unordered rows without a copy; only for folds that do not depend on order. */
  rows(): ReadonlyMap<string, V> {
    return this.#rows
  }

  /** Makes the rows equal to `rows`, telling indexes and the listener of each difference. */
  restore(rows: ReadonlyMap<string, V>): void {
    for (const [key, value] of [...this.#rows]) if (!rows.has(key)) this.apply(key, value, undefined)
    for (const [key, value] of rows) {
      const from = this.#rows.get(key)
      if (from !== value) this.apply(key, from, value)
    }
  }
}
