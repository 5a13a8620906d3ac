import { seconds, type Micros } from '../../engine/time.ts'
import type { HPAScalingRules } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'

export interface Recommendation {
  readonly replicas: number
  readonly at: Micros
}

/** A change of size; `change` is its absolute value. */
export interface ScaleEvent {
  readonly change: number
  readonly at: Micros
}

/** What an autoscaler has lately recommended and done; `selector`: of its target's pods, as text. */
export interface History {
  readonly recommendations: readonly Recommendation[]
  readonly up: readonly ScaleEvent[]
  readonly down: readonly ScaleEvent[]
  readonly selector?: string
}

export const NO_HISTORY: History = { recommendations: [], up: [], down: [] }

/** Adds `entry`, in the place of the last entry that `isOld` (so that the list does not grow for ever). */
export function recorded<T>(list: readonly T[], entry: T, isOld: (known: T) => boolean): readonly T[] {
  let place = -1
  list.forEach((known, i) => {
    if (isOld(known)) place = i
  })
  return place < 0 ? [...list, entry] : list.map((known, i) => (i === place ? entry : known))
}

/** The history after a change of size (horizontal.go: storeScaleEvent). */
export function withScaleEvent(history: History, rules: HPAScalingRules | undefined, direction: 'up' | 'down', change: number, now: Micros): History {
  const longest = Math.max(0, ...(rules?.policies ?? []).map(({ periodSeconds }) => periodSeconds))
  return { ...history, [direction]: recorded(history[direction], { change, at: now }, ({ at }) => at < now - seconds(longest)) }
}

/** How many replicas came or went within the last `periodSeconds`. */
export const changeWithin = (events: readonly ScaleEvent[], periodSeconds: number, now: Micros): number =>
  events.reduce((n, { change, at }) => (at > now - seconds(periodSeconds) ? n + change : n), 0)
