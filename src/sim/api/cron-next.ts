import { civilFromDays } from '../engine/time.ts'
import type { CronSchedule } from './cron.ts'
import { fromLocal, weekdayOf, zoneOffset } from './zone-clock.ts'

const HOUR = 3600
const DAY = 24 * HOUR
const YEARS_AHEAD = 5

/** What clocks of a zone show at an instant. */
function local(zone: string, unix: number) {
  const shown = unix + zoneOffset(zone, unix)
  const days = Math.floor(shown / DAY)
  const rest = shown - days * DAY
  const [year, month, day] = civilFromDays(days)
  return { year, month, day, weekday: weekdayOf(days), hour: Math.floor(rest / HOUR), minute: Math.floor((rest % HOUR) / 60), second: rest % 60 }
}

/**
 * The first instant after `after` at which a schedule fires, in unix seconds; undefined when it does not within five
 * years (robfig/cron/v3: SpecSchedule.Next, with its ways at changes of clocks). A zone in the schedule goes before `zone`.
 */
export function nextFiring(schedule: CronSchedule, after: number, zone = ''): number | undefined {
  if (schedule.every !== undefined) return Math.floor(after) + schedule.every / 1_000_000
  const z = schedule.zone && schedule.zone !== 'Local' ? schedule.zone : zone
  let t = Math.floor(after) + 1
  const limit = local(z, t).year + YEARS_AHEAD
  let reset = false
  const startOf = (unit: 'month' | 'day' | 'hour'): void => {
    if (reset) return
    reset = true
    const { year, month, day, hour } = local(z, t)
    t = fromLocal(z, year, month, unit === 'month' ? 1 : day, unit === 'hour' ? hour : 0)
  }
  for (;;) {
    if (local(z, t).year > limit) return undefined
    if (!toMonth() || !toDay() || !toHour() || !toMinute()) continue
    return t
  }

  /** Each of these goes on to a fitting value; false when a greater field has changed on the way. */
  function toMonth(): boolean {
    while (!schedule.month.values.has(local(z, t).month)) {
      startOf('month')
      const { year, month, day, hour } = local(z, t)
      t = fromLocal(z, year, month + 1, day, hour)
      if (local(z, t).month === 1) return false
    }
    return true
  }

  function toDay(): boolean {
    while (!fitsDay()) {
      startOf('day')
      const { year, month, day, hour } = local(z, t)
      t = fromLocal(z, year, month, day + 1, hour)
      const shown = local(z, t).hour
      if (shown !== 0) t += (shown > 12 ? 24 - shown : -shown) * HOUR
      if (local(z, t).day === 1) return false
    }
    return true
  }

  function fitsDay(): boolean {
    const { day, weekday } = local(z, t)
    const byDay = schedule.dom.values.has(day)
    const byWeekday = schedule.dow.values.has(weekday)
    return schedule.dom.star || schedule.dow.star ? byDay && byWeekday : byDay || byWeekday
  }

  function toHour(): boolean {
    while (!schedule.hour.values.has(local(z, t).hour)) {
      startOf('hour')
      t += HOUR
      if (local(z, t).hour === 0) return false
    }
    return true
  }

  /** Seconds are those of the full minute. */
  function toMinute(): boolean {
    for (;;) {
      const { minute, second } = local(z, t)
      if (second === 0 && schedule.minute.values.has(minute)) return true
      reset = true
      t += 60 - second
      if (local(z, t).minute === 0) return false
    }
  }
}
