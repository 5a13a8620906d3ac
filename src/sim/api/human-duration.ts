import type { Micros } from '../engine/time.ts'
import { parseTime } from '../engine/time.ts'

const MINUTE = 60
const HOUR = 3600
const DAY = 86_400
const YEAR = 365 * DAY

const two = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
  small === 0 ? `${big}${bigUnit}` : `${big}${bigUnit}${small}${smallUnit}`

/** A duration as kubectl's columns write it: "45s", "5m12s", "3h", "2d4h" (apimachinery: util/duration, HumanDuration). */
export function humanDuration(micros: Micros): string {
  const s = Math.trunc(micros / 1_000_000)
  if (s < -1) return '<invalid>'
  if (s < 0) return '0s'
  if (s < 2 * MINUTE) return `${s}s`
  if (s < 10 * MINUTE) return two(Math.floor(s / MINUTE), 'm', s % MINUTE, 's')
  if (s < 3 * HOUR) return `${Math.floor(s / MINUTE)}m`
  if (s < 8 * HOUR) return two(Math.floor(s / HOUR), 'h', Math.floor(s / MINUTE) % 60, 'm')
  if (s < 2 * DAY) return `${Math.floor(s / HOUR)}h`
  if (s < 8 * DAY) return two(Math.floor(s / DAY), 'd', Math.floor(s / HOUR) % 24, 'h')
  if (s < 2 * YEAR) return `${Math.floor(s / DAY)}d`
  if (s < 8 * YEAR) return two(Math.floor(s / YEAR), 'y', Math.floor(s / DAY) % 365, 'd')
  return `${Math.floor(s / YEAR)}y`
}

/** The time since a timestamp, "<unknown>" where there is none (printers: translateTimestampSince). */
export function since(timestamp: string | undefined, now: Micros): string {
  const at = parseTime(timestamp ?? undefined)
  return at === undefined ? '<unknown>' : humanDuration(now - at)
}
