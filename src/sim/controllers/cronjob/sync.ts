import { isBeingDeleted, isControlledBy, splitKey, uidOf, controllerOf, type ObjectReference } from '../../api/meta.ts'
import { goQuote } from '../../api/field.ts'
import { isAlreadyExists, isNamespaceTerminating, isNotFound, isStatus } from '../../api/status.ts'
import { isTimeZone } from '../../api/time-zones.ts'
import type { CronSchedule } from '../../api/cron.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, get, update } from '../../client/request.ts'
import { formatTime, parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { CronJob, CronJobStatus } from '../../kinds/cronjob/cronjob.ts'
import type { Job } from '../../kinds/job/job.ts'
import { byStart, deleteJob, endOf, jobName, jobOf, JOBS, referenceTo } from './jobs.ts'
import { missed, scheduleOf, wait } from './schedule.ts'

export const CRON_JOBS = { group: 'batch', version: 'v1', resource: 'cronjobs' } as const

/** One sync of a CronJob (kube-controller-manager: cronjob, cronjob_controllerv2.go: sync). Throws Refused. */
export function syncCronJob(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const cron = ctx.lister<CronJob>('cronjobs').get(namespace, name)
  if (!cron) return undefined
  const jobs = ctx.lister<Job>('jobs').list(namespace).filter((job) => controllerOf(job)?.name === name)
  const work = new Work(ctx, cron, jobs)
  work.cutHistory()
  let again: Micros | undefined
  let failure: Refused | undefined
  try {
    again = work.run()
  } catch (thrown) {
    if (!(thrown instanceof Refused)) throw thrown
    failure = thrown
  }
  if (work.changed) must(ctx.call(update(CRON_JOBS, work.result(), 'status')))
  if (again !== undefined) return { after: again }
  if (failure) throw failure
  return undefined
}

class Work {
  readonly #ctx: ControllerContext
  readonly #jobs: readonly Job[]
  #cron: CronJob
  #active: readonly ObjectReference[]
  #lastSchedule: string | undefined
  #lastSuccess: string | undefined
  changed = false

  constructor(ctx: ControllerContext, cron: CronJob, jobs: readonly Job[]) {
    this.#ctx = ctx
    this.#cron = cron
    this.#jobs = jobs
    this.#active = cron.status?.active ?? []
    this.#lastSchedule = cron.status?.lastScheduleTime
    this.#lastSuccess = cron.status?.lastSuccessfulTime
  }

  /** The CronJob with its new status. */
  result(): CronJob {
    const status: CronJobStatus = {
      ...(this.#active.length > 0 ? { active: this.#active } : {}),
      ...(this.#lastSchedule ? { lastScheduleTime: this.#lastSchedule } : {}),
      ...(this.#lastSuccess ? { lastSuccessfulTime: this.#lastSuccess } : {}),
    }
    return { ...this.#cron, status }
  }

  /** Deletes the oldest ended Jobs beyond the limits. */
  cutHistory(): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = this.#cron.spec
    for (const [end, limit] of [['Complete', successfulJobsHistoryLimit], ['Failed', failedJobsHistoryLimit]] as const) {
      if (limit === undefined) continue
      const ended = this.#jobs.filter((job) => endOf(job) === end).sort(byStart)
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) if (deleteJob(this.#ctx, this.#cron, job)) this.#drop(uidOf(job), true)
    }
  }

  #drop(uid: string, changed: boolean): void {
    this.#active = this.#active.filter((ref) => ref.uid !== uid)
    if (changed) this.changed = true
  }

  #knows(uid: string): boolean {
    return this.#active.some((ref) => ref.uid === uid)
  }

  /** Time until the next look, if there is one to come by itself. */
  run(): Micros | undefined {
    const { now } = this.#ctx
    for (const job of this.#jobs) this.#observe(job)
    this.#dropMissing()
    const cron = this.result()
    if (isBeingDeleted(cron)) return undefined
    const { timeZone, suspend, schedule: text } = cron.spec
    if (timeZone !== undefined && !isTimeZone(timeZone)) return this.#warn('UnknownTimeZone', `invalid timeZone: ${goQuote(timeZone)}: unknown time zone ${timeZone}`)
    if (suspend) return undefined
    if (text.includes('TZ'))
      this.#warn('UnsupportedSchedule', `CRON_TZ or TZ used in schedule ${goQuote(text)} is not officially supported, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details`)
    const schedule = scheduleOf(cron)
    if (typeof schedule === 'string') return this.#warn('UnparseableSchedule', `unparseable schedule: ${goQuote(text)} : ${schedule}`)
    const { latest, many, problem } = missed(cron, schedule, now, true)
    if (problem !== undefined) return this.#warn('InvalidSchedule', `invalid schedule: ${text} : ${problem}`)
    if (latest === undefined) return wait(cron, schedule, now)
    if (many) this.#warn('TooManyMissedTimes', 'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew')
    return this.#fire(cron, schedule, latest, now)
  }

  #warn(reason: string, message: string): undefined {
    this.#ctx.event(this.#cron, 'Warning', reason, message)
  }

  /** Ended Jobs leave the list of active ones; strangers are reported. */
  #observe(job: Job): void {
    const uid = uidOf(job)
    const end = endOf(job)
    if (!this.#knows(uid) && !end) {
      const { namespace, name } = this.#cron.metadata
      const fresh = must(this.#ctx.call<CronJob>(get(CRON_JOBS, namespace, name)))
      if (!fresh.status?.active?.some((ref) => ref.uid === uid)) return this.#warn('UnexpectedJob', `Saw a job that the controller did not create or forgot: ${job.metadata.name}`)
      this.#cron = fresh
      this.#active = fresh.status.active
      this.#lastSchedule = fresh.status.lastScheduleTime
      this.#lastSuccess = fresh.status.lastSuccessfulTime
      return
    }
    if (!end) return
    if (this.#knows(uid)) {
      this.#drop(uid, true)
      this.#ctx.event(this.#cron, 'Normal', 'SawCompletedJob', `Saw completed job: ${job.metadata.name}, condition: ${end}`)
    }
    const completed = job.status?.completionTime
    if (end !== 'Complete') return
    if (this.#lastSuccess === undefined || (completed !== undefined && parseTime(completed)! > parseTime(this.#lastSuccess)!)) {
      this.#lastSuccess = completed
      this.changed = true
    }
  }

  #dropMissing(): void {
    for (const { uid = '', namespace, name = '' } of this.#active) {
      if (this.#jobs.some((job) => uidOf(job) === uid)) continue
      const found = this.#ctx.call<Job>(get(JOBS, namespace, name))
      if (!isStatus(found)) continue
      if (!isNotFound(found)) throw new Refused(found)
      this.#ctx.event(this.#cron, 'Normal', 'MissingJob', `Active job went missing: ${name}`)
      this.#drop(uid, true)
    }
  }

  #fire(cron: CronJob, schedule: CronSchedule, firing: Micros, now: Micros): Micros | undefined {
    const { startingDeadlineSeconds, concurrencyPolicy } = cron.spec
    if (startingDeadlineSeconds !== undefined && firing + seconds(startingDeadlineSeconds) < now)
      this.#warn('MissSchedule', `Missed scheduled time to start a job: ${rfc1123(firing)}`)
    else if (this.#active.some((ref) => ref.name === jobName(cron, firing)) || parseTime(this.#lastSchedule) === firing) return wait(cron, schedule, now)
    else if (concurrencyPolicy === 'Forbid' && this.#active.length > 0)
      this.#ctx.event(cron, 'Normal', 'JobAlreadyActive', 'Not starting job because prior execution is running and concurrency policy is Forbid')
    else {
      if (concurrencyPolicy === 'Replace') this.#stopActive(cron)
      if (!this.#start(cron, firing)) return undefined
    }
    return wait(this.result(), schedule, now)
  }

  #stopActive(cron: CronJob): void {
    for (const { namespace, name = '' } of this.#active) {
      const job = this.#ctx.call<Job>(get(JOBS, namespace, name))
      if (isStatus(job)) {
        this.#warn('FailedGet', `Get job: ${job.message}`)
        throw new Refused(job)
      }
      if (!deleteJob(this.#ctx, cron, job)) throw new Refused(`could not replace job ${namespace}/${name}`)
      this.#drop(uidOf(job), true)
    }
  }

  /** False when somebody else's Job has the name, or it is known already. */
  #start(cron: CronJob, firing: Micros): boolean {
    const ctx = this.#ctx
    const wanted = jobOf(cron, firing)
    ctx.note('cronjob.fire', { name: cron.metadata.name, job: wanted.metadata.name })
    let job = ctx.call<Job>(create(JOBS, cron.metadata.namespace, wanted))
    if (isAlreadyExists(job)) {
      job = must(ctx.call<Job>(get(JOBS, cron.metadata.namespace, wanted.metadata.name)))
      if (!isControlledBy(job, cron) || this.#knows(uidOf(job))) return false
    } else if (isStatus(job)) {
      if (!isNamespaceTerminating(job)) this.#warn('FailedCreate', `Error creating job: ${job.message}`)
      throw new Refused(job)
    } else ctx.event(cron, 'Normal', 'SuccessfulCreate', `Created job ${job.metadata.name}`)
    this.#active = [...this.#active, referenceTo(job)]
    this.#lastSchedule = formatTime(firing)
    this.changed = true
    return true
  }
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** "Thu, 01 Jan 2026 00:01:00 +0000" (time.RFC1123Z). The epoch is a Thursday. */
function rfc1123(at: Micros): string {
  const [date = '', time = ''] = formatTime(at).slice(0, -1).split('T')
  const [year, month, day] = date.split('-')
  const weekday = (((Math.floor(at / 86_400_000_000) + 4) % 7) + 7) % 7
  return `${DAYS[weekday]}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${time} +0000`
}
