import type { Cluster, Step } from '../sim/index.ts'

/** How long the worker may run without looking at its mail, in milliseconds. */
const SLICE = 8
/** Steps between two looks at the clock. */
const BATCH = 32

/**
 * Paces virtual time: plays at a speed in virtual seconds a second, in slices short enough that a pause is heard at
 * once. Real time comes in through `now` (milliseconds).
 */
export class Pacer {
  playing = false
  #speed = 1
  #anchorReal = 0
  #anchorVirtual = 0
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  get speed(): number {
    return this.#speed
  }

  set speed(speed: number) {
    if (!(speed > 0)) throw new RangeError(`the speed must be greater than 0; got ${speed}`)
    this.#speed = speed
    this.#reanchor = true
  }

  #reanchor = true

  play(): void {
    this.playing = true
    this.#reanchor = true
  }

  pause(): void {
    this.playing = false
  }

  /**
   * Runs what is due. Gives back the milliseconds after which to come again; 0 when there is more to do at once,
   * Infinity when nothing will ever happen.
   */
  slice(cluster: Cluster, saw: (step: Step) => void): number {
    const { timeline } = cluster
    const start = this.#now()
    if (this.#reanchor) {
      this.#anchorReal = start
      this.#anchorVirtual = timeline.clock
      this.#reanchor = false
    }
    const isMax = this.#speed === Infinity
    const target = isMax ? Infinity : this.#anchorVirtual + (start - this.#anchorReal) * 1000 * this.#speed
    for (let n = 0; ; n++) {
      const at = timeline.nextAt()
      if (at === undefined) return Infinity
      if (at > target) {
        timeline.wait(Math.floor(target))
        return Math.max(1, (at - target) / 1000 / this.#speed)
      }
      const step = timeline.step()
      if (step) saw(step)
      if (n % BATCH === BATCH - 1 && this.#now() - start > SLICE) {
        // Behind schedule: real time does not pile up a debt that would be run off later in one go.
        if (!isMax && this.#now() - this.#anchorReal > 250) this.#reanchor = true
        return 0
      }
    }
  }
}
