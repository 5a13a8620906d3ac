import { parseCidr } from '../api/validate/ip.ts'
import type { Refused } from './flag.ts'

/** A range of IPv4 addresses: its first one as a number, and the length of its prefix. */
export interface Ipv4Range {
  readonly first: number
  readonly bits: number
}

const numberOf = (bytes: readonly number[]): number => bytes.reduce((n, byte) => n * 256 + byte, 0)
/** Addresses in a range with such a prefix. */
export const sizeOf = (bits: number): number => 2 ** (32 - bits)
/** The dotted text of an address. */
export const ipv4Text = (n: number): string => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255].join('.')
export const rangeText = ({ first, bits }: Ipv4Range): string => `${ipv4Text(first)}/${bits}`

/** "10.0.5.1/16" as the range 10.0.0.0/16; undefined for what is no range of IPv4. */
export function ipv4Range(text: string): Ipv4Range | undefined {
  const read = parseCidr(text)
  if (read?.ip.family !== 4) return undefined
  const address = numberOf(read.ip.bytes)
  return { first: address - (address % sizeOf(read.bits)), bits: read.bits }
}

/** Do a range and the text of another have addresses in common? */
export function holdsRange(range: Ipv4Range, text: string): boolean {
  const other = ipv4Range(text)
  return other !== undefined && other.first < range.first + sizeOf(range.bits) && range.first < other.first + sizeOf(other.bits)
}

/** One range of IPv4; a second one, or one of IPv6, is not modelled. */
export function readIpv4Range(text: string): Ipv4Range | Refused {
  const parts = text.split(',')
  const wrong = parts.findIndex((part) => parseCidr(part.trim()) === undefined)
  if (wrong >= 0) return { problem: `invalid CIDR[${wrong}]: <nil> (invalid CIDR address: ${parts[wrong]})` }
  return (parts.length === 1 ? ipv4Range(text) : undefined) ?? { problem: 'only one range, of IPv4, is modelled here' }
}
