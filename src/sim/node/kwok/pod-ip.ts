/** Where pods of a node without podCIDR get their addresses (KWOK's --cidr default). */
export const DEFAULT_CIDR = '10.0.0.0/24'

const toNumber = (ip: string): number => ip.split('.').reduce((n, part) => n * 256 + Number(part), 0)
const toText = (n: number): string => [24, 16, 8, 0].map((shift) => Math.floor(n / 2 ** shift) % 256).join('.')

/**
 * The next free IPv4 address of `cidr` after number `last` (round robin; network, gateway and broadcast are left out),
 * or undefined when all are used.
 */
export function nextAddress(cidr: string, last: number, used: ReadonlySet<string>): { readonly ip: string; readonly number: number } | undefined {
  const [base = '', bits = '24'] = cidr.split('/')
  const size = 2 ** (32 - Number(bits))
  const first = toNumber(base) - (toNumber(base) % size)
  const usable = size - 3
  for (let i = 1; i <= usable; i++) {
    const number = 2 + ((last - 2 + i + usable) % usable)
    const ip = toText(first + number)
    if (!used.has(ip)) return { ip, number }
  }
  return undefined
}
