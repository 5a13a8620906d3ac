import { findCondition } from '../../api/conditions.ts'
import type { Condition } from '../../api/meta.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'

export const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' } as const

/** Complete or Failed: the Job's end (job/util: FinishedCondition). */
export const finishedType = (job: Job): 'Complete' | 'Failed' | undefined =>
  job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type as 'Complete' | 'Failed' | undefined

export const isJobFinished = (job: Job): boolean => finishedType(job) !== undefined

/** A new condition of a Job; all its times are `now`. */
export const newCondition = (type: string, status: 'True' | 'False', reason: string, message: string, now: Micros): Condition => ({
  type, status, lastProbeTime: formatTime(now), lastTransitionTime: formatTime(now), reason, message,
})

/** Sets a condition where it stands or appends it; undefined when nothing changes. False is never appended (ensureJobConditionStatus). */
export function ensureCondition(conditions: readonly Condition[] | undefined, next: Condition): readonly Condition[] | undefined {
  const known = findCondition(conditions, next.type)
  if (!known) return next.status === 'False' ? undefined : [...(conditions ?? []), next]
  if (known.status === next.status && known.reason === next.reason && known.message === next.message) return undefined
  return conditions!.map((c) => (c === known ? next : c))
}

/** The condition of this type if it is True. */
export const trueCondition = (conditions: readonly Condition[] | undefined, type: string): Condition | undefined => {
  const found = findCondition(conditions, type)
  return found?.status === 'True' ? found : undefined
}
