import type { Pod } from '../../api/pod.ts'
import { minutes, seconds, type Micros } from '../../engine/time.ts'
import { absoluteFailureCount, finishedAt } from './pods.ts'

/** How a Job's pods have failed since the last success; decides when the next may be made. */
export interface BackoffRecord {
  readonly failures: number
  readonly lastFailure?: Micros
}

const FIRST = seconds(10)
const LONGEST = minutes(10)

/** The record after these pods ended; failures before the last success are forgiven (backoff_utils.go: newBackoffRecord). */
export function nextRecord(before: BackoffRecord | undefined, succeeded: readonly Pod[], failed: readonly Pod[]): BackoffRecord {
  const known = before ?? { failures: 0 }
  if (succeeded.length === 0) {
    if (failed.length === 0) return known
    return { failures: known.failures + failed.length, lastFailure: Math.max(...failed.map(finishedAt)) }
  }
  const lastSuccess = Math.max(...succeeded.map(finishedAt))
  const later = failed.map(finishedAt).filter((at) => at > lastSuccess)
  return later.length === 0 ? { failures: 0 } : { failures: later.length, lastFailure: Math.max(...later) }
}

/** Time left until a pod may be made again: 10 s, 20 s, 40 s … 10 min after the last failure. */
export function remaining({ failures, lastFailure }: BackoffRecord, now: Micros): Micros {
  if (failures === 0 || lastFailure === undefined) return 0
  let wait = FIRST
  for (let i = 1; i < failures && wait < LONGEST; i++) wait *= 2
  return Math.max(0, Math.min(wait, LONGEST) - (now - lastFailure))
}

/** The same for one index, by the pod of it that failed last. */
export const remainingOfIndex = (failed: Pod | undefined, now: Micros): Micros =>
  failed ? remaining({ failures: absoluteFailureCount(failed) + 1, lastFailure: finishedAt(failed) }, now) : 0
