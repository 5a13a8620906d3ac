import { goQuote, type Path } from '../field.ts'
import { parseIp, type IpAddress } from './ip.ts'

/** The longest run of zero words of at least two; the first of equals. */
function zeroRun(words: readonly number[]): { readonly from: number; readonly length: number } {
  let best = { from: -1, length: 1 }
  for (let i = 0; i < words.length; i++) {
    let j = i
    while (j < words.length && words[j] === 0) j++
    if (j - i > best.length) best = { from: i, length: j - i }
    if (j > i) i = j
  }
  return best
}

const isMapped = (ip: IpAddress): boolean => ip.family === 6 && ip.bytes.slice(0, 10).every((b) => b === 0) && ip.bytes[10] === 255 && ip.bytes[11] === 255

/** The canonical text of an address: RFC 5952, and plain IPv4 for mapped ones (net.IP.String). */
export function formatIp(ip: IpAddress): string {
  if (ip.family === 4) return ip.bytes.join('.')
  if (isMapped(ip)) return ip.bytes.slice(12).join('.')
  const words = Array.from({ length: 8 }, (_, i) => (ip.bytes[2 * i]! << 8) | ip.bytes[2 * i + 1]!)
  const hex = (list: readonly number[]): string => list.map((w) => w.toString(16)).join(':')
  const { from, length } = zeroRun(words)
  return from < 0 ? hex(words) : `${hex(words.slice(0, from))}::${hex(words.slice(from + length))}`
}

/** apimachinery: util/validation, GetWarningsForIP. */
export function ipWarnings(text: string, path: Path): readonly string[] {
  const ip = parseIp(text)
  if (!ip) return []
  const zeros = ip.family === 4 && text.split('.').some((p) => p.length > 1 && p.startsWith('0'))
  if (zeros || isMapped(ip)) return [`${path}: non-standard IP address ${goQuote(text)} is invalid: use ${goQuote(formatIp(ip))}`]
  if (ip.family === 6 && formatIp(ip) !== text) return [`${path}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(formatIp(ip))})`]
  return []
}
