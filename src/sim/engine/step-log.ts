import type { Checkpoint } from './engine.ts'
import type { Step } from './event.ts'
import type { Micros } from './time.ts'

/** Steps `[from, from + count)`; `steps` is dropped when memory is short and made again from a checkpoint before it. */
export interface Segment {
  readonly from: number
  readonly startAt: Micros
  count: number
  /** Cells held by the resident steps. */
  weight: number
  steps: Step[] | undefined
  /** The state before step `from`. */
  checkpoint: Checkpoint | undefined
}

/** Resident cells of a step: what the memory budget counts. */
const weigh = (step: Step): number => step.diffs.length + 4 * step.scheduled.length + 8

/** The recorded steps of one branch, in segments, from step `first` on. */
export class StepLog {
  readonly segments: Segment[] = []
  readonly #size: number

  constructor(segmentSize: number) {
    this.#size = segmentSize
  }

  /** The segment that holds step `index`. */
  find(index: number): Segment | undefined {
    const { segments } = this
    // Mostly it is the last one or the step to come.
    const last = segments.at(-1)
    if (!last || index >= last.from) return last && index < last.from + last.count ? last : undefined
    let low = 0
    let high = segments.length - 1
    while (low < high) {
      const mid = (low + high + 1) >> 1
      if (segments[mid]!.from <= index) low = mid
      else high = mid - 1
    }
    const segment = segments[low]
    return segment && index >= segment.from && index < segment.from + segment.count ? segment : undefined
  }

  get(index: number): Step | undefined {
    const segment = this.find(index)
    return segment?.steps?.[index - segment.from]
  }

  /** True when step `index` would begin a new segment, which is when a checkpoint may be taken. */
  begins(index: number): boolean {
    if (this.find(index)) return false
    const last = this.segments.at(-1)
    return !last || last.count >= this.#size
  }

  /** Records `step` as number `index`; returns the cells it added. */
  put(index: number, step: Step, checkpoint: Checkpoint | undefined): number {
    let segment = this.find(index)
    if (!segment) {
      segment = this.segments.at(-1)
      if (!segment || segment.count >= this.#size) {
        segment = { from: index, startAt: step.event.at, count: 0, weight: 0, steps: [], checkpoint }
        this.segments.push(segment)
      }
      segment.count++
    }
    // A dropped segment fills again only from its beginning, so that it is never half there.
    const offset = index - segment.from
    if (offset === 0 && !segment.steps) segment.steps = []
    if (!segment.steps || segment.steps.length !== offset) return 0
    segment.steps.push(step)
    const weight = weigh(step)
    segment.weight += weight
    return weight
  }

  drop(segment: Segment): number {
    const { weight } = segment
    segment.steps = undefined
    segment.weight = 0
    return weight
  }

  /** Forgets every step after `index`; returns the cells that were freed. */
  truncate(index: number): number {
    let freed = 0
    for (let last = this.segments.at(-1); last && last.from + last.count - 1 > index; last = this.segments.at(-1)) {
      if (last.from > index) {
        freed += last.weight
        this.segments.pop()
        continue
      }
      last.count = index - last.from + 1
      if (last.steps && last.steps.length > last.count) {
        let shorter = 0
        for (const step of last.steps.splice(last.count)) shorter += weigh(step)
        last.weight -= shorter
        freed += shorter
      }
    }
    return freed
  }
}
