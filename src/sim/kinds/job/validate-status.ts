import { deepEqual } from '../../api/deep.ts'
import { at, duplicate, invalidValue, OMIT, required, type FieldError } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { overlap, parseIndexes } from '../../api/job-indexes.ts'
import { FIELD_IMMUTABLE } from '../../api/validate-meta.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import { parseTime } from '../../engine/time.ts'
import type { Job, JobStatus } from './job.ts'

const isTrue = (job: Job, type: string): boolean => job.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false
const isFalse = (job: Job, type: string): boolean => job.status?.conditions?.some((c) => c.type === type && c.status === 'False') ?? false
const isFinished = (job: Job): boolean => isTrue(job, 'Complete') || isTrue(job, 'Failed')

const CONDITIONS = 'status.conditions'
const clash = (words: string): FieldError => invalidValue(CONDITIONS, OMIT, words)

function counts(s: JobStatus, out: FieldError[]): void {
  for (const key of ['active', 'succeeded', 'failed', 'ready', 'terminating'] as const) nonNegative(s[key], `status.${key}`, out)
  const seen = new Set<string>()
  for (const key of ['succeeded', 'failed'] as const) {
    s.uncountedTerminatedPods?.[key]?.forEach((uid, i) => {
      const path = at(`status.uncountedTerminatedPods.${key}`, i)
      if (uid === '') out.push(invalidValue(path, uid, 'must not be empty'))
      else if (seen.has(uid)) out.push(duplicate(path, uid))
      seen.add(uid)
    })
  }
}

/** What has changed since: only that is checked, so that a status that was wrong before can still be repaired. */
function changes(job: Job, old: Job) {
  const [s, was] = [job.status ?? {}, old.status ?? {}]
  const differs = (type: string): boolean => isTrue(job, type) !== isTrue(old, type)
  return {
    finished: isFinished(job) !== isFinished(old),
    complete: differs('Complete'),
    failed: differs('Failed'),
    failureTarget: differs('FailureTarget'),
    success: differs('SuccessCriteriaMet'),
    completedIndexes: (s.completedIndexes ?? '') !== (was.completedIndexes ?? ''),
    failedIndexes: s.failedIndexes !== was.failedIndexes,
    active: (s.active ?? 0) !== (was.active ?? 0),
    startTime: s.startTime !== was.startTime,
    completionTime: s.completionTime !== was.completionTime,
    uncounted: !deepEqual(s.uncountedTerminatedPods, was.uncountedTerminatedPods),
    ready: s.ready !== was.ready,
    terminating: s.terminating !== was.terminating,
  }
}
type Changes = ReturnType<typeof changes>

function completion(job: Job, s: JobStatus, c: Changes, out: FieldError[]): void {
  const complete = isTrue(job, 'Complete')
  const path = 'status.completionTime'
  if (c.complete || c.failed) if (complete && isTrue(job, 'Failed')) out.push(clash('cannot set Complete=True and Failed=true conditions'))
  if (c.complete || c.failureTarget) if (complete && isTrue(job, 'FailureTarget')) out.push(clash('cannot set Complete=True and FailureTarget=true conditions'))
  if (c.complete || c.completionTime) {
    if (s.completionTime !== undefined && !complete) out.push(invalidValue(path, s.completionTime, 'cannot set completionTime when there is no Complete=True condition'))
    if (s.completionTime === undefined && complete) out.push(required(path, 'completionTime is required for Complete jobs'))
  }
  if (c.startTime || c.completionTime) {
    if (s.startTime && s.completionTime && (parseTime(s.completionTime) ?? 0) < (parseTime(s.startTime) ?? 0)) out.push(invalidValue(path, s.completionTime, 'must be equal to or after `startTime`'))
  }
  if (c.failed || c.failedIndexes) if (isTrue(job, 'Failed') && !isTrue(job, 'FailureTarget')) out.push(clash('cannot set Failed=True condition without the FailureTarget=true condition'))
  if (c.complete || c.success) if (complete && !isTrue(job, 'SuccessCriteriaMet')) out.push(clash('cannot set Complete=True condition without the SuccessCriteriaMet=true condition'))
}

function finished(job: Job, s: JobStatus, c: Changes, out: FieldError[]): void {
  if (!isFinished(job)) return
  if ((c.finished || c.active) && (s.active ?? 0) > 0) out.push(invalidValue('status.active', s.active, 'active>0 is invalid for finished job'))
  const asleep = job.spec.suspend === true && job.spec.completions === 0
  if ((c.finished || c.startTime) && !asleep && s.startTime === undefined) out.push(required('status.startTime', 'startTime is required for finished job'))
  const uncounted = s.uncountedTerminatedPods
  if ((c.finished || c.uncounted) && uncounted && (uncounted.failed ?? []).length + (uncounted.succeeded ?? []).length > 0) {
    out.push(invalidValue('status.uncountedTerminatedPods', goInternal('batch.UncountedTerminatedPods', uncounted), 'must be empty for finished job'))
  }
}

