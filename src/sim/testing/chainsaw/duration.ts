import type { Micros } from '../../engine/time.ts'

const UNIT: Readonly<Record<string, number>> = { ns: 0.001, us: 1, µs: 1, ms: 1_000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }
const WHOLE = /^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))*$/
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/g

/** A duration as Go writes it ("1m30s", "250ms", "0") in whole microseconds; undefined where it is not one. */
export function parseDuration(text: string): Micros | undefined {
  if (text === '0') return 0
  if (!WHOLE.test(text)) return undefined
  let sum = 0
  for (const [, amount, unit] of text.matchAll(PART)) sum += Number(amount) * UNIT[unit!]!
  return Math.round(sum)
}
