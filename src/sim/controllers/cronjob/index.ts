import { controllerOf, keyOf, type OwnerReference } from '../../api/meta.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import { retrying } from '../../client/must.ts'
import type { CronJob } from '../../kinds/cronjob/cronjob.ts'
import type { Job } from '../../kinds/job/job.ts'
import { JOBS } from './jobs.ts'
import { scheduleOf, wait } from './schedule.ts'
import { CRON_JOBS, syncCronJob } from './sync.ts'

function wakeOwner(ctx: HandlerContext, job: Job, ref: OwnerReference | undefined = controllerOf(job)): void {
  if (ref?.kind !== 'CronJob') return
  const cron = ctx.lister<CronJob>('cronjobs').get(job.metadata.namespace, ref.name)
  if (cron?.metadata.uid === ref.uid) ctx.enqueue(keyOf(cron))
}

/** Makes Jobs by the clock (kube-controller-manager: cronjob, cronjob_controllerv2.go). */
export const cronJobController: Controller = {
  name: 'cronjob-controller',
  workers: 5,
  watches: [
    {
      resource: CRON_JOBS,
      onAdd: (ctx, cron: CronJob) => ctx.enqueue(keyOf(cron)),
      onUpdate(ctx, old: CronJob, cron: CronJob) {
        if (old.spec.schedule === cron.spec.schedule && old.spec.timeZone === cron.spec.timeZone) return ctx.enqueue(keyOf(cron))
        // A new schedule begins with its next firing.
        const schedule = scheduleOf(cron)
        const after = typeof schedule === 'string' ? 0 : wait(cron, schedule, ctx.now)
        if (after !== undefined) ctx.enqueueAfter(keyOf(cron), after)
      },
      onDelete: (ctx, cron: CronJob) => ctx.enqueue(keyOf(cron)),
    },
    {
      resource: JOBS,
      onAdd: (ctx, job: Job) => wakeOwner(ctx, job),
      onUpdate(ctx, old: Job, job: Job) {
        if (old.metadata.resourceVersion === job.metadata.resourceVersion) return
        const [before, ref] = [controllerOf(old), controllerOf(job)]
        if (before?.uid !== ref?.uid) wakeOwner(ctx, old, before)
        wakeOwner(ctx, job, ref)
      },
      onDelete: (ctx, job: Job) => wakeOwner(ctx, job),
    },
  ],
  reconcile: (ctx, key) => retrying(() => syncCronJob(ctx, key)),
}
