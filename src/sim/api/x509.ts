import { base64Bytes, base64Decode, base64OfBytes } from './base64.ts'
import { der, derOid, derText, derValues, members, oidText, TAG, textOf, type Der } from './der.ts'
import { sha256 } from './sha256.ts'
import { formatTime, type Micros } from '../engine/time.ts'

/** What a certificate signing request asks for (PKCS#10). Raw parts go into the certificate as they are. */
export interface SigningRequestContents {
  readonly commonName: string
  readonly organizations: readonly string[]
  readonly dnsNames: readonly string[]
  readonly emails: number
  readonly addresses: number
  readonly uris: number
  readonly subject: readonly number[]
  readonly publicKey: readonly number[]
  /** The extension's contents with the alternative names; empty without any. */
  readonly alternativeNames: readonly number[]
}

const COMMON_NAME = '2.5.4.3'
const ORGANIZATION = '2.5.4.10'
const EXTENSION_REQUEST = '1.2.840.113549.1.9.14'
const ALTERNATIVE_NAMES = '2.5.29.17'

/** Reads a request from a PEM file in base64; undefined when it is none. */
export function parseSigningRequest(base64: string): SigningRequestContents | undefined {
  const pem = /-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([^-]*)-----END/.exec(base64Decode(base64) ?? '')?.[1]?.replace(/\s/g, '')
  const [request] = (pem && derValues(base64Bytes(pem) ?? [])) || []
  const [, subject, publicKey, attributes] = members(members(request)[0])
  if (!subject || !publicKey) return undefined
  const names = members(subject).flatMap((set) => members(set)).map(members)
  const named = (oid: string): readonly string[] => names.filter(([type]) => type && oidText(type) === oid).map(([, value]) => (value ? textOf(value) : ''))
  const alternatives = alternativeNamesOf(attributes)
  const general = alternatives.length > 0 ? members(derValues(alternatives)?.[0]) : []
  const ofKind = (n: number): readonly Der[] => general.filter(({ tag }) => tag === (0x80 | n))
  return {
    commonName: named(COMMON_NAME)[0] ?? '',
    organizations: named(ORGANIZATION),
    emails: ofKind(1).length,
    dnsNames: ofKind(2).map(textOf),
    uris: ofKind(6).length,
    addresses: ofKind(7).length,
    subject: subject.raw,
    publicKey: publicKey.raw,
    alternativeNames: alternatives,
  }
}

function alternativeNamesOf(attributes: Der | undefined): readonly number[] {
  for (const attribute of members(attributes)) {
    const [type, values] = members(attribute)
    if (!type || oidText(type) !== EXTENSION_REQUEST) continue
    for (const extension of members(members(values)[0])) {
      const parts = members(extension)
      if (parts[0] && oidText(parts[0]) === ALTERNATIVE_NAMES) return parts.at(-1)!.body
    }
  }
  return []
}

const KEY_USAGES = ['digital signature', 'content commitment', 'key encipherment', 'data encipherment', 'key agreement', 'cert sign', 'crl sign', 'encipher only', 'decipher only']
const EXTENDED: Readonly<Record<string, string>> = {
  any: '2.5.29.37.0', 'server auth': '1.3.6.1.5.5.7.3.1', 'client auth': '1.3.6.1.5.5.7.3.2', 'code signing': '1.3.6.1.5.5.7.3.3', 'email protection': '1.3.6.1.5.5.7.3.4', 's/mime': '1.3.6.1.5.5.7.3.4',
  'ipsec end system': '1.3.6.1.5.5.7.3.5', 'ipsec tunnel': '1.3.6.1.5.5.7.3.6', 'ipsec user': '1.3.6.1.5.5.7.3.7', timestamping: '1.3.6.1.5.5.7.3.8', 'ocsp signing': '1.3.6.1.5.5.7.3.9',
}

/** CN=kubernetes, as certificates name their issuer. */
export const CLUSTER_ISSUER: readonly number[] = der(TAG.sequence, der(TAG.set, der(TAG.sequence, derOid(COMMON_NAME), derText(TAG.printable, 'kubernetes'))))

