import { expect, test } from 'vitest'
import { parseTime, EPOCH_UNIX_SECONDS } from '../engine/time.ts'
import { formatTime } from '../engine/time.ts'
import { parseCron, type CronSchedule } from './cron.ts'
import { nextFiring } from './cron-next.ts'
import names from './time-zones.json'
import { zoneOffset, zoneRule } from './zone-clock.ts'

const unix = (text: string): number => parseTime(text)! / 1_000_000 + EPOCH_UNIX_SECONDS
const shown = (at: number | undefined): string | undefined => (at === undefined ? undefined : formatTime((at - EPOCH_UNIX_SECONDS) * 1_000_000))
const next = (schedule: string, after: string, zone = ''): string | undefined => shown(nextFiring(parseCron(schedule) as CronSchedule, unix(after), zone))

test('a schedule fires at the next full minute that fits', () => {
  expect(next('* * * * *', '2026-01-01T00:00:00Z')).toBe('2026-01-01T00:01:00Z')
  expect(next('*/5 * * * *', '2026-01-01T00:03:20Z')).toBe('2026-01-01T00:05:00Z')
  expect(next('59 23 31 12 *', '2026-01-01T00:00:00Z')).toBe('2026-12-31T23:59:00Z')
  expect(next('0 0 29 2 *', '2026-03-01T00:00:00Z')).toBe('2028-02-29T00:00:00Z')
  expect(next('@every 90s', '2026-01-01T00:00:01Z')).toBe('2026-01-01T00:01:31Z')
})

test('a day that never comes is never reached', () => {
  expect(next('0 0 30 2 *', '2026-01-01T00:00:00Z')).toBeUndefined()
})

test('day of month and day of week add up unless one of them is open', () => {
  expect(next('0 0 13 * 5', '2026-01-01T12:00:00Z')).toBe('2026-01-02T00:00:00Z')
  expect(next('0 0 13 * *', '2026-01-01T12:00:00Z')).toBe('2026-01-13T00:00:00Z')
})

test('time zones shift the clock, in summer more', () => {
  expect(next('0 9 * * *', '2026-01-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-01-01T08:00:00Z')
  expect(next('0 9 * * *', '2026-07-01T00:00:00Z', 'Europe/Berlin')).toBe('2026-07-01T07:00:00Z')
  expect(next('0 9 * * *', '2026-07-01T00:00:00Z', 'Asia/Kolkata')).toBe('2026-07-01T03:30:00Z')
  expect(next('0 0 * * *', '2026-01-15T00:00:00Z', 'Australia/Sydney')).toBe('2026-01-15T13:00:00Z')
  expect(next('TZ=America/New_York 0 12 * * *', '2026-07-01T00:00:00Z')).toBe('2026-07-01T16:00:00Z')
})

test('an hour that is skipped when clocks change is passed over, a repeated one comes twice at most', () => {
  expect(next('30 2 * * *', '2026-03-29T00:00:00Z', 'Europe/Berlin')).toBe('2026-03-30T00:30:00Z')
  expect(next('30 2 * * *', '2026-10-24T23:00:00Z', 'Europe/Berlin')).toBe('2026-10-25T00:30:00Z')
})

test('every zone that a CronJob may name has a rule', () => {
  for (const [area, places] of Object.entries(names as Readonly<Record<string, string>>))
    for (const place of places.split(' ')) expect(zoneRule(area ? `${area}/${place}` : place)).toMatch(/\d/)
  expect(zoneOffset('Africa/Lagos', unix('2026-01-01T00:00:00Z'))).toBe(3600)
  expect(zoneOffset('US/Pacific', unix('2026-01-01T00:00:00Z'))).toBe(-28800)
  expect(zoneOffset('Europe/Dublin', unix('2026-07-01T00:00:00Z'))).toBe(3600)
})

test('the intervals agree with the clock of this machine for a year', () => {
  for (const zone of ['Europe/London', 'America/St_Johns', 'America/Havana', 'Pacific/Chatham', 'Asia/Jerusalem', 'Africa/Cairo', 'Australia/Lord_Howe', 'America/Santiago', 'Atlantic/Azores']) {
    const clock = new Intl.DateTimeFormat('en-US', { timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' })
    for (let at = unix('2026-01-01T00:00:00Z'); at < unix('2027-01-01T00:00:00Z'); at += 5 * 3600) {
      const part = Object.fromEntries(clock.formatToParts(new Date(at * 1000)).map(({ type, value }) => [type, Number(value)]))
      const there = Date.UTC(part['year']!, part['month']! - 1, part['day'], part['hour'], part['minute'], part['second']) / 1000
      expect([zone, at, there - at]).toEqual([zone, at, zoneOffset(zone, at)])
    }
  }
})
