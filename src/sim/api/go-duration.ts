import { goQuote } from './field.ts'

const UNITS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, 'µs': 1, 'μs': 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }

/** Go's time.ParseDuration: microseconds, or Go's complaint. */
export function parseGoDuration(text: string): number | string {
  const bad = `time: invalid duration ${goQuote(text)}`
  let rest = text.replace(/^[+-]/, '')
  if (rest === '0') return 0
  if (rest === '') return bad
  let total = 0
  while (rest !== '') {
    const number = /^(?:\d+\.?\d*|\.\d+)/.exec(rest)
    if (!number) return bad
    rest = rest.slice(number[0].length)
    const unit = /^[^\d.]*/.exec(rest)![0]
    if (unit === '') return `time: missing unit in duration ${goQuote(text)}`
    const scale = UNITS[unit]
    if (scale === undefined) return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`
    total += Number(number[0]) * scale
    rest = rest.slice(unit.length)
  }
  return text.startsWith('-') ? -total : total
}
