import { parseCron, type CronSchedule } from '../../api/cron.ts'
import { nextFiring } from '../../api/cron-next.ts'
import { EPOCH_UNIX_SECONDS, parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { CronJob } from '../../kinds/cronjob/cronjob.ts'

/** What is due of a schedule: the last firing that was missed, and how many were. */
export interface Missed {
  readonly earliest: Micros
  readonly latest?: Micros
  readonly many?: boolean
  /** Firings were missed but none of them is left to be made up for. */
  readonly some?: boolean
  readonly problem?: string
}

/** After a firing is due, the controller looks again so much later. */
const LATE = 100_000
const MANY = 100

const toUnix = (at: Micros): number => EPOCH_UNIX_SECONDS + at / 1_000_000
const fromUnix = (unix: number): Micros => (unix - EPOCH_UNIX_SECONDS) * 1_000_000

/** The schedule of a CronJob with its time zone; a text is the parser's complaint (formatSchedule). */
export function scheduleOf({ spec }: CronJob): CronSchedule | string {
  return parseCron(spec.timeZone && !spec.schedule.includes('TZ') ? `TZ=${spec.timeZone} ${spec.schedule}` : spec.schedule)
}

/** The first firing after an instant; undefined when there is none. */
export function next(schedule: CronSchedule, after: Micros): Micros | undefined {
  const at = nextFiring(schedule, toUnix(after))
  return at === undefined ? undefined : fromUnix(at)
}

/** The latest firing up to `now` since the last one that was taken care of (cronjob/utils.go: mostRecentScheduleTime). */
export function missed(cron: CronJob, schedule: CronSchedule, now: Micros, withDeadline: boolean): Missed {
  const { startingDeadlineSeconds } = cron.spec
  const since = parseTime(cron.status?.lastScheduleTime) ?? parseTime(cron.metadata.creationTimestamp) ?? 0
  const deadline = withDeadline && startingDeadlineSeconds !== undefined ? now - seconds(startingDeadlineSeconds) : since
  const earliest = Math.max(since, deadline)
  const first = next(schedule, earliest)
  const second = first === undefined ? undefined : next(schedule, first)
  if (first === undefined || second === undefined) return { earliest, problem: 'time difference between two schedules is less than 1 second' }
  if (now < first) return { earliest }
  if (now < second) return { earliest, latest: first }
  // As the first two, so all others are taken to be apart; the last ones are then counted one by one.
  const apart = Math.round((second - first) / 1_000_000)
  const count = Math.floor(Math.floor((now - first) / 1_000_000) / apart) + 1
  let latest: Micros | undefined
  for (let at = next(schedule, first + seconds((count - 2) * apart)); at !== undefined && at <= now; at = next(schedule, at)) latest = at
  return { earliest, latest, many: count > MANY, some: true }
}

/** How long from `now` until the controller looks at the CronJob again (nextScheduleTimeDuration). */
export function wait(cron: CronJob, schedule: CronSchedule, now: Micros): Micros | undefined {
  const { earliest, latest, problem, some } = missed(cron, schedule, now, false)
  const from = problem !== undefined ? now : (latest ?? (some ? now : earliest))
  const at = next(schedule, from)
  return at === undefined ? undefined : at + LATE - now
}
