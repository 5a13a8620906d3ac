import { civilFromDays, daysFromCivil } from '../engine/time.ts'
import names from './time-zones.json'
import table from './time-zone-rules.json'

/** A day of the year at which clocks change: the `week`-th (5: last) `weekday` of `month`, `at` seconds after midnight. */
interface Change {
  readonly month: number
  readonly week: number
  readonly weekday: number
  readonly at: number
}

/** Seconds east of Greenwich in standard and in summer time, and when clocks change. */
interface Rule {
  readonly standard: number
  readonly summer?: { readonly offset: number; readonly from: Change; readonly to: Change }
}

const HOUR = 3600
const DAY = 24 * HOUR
const rules = new Map<string, Rule>()
let byName: ReadonlyMap<string, string> | undefined

function ruleTexts(): ReadonlyMap<string, string> {
  const out = new Map<string, string>()
  for (const [area, places] of Object.entries(names as Readonly<Record<string, string>>)) {
    const numbers = (table.zones as Readonly<Record<string, string>>)[area]?.split(' ') ?? []
    places.split(' ').forEach((place, i) => out.set(area ? `${area}/${place}` : place, table.rules[Number(numbers[i])] ?? ''))
  }
  return out
}

/** The rule of a zone of the IANA database that holds from 2026 on, as POSIX writes it; undefined for an unknown zone. */
export function zoneRule(name: string): string | undefined {
  byName ??= ruleTexts()
  return byName.get(name)
}

const OFFSET = '[+-]?\\d+(?::\\d+)?'
const RULE = new RegExp(`^(?:<[^>]+>|[A-Za-z]+)(${OFFSET})(?:(?:<[^>]+>|[A-Za-z]+)(${OFFSET})?,(M[^,]+),(M[^,]+))?$`)

/** "3:30" is 12600. */
function secondsOf(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1
  const [hours = 0, minutes = 0] = text.replace(/^[+-]/, '').split(':').map(Number)
  return sign * (hours * HOUR + minutes * 60)
}

/** "M3.5.0/2": March, last week, Sunday, two o'clock. */
function changeOf(text: string): Change {
  const [day = '', time = '2'] = text.slice(1).split('/')
  const [month = 1, week = 1, weekday = 0] = day.split('.').map(Number)
  return { month, week, weekday, at: secondsOf(time) }
}

function parsed(name: string): Rule {
  let rule = rules.get(name)
  if (rule) return rule
  const match = RULE.exec(zoneRule(name) ?? 'UTC0')
  // POSIX counts offsets west of Greenwich.
  const standard = match ? 0 - secondsOf(match[1]!) : 0
  rule = match?.[3] ? { standard, summer: { offset: match[2] ? 0 - secondsOf(match[2]) : standard + HOUR, from: changeOf(match[3]), to: changeOf(match[4]!) } } : { standard }
  rules.set(name, rule)
  return rule
}

/** The instant of a change in a year, in seconds as if the local clock before it were UTC. */
function changeIn(year: number, { month, week, weekday, at }: Change): number {
  const first = daysFromCivil(year, month, 1)
  const length = (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) - first
  let day = (weekday - weekdayOf(first) + 7) % 7
  for (let i = 1; i < week && day + 7 < length; i++) day += 7
  return (first + day) * DAY + at
}

/** 0 is Sunday; `days` since 1970-01-01, which was a Thursday. */
export const weekdayOf = (days: number): number => (((days + 4) % 7) + 7) % 7

/** Seconds east of Greenwich that clocks of the zone show at an instant (unix seconds); '' is UTC. */
export function zoneOffset(zone: string, unix: number): number {
  if (zone === '' || zone === 'UTC') return 0
  const { standard, summer } = parsed(zone)
  if (!summer) return standard
  const [year] = civilFromDays(Math.floor((unix + standard) / DAY))
  const from = changeIn(year, summer.from) - standard
  const to = changeIn(year, summer.to) - summer.offset
  const inside = from < to ? unix >= from && unix < to : unix >= from || unix < to
  return inside ? summer.offset : standard
}

/** The instant at which clocks of the zone show this time, as Go's time.Date resolves gaps and repetitions. Fields may overflow. */
export function fromLocal(zone: string, year: number, month: number, day: number, hour = 0): number {
  const m = month - 1
  const shown = (daysFromCivil(year + Math.floor(m / 12), (((m % 12) + 12) % 12) + 1, 1) + day - 1) * DAY + hour * HOUR
  const guess = zoneOffset(zone, shown)
  return shown - zoneOffset(zone, shown - guess)
}
