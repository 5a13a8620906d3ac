import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cidrHolds, cidrWarnings, legacyCidr, strictCidr, strictSubset } from './cidr.ts'
import { formatIp, ipWarnings, legacyIp, parseIp, strictIp } from './ip.ts'

const words = (errors: readonly { readonly body: string }[]): string => errors.map((e) => e.body).join('; ')

describe('IP addresses', () => {
  it.each([
    ['10.0.0.1', '', ''],
    ['010.0.0.1', 'must not have leading 0s', 'must not have leading 0s'],
    ['::ffff:1.2.3.4', 'must not be an IPv4-mapped IPv6 address', 'must not be an IPv4-mapped IPv6 address'],
    ['2001:DB8::1', '', 'must be in canonical form ("2001:db8::1")'],
    ['2001:db8:0:0::1', '', 'must be in canonical form ("2001:db8::1")'],
    ['x', 'must be a valid IP address', 'must be a valid IP address'],
    ['1.2.3', 'must be a valid IP address', 'must be a valid IP address'],
  ])('%s: by the rules of old fields and of new ones', (text, legacy, strict) => {
    for (const [got, want] of [[words(legacyIp(text, 'ip')), legacy], [words(strictIp(text, 'ip')), strict]] as const) {
      if (want) expect(got).toContain(want)
      else expect(got).toBe('')
    }
  })

  it('that were there before may stay, with a warning', () => {
    expect(legacyIp('010.0.0.1', 'ip', ['010.0.0.1'])).toEqual([])
    expect(ipWarnings('010.0.0.1', 'ip')).toEqual(['ip: non-standard IP address "010.0.0.1" is invalid: use "10.0.0.1"'])
    expect(ipWarnings('2001:DB8::1', 'ip')).toEqual(['ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")'])
    expect(ipWarnings('10.0.0.1', 'ip')).toEqual([])
  })

  it('are written in one way, which reads as the same address', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (text) => {
        const ip = parseIp(text)!
        const canonical = formatIp(ip)
        expect(parseIp(canonical)!.bytes).toEqual(ip.bytes)
        expect(formatIp(parseIp(canonical)!)).toBe(canonical)
      }),
    )
  })

  it('are no text that is no address', () => {
    fc.assert(fc.property(fc.string(), (text) => void legacyIp(text, 'ip')))
  })
})

describe('ranges of addresses', () => {
  it('are strict about the bits beyond their mask', () => {
    expect(words(legacyCidr('10.0.0.1/8', 'r'))).toContain('must not have bits set beyond the prefix length')
    expect(legacyCidr('10.0.0.1/8', 'r', ['10.0.0.1/8'])).toEqual([])
    expect(words(strictCidr('2001:DB8::/32', 'r'))).toContain('2001:db8::/32')
    expect(cidrWarnings('10.0.0.1/8', 'r')[0]).toContain('10.0.0.0/8')
    expect(words(legacyCidr('10.0.0.0/33', 'r'))).toContain('must be a valid CIDR value')
  })

  it('hold addresses and smaller ranges', () => {
    expect(cidrHolds('10.96.0.0/12', parseIp('10.111.255.255')!)).toBe(true)
    expect(cidrHolds('10.96.0.0/12', parseIp('10.112.0.0')!)).toBe(false)
    expect(cidrHolds('10.96.0.0/12', parseIp('::1')!)).toBe(false)
    expect(strictSubset('10.0.0.0/8', '10.1.0.0/16')).toBe(true)
    expect(strictSubset('10.0.0.0/8', '10.0.0.0/8')).toBe(false)
  })
})
