import { daysFromCivil, EPOCH_UNIX_SECONDS, formatTime, unixSeconds, type Micros } from '../../../engine/time.ts'

const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const LONG_MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December']
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (n: number): string => String(n).padStart(2, '0')

/** strftime in UTC, for the letters that scripts use. */
export function clockText(at: Micros, format: string): string {
  const unix = unixSeconds(at)
  const [date = '', time = ''] = formatTime(at).slice(0, -1).split('T')
  const [year = '', month = '', day = ''] = date.split('-')
  const [hour = '', minute = '', second = ''] = time.split(':')
  const days = Math.floor(unix / 86_400)
  const weekday = (((days + 4) % 7) + 7) % 7
  const micro = ((at % 1_000_000) + 1_000_000) % 1_000_000
  const yearStart = Math.floor(Number(year))
  const parts: Readonly<Record<string, string>> = {
    Y: year, m: month, d: day, H: hour, M: minute, S: second, y: year.slice(2), e: String(Number(day)).padStart(2), F: date, T: time, R: `${hour}:${minute}`, s: String(unix),
    A: LONG_DAYS[weekday]!, B: LONG_MONTHS[Number(month) - 1]!, C: year.slice(0, 2), k: String(Number(hour)).padStart(2), l: String(((Number(hour) + 11) % 12) + 1).padStart(2), r: `${two(((Number(hour) + 11) % 12) + 1)}:${minute}:${second} ${Number(hour) < 12 ? 'AM' : 'PM'}`, c: `${DAYS[weekday]!} ${MONTHS[Number(month) - 1]!} ${String(Number(day)).padStart(2)} ${time} ${year}`, x: `${month}/${day}/${year.slice(2)}`, X: time,
    a: DAYS[weekday]!, b: MONTHS[Number(month) - 1]!, h: MONTHS[Number(month) - 1]!, Z: 'UTC', z: '+0000', N: `${String(micro).padStart(6, '0')}000`, u: String(weekday === 0 ? 7 : weekday), w: String(weekday),
    j: String(dayOfYear(yearStart, Number(month), Number(day))).padStart(3, '0'), D: `${month}/${day}/${year.slice(2)}`, I: two(((Number(hour) + 11) % 12) + 1), p: Number(hour) < 12 ? 'AM' : 'PM', n: '\n', t: '\t', '%': '%',
  }
  return format.replace(/%(3)?([a-zA-Z%])/g, (all, short: string | undefined, letter: string) => (short && letter === 'N' ? String(Math.floor(micro / 1000)).padStart(3, '0') : (parts[letter] ?? all)))
}

function dayOfYear(year: number, month: number, day: number): number {
  const lengths = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return lengths.slice(0, month - 1).reduce((sum, n) => sum + n, 0) + day
}

const UNITS: Readonly<Record<string, number>> = { second: 1, sec: 1, minute: 60, min: 60, hour: 3600, day: 86_400, week: 604_800 }

/** A date as `date -d` and `touch -d` read it: "@seconds", "2024-02-29 12:00[:30]" with T and Z, "12:30", "now", "yesterday", "2 days ago". Undefined: none. */
export function dateOf(text: string, now: Micros): Micros | undefined {
  const word = text.trim()
  const fromUnix = (unix: number): Micros => (unix - EPOCH_UNIX_SECONDS) * 1_000_000
  const stamp = /^@(-?\d+)(?:\.\d*)?$/.exec(word)
  if (stamp) return fromUnix(Number(stamp[1]))
  const whole = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d*)?)?)? ?(?:Z|UTC|\+0000)?$/.exec(word)
  if (whole) {
    const [, year, month, day, hour = 0, minute = 0, second = 0] = whole.map(Number)
    if (month! < 1 || month! > 12 || day! < 1 || day! > 31 || (hour || 0) > 23 || (minute || 0) > 59) return undefined
    return fromUnix(daysFromCivil(year!, month!, day!) * 86_400 + (hour || 0) * 3600 + (minute || 0) * 60 + (second || 0))
  }
  const time = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(word)
  const today = Math.floor(unixSeconds(now) / 86_400) * 86_400
  if (time) return fromUnix(today + Number(time[1]) * 3600 + Number(time[2]) * 60 + Number(time[3] ?? 0))
  if (word === 'now') return now
  if (word === 'today') return now
  if (word === 'yesterday' || word === 'tomorrow') return now + (word === 'tomorrow' ? 1 : -1) * 86_400_000_000
  const ago = /^([-+]?\d+) ?(second|sec|minute|min|hour|day|week)s?( ago)?$/.exec(word)
  return ago ? now + Number(ago[1]) * UNITS[ago[2]!]! * (ago[3] ? -1 : 1) * 1_000_000 : undefined
}
