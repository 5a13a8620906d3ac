import { controllerRef, type KubeObject, type ObjectReference } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { zoneOffset } from '../../api/zone-clock.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { remove } from '../../client/request.ts'
import { formatTime, parseTime, unixSeconds, type Micros } from '../../engine/time.ts'
import type { CronJob } from '../../kinds/cronjob/cronjob.ts'
import type { Job } from '../../kinds/job/job.ts'

export const JOBS = { group: 'batch', version: 'v1', resource: 'jobs' } as const

/** Complete or Failed, when the Job has ended. */
export const endOf = (job: Job): 'Complete' | 'Failed' | undefined =>
  job.status?.conditions?.find((c) => (c.type === 'Complete' || c.type === 'Failed') && c.status === 'True')?.type as 'Complete' | 'Failed' | undefined

/** One firing has one name: "backup-29384712", the minutes since 1970. */
export const jobName = (cron: CronJob, firing: Micros): string => `${cron.metadata.name}-${Math.floor(unixSeconds(firing) / 60)}`

const two = (n: number): string => `${n}`.padStart(2, '0')

/** RFC 3339 as clocks of the zone show it. */
function zoned(at: Micros, zone: string): string {
  const offset = zoneOffset(zone, unixSeconds(at))
  if (offset === 0) return formatTime(at)
  const minutes = Math.abs(offset) / 60
  return `${formatTime(at + offset * 1_000_000).slice(0, -1)}${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`
}

/** The Job of a firing (getJobFromTemplate2). */
export function jobOf(cron: CronJob, firing: Micros): Job {
  const { metadata, spec } = cron.spec.jobTemplate
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cron, firing),
      namespace: cron.metadata.namespace,
      ...(metadata?.labels ? { labels: metadata.labels } : {}),
      annotations: { ...metadata?.annotations, 'batch.kubernetes.io/cronjob-scheduled-timestamp': zoned(firing, cron.spec.timeZone ?? '') },
      ownerReferences: [controllerRef(cron)],
    },
    spec,
  }
}

export const referenceTo = ({ apiVersion, kind, metadata }: KubeObject): ObjectReference => ({
  apiVersion, kind, name: metadata.name, namespace: metadata.namespace, resourceVersion: metadata.resourceVersion, uid: metadata.uid,
})

/** Deletes a Job with its Event; true when it went. */
export function deleteJob(ctx: ControllerContext, cron: CronJob, job: Job): boolean {
  ctx.note('cronjob.delete', { name: cron.metadata.name, job: job.metadata.name })
  const answer = ctx.call(remove(JOBS, job, { propagationPolicy: 'Background' }))
  if (isStatus(answer)) {
    ctx.event(cron, 'Warning', 'FailedDelete', `Deleted job: ${answer.message}`)
    return false
  }
  ctx.event(cron, 'Normal', 'SuccessfulDelete', `Deleted job ${job.metadata.name}`)
  return true
}

/** Those that go first when the history is cut: started first; not started last. */
export function byStart(a: Job, b: Job): number {
  const [x, y] = [a, b].map((job) => parseTime(job.status?.startTime) ?? Infinity) as [number, number]
  return x === y ? (a.metadata.name < b.metadata.name ? -1 : 1) : x - y
}
