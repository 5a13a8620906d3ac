import type { SimEvent } from './event.ts'
import { LiveEvents } from './live-events.ts'

/**
 * The events to come, a binary heap by (at, seq). Cancelled entries stay in the heap until they surface; which event is
 * alive is known by seq, so cancelling, undoing and redoing are all O(log n) or better.
 */
export class EventQueue {
  #heap: SimEvent[] = []
  readonly #live = new LiveEvents()

  get size(): number {
    return this.#live.size
  }

  add(event: SimEvent): void {
    this.#live.set(event)
    if (this.#heap.length > 2 * this.#live.size + 1024) this.#compact()
    else this.#push(event)
  }

  find(seq: number): SimEvent | undefined {
    return this.#live.get(seq)
  }

  remove(event: SimEvent): void {
    this.#live.delete(event.seq)
  }

  /** The next event, or undefined when nothing is due any more. */
  peek(): SimEvent | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top === undefined || this.#live.get(top.seq) === top) return top
      this.#popTop()
    }
  }

  pop(): SimEvent | undefined {
    const top = this.peek()
    if (top) {
      this.#popTop()
      this.#live.delete(top.seq)
    }
    return top
  }

  /** Every pending event in the order in which they would run. */
  pending(): SimEvent[] {
    return this.#live.toArray().sort(byTime)
  }

  unordered(): readonly SimEvent[] {
    return this.#live.toArray()
  }

  restore(events: readonly SimEvent[]): void {
    this.#live.clear()
    for (const event of events) this.#live.set(event)
    this.#compact()
  }

  #compact(): void {
    this.#heap = this.pending()
  }

  #push(event: SimEvent): void {
    const heap = this.#heap
    let i = heap.length
    while (i > 0) {
      const parent = (i - 1) >> 1
      const above = heap[parent]!
      if (byTime(above, event) <= 0) break
      heap[i] = above
      i = parent
    }
    heap[i] = event
  }

  #popTop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    const n = heap.length
    if (n === 0) return
    let i = 0
    for (;;) {
      let child = 2 * i + 1
      if (child >= n) break
      if (child + 1 < n && byTime(heap[child + 1]!, heap[child]!) < 0) child++
      if (byTime(last, heap[child]!) <= 0) break
      heap[i] = heap[child]!
      i = child
    }
    heap[i] = last
  }
}

const byTime = (a: SimEvent, b: SimEvent): number => a.at - b.at || a.seq - b.seq
