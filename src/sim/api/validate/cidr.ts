import { invalidValue, type FieldError, type Path } from '../field.ts'
import { formatIp, legacyIp, parseCidr, type IpAddress } from './ip.ts'

interface Cidr {
  readonly ip: IpAddress
  readonly bits: number
}

/** The first address of a range: everything behind the prefix is zero. */
const masked = ({ ip, bits }: Cidr): IpAddress => ({
  family: ip.family,
  bytes: ip.bytes.map((b, i) => (bits >= 8 * i + 8 ? b : bits <= 8 * i ? 0 : b & (0xff << (8 * i + 8 - bits)))),
})
const sameIp = (a: IpAddress, b: IpAddress): boolean => a.family === b.family && a.bytes.every((x, i) => x === b.bytes[i])
const show = (c: Cidr): string => `${formatIp(masked(c))}/${c.bits}`

const leadingZeros = (text: string): boolean => {
  const [address, bits] = text.split('/') as [string, string]
  return /^0\d/.test(bits) || legacyIp(address, '').some((e) => e.body.endsWith('leading 0s'))
}

/** util/validation: IsValidCIDRForLegacyField. What the stored object has may stay. */
export function legacyCidr(text: string, path: Path, had: readonly string[] = []): readonly FieldError[] {
  if (had.includes(text)) return []
  const c = parseCidr(text)
  if (!c) return [invalidValue(path, text, 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)')]
  if (leadingZeros(text)) return [invalidValue(path, text, 'must not have leading 0s in IP or prefix length')]
  if (legacyIp(text.split('/')[0]!, path).length) return [invalidValue(path, text, 'must not have an IPv4-mapped IPv6 address')]
  return sameIp(c.ip, masked(c)) ? [] : [invalidValue(path, text, 'must not have bits set beyond the prefix length')]
}

/** util/validation: IsValidCIDR, for fields of newer kinds: the canonical form only. */
export function strictCidr(text: string, path: Path): readonly FieldError[] {
  const bad = legacyCidr(text, path)
  if (bad.length) return bad
  const canonical = show(parseCidr(text)!)
  return canonical === text ? [] : [invalidValue(path, text, `must be in canonical form ("${canonical}")`)]
}

/** util/validation: GetWarningsForCIDR. */
export function cidrWarnings(text: string, path: Path): readonly string[] {
  const c = parseCidr(text)
  if (!c) return []
  const out: string[] = []
  if (!sameIp(c.ip, masked(c))) {
    const single = `${formatIp(c.ip)}/${c.ip.family === 4 ? 32 : 128}`
    out.push(`${path}: CIDR value "${text}" is ambiguous in this context (should be "${show(c)}" or "${single}"?)`)
  }
  if (leadingZeros(text) || legacyIp(text.split('/')[0]!, path).length) out.push(`${path}: non-standard CIDR value "${text}" is invalid: use "${show(c)}"`)
  if (out.length === 0 && c.ip.family === 6 && show(c) !== text) out.push(`${path}: IPv6 CIDR value "${text}" should be in RFC 5952 canonical format ("${show(c)}")`)
  return out
}

/** Is the second range a part of the first, and smaller? */
export function strictSubset(whole: string, part: string): boolean {
  const [a, b] = [parseCidr(whole), parseCidr(part)]
  return a !== undefined && b !== undefined && a.ip.family === b.ip.family && a.bits < b.bits && sameIp(masked(a), masked({ ip: masked(b), bits: a.bits }))
}

/** Does the range hold the address? */
export const cidrHolds = (range: string, ip: IpAddress): boolean => {
  const c = parseCidr(range)
  return c !== undefined && c.ip.family === ip.family && sameIp(masked(c), masked({ ip, bits: c.bits }))
}
