import type { Derived } from '../engine/table.ts'
import { SortedKeys } from '../engine/sorted-keys.ts'
import type { Place, QueuedPod } from './queue.ts'

/** The pods of one place of the queue in the order of their turns, as their rows say it; so the order itself is no state. */
export class Turns implements Derived<QueuedPod> {
  readonly #place: Place
  readonly #orders = new SortedKeys()
  readonly #keys = new Map<string, string>()

  constructor(place: Place) {
    this.#place = place
  }

  get size(): number {
    return this.#keys.size
  }

  /** The key of the pod whose turn is next. */
  first(): string | undefined {
    const order = this.#orders.first()
    return order === undefined ? undefined : this.#keys.get(order)
  }

  /** All keys, those who come first first. */
  all(): readonly string[] {
    return this.#orders.toArray().map((order) => this.#keys.get(order)!)
  }

  apply(key: string, from: QueuedPod | undefined, to: QueuedPod | undefined): void {
    const before = from?.place === this.#place ? from.order : undefined
    const after = to?.place === this.#place ? to.order : undefined
    if (before === after) return
    if (before !== undefined) {
      this.#orders.delete(before)
      this.#keys.delete(before)
    }
    if (after !== undefined) {
      this.#orders.add(after)
      this.#keys.set(after, key)
    }
  }
}
