import { compileSelector } from '../../api/labels.ts'
import { isBeingDeleted, isControlledBy, splitKey, uidOf, type Condition } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { PODS } from '../../client/request.ts'
import { formatTime, parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { ensureCondition, isJobFinished, JOBS, newCondition, trueCondition } from './conditions.ts'
import { total } from './intervals.ts'
import { deleteActive, manage } from './manage.ts'
import { Memory } from './memory.ts'
import { isManagedElsewhere } from './orphans.ts'
import { isFailed, isIndexed, isSuspended, isTracked, TRACKING } from './pods.ts'
import { matchFailurePolicy, matchSuccessPolicy } from './policies.ts'
import { track } from './track.ts'
import { lookAt, type View } from './view.ts'

/** One sync of a Job (kube-controller-manager: job, job_controller.go: syncJob). Throws Refused. */
export function syncJob(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const job = ctx.lister<Job>('jobs').get(namespace, name)
  if (!job) return remember(ctx, (memory) => memory.forget(key))
  if (ctx.once(() => new Memory(ctx).isBehind(key, job.metadata.resourceVersion))) return { retry: `the cache does not show the last write of ${key} yet` }
  if (isManagedElsewhere(job)) return undefined
  if (isJobFinished(job)) return remember(ctx, (memory) => memory.settle(key))
  if (ctx.once(() => new Memory(ctx).isFinished(key, uidOf(job)))) return undefined
  const { now } = ctx
  const [act, removals, record] = ctx.once(() => {
    const memory = new Memory(ctx)
    return [memory.expectations.satisfied(key, now), memory.expectedRemovals(key), memory.backoff(key) ?? null] as const
  })
  const view = lookAt(key, job, podsOf(ctx, job), removals, record ?? undefined)
  describe(ctx, view, act)
  const failure = decide(ctx, view, act, now)
  track(ctx, view)
  return failure === undefined ? undefined : { retry: failure }
}

function remember(ctx: ControllerContext, write: (memory: Memory) => void): undefined {
  ctx.once(() => {
    write(new Memory(ctx))
    return null
  })
}

/** The Job's pods; those that it has just adopted carry the tracking finalizer already. */
function podsOf(ctx: ControllerContext, job: Job): readonly Pod[] {
  const lister = ctx.lister<Pod>('pods')
  const candidates = [...lister.by('owner', uidOf(job)), ...lister.by('orphan', job.metadata.namespace ?? '')]
  const pods = claim(ctx, { owner: job, owners: JOBS, resource: PODS, selector: compileSelector(job.spec.selector), finalizers: [TRACKING] }, candidates)
  return pods.map((pod) =>
    isControlledBy(pod, job) || isTracked(pod) ? pod : { ...pod, metadata: { ...pod.metadata, finalizers: [...(pod.metadata.finalizers ?? []), TRACKING] } },
  )
}

function describe(ctx: ControllerContext, { job, active, succeeded, failed }: View, act: boolean): void {
  const params = { name: job.metadata.name, active, succeeded, failed, completions: job.spec.completions ?? 1 }
  if (act) ctx.note('job.sync', params)
  else ctx.note('job.waits', params)
}

/** Finds out whether the Job has come to an end, and lets pods come and go. The first refusal's message. */
function decide(ctx: ControllerContext, view: View, act: boolean, now: Micros): string | undefined {
  const { job, status } = view
  if (!status.startTime && !isSuspended(job)) status.startTime = formatTime(now)
  view.finished = ending(ctx, view, now)
  let failure: string | undefined
  let suspendChanged = false
  if (view.finished) {
    const { deleted, message } = deleteActive(ctx, view)
    // Pods that are left or not seen yet may still count.
    if (deleted !== view.activePods.length || !act) view.finished = undefined
    failure = message
  } else {
    const managed = act && !isBeingDeleted(job)
    if (managed) failure = manage(ctx, view)
    const { completions } = job.spec
    const complete = view.active === 0 && (completions === undefined ? view.succeeded > 0 : view.succeeded >= completions)
    if (complete) view.finished = newCondition('SuccessCriteriaMet', 'True', 'CompletionsReached', 'Reached expected number of succeeded pods', now)
    else if (managed) suspendChanged = reportSuspension(ctx, view, now)
  }
  const changed = suspendChanged || view.active !== (status.active ?? 0) || view.ready !== status.ready || view.terminating !== status.terminating
  status.active = view.active
  status.ready = view.ready
  status.terminating = view.terminating
  view.needsFlush = changed
  return failure
}

/** The condition that ends the Job, if one is met. What an earlier sync decided stands. */
function ending(ctx: ControllerContext, view: View, now: Micros): Condition | undefined {
  const { job, pods, status } = view
  const known = trueCondition(status.conditions, 'SuccessCriteriaMet')
  if (known) return known
  const target = trueCondition(status.conditions, 'FailureTarget')
  if (target) return newCondition('Failed', 'True', target.reason ?? '', target.message ?? '', now)
  const failing = pods.map((pod) => (isFailed(pod, job) ? matchFailurePolicy(job.spec.podFailurePolicy, pod).message : undefined)).find((message) => message !== undefined)
  if (failing !== undefined) return newCondition('FailureTarget', 'True', 'PodFailurePolicy', failing, now)
  return limits(ctx, view, now) ?? indexLimits(view, now)
}

function limits(ctx: ControllerContext, { key, job, failed, pods, status }: View, now: Micros): Condition | undefined {
  const { backoffLimit = 6, activeDeadlineSeconds } = job.spec
  if (failed > backoffLimit || hasRestartedTooOften(job, pods, backoffLimit))
    return newCondition('FailureTarget', 'True', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', now)
  if (activeDeadlineSeconds === undefined || isSuspended(job)) return undefined
  const started = job.status?.startTime ? parseTime(status.startTime)! : now
  const left = started + seconds(activeDeadlineSeconds) - now
  if (left <= 0) return newCondition('FailureTarget', 'True', 'DeadlineExceeded', 'Job was active longer than specified deadline', now)
  ctx.enqueueAfter(key, left)
  return undefined
}

/** With restartPolicy OnFailure the containers' restarts count (pastBackoffLimitOnFailure). */
function hasRestartedTooOften(job: Job, pods: readonly Pod[], limit: number): boolean {
  if (job.spec.template.spec?.restartPolicy !== 'OnFailure') return false
  let restarts = 0
  for (const { status } of pods) {
    if (status?.phase !== 'Running' && status?.phase !== 'Pending') continue
    for (const { restartCount } of [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])]) restarts += restartCount
  }
  return limit === 0 ? restarts > 0 : restarts >= limit
}

