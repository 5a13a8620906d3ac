import type { Derived } from './table.ts'

/** What is known of a group of values without walking them; `size` is how many there are. */
export interface Sum<V> {
  readonly size: number
  add(value: V): void
  /** Takes out a value that was added. */
  remove(value: V): void
}

/** Which group a value counts for, if any, and what is summed up of it. */
export interface TallyRule<V, S extends Sum<V>> {
  readonly by: (value: V) => string | undefined
  readonly begin: () => S
}

/** A derived, always current sum of each group of a table's values, so that nobody has to walk thousands of them for a number. */
export class Tally<V, S extends Sum<V>> implements Derived<V> {
  readonly #rule: TallyRule<V, S>
  readonly #sums = new Map<string, S>()

  constructor(rule: TallyRule<V, S>) {
    this.#rule = rule
  }

  /** The sum of `group`; it goes on changing with the table, so take from it what you need. Undefined: there is no such value. */
  of(group: string): S | undefined {
    return this.#sums.get(group)
  }

  apply(_key: string, from: V | undefined, to: V | undefined): void {
    const { by, begin } = this.#rule
    const before = from === undefined ? undefined : by(from)
    const after = to === undefined ? undefined : by(to)
    if (before !== undefined) {
      const sum = this.#sums.get(before)!
      sum.remove(from!)
      if (sum.size === 0 && before !== after) this.#sums.delete(before)
    }
    if (after === undefined) return
    let sum = this.#sums.get(after)
    if (!sum) this.#sums.set(after, (sum = begin()))
    sum.add(to!)
  }
}
