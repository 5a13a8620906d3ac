import type { Condition } from '../../api/meta.ts'
import { isPodActive, isPodReady, type Pod } from '../../api/pod.ts'
import type { Job, JobStatus } from '../../kinds/job/job.ts'
import { nextRecord, type BackoffRecord } from './backoff.ts'
import { hasIndex, parseIntervals, total, withIndexes, type Intervals } from './intervals.ts'
import { absoluteFailureCount, failureCount, finishedAt, hasValidIndex, indexOf, isFailed, isIndexed, isTerminating, isTracked } from './pods.ts'
import { matchFailurePolicy } from './policies.ts'

/** A status in the making: absent counts are 0. */
export type Draft = { -readonly [K in keyof JobStatus]: JobStatus[K] } & { uncounted: { succeeded: readonly string[]; failed: readonly string[] } }

/** What one sync knows of its Job and changes on the way (job_controller.go: syncJobCtx). */
export interface View {
  readonly key: string
  job: Job
  readonly status: Draft
  readonly pods: readonly Pod[]
  readonly activePods: readonly Pod[]
  /** Uids that have been asked to lose the finalizer. */
  readonly expectedRemovals: readonly string[]
  readonly succeeded: number
  readonly failed: number
  readonly backoff: BackoffRecord
  /** Of an Indexed Job: as reported, and with the pods that succeeded since. */
  readonly reportedIndexes: Intervals
  succeededIndexes: Intervals
  readonly failedIndexes: Intervals | undefined
  /** Failed pods that stay until their replacement knows how often the index has failed. */
  readonly delayed: ReadonlyMap<number, Pod>
  active: number
  ready: number
  terminating: number
  finished: Condition | undefined
  /** The status differs from what is stored. */
  needsFlush: boolean
}

export const draftOf = (job: Job): Draft => {
  const { uncountedTerminatedPods, ...status } = job.status ?? {}
  return { ...status, uncounted: { succeeded: uncountedTerminatedPods?.succeeded ?? [], failed: uncountedTerminatedPods?.failed ?? [] } }
}

/** Counts the pods of a Job; nothing is decided yet. */
export function lookAt(key: string, job: Job, pods: readonly Pod[], expectedRemovals: readonly string[], record: BackoffRecord | undefined): View {
  const status = draftOf(job)
  const { uncounted } = status
  const activePods = pods.filter(isPodActive)
  const isNew = (pod: Pod, counted: readonly string[]): boolean =>
    isTracked(pod) && !counted.includes(pod.metadata.uid!) && !expectedRemovals.includes(pod.metadata.uid!) && (!isIndexed(job) || hasValidIndex(pod, job))
  const newSucceeded = pods.filter((pod) => pod.status?.phase === 'Succeeded' && isNew(pod, uncounted.succeeded))
  const newFailed = pods.filter((pod) => isFailed(pod, job) && isNew(pod, uncounted.failed))
  const counting = newFailed.filter((pod) => matchFailurePolicy(job.spec.podFailurePolicy, pod).counts)
  const indexed = isIndexed(job) ? indexes(job, pods) : undefined
  const view: View = {
    key, job, status, pods, activePods, expectedRemovals,
    succeeded: indexed ? total(indexed.succeeded) : (status.succeeded ?? 0) + newSucceeded.length + uncounted.succeeded.length,
    failed: (status.failed ?? 0) + counting.length + uncounted.failed.length,
    backoff: nextRecord(record, newSucceeded, newFailed),
    reportedIndexes: indexed?.reported ?? [],
    succeededIndexes: indexed?.succeeded ?? [],
    failedIndexes: indexed?.failed,
    delayed: new Map(),
    active: activePods.length,
    ready: activePods.filter(isPodReady).length,
    terminating: pods.filter(isTerminating).length,
    finished: undefined,
    needsFlush: false,
  }
  return indexed?.failed ? { ...view, delayed: delayedDeletions(view) } : view
}

function indexes(job: Job, pods: readonly Pod[]): { readonly reported: Intervals; readonly succeeded: Intervals; readonly failed: Intervals | undefined } {
  const completions = job.spec.completions ?? 0
  const valid = pods.filter((pod) => isTracked(pod) && hasValidIndex(pod, job))
  const reported = parseIntervals(job.status?.completedIndexes, completions)
  const succeeded = withIndexes(reported, valid.filter((pod) => pod.status?.phase === 'Succeeded').map(indexOf))
  if (job.spec.backoffLimitPerIndex === undefined) return { reported, succeeded, failed: undefined }
  const failed = withIndexes(parseIntervals(job.status?.failedIndexes, completions), valid.filter((pod) => hasIndexFailed(job, pod)).map(indexOf))
  return { reported, succeeded, failed }
}

/** Has the pod's index failed for good with it (isIndexFailed)? */
function hasIndexFailed(job: Job, pod: Pod): boolean {
  if (!isFailed(pod, job)) return false
  const { counts, action } = matchFailurePolicy(job.spec.podFailurePolicy, pod)
  return action === 'FailIndex' || (counts && failureCount(pod) >= (job.spec.backoffLimitPerIndex ?? 0))
}

function delayedDeletions({ job, pods, activePods, succeededIndexes, failedIndexes, expectedRemovals }: View): ReadonlyMap<number, Pod> {
  const active = new Set(activePods.map(indexOf))
  const last = new Map<number, Pod>()
  for (const pod of pods) {
    if (!isTracked(pod) || expectedRemovals.includes(pod.metadata.uid!) || !hasValidIndex(pod, job) || !isFailed(pod, job)) continue
    const index = indexOf(pod)
    if (hasIndex(succeededIndexes, index) || hasIndex(failedIndexes ?? [], index) || active.has(index)) continue
    const before = last.get(index)
    if (!before || (absoluteFailureCount(before) <= absoluteFailureCount(pod) && finishedAt(pod) >= finishedAt(before))) last.set(index, pod)
  }
  return last
}
