import { parseTime } from '../../engine/time.ts'
import { parseCidr, parseIp } from '../validate/ip.ts'
import { isDns1123Label, isDns1123Subdomain } from '../names.ts'

/** Formats of strings that custom resources may use, without dashes (apiserver/validation: formats.go, v1.36). */
export const FORMAT_KNOWN: ReadonlySet<string> = new Set([
  'bsonobjectid', 'uri', 'email', 'hostname', 'ipv4', 'ipv6', 'cidr', 'mac', 'uuid', 'uuid3', 'uuid4', 'uuid5', 'isbn', 'isbn10', 'isbn13', 'creditcard', 'ssn', 'hexcolor',
  'rgbcolor', 'byte', 'password', 'date', 'duration', 'datetime', 'k8sshortname', 'k8slongname',
])

const HEX = '[0-9a-fA-F]'
const uuid = (third: string, fourth: string): RegExp => new RegExp(`^${HEX}{8}-?${HEX}{4}-?${third}${HEX}{3}-?${fourth}${HEX}{3}-?${HEX}{12}$`)
const PATTERNS: Readonly<Record<string, RegExp>> = {
  bsonobjectid: /^[0-9a-fA-F]{24}$/,
  email: /^(?:[^<>@\s"]+|"[^"]*"|[^<>@"]*<[^<>@\s]+)@[^<>@\s]+>?$/,
  hostname: /^(?:[a-zA-Z0-9](?:-?[a-zA-Z0-9]{0,62})?|(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?\.)+[a-zA-Z]{2,63})$/,
  mac: /^(?:[0-9a-fA-F]{2}(?:[:-][0-9a-fA-F]{2}){5}|[0-9a-fA-F]{4}(?:\.[0-9a-fA-F]{4}){2})$/,
  uuid: uuid(HEX, HEX),
  uuid3: uuid('3', HEX),
  uuid4: uuid('4', '[89abAB]'),
  uuid5: uuid('5', '[89abAB]'),
  isbn10: /^(?:\d[- ]?){9}[\dX]$/,
  isbn13: /^(?:\d[- ]?){12}\d$/,
  creditcard: /^(?:4\d{12}(?:\d{3})?|5[1-5]\d{14}|6(?:011|5\d\d)\d{12}|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|(?:2131|1800|35\d{3})\d{11})$/,
  ssn: /^\d{3}[- ]?\d{2}[- ]?\d{4}$/,
  hexcolor: /^#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/,
  rgbcolor: /^rgb\(\s*(?:(?:\d{1,3})\s*,\s*(?:\d{1,3})\s*,\s*(?:\d{1,3})|(?:\d{1,3}%)\s*,\s*(?:\d{1,3}%)\s*,\s*(?:\d{1,3}%))\s*\)$/,
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  duration: /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$|^\d+(?:\.\d+)?\s*(?:ns|nanoseconds?|us|µs|micros?|microseconds?|ms|millis?|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$|^0$/,
  uri: /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:[^\s]+|\/[^\s]*)$/,
}

/** Is a text not of its format? Unknown formats allow everything. */
export function badFormat(format: string, text: string): boolean {
  const name = format.replace(/-/g, '')
  switch (name) {
    case 'ipv4':
      return parseIp(text)?.family !== 4
    case 'ipv6':
      return parseIp(text)?.family !== 6
    case 'cidr':
      return parseCidr(text) === undefined
    case 'date':
      return !/^\d{4}-\d\d-\d\d$/.test(text) || parseTime(`${text}T00:00:00Z`) === undefined
    case 'datetime':
      return parseTime(text) === undefined
    case 'isbn':
      return !PATTERNS['isbn10']!.test(text) && !PATTERNS['isbn13']!.test(text)
    case 'creditcard':
      return !PATTERNS['creditcard']!.test(text.replace(/\D/g, ''))
    case 'k8sshortname':
      return isDns1123Label(text).length > 0
    case 'k8slongname':
      return isDns1123Subdomain(text).length > 0
    default:
      return PATTERNS[name] ? !PATTERNS[name].test(text) : false
  }
}

/** Formats in a schema that the server does not know for the type (GetUnrecognizedFormats). */
export function unknownFormat(type: string | undefined, format: string | undefined): boolean {
  if (!format) return false
  switch (type ?? '') {
    case '':
    case 'string':
      return !FORMAT_KNOWN.has(format.replace(/-/g, ''))
    case 'integer':
      return format !== 'int32' && format !== 'int64'
    case 'number':
      return format !== 'float' && format !== 'double'
    default:
      return true
  }
}
