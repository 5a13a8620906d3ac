import { semanticEqual } from '../../api/deep.ts'
import { at, child, duplicate, forbiddenField, goQuote, invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { signerName } from '../../api/validate/signer-name.ts'
import type { CertificateSigningRequest, SigningRequestCondition } from './certificatesigningrequest.ts'
import { certificateProblem, requestProblem } from './pem.ts'

const USAGES = [
  'any', 'cert sign', 'client auth', 'code signing', 'content commitment', 'crl sign', 'data encipherment', 'decipher only', 'digital signature', 'email protection', 'encipher only',
  'ipsec end system', 'ipsec tunnel', 'ipsec user', 'key agreement', 'key encipherment', 'microsoft sgc', 'netscape sgc', 'ocsp signing', 's/mime', 'server auth', 'signing', 'timestamping',
]
const LEGACY = 'kubernetes.io/legacy-unknown'
const LASTING = ['Approved', 'Denied', 'Failed']
const CONDITIONS = 'status.conditions'
const CERTIFICATE = 'status.certificate'

const conditionsOf = (csr: CertificateSigningRequest | undefined): readonly SigningRequestCondition[] => csr?.status?.conditions ?? []
const ofType = (csr: CertificateSigningRequest, type: string): readonly SigningRequestCondition[] => conditionsOf(csr).filter((c) => c.type === type)
const hasTwice = (list: readonly string[]): boolean => new Set(list).size < list.length

function usages(csr: CertificateSigningRequest, old: CertificateSigningRequest | undefined, out: FieldError[]): void {
  const list = csr.spec.usages ?? []
  const before = old?.spec.usages ?? []
  if (list.length === 0) out.push(required('spec.usages'))
  if (before.every((u) => USAGES.includes(u))) list.forEach((u, i) => void (!USAGES.includes(u) && out.push(notSupported(at('spec.usages', i), u, USAGES))))
  if (!hasTwice(before)) list.forEach((u, i) => void (list.indexOf(u) < i && out.push(duplicate(at('spec.usages', i), u))))
}

function conditions(csr: CertificateSigningRequest, old: CertificateSigningRequest | undefined, out: FieldError[]): void {
  const before = conditionsOf(old).map((c) => c.type)
  const mayBeBoth = before.includes('Approved') && before.includes('Denied')
  const seen = new Set<string>()
  conditionsOf(csr).forEach(({ type, status }, i) => {
    const here = at(CONDITIONS, i)
    if (!type && !before.includes('')) out.push(required(child(here, 'type')))
    const allowed = LASTING.includes(type) ? ['True'] : ['False', 'True', 'Unknown']
    if (!status) out.push(required(child(here, 'status')))
    else if (!allowed.includes(status)) out.push(notSupported(child(here, 'status'), status, allowed))
    const other = type === 'Approved' ? 'Denied' : type === 'Denied' ? 'Approved' : undefined
    if (other && !mayBeBoth && seen.has(other)) out.push(invalidValue(CONDITIONS, type, 'Approved and Denied conditions are mutually exclusive'))
    if (seen.has(type) && !hasTwice(before)) out.push(duplicate(child(here, 'type'), type))
    seen.add(type)
  })
}

/** certificates/validation: validateCertificateSigningRequest; what was wrong before may stay wrong. */
export function validateSigningRequest(csr: CertificateSigningRequest, old?: CertificateSigningRequest): FieldError[] {
  const out: FieldError[] = []
  const { request, signerName: signer = '', expirationSeconds } = csr.spec
  const problem = requestProblem(request ?? '')
  if (problem) out.push(invalidValue('spec.request', request ?? null, problem))
  usages(csr, old, out)
  if (signer === LEGACY && old?.spec.signerName !== LEGACY) out.push(invalidValue('spec.signerName', signer, 'the legacy signerName is not allowed via this API version'))
  else signerName(signer, 'spec.signerName', out)
  if (expirationSeconds !== undefined && expirationSeconds < 600) {
    out.push(invalidValue('spec.expirationSeconds', expirationSeconds, 'may not specify a duration less than 600 seconds (10 minutes)'))
  }
  conditions(csr, old, out)
  const certificate = csr.status?.certificate ?? ''
  const wrong = certificate === old?.status?.certificate ? undefined : certificateProblem(certificate)
  if (wrong) out.push(invalidValue(CERTIFICATE, '<certificate data>', wrong))
  return out
}

function decisions(csr: CertificateSigningRequest, old: CertificateSigningRequest, out: FieldError[]): void {
  for (const type of ['Approved', 'Denied']) {
    const [before, after] = [ofType(old, type), ofType(csr, type)]
    if (after.length > before.length) out.push(forbiddenField(CONDITIONS, `updates may not add a condition of type ${goQuote(type)}`))
    else if (after.length === before.length && !semanticEqual(before, after)) out.push(forbiddenField(CONDITIONS, `updates may not modify a condition of type ${goQuote(type)}\n`))
  }
}

/** validateCertificateSigningRequestUpdate: decisions are made at /approval, certificates set at /status, both for good. */
export function validateSigningRequestUpdate(csr: CertificateSigningRequest, old: CertificateSigningRequest, may: { readonly decide?: boolean; readonly issue?: boolean } = {}): FieldError[] {
  const out = validateSigningRequest(csr, old)
  for (const type of LASTING) {
    if (ofType(csr, type).length < ofType(old, type).length) out.push(forbiddenField(CONDITIONS, `updates may not remove a condition of type ${goQuote(type)}`))
  }
  if (!may.decide) decisions(csr, old, out)
  const [before, after] = [old.status?.certificate ?? '', csr.status?.certificate ?? '']
  if (before === after) return out
  if (!may.issue) out.push(forbiddenField(CERTIFICATE, 'updates may not set certificate content'))
  else if (before !== '') out.push(forbiddenField(CERTIFICATE, 'updates may not modify existing certificate content'))
  return out
}
