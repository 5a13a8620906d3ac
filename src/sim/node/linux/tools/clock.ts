import { formatTime, unixSeconds, type Micros } from '../../../engine/time.ts'

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
    a: DAYS[weekday]!, b: MONTHS[Number(month) - 1]!, h: MONTHS[Number(month) - 1]!, Z: 'UTC', z: '+0000', N: `${String(micro).padStart(6, '0')}000`, u: String(weekday === 0 ? 7 : weekday), w: String(weekday),
    j: String(dayOfYear(yearStart, Number(month), Number(day))).padStart(3, '0'), D: `${month}/${day}/${year.slice(2)}`, I: two(((Number(hour) + 11) % 12) + 1), p: Number(hour) < 12 ? 'AM' : 'PM', n: '\n', t: '\t', '%': '%',
  }
  return format.replace(/%(3)?([a-zA-Z%])/g, (all, short: string | undefined, letter: string) => (short && letter === 'N' ? String(Math.floor(micro / 1000)).padStart(3, '0') : (parts[letter] ?? all)))
}

function dayOfYear(year: number, month: number, day: number): number {
  const lengths = [31, year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  return lengths.slice(0, month - 1).reduce((sum, n) => sum + n, 0) + day
}
