import type { StepUnit } from '../../workers/protocol.ts'
import type { Step } from '../engine/event.ts'
import type { Timeline } from '../engine/timeline.ts'
import { ms, seconds, type Micros } from '../engine/time.ts'
import { isChange, isReconcile } from './rows.ts'

/** The rungs of the step ladder. */
export const STEP_UNITS: readonly StepUnit[] = ['event', 'change', 'reconcile', 'settle', 'timer']

/** A pause this long means that nobody had anything to do but wait. */
const QUIET: Micros = seconds(10)
/** A pause this long means that the next event is a timer and not a message on its way. */
const TIMER_GAP: Micros = ms(100)
const LIMIT = 20_000

/** Does the ladder's rung end with this step? `gap` is the time since the step before. */
function ends(unit: StepUnit, step: Step, gap: Micros): boolean {
  switch (unit) {
    case 'event':
      return true
    case 'change':
      return isChange(step)
    case 'reconcile':
      return isReconcile(step)
    case 'timer':
      return gap >= TIMER_GAP
    case 'settle':
      return false
  }
}

/** Goes one rung forward; gives back the last step, or undefined when nothing was left to do. */
export function stepForward(timeline: Timeline, unit: StepUnit): Step | undefined {
  let last: Step | undefined
  for (let n = 0; n < LIMIT; n++) {
    const at = timeline.nextAt()
    if (at === undefined) return last
    if (unit === 'settle' && at - timeline.clock >= QUIET) return last
    const gap = at - timeline.clock
    last = timeline.step()
    if (last && ends(unit, last, gap)) return last
  }
  return last
}

/** The index at which the cursor stands after one rung back. */
export function indexBack(timeline: Timeline, unit: StepUnit): number {
  for (let index = timeline.index; index > 1; index--) {
    const step = timeline.at(index)
    const before = timeline.at(index - 1)
    if (!step || !before) return index - 1
    const gap = step.event.at - before.event.at
    if (unit === 'settle' ? step.root || gap >= QUIET : ends(unit, step, gap)) return index - 1
  }
  return Math.max(0, Math.min(timeline.index, 1))
}

/** What each rung would end with: found by running ahead and taking it back. */
export function lookAhead(timeline: Timeline, limit: number): Readonly<Record<StepUnit, Step | undefined>> {
  const found: Partial<Record<StepUnit, Step>> = {}
  let clock = timeline.clock
  let last: Step | undefined
  timeline.peek(limit, (step) => {
    const gap = step.event.at - clock
    clock = step.event.at
    if (!found.settle && gap >= QUIET && last) found.settle = last
    last = step
    for (const unit of STEP_UNITS) if (!found[unit] && ends(unit, step, gap)) found[unit] = step
    return found.event && found.change && found.reconcile && found.timer && found.settle ? true : undefined
  })
  return { event: found.event, change: found.change, reconcile: found.reconcile, timer: found.timer, settle: found.settle ?? last }
}
