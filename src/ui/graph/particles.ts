import type { Flight } from '../../workers/protocol.ts'

/** Where a place lies in the drawing; undefined: it is not on the map. */
export type PlaceFinder = (place: string) => { readonly x: number; readonly y: number } | undefined

/** A flight that is being drawn. Times are milliseconds of the screen's clock. */
interface Particle {
  readonly flight: Flight
  readonly from: { readonly x: number; readonly y: number }
  readonly to: { readonly x: number; readonly y: number }
  readonly begun: number
  readonly takes: number
}

/** What is drawn of a particle: a place, its way, and how it looks. */
export interface Dot {
  readonly x: number
  readonly y: number
  readonly flight: Flight
  /** 0 at the start, 1 at the end. */
  readonly share: number
}

/** A flight of a few milliseconds is slowed down so that the eye can follow. */
const SHORTEST_MS = 420
const LONGEST_MS = 1_600
const MOST = 90

/** The particles in flight. Playing, each flies in its own time; paused, each stands where virtual time has it. */
export class Particles {
  #flying: Particle[] = []
  #still: Dot[] = []
  #seen = new Set<number>()

  /** Takes the flights of a frame in. `speed`: virtual seconds per real second. */
  add(flights: readonly Flight[], find: PlaceFinder, nowMs: number, speed: number): void {
    this.#still = []
    for (const flight of flights) {
      if (this.#seen.has(flight.id) || this.#flying.length >= MOST) continue
      const from = find(flight.from)
      const to = find(flight.to)
      if (from === undefined || to === undefined) continue
      this.#seen.add(flight.id)
      const real = (flight.arrivesAt - flight.sentAt) / 1000 / speed
      // A few at once in a frame leave one after the other, so that a burst reads as a stream.
      const begun = nowMs + Math.min(240, (this.#flying.length % 12) * 18)
      this.#flying.push({ flight, from, to, begun, takes: Math.min(LONGEST_MS, Math.max(SHORTEST_MS, real)) })
    }
    if (this.#seen.size > 4000) this.#seen = new Set(this.#flying.map(({ flight }) => flight.id))
  }

  /** Shows flights at one instant of virtual time, µs; nothing moves. */
  hold(flights: readonly Flight[], find: PlaceFinder, at: number): void {
    this.#flying = []
    this.#seen.clear()
    this.#still = []
    for (const flight of flights.slice(0, MOST)) {
      const from = find(flight.from)
      const to = find(flight.to)
      if (from === undefined || to === undefined) continue
      const share = Math.min(0.96, Math.max(0.08, (at - flight.sentAt) / Math.max(1, flight.arrivesAt - flight.sentAt)))
      this.#still.push({ ...along(from, to, share), flight, share })
    }
  }

  clear(): void {
    this.#flying = []
    this.#still = []
    this.#seen.clear()
  }

  /** What to draw now; forgets what has arrived. */
  dots(nowMs: number): readonly Dot[] {
    this.#flying = this.#flying.filter(({ begun, takes }) => nowMs < begun + takes)
    const moving = this.#flying
      .filter(({ begun }) => nowMs >= begun)
      .map(({ flight, from, to, begun, takes }): Dot => {
        const share = (nowMs - begun) / takes
        return { ...along(from, to, share * share * (3 - 2 * share)), flight, share }
      })
    return [...this.#still, ...moving]
  }

  get moving(): boolean {
    return this.#flying.length > 0
  }
}

/** A point of the curve between two places: it leaves and arrives vertically when they lie above each other. */
export function along(from: { readonly x: number; readonly y: number }, to: { readonly x: number; readonly y: number }, share: number): { x: number; y: number } {
  if (Math.abs(from.y - to.y) < 40) {
    const lift = Math.min(34, 8 + Math.abs(to.x - from.x) / 14)
    return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share + Math.sin(share * Math.PI) * lift }
  }
  const middle = (from.y + to.y) / 2
  const rest = 1 - share
  const point = (a: number, b: number, c: number, d: number): number => rest ** 3 * a + 3 * rest ** 2 * share * b + 3 * rest * share ** 2 * c + share ** 3 * d
  return { x: point(from.x, from.x, to.x, to.x), y: point(from.y, middle, middle, to.y) }
}
