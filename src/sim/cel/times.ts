import { isTimeZone } from '../api/time-zones.ts'
import { zoneOffset } from '../api/zone-clock.ts'
import { goQuote } from '../api/field.ts'
import { Duration, fault, Timestamp } from './values.ts'

const SECOND = 1_000_000_000n
const DAY = 86_400n
const UNITS: Readonly<Record<string, bigint>> = { ns: 1n, us: 1000n, 'µs': 1000n, ms: 1_000_000n, s: SECOND, m: 60n * SECOND, h: 3600n * SECOND }

/** Days since 1970 of a civil date (Howard Hinnant's algorithm in integers). */
function daysOf(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - 719_468
}

function civil(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365)
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * ofYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: ofYear - Math.floor((153 * mp + 2) / 5) + 1 }
}

const STAMP = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9})\d*)?(?:[Zz]|([+-])(\d\d):(\d\d))$/

export function parseTimestamp(value: unknown): Timestamp {
  const found = typeof value === 'string' ? STAMP.exec(value) : undefined
  if (!found) return fault(`invalid timestamp ${JSON.stringify(value)}`)
  const n = (i: number): number => Number(found[i] ?? 0)
  const offset = (n(9) * 60 + n(10)) * (found[8] === '-' ? -60 : 60)
  const seconds = daysOf(n(1), n(2), n(3)) * 86_400 + n(4) * 3600 + n(5) * 60 + n(6) - offset
  return new Timestamp(BigInt(seconds) * SECOND + BigInt((found[7] ?? '').padEnd(9, '0')))
}

export function parseDuration(value: unknown): Duration {
  if (typeof value !== 'string' || !/^[+-]?(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$|^[+-]?0$/.test(value)) return fault(`invalid duration ${JSON.stringify(value)}`)
  let ns = 0n
  for (const [, amount = '', fraction = '', unit = ''] of value.matchAll(/(\d+)(?:\.(\d*))?(ns|us|µs|ms|s|m|h)/g)) {
    ns += BigInt(amount) * UNITS[unit]!
    if (fraction) ns += (BigInt(fraction.slice(0, 12)) * UNITS[unit]!) / 10n ** BigInt(fraction.slice(0, 12).length)
  }
  return new Duration(value.startsWith('-') ? -ns : ns)
}

const floorDiv = (a: bigint, b: bigint): bigint => (a >= 0n ? a / b : -((-a + b - 1n) / b))
const two = (n: bigint | number): string => String(n).padStart(2, '0')
const fractionText = (ns: bigint): string => (ns === 0n ? '' : `.${ns.toString().padStart(9, '0').replace(/0+$/, '')}`)

export function timestampText({ ns }: Timestamp): string {
  const seconds = floorDiv(ns, SECOND)
  const days = floorDiv(seconds, DAY)
  const rest = seconds - days * DAY
  const { year, month, day } = civil(Number(days))
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(rest / 3600n)}:${two((rest / 60n) % 60n)}:${two(rest % 60n)}${fractionText(ns - seconds * SECOND)}Z`
}

export function durationText({ ns }: Duration): string {
  const size = ns < 0n ? -ns : ns
  return `${ns < 0n ? '-' : ''}${size / SECOND}${fractionText(size % SECOND)}s`
}

/** Seconds of day, days and civil date that clocks of a zone show: a fixed offset such as "-08:00", or a name. */
function split(stamp: Timestamp, zone?: string): { days: number; seconds: number; year: number; month: number; day: number } {
  const unix = floorDiv(stamp.ns, SECOND)
  const seconds = unix + BigInt(zone === undefined ? 0 : offsetOf(zone, Number(unix)))
  const days = floorDiv(seconds, DAY)
  return { days: Number(days), seconds: Number(seconds - days * DAY), ...civil(Number(days)) }
}

/** Seconds east of Greenwich (cel-go: common/types, timestamp.go, timeZone). Names follow the rules of 2026 and later. */
function offsetOf(zone: string, unix: number): number {
  const colon = zone.indexOf(':')
  if (colon < 0) return zone === '' || isTimeZone(zone) ? zoneOffset(zone, unix) : fault(`unknown time zone ${zone}`)
  const [hours, minutes] = [zone.slice(0, colon), zone.slice(colon + 1)]
  for (const part of [hours, minutes]) if (!/^[+-]?\d+$/.test(part)) return fault(`strconv.Atoi: parsing ${goQuote(part)}: invalid syntax`)
  return Number(hours) * 3600 + (hours.startsWith('-') ? -1 : 1) * Number(minutes) * 60
}

type Part = (parts: ReturnType<typeof split>) => number
const part = (of: Part, span?: bigint) => (value: unknown, zone?: string): bigint => {
  if (value instanceof Timestamp) return BigInt(of(split(value, zone)))
  return value instanceof Duration && span !== undefined ? value.ns / span : fault('no such overload')
}

/** Members of timestamps and durations. */
export const timeFunctions = {
  getFullYear: part((p) => p.year),
  getMonth: part((p) => p.month - 1),
  getDate: part((p) => p.day),
  getDayOfMonth: part((p) => p.day - 1),
  getDayOfWeek: part((p) => (((p.days + 4) % 7) + 7) % 7),
  getDayOfYear: part((p) => p.days - daysOf(p.year, 1, 1)),
  getHours: part((p) => Math.floor(p.seconds / 3600), 3600n * SECOND),
  getMinutes: part((p) => Math.floor(p.seconds / 60) % 60, 60n * SECOND),
  getSeconds: part((p) => p.seconds % 60, SECOND),
  getMilliseconds: (value: unknown): bigint =>
    value instanceof Timestamp ? (value.ns - floorDiv(value.ns, SECOND) * SECOND) / 1_000_000n : value instanceof Duration ? value.ns / 1_000_000n : fault('no such overload'),
}
