import { parseGoDuration } from './go-duration.ts'
import { isTimeZone } from './time-zones.ts'

/**
 * A parsed schedule (robfig/cron/v3, ParseStandard): the minutes, hours … at which it fires. `star` tells that a field
 * was left open, which matters where day of month and day of week meet. `every` is the period of "@every", in microseconds.
 */
export interface CronSchedule {
  readonly minute: CronField
  readonly hour: CronField
  readonly dom: CronField
  readonly month: CronField
  readonly dow: CronField
  readonly zone?: string
  readonly every?: number
}

export interface CronField {
  readonly values: ReadonlySet<number>
  readonly star: boolean
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names?: readonly string[]
}

const MINUTES: Bounds = { min: 0, max: 59 }
const HOURS: Bounds = { min: 0, max: 23 }
const DAYS: Bounds = { min: 1, max: 31 }
const MONTHS: Bounds = { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] }
const WEEKDAYS: Bounds = { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] }

const PLAIN: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *', '@annually': '0 0 1 1 *', '@monthly': '0 0 1 * *', '@weekly': '0 0 * * 0', '@daily': '0 0 * * *', '@midnight': '0 0 * * *', '@hourly': '0 * * * *',
}

const isFault = (value: unknown): value is string => typeof value === 'string'

function integer(text: string): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`
  const n = Number(text)
  if (!Number.isSafeInteger(n)) return `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: value out of range`
  return n < 0 ? `negative number (${n}) not allowed: ${text}` : n
}

function numberOrName(text: string, b: Bounds): number | string {
  const named = b.names?.indexOf(text.toLowerCase()) ?? -1
  return named >= 0 ? named + b.min : integer(text)
}

interface Range {
  readonly from: number
  readonly to: number
  readonly step: number
  readonly star: boolean
}

function range(expr: string, b: Bounds): Range | string {
  const parts = expr.split('/')
  const ends = parts[0]!.split('-')
  let star = ends[0] === '*' || ends[0] === '?'
  const from = star ? b.min : numberOrName(ends[0]!, b)
  if (isFault(from)) return from
  if (!star && ends.length > 2) return `too many hyphens: ${expr}`
  let to: number | string = star ? b.max : ends.length === 2 ? numberOrName(ends[1]!, b) : from
  if (isFault(to)) return to
  if (parts.length > 2) return `too many slashes: ${expr}`
  const step = parts.length === 2 ? integer(parts[1]!) : 1
  if (isFault(step)) return step
  // "N/step" means "N-max/step".
  if (parts.length === 2 && ends.length === 1) to = b.max
  if (step > 1) star = false
  if (from < b.min) return `beginning of range (${from}) below minimum (${b.min}): ${expr}`
  if (to > b.max) return `end of range (${to}) above maximum (${b.max}): ${expr}`
  if (from > to) return `beginning of range (${from}) beyond end of range (${to}): ${expr}`
  if (step === 0) return `step of range should be a positive number: ${expr}`
  return { from, to, step, star }
}

function field(text: string, b: Bounds): CronField | string {
  const values = new Set<number>()
  let star = false
  for (const expr of text.split(',').filter((e) => e !== '')) {
    const r = range(expr, b)
    if (isFault(r)) return r
    star ||= r.star
    for (let n = r.from; n <= r.to; n += r.step) values.add(n)
  }
  return { values, star }
}

const NEVER: CronField = { values: new Set(), star: false }

function every(text: string, zone: string | undefined): CronSchedule | string {
  const duration = parseGoDuration(text.slice('@every '.length))
  if (isFault(duration)) return `failed to parse duration ${text}: ${duration}`
  const period = Math.max(1, Math.floor(duration / 1_000_000)) * 1_000_000
  return { minute: NEVER, hour: NEVER, dom: NEVER, month: NEVER, dow: NEVER, every: period, ...(zone ? { zone } : {}) }
}

/** Parses a schedule; a text is the parser's complaint. */
export function parseCron(spec: string): CronSchedule | string {
  if (spec === '') return 'empty spec string'
  let text = spec
  let zone: string | undefined
  const prefix = /^(?:CRON_)?TZ=/.exec(spec)
  if (prefix) {
    const space = spec.indexOf(' ')
    // The library slices without looking; Kubernetes turns its panic into an error.
    if (space < 0) return `invalid schedule format: runtime error: slice bounds out of range [${prefix[0].length}:-1]`
    zone = spec.slice(prefix[0].length, space)
    if (zone && zone !== 'Local' && !isTimeZone(zone)) return `provided bad location ${zone}: unknown time zone ${zone}`
    text = spec.slice(space).trim()
  }
  if (text.startsWith('@every ')) return every(text, zone)
  if (text.startsWith('@')) {
    const plain = PLAIN[text]
    if (!plain) return `unrecognized descriptor: ${text}`
    text = plain
  }
  const fields = text.split(/\s+/).filter((f) => f !== '')
  if (fields.length !== 5) return `expected exactly 5 fields, found ${fields.length}: [${fields.join(' ')}]`
  const out: CronField[] = []
  for (const [i, b] of [MINUTES, HOURS, DAYS, MONTHS, WEEKDAYS].entries()) {
    const parsed = field(fields[i]!, b)
    if (isFault(parsed)) return parsed
    out.push(parsed)
  }
  return { minute: out[0]!, hour: out[1]!, dom: out[2]!, month: out[3]!, dow: out[4]!, ...(zone ? { zone } : {}) }
}
