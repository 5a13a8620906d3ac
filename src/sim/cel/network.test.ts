import { describe, expect, test } from 'vitest'
import { compile, isFailure } from './program.ts'

function run(source: string): unknown {
  const program = compile(source, { variables: {} })
  if (isFailure(program)) return program.error
  const result = program.run({})
  return 'error' in result ? `error: ${result.error}` : result.value
}

describe('addresses', () => {
  test.each([
    ["ip('192.168.0.1').family()", 4n],
    ["ip('2001:db8:0:0::1').family()", 6n],
    ["string(ip('2001:DB8:0:0::1'))", '2001:db8::1'],
    ["ip('::1') == ip('0:0:0:0:0:0:0:1')", true],
    ["ip.isCanonical('2001:DB8::1')", false],
    ["ip.isCanonical('127.0.0.1')", true],
    ["isIP('1.2.3')", false],
    ["ip('127.0.0.1').isLoopback() && !ip('10.0.0.1').isLoopback() && ip('::1').isLoopback()", true],
    ["ip('169.254.1.1').isLinkLocalUnicast() && ip('fe80::1').isLinkLocalUnicast() && ip('224.0.0.1').isLinkLocalMulticast()", true],
    ["ip('10.0.0.1').isGlobalUnicast() && !ip('255.255.255.255').isGlobalUnicast() && !ip('ff02::1').isGlobalUnicast() && !ip('0.0.0.0').isGlobalUnicast()", true],
    ["ip('0.0.0.0').isUnspecified()", true],
    ["type(ip('1.1.1.1')) == net.IP", true],
    ["ip('1.2.3')", 'error: IP Address "1.2.3" parse error during conversion from string: ParseAddr("1.2.3"): IPv4 address too short'],
    ["ip('01.2.3.4')", 'error: IP Address "01.2.3.4" parse error during conversion from string: ParseAddr("01.2.3.4"): IPv4 field has octet with leading zero'],
    ["ip('1.2.3.x')", 'error: IP Address "1.2.3.x" parse error during conversion from string: ParseAddr("1.2.3.x"): unexpected character (at "x")'],
    ["ip('nope')", 'error: IP Address "nope" parse error during conversion from string: ParseAddr("nope"): unable to parse IP'],
    ["ip('::1::2')", 'error: IP Address "::1::2" parse error during conversion from string: ParseAddr("::1::2"): multiple :: in address (at ":2")'],
    ["ip('1:2')", 'error: IP Address "1:2" parse error during conversion from string: ParseAddr("1:2"): address string too short'],
    ["ip('fe80::1%eth0')", 'error: IP address "fe80::1%eth0" with zone value is not allowed'],
    ["ip('::ffff:1.2.3.4')", 'error: IPv4-mapped IPv6 address "::ffff:1.2.3.4" is not allowed'],
    ["string(ip('64:ff9b::1.2.3.4'))", '64:ff9b::102:304'],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})

describe('ranges', () => {
  test.each([
    ["cidr('192.168.0.0/24').containsIP('192.168.0.5') && !cidr('192.168.0.0/24').containsIP(ip('192.168.1.5'))", true],
    ["cidr('192.168.0.0/24').containsCIDR('192.168.0.0/25') && !cidr('192.168.0.0/24').containsCIDR(cidr('192.168.0.0/23'))", true],
    ["cidr('192.168.0.0/24').containsIP('::1')", false],
    ["cidr('192.168.1.7/24').masked() == cidr('192.168.1.0/24') && cidr('192.168.1.7/24') != cidr('192.168.1.0/24')", true],
    ["string(cidr('192.168.1.7/24').ip())", '192.168.1.7'],
    ["cidr('::1/128').prefixLength()", 128n],
    ["isCIDR('10.0.0.0/33') || isCIDR('10.0.0.0') || isCIDR('10.0.0.0/08')", false],
    ["cidr('10.0.0.0')", `error: ${'network address parse error during conversion from string: '.repeat(2)}netip.ParsePrefix("10.0.0.0"): no '/'`],
    ["cidr('10.0.0.0/33')", `error: ${'network address parse error during conversion from string: '.repeat(2)}netip.ParsePrefix("10.0.0.0/33"): prefix length out of range`],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})

describe('URLs', () => {
  test.each([
    ["url('https://u:p@Example.com:80/a%20b?k=1&k=2&x=y+z#f').getHost()", 'Example.com:80'],
    ["url('https://example.com:80/').getHostname() + url('https://example.com:80/').getPort()", 'example.com80'],
    ["url('https://[::1]:80/').getHostname()", '::1'],
    ["url('https://[::1]:80/').getHost()", '[::1]:80'],
    ["url('https://example.com').getPort() + url('HTTPS://example.com').getScheme()", 'https'],
    ["url('https://example.com/path with spaces/').getEscapedPath()", '/path%20with%20spaces/'],
    ["url('/path').getScheme() + url('/path').getHost() + url('/path').getEscapedPath()", '/path'],
    ["url('https://example.com/p?k1=a&k2=b&k2=c').getQuery() == {'k1': ['a'], 'k2': ['b', 'c']}", true],
    ["url('https://example.com/p?key with spaces=value+more').getQuery() == {'key with spaces': ['value more']}", true],
    ["url('https://example.com/p?').getQuery() == {}", true],
    ["isURL('../relative') || isURL('example.com') || isURL('') || isURL('http://a b/')", false],
    ["isURL('https://user:pass@example.com:80/path?query=val#fragment') && isURL('/absolute') && isURL('mailto:a@b')", true],
    ["url('https://a/') == url('https://a/') && url('https://a/') != url('https://a/b')", true],
    ["url('nope')", 'error: URL parse error during conversion from string: parse "nope": invalid URI for request'],
    ["url('https://a:b/')", 'error: URL parse error during conversion from string: parse "https://a:b/": invalid port ":b" after host'],
    ["url('https://a/%zz')", 'error: URL parse error during conversion from string: parse "https://a/%zz": invalid URL escape "%zz"'],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})

describe('time zones', () => {
  const at = "timestamp('2026-07-01T12:30:00Z')"
  test.each([
    [`${at}.getHours('Europe/Berlin')`, 14n],
    [`timestamp('2026-01-01T12:30:00Z').getHours('Europe/Berlin')`, 13n],
    [`${at}.getHours('Asia/Kolkata') == 18 && ${at}.getMinutes('Asia/Kolkata') == 0`, true],
    [`${at}.getHours('-02:30')`, 10n],
    [`${at}.getDate('Pacific/Kiritimati')`, 2n],
    [`${at}.getHours('Mars/Phobos')`, 'error: unknown time zone Mars/Phobos'],
    [`${at}.getHours('x:y')`, 'error: strconv.Atoi: parsing "x": invalid syntax'],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})
