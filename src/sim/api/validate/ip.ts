import { invalidValue, type FieldError, type Path } from '../field.ts'

/** A parsed address: four or sixteen bytes. */
export interface IpAddress {
  readonly family: 4 | 6
  readonly bytes: readonly number[]
}

const DOT = 0x2e - 0x30

function parse4(text: string): IpAddress | undefined {
  // Every pod's addresses come by: a list of known length costs a fifth of one that grows.
  const bytes = [0, 0, 0, 0]
  let known = 0
  let value = 0
  let digits = 0
  for (let i = 0; i <= text.length; i++) {
    const digit = i < text.length ? text.charCodeAt(i) - 0x30 : DOT
    if (digit === DOT) {
      if (digits === 0 || known === 4) return undefined
      bytes[known++] = value
      value = digits = 0
    } else {
      value = value * 10 + digit
      if (digit < 0 || digit > 9 || ++digits > 3 || value > 255) return undefined
    }
  }
  return known === 4 ? { family: 4, bytes } : undefined
}

function parse6(text: string): IpAddress | undefined {
  let head = text
  let tail: readonly number[] = []
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  if (dotted) {
    const v4 = parse4(dotted[2]!)
    if (!v4) return undefined
    tail = v4.bytes
    head = `${dotted[1]}0:0`
  }
  const halves = head.split('::')
  if (halves.length > 2) return undefined
  const words = (s: string): number[] | undefined => {
    if (s === '') return []
    const list = s.split(':')
    return list.every((w) => /^[0-9a-fA-F]{1,4}$/.test(w)) ? list.map((w) => parseInt(w, 16)) : undefined
  }
  const left = words(halves[0]!)
  const right = halves.length === 2 ? words(halves[1]!) : []
  if (!left || !right) return undefined
  const missing = 8 - left.length - right.length
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined
  const all = [...left, ...Array.from({ length: Math.max(0, missing) }, () => 0), ...right]
  const bytes = all.flatMap((w) => [w >> 8, w & 255])
  return { family: 6, bytes: tail.length ? [...bytes.slice(0, 12), ...tail] : bytes }
}

/** Parses an address; leading zeros are allowed as in net.ParseIPSloppy. undefined where it is none. */
export const parseIp = (text: string): IpAddress | undefined => (text.includes(':') ? parse6(text) : parse4(text))

/** ::ffff:1.2.3.4 */
export const isMapped = (ip: IpAddress): boolean => ip.family === 6 && ip.bytes.slice(0, 10).every((b) => b === 0) && ip.bytes[10] === 255 && ip.bytes[11] === 255
const hasLeadingZeros = (text: string): boolean => text.includes('.') && /(^|[.:])0\d+(\.|$)/.test(text)

/** The address as Go prints it: IPv6 in its short form, mapped addresses as IPv4. */
export function formatIp(ip: IpAddress): string {
  if (ip.family === 4) return ip.bytes.join('.')
  if (isMapped(ip)) return ip.bytes.slice(12).join('.')
  const words = Array.from({ length: 8 }, (_, i) => (ip.bytes[2 * i]! << 8) | ip.bytes[2 * i + 1]!)
  let [start, length] = [-1, 1]
  for (let i = 0; i < 8; i++) {
    let j = i
    while (j < 8 && words[j] === 0) j++
    if (j - i > length) [start, length] = [i, j - i]
    i = Math.max(i, j - 1)
  }
  const hex = (list: readonly number[]): string => list.map((w) => w.toString(16)).join(':')
  return start < 0 ? hex(words) : `${hex(words.slice(0, start))}::${hex(words.slice(start + length))}`
}

const NOT_AN_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'

/** util/validation: IsValidIPForLegacyField. What the stored object has may stay. */
export function legacyIp(text: string, path: Path, had: readonly string[] = []): readonly FieldError[] {
  if (had.includes(text)) return []
  const ip = parseIp(text)
  if (!ip) return [invalidValue(path, text, NOT_AN_IP)]
  if (hasLeadingZeros(text)) return [invalidValue(path, text, 'must not have leading 0s')]
  return isMapped(ip) ? [invalidValue(path, text, 'must not be an IPv4-mapped IPv6 address')] : []
}

/** util/validation: IsValidIP, for fields of newer kinds: the canonical form only. */
export function strictIp(text: string, path: Path): readonly FieldError[] {
  const bad = legacyIp(text, path)
  if (bad.length) return bad
  const canonical = formatIp(parseIp(text)!)
  return canonical === text ? [] : [invalidValue(path, text, `must be in canonical form ("${canonical}")`)]
}

/** util/validation: GetWarningsForIP. */
export function ipWarnings(text: string, path: Path): readonly string[] {
  const ip = parseIp(text)
  if (!ip) return []
  const canonical = formatIp(ip)
  if (hasLeadingZeros(text) || isMapped(ip)) return [`${path}: non-standard IP address "${text}" is invalid: use "${canonical}"`]
  return ip.family === 6 && canonical !== text ? [`${path}: IPv6 address "${text}" should be in RFC 5952 canonical format ("${canonical}")`] : []
}

const isZero = (ip: IpAddress): boolean => ip.bytes.every((b) => b === 0)
const isLoopback = (ip: IpAddress): boolean => (ip.family === 4 ? ip.bytes[0] === 127 : ip.bytes.every((b, i) => b === (i === 15 ? 1 : 0)))
const isLinkLocal = (ip: IpAddress): boolean => (ip.family === 4 ? ip.bytes[0] === 169 && ip.bytes[1] === 254 : ip.bytes[0] === 0xfe && (ip.bytes[1]! & 0xc0) === 0x80)
const isLinkLocalMulticast = (ip: IpAddress): boolean =>
  ip.family === 4 ? ip.bytes[0] === 224 && ip.bytes[1] === 0 && ip.bytes[2] === 0 : ip.bytes[0] === 0xff && (ip.bytes[1]! & 15) === 2

/** core/validation: ValidateEndpointIP and ValidateNonSpecialIP. */
export function nonSpecialIp(text: string, path: Path): readonly FieldError[] {
  const ip = parseIp(text)
  if (!ip) return [invalidValue(path, text, 'must be a valid IP address')]
  const out: FieldError[] = []
  if (isZero(ip)) out.push(invalidValue(path, text, `may not be unspecified (${text})`))
  if (isLoopback(ip)) out.push(invalidValue(path, text, 'may not be in the loopback range (127.0.0.0/8, ::1/128)'))
  if (isLinkLocal(ip)) out.push(invalidValue(path, text, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'))
  if (isLinkLocalMulticast(ip)) out.push(invalidValue(path, text, 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'))
  return out
}

/** "10.0.0.0/8" with its prefix length, or undefined. */
export function parseCidr(text: string): { readonly ip: IpAddress; readonly bits: number } | undefined {
  const m = /^(.+)\/(\d{1,3})$/.exec(text)
  const ip = m ? parseIp(m[1]!) : undefined
  if (!m || !ip || Number(m[2]) > (ip.family === 4 ? 32 : 128)) return undefined
  return { ip, bits: Number(m[2]) }
}

