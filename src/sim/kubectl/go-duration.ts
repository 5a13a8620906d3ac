const UNITS: Readonly<Record<string, number>> = { ns: 0.001, us: 1, µs: 1, ms: 1000, s: 1_000_000, m: 60_000_000, h: 3_600_000_000 }

/** Go's time.ParseDuration in microseconds (rounded); undefined where the text is no duration. "0" needs no unit. */
export function parseGoDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1
  const body = text.replace(/^[+-]/, '')
  if (body === '0') return 0
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h))+$/.test(body)) return undefined
  let total = 0
  for (const [, number, unit] of body.matchAll(/(\d+\.?\d*|\.\d+)(ns|us|µs|ms|s|m|h)/g)) total += Number(number) * UNITS[unit!]!
  return sign * Math.round(total)
}

/** Go's Duration.String for whole microseconds: "1m30s", "250ms", "0s". */
export function goDuration(micros: number): string {
  if (micros === 0) return '0s'
  const sign = micros < 0 ? '-' : ''
  const us = Math.abs(micros)
  if (us < 1000) return `${sign}${us}µs`
  if (us < 1_000_000) return `${sign}${us / 1000}ms`
  const h = Math.floor(us / 3_600_000_000)
  const m = Math.floor(us / 60_000_000) % 60
  const s = (us - h * 3_600_000_000 - m * 60_000_000) / 1_000_000
  return `${sign}${h ? `${h}h` : ''}${h || m ? `${m}m` : ''}${s}s`
}