function indexes(job: Job, s: JobStatus, c: Changes, out: FieldError[]): void {
  const { completions, backoffLimitPerIndex, completionMode } = job.spec
  const [completed, failed] = [s.completedIndexes ?? '', s.failedIndexes]
  const wrong = (path: string, text: string): void => {
    const parsed = parseIndexes(text, completions ?? 0)
    if (typeof parsed === 'string') out.push(invalidValue(`status.${path}`, text, `error parsing ${path}: ${parsed}`))
  }
  if (c.completedIndexes && completions !== undefined) wrong('completedIndexes', completed)
  if (c.failedIndexes && completions !== undefined && backoffLimitPerIndex !== undefined && failed !== undefined) wrong('failedIndexes', failed)
  if (c.completedIndexes && completed && completionMode !== 'Indexed') out.push(invalidValue('status.completedIndexes', completed, 'cannot set non-empty completedIndexes when non-indexed completion mode'))
  if (c.failedIndexes && backoffLimitPerIndex === undefined && failed !== undefined) out.push(invalidValue('status.failedIndexes', failed, 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'))
  if ((c.failedIndexes || c.completedIndexes) && completions !== undefined && failed !== undefined) {
    const both = overlap(completed, failed, completions)
    if (both !== undefined) out.push(invalidValue('status.failedIndexes', failed, `failedIndexes and completedIndexes overlap at index: ${both}`))
  }
}

function pods(job: Job, s: JobStatus, c: Changes, out: FieldError[]): void {
  if ((c.finished || c.terminating) && (s.terminating ?? 0) > 0 && isFinished(job)) out.push(invalidValue('status.terminating', s.terminating, 'terminating>0 is invalid for finished job'))
  if ((c.ready || c.active) && s.ready !== undefined && s.ready > (s.active ?? 0)) out.push(invalidValue('status.ready', s.ready, 'cannot set more ready pods than active'))
  const met = isTrue(job, 'SuccessCriteriaMet')
  if (met && isTrue(job, 'Failed')) out.push(clash('cannot set SuccessCriteriaMet=True and Failed=true conditions'))
  if (met && isTrue(job, 'FailureTarget')) out.push(clash('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions'))
  if (job.spec.successPolicy && !met && isTrue(job, 'Complete')) out.push(clash('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True'))
}

function transitions(job: Job, old: Job, s: JobStatus, was: JobStatus, out: FieldError[]): void {
  for (const type of ['Failed', 'Complete', 'FailureTarget']) if (isTrue(old, type) && !isTrue(job, type)) out.push(clash(`cannot disable the terminal ${type}=True condition`))
  if ((s.failed ?? 0) < (was.failed ?? 0)) out.push(invalidValue('status.failed', s.failed ?? 0, 'cannot decrease the failed counter'))
  const scales = job.spec.completionMode === 'Indexed' && job.spec.completions === job.spec.parallelism
  if (!scales && (s.succeeded ?? 0) < (was.succeeded ?? 0)) out.push(invalidValue('status.succeeded', s.succeeded ?? 0, 'cannot decrease the succeeded counter'))
  if (s.completionTime && was.completionTime && s.completionTime !== was.completionTime) out.push(invalidValue('status.completionTime', s.completionTime, FIELD_IMMUTABLE))
  const resuming = isTrue(old, 'Suspended') && isFalse(job, 'Suspended')
  if (was.startTime !== undefined && s.startTime !== was.startTime && !resuming && !job.spec.suspend) {
    out.push(invalidValue('status.startTime', s.startTime ?? null, 'field is immutable for unsuspended job once set'))
  }
  const [met, wasMet] = [isTrue(job, 'SuccessCriteriaMet'), isTrue(old, 'SuccessCriteriaMet')]
  if (wasMet && !met) out.push(clash('cannot disable the SuccessCriteriaMet=True condition'))
  if (isTrue(old, 'Complete') && !wasMet && met) out.push(clash('cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'))
}

/** batch/validation: ValidateJobUpdateStatus with the options of registry/batch/job: getStatusValidationOptions. */
export function validateJobStatus(job: Job, old: Job): readonly FieldError[] {
  const out: FieldError[] = []
  const s = job.status ?? {}
  const c = changes(job, old)
  counts(s, out)
  completion(job, s, c, out)
  finished(job, s, c, out)
  indexes(job, s, c, out)
  pods(job, s, c, out)
  transitions(job, old, s, old.status ?? {}, out)
  return out
}
