import { isRefused, type Parse, type Refused } from './flag.ts'
import { parseGoDuration } from '../api/go-duration.ts'
import { parseQuantity, value } from '../api/quantity.ts'
import type { Micros } from '../engine/time.ts'

/** What a kubelet watches of its node, in the order in which it is told of. */
export const SIGNALS = ['memory.available', 'allocatableMemory.available', 'nodefs.available', 'nodefs.inodesFree', 'imagefs.available', 'imagefs.inodesFree', 'pid.available'] as const
export type Signal = (typeof SIGNALS)[number]

/** An amount of bytes, inodes or processes, or a share of all there are (0 to 1). */
export type Amount = { readonly quantity: number } | { readonly share: number }

export type Amounts = Readonly<Partial<Record<Signal, Amount>>>

const isSignal = (text: string): text is Signal => (SIGNALS as readonly string[]).includes(text)

function readAmount(signal: string, text: string, what: string): Amount | Refused | undefined {
  const percent = /^(.*)%$/.exec(text)
  if (percent) {
    if (text === '0%' || text === '100%') return undefined
    const n = Number(percent[1])
    if (percent[1] === '' || Number.isNaN(n)) return { problem: `strconv.ParseFloat: parsing "${percent[1]}": invalid syntax` }
    if (n < 0) return { problem: `eviction percentage ${what} ${signal} must be >= 0%: ${text}` }
    if (n > 100) return { problem: `eviction percentage ${what} ${signal} must be <= 100%: ${text}` }
    return { share: Math.fround(Math.fround(n) / Math.fround(100)) }
  }
  const parsed = parseQuantity(text)
  if (typeof parsed === 'string') return { problem: parsed }
  if (parsed.unscaled < 0n || (what === 'threshold' && parsed.unscaled === 0n)) return { problem: `eviction ${what} ${signal} must be positive: ${text}` }
  return { quantity: value(text) }
}

/** "memory.available<100Mi,nodefs.available<10%" (pkg/kubelet/eviction: parseThresholdStatements). 0% and 100% say nothing. */
const amounts =
  (sign: '<' | '=', what: string): Parse<Amounts> =>
  (text) => {
    const out: Partial<Record<Signal, Amount>> = {}
    for (const part of text === '' ? [] : text.split(',')) {
      const at = part.indexOf(sign)
      const signal = part.slice(0, at).trim()
      if (at < 0) return { problem: `invalid statement "${part}", expected signal${sign}value` }
      if (!isSignal(signal)) return { problem: `unsupported eviction signal ${signal}` }
      const amount = readAmount(signal, part.slice(at + 1).trim(), what)
      if (amount && isRefused(amount)) return amount
      if (amount) out[signal] = amount
    }
    return out
  }

export const readThresholds = amounts('<', 'threshold')
export const readReclaims = amounts('=', 'minimum reclaim')

/** "memory.available=1m30s" (parseGracePeriods). */
export const readGracePeriods: Parse<Readonly<Partial<Record<Signal, Micros>>>> = (text) => {
  const out: Partial<Record<Signal, Micros>> = {}
  for (const part of text === '' ? [] : text.split(',')) {
    const at = part.indexOf('=')
    const signal = part.slice(0, at).trim()
    if (at < 0) return { problem: `invalid statement "${part}", expected signal=duration` }
    if (!isSignal(signal)) return { problem: `unsupported eviction signal ${signal}` }
    const period = parseGoDuration(part.slice(at + 1).trim())
    if (typeof period === 'string') return { problem: period }
    if (period < 0) return { problem: `invalid eviction grace period specified: ${part.slice(at + 1)} must be a positive value` }
    out[signal] = Math.round(period)
  }
  return out
}
