/** The range that nodes without a podCIDR share (KWOK's --cidr default, but wide enough for large clusters). */
export const DEFAULT_CIDR = '10.0.0.0/12'

const toNumber = (ip: string): number => ip.split('.').reduce((n, part) => n * 256 + Number(part), 0)
const toText = (n: number): string => `${n >>> 24}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`

interface Range {
  readonly first: number
  readonly size: number
}

const ranges = new Map<string, Range>()

/** A pure function of its argument, remembered because every pod of a node asks for the same range. */
function rangeOf(cidr: string): Range {
  let range = ranges.get(cidr)
  if (!range) {
    const [base = '', bits = '24'] = cidr.split('/')
    const size = 2 ** (32 - Number(bits))
    ranges.set(cidr, (range = { first: toNumber(base) - (toNumber(base) % size), size }))
  }
  return range
}

/**
 * The next free IPv4 address of `cidr` after number `last` (round robin; network, gateway and broadcast are left out),
 * or undefined when all are used.
 */
export function nextAddress(cidr: string, last: number, isUsed: (ip: string) => boolean): { readonly ip: string; readonly number: number } | undefined {
  const { first, size } = rangeOf(cidr)
  const usable = size - 3
  for (let i = 1; i <= usable; i++) {
    const number = 2 + ((last - 2 + i + usable) % usable)
    const ip = toText(first + number)
    if (!isUsed(ip)) return { ip, number }
  }
  return undefined
}
