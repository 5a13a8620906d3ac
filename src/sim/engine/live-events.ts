import type { SimEvent } from './event.ts'

/** A power of two: the lower bits of a seq are its place in the page. */
const PAGE = 1024

interface Page {
  readonly events: (SimEvent | undefined)[]
  used: number
}

/**
 * The pending events by their seq. Numbers are given out in order and most events are over soon, so pages of them serve better
 * than a map that gains and loses an entry with every event: a page is let go when its last event has gone.
 */
export class LiveEvents {
  readonly #pages = new Map<number, Page>()
  /** The page that was looked at last, and its number. */
  #page: Page | undefined
  #number = -1
  /** An empty page to be filled again: where few events are pending, one page is let go and opened many times over. */
  #spare: Page | undefined
  #size = 0

  get size(): number {
    return this.#size
  }

  get(seq: number): SimEvent | undefined {
    return this.#find(seq)?.events[seq & (PAGE - 1)]
  }

  set(event: SimEvent): void {
    const { seq } = event
    const page = this.#find(seq) ?? this.#open(seq)
    const i = seq & (PAGE - 1)
    if (page.events[i] === undefined) {
      page.used++
      this.#size++
    }
    page.events[i] = event
  }

  delete(seq: number): void {
    const page = this.#find(seq)
    const i = seq & (PAGE - 1)
    if (page?.events[i] === undefined) return
    page.events[i] = undefined
    this.#size--
    if (--page.used > 0) return
    this.#spare = page
    this.#pages.delete(this.#number)
    this.#page = undefined
    this.#number = -1
  }

  clear(): void {
    this.#pages.clear()
    this.#page = undefined
    this.#number = -1
    this.#size = 0
  }

  /** All events, in no order that means anything; a list of one's own. */
  toArray(): SimEvent[] {
    const all: SimEvent[] = []
    for (const { events } of this.#pages.values()) for (const event of events) if (event) all.push(event)
    return all
  }

  #find(seq: number): Page | undefined {
    const number = Math.floor(seq / PAGE)
    if (number !== this.#number) {
      this.#page = this.#pages.get(number)
      this.#number = number
    }
    return this.#page
  }

  #open(seq: number): Page {
    const page: Page = this.#spare ?? { events: new Array<SimEvent | undefined>(PAGE).fill(undefined), used: 0 }
    this.#spare = undefined
    this.#number = Math.floor(seq / PAGE)
    this.#pages.set(this.#number, page)
    return (this.#page = page)
  }
}
