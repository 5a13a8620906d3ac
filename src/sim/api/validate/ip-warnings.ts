import { goQuote, type Path } from '../field.ts'
import { formatIp, isMapped, parseIp } from './ip.ts'

/** apimachinery: util/validation, GetWarningsForIP. */
export function ipWarnings(text: string, path: Path): readonly string[] {
  const ip = parseIp(text)
  if (!ip) return []
  const zeros = ip.family === 4 && text.split('.').some((p) => p.length > 1 && p.startsWith('0'))
  if (zeros || isMapped(ip)) return [`${path}: non-standard IP address ${goQuote(text)} is invalid: use ${goQuote(formatIp(ip))}`]
  if (ip.family === 6 && formatIp(ip) !== text) return [`${path}: IPv6 address ${goQuote(text)} should be in RFC 5952 canonical format (${goQuote(formatIp(ip))})`]
  return []
}
