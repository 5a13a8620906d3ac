import { goQuote } from '../api/field.ts'
import { formatIp, isMapped, type IpAddress } from '../api/validate/ip.ts'
import { fault, Fault, Opaque } from './values.ts'

/** An IP address as a value of expressions (apiserver: pkg/cel, ip.go). */
export class Ip extends Opaque {
  readonly address: IpAddress
  constructor(address: IpAddress) {
    super('net.IP', formatIp(address))
    this.address = address
  }
}

/** An address with the length of its prefix; bits behind the prefix are kept (pkg/cel, cidr.go). */
export class Cidr extends Opaque {
  readonly address: IpAddress
  readonly bits: number
  constructor(address: IpAddress, bits: number) {
    super('net.CIDR', `${formatIp(address)}/${bits}`)
    this.address = address
    this.bits = bits
  }
}

/** Go's netip.ParseAddr says what is wrong with the whole text, and from where on. */
const refused = (text: string, message: string, at?: string): never => fault(`ParseAddr(${goQuote(text)}): ${message}${at === undefined ? '' : ` (at ${goQuote(at)})`}`)

/** net/netip: ParseAddr, without zones. Faults with Go's words. */
function parseAddress(text: string): IpAddress {
  const mark = /[.:%]/.exec(text)?.[0]
  if (mark === '.') return { family: 4, bytes: parseFields(text, text) }
  if (mark === ':') return parse6(text)
  return refused(text, mark === '%' ? 'missing IPv6 address' : 'unable to parse IP')
}

/** Four numbers with dots; `whole` is the text that faults name. */
function parseFields(whole: string, text: string): readonly number[] {
  const bytes: number[] = []
  let value = 0
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (c >= '0' && c <= '9') {
      if (digits === 1 && value === 0) refused(whole, 'IPv4 field has octet with leading zero')
      value = value * 10 + Number(c)
      digits++
      if (value > 255) refused(whole, 'IPv4 field has value >255')
    } else if (c === '.') {
      if (i === 0 || i === text.length - 1 || text[i - 1] === '.') refused(whole, 'IPv4 field must have at least one digit', text.slice(i))
      if (bytes.length === 3) refused(whole, 'IPv4 address too long')
      bytes.push(value)
      value = digits = 0
    } else refused(whole, 'unexpected character', text.slice(i))
  }
  if (bytes.length < 3) refused(whole, 'IPv4 address too short')
  return [...bytes, value]
}

/** Reads groups from left to right; `gap` is where "::" stood. */
function parse6(whole: string): IpAddress {
  const percent = whole.indexOf('%')
  if (percent === whole.length - 1) refused(whole, 'zone must be a non-empty string')
  let rest = percent < 0 ? whole : whole.slice(0, percent)
  const bytes: number[] = []
  let gap = -1
  if (rest.startsWith('::')) {
    gap = 0
    rest = rest.slice(2)
  }
  while (bytes.length < 16 && (rest !== '' || gap !== bytes.length)) {
    const group = /^[0-9a-fA-F]*/.exec(rest)![0]
    if (group.length > 4) refused(whole, 'each group must have 4 or less digits', rest)
    if (group === '') refused(whole, 'each colon-separated field must have at least one digit', rest)
    if (rest[group.length] === '.') {
      if (gap < 0 && bytes.length !== 12) refused(whole, 'embedded IPv4 address must replace the final 2 fields of the address', rest)
      if (bytes.length > 12) refused(whole, 'too many hex fields to fit an embedded IPv4 at the end of the address', rest)
      bytes.push(...parseFields(whole, rest))
      rest = ''
      break
    }
    const value = parseInt(group, 16)
    bytes.push(value >> 8, value & 255)
    rest = rest.slice(group.length)
    if (rest === '') break
    if (rest[0] !== ':') refused(whole, 'unexpected character, want colon', rest)
    if (rest.length === 1) refused(whole, 'colon must be followed by more characters', rest)
    rest = rest.slice(1)
    if (rest[0] === ':') {
      if (gap >= 0) refused(whole, 'multiple :: in address', rest)
      gap = bytes.length
      rest = rest.slice(1)
    }
  }
  if (rest !== '') refused(whole, 'trailing garbage after address', rest)
  const missing = 16 - bytes.length
  if (missing > 0 && gap < 0) refused(whole, 'address string too short')
  if (missing === 0 && gap >= 0) refused(whole, 'the :: must expand to at least one field of zeros')
  return { family: 6, bytes: [...bytes.slice(0, Math.max(gap, 0)), ...Array.from({ length: missing }, () => 0), ...bytes.slice(Math.max(gap, 0))] }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : fault('no such overload'))

/** A fault of `parse`, told after other words. */
function inWords<T>(parse: () => T, words: (reason: string) => string): T {
  try {
    return parse()
  } catch (reason) {
    if (reason instanceof Fault) return fault(words(reason.message))
    throw reason
  }
}

function holds(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch (reason) {
    if (reason instanceof Fault) return false
    throw reason
  }
}

