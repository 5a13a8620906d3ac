import { base64Bytes } from './base64.ts'
import { derValues, members, oidText, textOf, type Der } from './der.ts'
import { ROOT_CA_BUNDLE } from './root-ca.ts'
import { CLUSTER_ISSUER } from './x509.ts'
import { formatTime, parseTime, type Micros } from '../engine/time.ts'

/** What TLS asks of a certificate; raw names compare byte by byte. */
interface Certificate {
  readonly issuer: string
  readonly subject: string
  readonly until: Micros | undefined
  readonly dnsNames: readonly string[]
}

const ALTERNATIVE_NAMES = '2.5.29.17'
const EXTENSIONS = 0xa3
const VERSION = 0xa0
const DNS_NAME = 0x82

/** The certificates of a PEM text, each as its base64 without line breaks. */
export const certificatesIn = (pem: string): readonly string[] =>
  [...pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----/g)].map(([, text]) => text!.replace(/\s/g, '')).filter((text) => base64Bytes(text) !== undefined)

function read(base64: string): Certificate | undefined {
  const [certificate] = derValues(base64Bytes(base64) ?? []) ?? []
  const all = members(members(certificate)[0])
  const [, , issuer, validity, subject, ...rest] = all[0]?.tag === VERSION ? all.slice(1) : all
  if (!issuer || !validity || !subject) return undefined
  const until = members(validity)[1]
  const extensions = members(members(rest.find(({ tag }) => tag === EXTENSIONS))[0])
  const names = extensions.map(members).find(([type]) => type && oidText(type) === ALTERNATIVE_NAMES)?.at(-1)
  const general = names ? members(derValues(names.body)?.[0]) : []
  return { issuer: issuer.raw.join(), subject: subject.raw.join(), until: instant(until), dnsNames: general.filter(({ tag }) => tag === DNS_NAME).map(textOf) }
}

function instant(der: Der | undefined): Micros | undefined {
  const [, year, month, day, hour, minute, second] = (der && /^(\d{2}|\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})Z$/.exec(textOf(der))) || []
  return year === undefined ? undefined : parseTime(`${year.length === 2 ? `20${year}` : year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

const covers = (pattern: string, host: string): boolean => pattern === host || (pattern.startsWith('*.') && host.slice(host.indexOf('.')) === pattern.slice(1))

/**
 * Why a client that trusts the certificates of `bundle` does not believe a server that shows `chain` (both PEM) to be `host`, in the
 * words of Go's crypto/x509 and in its order; undefined when it does. Names are compared, signatures are believed,
 * and a certificate of tomorrow is too: who makes one outside has another clock than the cluster.
 */
export function distrust(bundle: string, chain: string, host: string, now: Micros): string | undefined {
  const shown = certificatesIn(chain)
  const trusted = certificatesIn(bundle)
  const leaf = shown[0] === undefined ? undefined : read(shown[0])
  if (leaf) {
    if (leaf.until !== undefined && now > leaf.until) return `x509: certificate has expired or is not yet valid: current time ${formatTime(now)} is after ${formatTime(leaf.until)}`
    if (leaf.dnsNames.length === 0) return 'x509: certificate relies on legacy Common Name field, use SANs instead'
    if (!leaf.dnsNames.some((name) => covers(name, host))) return `x509: certificate is valid for ${leaf.dnsNames.join(', ')}, not ${host}`
  }
  const subjects = new Set(trusted.map((text) => read(text)?.subject))
  if (bundle.includes(ROOT_CA_BUNDLE.trim())) subjects.add(CLUSTER_ISSUER.join())
  const isTrusted = shown.some((text) => trusted.includes(text) || subjects.has(read(text)?.issuer ?? '-'))
  return isTrusted ? undefined : 'x509: certificate signed by unknown authority'
}
