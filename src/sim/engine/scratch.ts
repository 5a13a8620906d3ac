const NONE: readonly never[] = Object.freeze([])
/** A buffer that grew beyond this is let go. */
const MOST_KEPT = 4096

/**
 * What one event collects, in a buffer that all events share: growing a list of its own for each of millions of events would
 * leave much to collect. `take` gives the exact list, which history keeps, and begins anew.
 */
export class Scratch<T> {
  #items: T[] = []
  #count = 0

  push(item: T): void {
    this.#items[this.#count++] = item
  }

  take(): readonly T[] {
    const count = this.#count
    if (count === 0) return NONE
    const taken = this.#items.slice(0, count)
    this.#count = 0
    if (count > MOST_KEPT) this.#items = []
    return taken
  }
}