function ipOf(value: unknown): Ip {
  if (value instanceof Cidr) return new Ip(value.address)
  const text = textOf(value)
  const address = inWords(() => parseAddress(text), (why) => `IP Address ${goQuote(text)} parse error during conversion from string: ${why}`)
  if (text.includes('%')) fault(`IP address ${goQuote(text)} with zone value is not allowed`)
  return isMapped(address) ? fault(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`) : new Ip(address)
}

/** net/netip: ParsePrefix. */
function parsePrefix(text: string): Cidr {
  const slash = text.lastIndexOf('/')
  const bad = (why: string): never => fault(`netip.ParsePrefix(${goQuote(text)}): ${why}`)
  if (slash < 0) return bad("no '/'")
  const address = inWords(() => parseAddress(text.slice(0, slash)), (why) => `netip.ParsePrefix(${goQuote(text)}): ${why}`)
  if (text.slice(0, slash).includes('%')) return bad('IPv6 zones cannot be present in a prefix')
  const bits = text.slice(slash + 1)
  if (!/^(0|[1-9]\d*)$/.test(bits) || bits.length > 18) return bad(`bad bits after slash: ${goQuote(bits)}`)
  return Number(bits) > address.bytes.length * 8 ? bad('prefix length out of range') : new Cidr(address, Number(bits))
}

const CIDR_WORDS = (why: string): string => `network address parse error during conversion from string: ${why}`

function checkedPrefix(text: string): Cidr {
  const cidr = inWords(() => parsePrefix(text), CIDR_WORDS)
  return isMapped(cidr.address) ? fault(`IPv4-mapped IPv6 address ${goQuote(text)} is not allowed`) : cidr
}
const cidrOf = (value: unknown): Cidr => inWords(() => checkedPrefix(textOf(value)), CIDR_WORDS)

function masked({ address, bits }: Cidr): IpAddress {
  return { family: address.family, bytes: address.bytes.map((b, i) => (bits >= 8 * i + 8 ? b : bits <= 8 * i ? 0 : b & (0xff << (8 * i + 8 - bits)))) }
}

const sameAddress = (a: IpAddress, b: IpAddress): boolean => a.family === b.family && a.bytes.every((byte, i) => byte === b.bytes[i])
const inside = (cidr: Cidr, address: IpAddress): boolean => sameAddress(masked(cidr), masked(new Cidr(address, cidr.bits)))
const ipIn = (value: unknown): IpAddress => (value instanceof Ip ? value.address : fault('no such overload'))
const cidrIn = (value: unknown): Cidr => (value instanceof Cidr ? value : fault('no such overload'))

const isUnspecified = ({ bytes }: IpAddress): boolean => bytes.every((b) => b === 0)
const isLoopback = ({ family, bytes }: IpAddress): boolean => (family === 4 ? bytes[0] === 127 : bytes.every((b, i) => b === (i === 15 ? 1 : 0)))
const isLinkLocal = ({ family, bytes }: IpAddress): boolean => (family === 4 ? bytes[0] === 169 && bytes[1] === 254 : bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80)
const isLinkLocalMulticast = ({ family, bytes }: IpAddress): boolean => (family === 4 ? bytes[0] === 224 && bytes[1] === 0 && bytes[2] === 0 : bytes[0] === 0xff && (bytes[1]! & 15) === 2)
const isMulticast = ({ family, bytes }: IpAddress): boolean => (family === 4 ? (bytes[0]! & 0xf0) === 0xe0 : bytes[0] === 0xff)
const isBroadcast = ({ family, bytes }: IpAddress): boolean => family === 4 && bytes.every((b) => b === 255)
const about = (holdsFor: (address: IpAddress) => boolean) => (value: unknown): boolean => holdsFor(ipIn(value))

/** Kubernetes' functions of addresses and ranges (apiserver: pkg/cel/library, ip.go, cidr.go). */
export const addressFunctions = {
  ip: ipOf,
  isIP: (value: unknown): boolean => holds(() => ipOf(textOf(value))),
  'ip.isCanonical': (value: unknown): boolean => ipOf(textOf(value)).text === value,
  family: (value: unknown): bigint => BigInt(ipIn(value).family),
  isUnspecified: about(isUnspecified),
  isLoopback: about(isLoopback),
  isLinkLocalMulticast: about(isLinkLocalMulticast),
  isLinkLocalUnicast: about(isLinkLocal),
  isGlobalUnicast: about((a) => !isUnspecified(a) && !isBroadcast(a) && !isLoopback(a) && !isMulticast(a) && !isLinkLocal(a)),
  cidr: cidrOf,
  isCIDR: (value: unknown): boolean => holds(() => cidrOf(value)),
  containsIP: (value: unknown, other: unknown): boolean => inside(cidrIn(value), typeof other === 'string' ? ipOf(other).address : ipIn(other)),
  containsCIDR: (value: unknown, other: unknown): boolean => {
    const part = typeof other === 'string' ? cidrOf(other) : cidrIn(other)
    return cidrIn(value).bits <= part.bits && inside(cidrIn(value), part.address)
  },
  prefixLength: (value: unknown): bigint => BigInt(cidrIn(value).bits),
  masked: (value: unknown): Cidr => new Cidr(masked(cidrIn(value)), cidrIn(value).bits),
}
