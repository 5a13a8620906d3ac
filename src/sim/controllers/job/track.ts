import { isBeingDeleted, uidOf, type Condition } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import { update } from '../../client/request.ts'
import { formatTime } from '../../engine/time.ts'
import type { Job, JobStatus } from '../../kinds/job/job.ts'
import { ensureCondition, JOBS, newCondition, trueCondition } from './conditions.ts'
import { hasIndex, intervalsText, total, withIndexes } from './intervals.ts'
import { Memory } from './memory.ts'
import { withoutTracking } from './orphans.ts'
import { hasValidIndex, indexOf, isFailed, isIndexed, isTracked } from './pods.ts'
import { matchFailurePolicy } from './policies.ts'
import type { Draft, View } from './view.ts'

/** So many uids at most wait in the status to be counted. */
const MAX_UNCOUNTED = 500

/**
 * Counts ended pods exactly once: their uids go into the status, then their finalizers go, then the counters rise; at
 * last the Job is declared finished (job_controller.go: trackJobStatusAndRemoveFinalizers). Throws Refused.
 */
export function track(ctx: ControllerContext, view: View): void {
  const { status, pods } = view
  const tracked = new Set(pods.filter((pod) => isTracked(pod) && !view.expectedRemovals.includes(uidOf(pod))).map(uidOf))
  if (countUntracked(status, tracked)) view.needsFlush = true
  const { done, full } = introduce(view, isIndexed(view.job) ? [...pods].sort((a, b) => indexOf(a) - indexOf(b)) : pods, tracked)
  if (isIndexed(view.job)) reportIndexes(view)
  const { now } = ctx
  const final = interim(view, now)
  if (view.needsFlush) {
    flush(ctx, view)
    ctx.once(() => {
      new Memory(ctx).setBackoff(view.key, view.backoff)
      return null
    })
    view.needsFlush = false
  }
  const failure = removeFinalizers(ctx, view, done, tracked)
  if (countUntracked(status, tracked)) view.needsFlush = true
  if (failure) {
    if (view.needsFlush) flush(ctx, view)
    throw failure
  }
  const finished = !full && final !== undefined && finish(view, final, ctx.now)
  if (!finished && !view.needsFlush) return
  flush(ctx, view)
  if (finished) reportEnd(ctx, view, final)
}

/** Pods of the status that have no finalizer any more are added to the counters. */
function countUntracked(status: Draft, tracked: ReadonlySet<string>): boolean {
  const { succeeded, failed } = status.uncounted
  const left = { succeeded: succeeded.filter((uid) => tracked.has(uid)), failed: failed.filter((uid) => tracked.has(uid)) }
  if (left.succeeded.length === succeeded.length && left.failed.length === failed.length) return false
  status.succeeded = (status.succeeded ?? 0) + succeeded.length - left.succeeded.length
  status.failed = (status.failed ?? 0) + failed.length - left.failed.length
  status.uncounted = left
  return true
}

/** Puts ended pods into the status; `done` are those that may lose the finalizer then. */
function introduce(view: View, pods: readonly Pod[], tracked: ReadonlySet<string>): { readonly done: readonly Pod[]; readonly full: boolean } {
  const { job, status } = view
  const before = status.uncounted
  const succeeded = [...before.succeeded]
  const failed = [...before.failed]
  const newIndexes: number[] = []
  const done: Pod[] = []
  let full = false
  for (const pod of pods) {
    const uid = uidOf(pod)
    if (!tracked.has(uid)) continue
    const isBad = isFailed(pod, job)
    if (!mayLoseFinalizer(view, pod, isBad)) continue
    done.push(pod)
    if (pod.status?.phase === 'Succeeded' && !before.failed.includes(uid)) {
      if (isIndexed(job)) {
        if (hasValidIndex(pod, job) && !hasIndex(view.reportedIndexes, indexOf(pod))) newIndexes.push(indexOf(pod))
      } else if (!before.succeeded.includes(uid)) succeeded.push(uid)
    } else if ((isBad || (view.finished !== undefined && !isSuccess(view.finished))) && !before.failed.includes(uid)) {
      if ((!isIndexed(job) || hasValidIndex(pod, job)) && matchFailurePolicy(job.spec.podFailurePolicy, pod).counts) failed.push(uid)
    }
    full = newIndexes.length + succeeded.length + failed.length >= MAX_UNCOUNTED
    if (full) break
  }
  if (newIndexes.length > 0 || succeeded.length > before.succeeded.length || failed.length > before.failed.length) view.needsFlush = true
  status.uncounted = { succeeded, failed }
  view.succeededIndexes = withIndexes(view.succeededIndexes, newIndexes)
  return { done, full }
}

const isSuccess = ({ type, status }: Condition): boolean => type === 'SuccessCriteriaMet' && status === 'True'

