import { deepEqual } from '../../api/deep.ts'
import { selectorMatches } from '../../api/labels.ts'
import { controllerOf, isBeingDeleted, keyOf, uidOf, type OwnerReference } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import { PODS } from '../../client/request.ts'
import { minutes, parseTime, seconds } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { isJobFinished, JOBS } from './conditions.ts'
import { JOB_TABLES, Memory } from './memory.ts'
import { isOrphanKey, orphanPod, orphansOf, syncOrphans } from './orphans.ts'
import { isTracked } from './pods.ts'
import { syncJob } from './sync.ts'

/** Pod events and status changes are gathered for so long before a sync. */
const BATCH = seconds(1)

function resolve(ctx: HandlerContext, pod: Pod, ref: OwnerReference | undefined): Job | undefined {
  if (ref?.kind !== 'Job') return undefined
  const job = ctx.lister<Job>('jobs').get(pod.metadata.namespace, ref.name)
  return job?.metadata.uid === ref.uid ? job : undefined
}

function wakeMatching(ctx: HandlerContext, pod: Pod): void {
  if (!pod.metadata.labels) return
  for (const job of ctx.lister<Job>('jobs').list(pod.metadata.namespace))
    if (selectorMatches(job.spec.selector, pod.metadata.labels)) ctx.enqueueAfter(keyOf(job), BATCH)
}

/** `gone`: the object is no more; otherwise it has only been marked. */
function podDeleted(ctx: HandlerContext, pod: Pod, gone: boolean): void {
  const tracked = isTracked(pod)
  const ref = controllerOf(pod)
  const job = resolve(ctx, pod, ref)
  if (!job || isJobFinished(job)) {
    if (tracked && (!ref || ref.kind === 'Job')) ctx.enqueue(orphanPod(pod))
    return
  }
  const memory = new Memory(ctx)
  memory.expectations.deletionObserved(keyOf(job), keyOf(pod))
  if (gone || !tracked) memory.removalObserved(keyOf(job), uidOf(pod))
  ctx.enqueueAfter(keyOf(job), BATCH)
}

/** Runs pods to their end, so many times as wished (kube-controller-manager: job, job_controller.go). */
export const jobController: Controller = {
  name: 'job-controller',
  workers: 5,
  backoff: { base: seconds(1), max: minutes(1) },
  watches: [
    {
      resource: JOBS,
      onAdd: (ctx, job: Job) => ctx.enqueue(keyOf(job)),
      onUpdate(ctx, old: Job, job: Job) {
        if (isJobFinished(job)) return ctx.enqueue(orphansOf(job))
        ctx.enqueueAfter(keyOf(job), job.metadata.generation === old.metadata.generation ? BATCH : 0)
        const started = parseTime(job.status?.startTime)
        const deadline = job.spec.activeDeadlineSeconds
        if (started !== undefined && deadline !== undefined && deadline !== old.spec.activeDeadlineSeconds)
          ctx.enqueueAfter(keyOf(job), started + seconds(deadline) - ctx.now)
      },
      onDelete(ctx, job: Job) {
        new Memory(ctx).settle(keyOf(job))
        ctx.enqueue(keyOf(job))
        ctx.enqueue(orphansOf(job))
      },
    },
    {
      resource: PODS,
      onAdd(ctx, pod: Pod) {
        if (isBeingDeleted(pod)) return podDeleted(ctx, pod, false)
        const ref = controllerOf(pod)
        if (ref) {
          const job = resolve(ctx, pod, ref)
          if (!job) return
          new Memory(ctx).expectations.creationObserved(keyOf(job))
          ctx.enqueueAfter(keyOf(job), BATCH)
          return
        }
        if (isTracked(pod)) ctx.enqueue(orphanPod(pod))
        wakeMatching(ctx, pod)
      },
      onUpdate(ctx, old: Pod, pod: Pod) {
        if (old.metadata.resourceVersion === pod.metadata.resourceVersion) return
        if (isBeingDeleted(pod)) return podDeleted(ctx, pod, false)
        const ref = controllerOf(pod)
        const before = controllerOf(old)
        const reowned = ref !== before && !deepEqual(ref, before)
        const tracked = isTracked(pod)
        for (const owner of reowned ? [before, ref] : [ref]) {
          const job = resolve(ctx, pod, owner)
          if (!job) continue
          if (!tracked) new Memory(ctx).removalObserved(keyOf(job), uidOf(pod))
          ctx.enqueueAfter(keyOf(job), BATCH)
        }
        if (ref) return
        if (tracked) ctx.enqueue(orphanPod(pod))
        if (reowned || !deepEqual(old.metadata.labels, pod.metadata.labels)) wakeMatching(ctx, pod)
      },
      onDelete: (ctx, pod: Pod) => podDeleted(ctx, pod, true),
    },
  ],
  state: JOB_TABLES,
  reconcile: (ctx, key) => retrying(() => (isOrphanKey(key) ? syncOrphans(ctx, key) : syncJob(ctx, key))),
}
