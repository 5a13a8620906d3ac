/**
 * Virtual time: integer microseconds since the simulation's epoch (a plain number, exact up to 285 years).
 * Calendar arithmetic is done here with integers, because `Date` would bring the host's clock and zone.
 */
export type Micros = number

/** Unix seconds of the default epoch, 2026-01-01T00:00:00Z. */
export const EPOCH_UNIX_SECONDS = 1_767_225_600

export const us = (n: number): Micros => Math.round(n)
export const ms = (n: number): Micros => Math.round(n * 1_000)
export const seconds = (n: number): Micros => Math.round(n * 1_000_000)
export const minutes = (n: number): Micros => Math.round(n * 60_000_000)

const DAY = 86_400

/** Days since 1970-01-01 to [year, month, day] in the proleptic Gregorian calendar. */
export function civilFromDays(days: number): [number, number, number] {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365)
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1
  const month = mp < 10 ? mp + 3 : mp - 9
  return [yoe + era * 400 + (month <= 2 ? 1 : 0), month, day]
}

/** The inverse; `day` may lie outside its month. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy
  return era * 146_097 + doe - 719_468
}

const two = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

/** Unix seconds of a virtual instant (floored to whole seconds). */
export const unixSeconds = (at: Micros): number => EPOCH_UNIX_SECONDS + Math.floor(at / 1_000_000)

let lastSecond = Number.NaN
let lastText = ''

/** `metav1.Time`: "2026-01-01T00:00:07Z", whole seconds. Consecutive calls in one second are a comparison. */
export function formatTime(at: Micros): string {
  const unix = unixSeconds(at)
  if (unix === lastSecond) return lastText
  const days = Math.floor(unix / DAY)
  const rest = unix - days * DAY
  const [y, m, d] = civilFromDays(days)
  lastText = `${y}-${two(m)}-${two(d)}T${two(Math.floor(rest / 3600))}:${two(Math.floor(rest / 60) % 60)}:${two(rest % 60)}Z`
  lastSecond = unix
  return lastText
}

/** `metav1.MicroTime`: "2026-01-01T00:00:07.000123Z". */
export function formatMicroTime(at: Micros): string {
  const micro = at - Math.floor(at / 1_000_000) * 1_000_000
  return `${formatTime(at).slice(0, -1)}.${String(micro).padStart(6, '0')}Z`
}

const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const parsed = new Map<string, Micros>()

/** RFC 3339 text to virtual microseconds, or undefined where it is not such a text. Memoised: timestamps repeat. */
export function parseTime(text: string | undefined): Micros | undefined {
  if (text === undefined) return undefined
  const known = parsed.get(text)
  if (known !== undefined) return known
  const m = RFC3339.exec(text)
  if (!m) return undefined
  const [, y, mo, d, h, mi, s, frac = '', sign, oh, om] = m
  const month = Number(mo)
  if (month < 1 || month > 12 || Number(d) < 1 || Number(d) > 31 || Number(h) > 23 || Number(mi) > 59 || Number(s) > 60) return undefined
  const offset = sign ? (sign === '-' ? -1 : 1) * (Number(oh) * 3600 + Number(om) * 60) : 0
  const unix = daysFromCivil(Number(y), month, Number(d)) * DAY + Number(h) * 3600 + Number(mi) * 60 + Number(s) - offset
  const at = (unix - EPOCH_UNIX_SECONDS) * 1_000_000 + Number(frac.slice(0, 6).padEnd(6, '0'))
  if (parsed.size > 20_000) parsed.clear()
  parsed.set(text, at)
  return at
}