function mayLoseFinalizer({ job, finished, delayed }: View, pod: Pod, isBad: boolean): boolean {
  if (isBeingDeleted(job) || finished !== undefined || pod.status?.phase === 'Succeeded') return true
  return isBad && delayed.get(indexOf(pod))?.metadata.uid !== pod.metadata.uid
}

function reportIndexes(view: View): void {
  const { status, succeededIndexes, failedIndexes } = view
  const completed = intervalsText(succeededIndexes)
  const failed = failedIndexes && intervalsText(failedIndexes)
  if (completed !== (status.completedIndexes ?? '') || failed !== status.failedIndexes) view.needsFlush = true
  status.succeeded = total(succeededIndexes)
  status.completedIndexes = completed
  status.failedIndexes = failed
}

/** Adds FailureTarget or SuccessCriteriaMet to the status; gives the condition that follows when all is counted. */
function interim(view: View, now: number): Condition | undefined {
  const { finished, status } = view
  if (!finished) return undefined
  if (finished.type === 'FailureTarget') {
    status.conditions = [...(status.conditions ?? []), finished]
    view.needsFlush = true
    return newCondition('Failed', 'True', finished.reason ?? '', finished.message ?? '', now)
  }
  if (!isSuccess(finished)) return finished
  if (!trueCondition(status.conditions, 'SuccessCriteriaMet')) {
    status.conditions = [...(status.conditions ?? []), finished]
    view.needsFlush = true
  }
  return newCondition('Complete', 'True', finished.reason ?? '', finished.message ?? '', now)
}

/** Removes the finalizers in parallel; uids that lost theirs leave `tracked`. */
function removeFinalizers(ctx: ControllerContext, { key }: View, pods: readonly Pod[], tracked: Set<string>): Refused | undefined {
  if (pods.length === 0) return undefined
  ctx.once(() => {
    new Memory(ctx).expectRemovals(key, pods.map(uidOf))
    return null
  })
  let failure: Refused | undefined
  ctx.all(pods.map(withoutTracking)).forEach((answer, i) => {
    const uid = uidOf(pods[i]!)
    if (isStatus(answer)) {
      ctx.once(() => {
        new Memory(ctx).removalObserved(key, uid)
        return null
      })
      if (!isNotFound(answer)) {
        failure ??= new Refused(answer)
        return
      }
    }
    tracked.delete(uid)
  })
  return failure
}

/** Adds the last condition when nothing is left to be counted and no pod is on its way out. */
function finish({ status, terminating }: View, final: Condition, now: number): boolean {
  if (status.uncounted.succeeded.length + status.uncounted.failed.length > 0 || terminating > 0) return false
  status.conditions = ensureCondition(status.conditions, newCondition(final.type, 'True', final.reason ?? '', final.message ?? '', now)) ?? status.conditions
  if (final.type === 'Complete') status.completionTime = final.lastTransitionTime ?? formatTime(now)
  return true
}

function reportEnd(ctx: ControllerContext, { key, job }: View, final: Condition): void {
  ctx.once(() => {
    new Memory(ctx).setFinished(key, uidOf(job))
    return null
  })
  if (final.type !== 'Complete') return ctx.event(job, 'Warning', final.reason ?? '', final.message ?? '')
  const { completions } = job.spec
  if (completions !== undefined && (job.status?.succeeded ?? 0) > completions)
    ctx.event(job, 'Warning', 'TooManySucceededPods', 'Too many succeeded pods running after completion count reached')
  ctx.event(job, 'Normal', 'Completed', 'Job completed')
}

/** Writes the status; the answer is the Job that later writes build upon. */
function flush(ctx: ControllerContext, view: View): void {
  const { status, key, job } = view
  ctx.note('job.status', { name: job.metadata.name, active: status.active ?? 0, succeeded: status.succeeded ?? 0, failed: status.failed ?? 0 })
  const written = must(ctx.call<Job>(update(JOBS, { ...job, status: finishedStatus(status) }, 'status')))
  ctx.once(() => {
    new Memory(ctx).wrote(key, written.metadata.resourceVersion)
    return null
  })
  view.job = written
}

/** The status as it is written: zero counts are absent, as Go's omitempty leaves them out. */
function finishedStatus({ uncounted, active, succeeded, failed, completedIndexes, startTime, failedIndexes, ...rest }: Draft): JobStatus {
  const { succeeded: waiting, failed: broken } = uncounted
  return {
    ...rest,
    ...(active ? { active } : {}),
    ...(succeeded ? { succeeded } : {}),
    ...(failed ? { failed } : {}),
    ...(completedIndexes ? { completedIndexes } : {}),
    ...(failedIndexes === undefined ? {} : { failedIndexes }),
    ...(startTime ? { startTime } : {}),
    uncountedTerminatedPods: { ...(broken.length > 0 ? { failed: broken } : {}), ...(waiting.length > 0 ? { succeeded: waiting } : {}) },
  }
}
