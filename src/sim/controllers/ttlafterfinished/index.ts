import { findCondition } from '../../api/conditions.ts'
import { isBeingDeleted, keyOf, splitKey } from '../../api/meta.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { must, retrying } from '../../client/must.ts'
import { get, remove } from '../../client/request.ts'
import { parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'

const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' } as const

/** When a finished Job with ttlSecondsAfterFinished is to go; undefined for any other. */
function expiry(job: Job): Micros | undefined {
  const ttl = job.spec.ttlSecondsAfterFinished
  if (ttl === undefined || isBeingDeleted(job)) return undefined
  const finished = ['Complete', 'Failed'].map((type) => findCondition(job.status?.conditions, type)).find((c) => c?.status === 'True')
  const at = parseTime(finished?.lastTransitionTime)
  return at === undefined ? undefined : at + seconds(ttl)
}

const wake = (ctx: HandlerContext, job: Job): void => {
  if (expiry(job) !== undefined) ctx.enqueue(keyOf(job))
}

/** Deletes Jobs some time after their end (kube-controller-manager: ttlafterfinished). */
export const ttlAfterFinished: Controller = {
  name: 'ttl-after-finished-controller',
  workers: 5,
  watches: [{ resource: JOBS, onAdd: wake, onUpdate: (ctx, _old: Job, job: Job) => wake(ctx, job) }],
  reconcile: (ctx, key) =>
    retrying(() => {
      const { namespace, name } = splitKey(key)
      const cached = ctx.lister<Job>('jobs').get(namespace, name)
      const due = cached && expiry(cached)
      if (due === undefined) return undefined
      const left = due - ctx.now
      if (left > 0) return { after: left }
      // The cache may be behind: the time to live may have been changed since.
      const fresh = ctx.call<Job>(get(JOBS, namespace, name))
      if (isNotFound(fresh)) return undefined
      const job = must(fresh)
      const dueNow = expiry(job)
      if (dueNow === undefined) return undefined
      if (dueNow > ctx.now) return { after: dueNow - ctx.now }
      ctx.note('ttlAfterFinished.delete', { job: key })
      const answer = ctx.call(remove(JOBS, job, { propagationPolicy: 'Foreground', preconditions: { uid: job.metadata.uid } }))
      return isStatus(answer) ? { retry: answer.message ?? '' } : undefined
    }),
}