export interface CertificateWish {
  readonly request: SigningRequestContents
  readonly usages: readonly string[]
  readonly from: Micros
  readonly until: Micros
  /** Makes the serial number and, with all else, the signature. */
  readonly serial: string
}

/**
 * A certificate in PEM as base64, issued by CN=kubernetes. It reads like a real one, but no key is behind its signature:
 * the bits are a digest.
 */
export function issueCertificate({ request, usages, from, until, serial }: CertificateWish): string {
  const algorithm = der(TAG.sequence, derOid('1.2.840.113549.1.1.11'), [0x05, 0x00])
  const number = sha256(serial).slice(0, 16)
  const toBeSigned = der(
    TAG.sequence,
    der(0xa0, der(TAG.integer, [2])),
    der(TAG.integer, [number[0]! & 0x7f, ...number.slice(1)]),
    algorithm,
    CLUSTER_ISSUER,
    der(TAG.sequence, time(from), time(until)),
    request.subject,
    request.publicKey,
    der(0xa3, der(TAG.sequence, ...extensions(usages, request.alternativeNames))),
  )
  const digest = base64OfBytes(toBeSigned)
  const signature = Array.from({ length: 8 }, (_, i) => sha256(`${i} ${digest}`)).flat()
  const certificate = base64OfBytes(der(TAG.sequence, toBeSigned, algorithm, der(TAG.bits, [0], signature)))
  const pem = `-----BEGIN CERTIFICATE-----\n${certificate.replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
  return base64OfBytes([...pem].map((c) => c.charCodeAt(0)))
}

/** When a certificate (PEM in base64) ends, as an RFC 3339 text; undefined when it cannot be read. */
export function notAfter(base64: string): string | undefined {
  const pem = /-----BEGIN CERTIFICATE-----([^-]*)-----END/.exec(base64Decode(base64) ?? '')?.[1]?.replace(/\s/g, '')
  const [certificate] = (pem && derValues(base64Bytes(pem) ?? [])) || []
  const end = members(members(members(certificate)[0])[4])[1]
  const match = end && /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(textOf(end))
  if (!match) return undefined
  const [, year, month, day, hour, minute, second] = match
  return `${year!.length === 2 ? `20${year}` : year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** Years up to 2049 have two digits. */
function time(at: Micros): readonly number[] {
  const text = formatTime(at).replace(/[-:T]/g, '')
  return Number(text.slice(0, 4)) < 2050 ? derText(TAG.utcTime, text.slice(2)) : derText(TAG.generalizedTime, text)
}

function extensions(usages: readonly string[], alternativeNames: readonly number[]): readonly (readonly number[])[] {
  const bits = KEY_USAGES.map((name) => usages.includes(name) || (name === 'digital signature' && usages.includes('signing')))
  const octets = [0, 0]
  bits.forEach((set, i) => set && (octets[i >> 3]! |= 0x80 >> (i & 7)))
  const used = bits[8] ? octets : octets.slice(0, 1)
  const unused = 7 - (bits.lastIndexOf(true) & 7)
  const extended = [...new Set(usages.map((name) => EXTENDED[name]).filter((oid) => oid !== undefined))].sort()
  const extension = (oid: string, critical: boolean, body: readonly number[]): readonly number[] =>
    der(TAG.sequence, derOid(oid), critical ? [0x01, 0x01, 0xff] : [], der(TAG.octets, body))
  return [
    ...(bits.includes(true) ? [extension('2.5.29.15', true, der(TAG.bits, [unused], used))] : []),
    ...(extended.length > 0 ? [extension('2.5.29.37', false, der(TAG.sequence, ...extended.map(derOid)))] : []),
    extension('2.5.29.19', true, der(TAG.sequence)),
    ...(alternativeNames.length > 0 ? [extension(ALTERNATIVE_NAMES, false, alternativeNames)] : []),
  ]
}