function indexLimits({ job, failedIndexes, succeededIndexes }: View, now: Micros): Condition | undefined {
  if (!isIndexed(job)) return undefined
  const { completions = 0, maxFailedIndexes, successPolicy } = job.spec
  const failed = failedIndexes ? total(failedIndexes) : 0
  if (failedIndexes && maxFailedIndexes !== undefined && failed > maxFailedIndexes)
    return newCondition('FailureTarget', 'True', 'MaxFailedIndexesExceeded', 'Job has exceeded the specified maximal number of failed indexes', now)
  if (failed > 0 && failed + total(succeededIndexes) >= completions) return newCondition('FailureTarget', 'True', 'FailedIndexes', 'Job has failed indexes', now)
  const met = matchSuccessPolicy(successPolicy, completions, succeededIndexes)
  return met === undefined ? undefined : newCondition('SuccessCriteriaMet', 'True', 'SuccessPolicy', met, now)
}

/** Condition Suspended, its Event and the start time; true when something changed. */
function reportSuspension(ctx: ControllerContext, { job, status }: View, now: Micros): boolean {
  const suspended = isSuspended(job)
  const next = suspended
    ? newCondition('Suspended', 'True', 'JobSuspended', 'Job suspended', now)
    : newCondition('Suspended', 'False', 'JobResumed', 'Job resumed', now)
  const conditions = ensureCondition(status.conditions, next)
  if (!conditions) return false
  status.conditions = conditions
  status.startTime = suspended ? undefined : formatTime(now)
  ctx.event(job, 'Normal', suspended ? 'Suspended' : 'Resumed', next.message!)
  return true
}
