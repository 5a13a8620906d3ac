import { humanDuration } from '../../api/human-duration.ts'
import { isPathSegmentName } from '../../api/names.ts'
import { assignSame } from '../../api/share.ts'
import { seconds } from '../../engine/time.ts'
import { ageColumn, defineKind, nameColumn, textColumn, withStatusOf } from '../define.ts'
import type { Requester, SubresourceRules } from '../definition.ts'
import type { CertificateSigningRequest, SigningRequestCondition, SigningRequestStatus } from './certificatesigningrequest.ts'
import { validateSigningRequest, validateSigningRequestUpdate } from './validate.ts'

/** Who asks is noted by the server, whatever the request says of it. */
function prepareCreate(csr: CertificateSigningRequest, who?: Requester): CertificateSigningRequest {
  const { username: _n, uid: _u, groups: _g, extra: _e, ...spec } = csr.spec
  if (!who) return { ...csr, spec, status: {} }
  const { name, uid, groups, extra } = who
  return { ...csr, status: {}, spec: { ...spec, username: name, ...(uid ? { uid } : {}), groups, ...(extra && Object.keys(extra).length > 0 ? { extra } : {}) } }
}

/** Times that the sender left open (populateConditionTimestamps). */
function stamped(list: readonly SigningRequestCondition[], old: CertificateSigningRequest, now: string | undefined): readonly SigningRequestCondition[] {
  return list.map((c) => {
    const before = old.status?.conditions?.find((o) => o.type === c.type && o.status === c.status && o.lastTransitionTime)
    return assignSame(c, { lastUpdateTime: c.lastUpdateTime ?? now, lastTransitionTime: c.lastTransitionTime ?? before?.lastTransitionTime ?? now })
  })
}

const withConditions = (status: SigningRequestStatus | undefined, conditions: readonly SigningRequestCondition[]): SigningRequestStatus | undefined =>
  status || conditions.length > 0 ? { ...status, conditions } : undefined

/** At /status, decisions stay as they are, if as many of them are sent (preserveConditionInstances). */
function prepareStatusUpdate(csr: CertificateSigningRequest, old: CertificateSigningRequest, now?: string): CertificateSigningRequest {
  let list = csr.status?.conditions ?? []
  for (const type of ['Approved', 'Denied']) {
    const kept = (old.status?.conditions ?? []).filter((c) => c.type === type)
    if (list.filter((c) => c.type === type).length !== kept.length) continue
    let next = 0
    list = list.map((c) => (c.type === type ? kept[next++]! : c))
  }
  const status = withConditions(csr.status, stamped(list, old, now))
  return withStatusOf({ ...old, metadata: csr.metadata }, { ...csr, status } as CertificateSigningRequest)
}

/** certificatesigningrequests/approval: only the conditions count. */
const approval: SubresourceRules<CertificateSigningRequest> = {
  prepareUpdate(csr, old, now) {
    const status = withConditions(old.status, stamped(csr.status?.conditions ?? [], old, now))
    return withStatusOf({ ...old, metadata: csr.metadata }, { ...csr, status } as CertificateSigningRequest)
  },
  validateUpdate: (csr, old) => validateSigningRequestUpdate(csr, old, { decide: true }),
}

/** "Approved,Issued" (printers: extractCSRStatus). */
function condition({ status }: CertificateSigningRequest): string {
  const types = (status?.conditions ?? []).map((c) => c.type)
  const decided = types.includes('Denied') ? 'Denied' : types.includes('Approved') ? 'Approved' : 'Pending'
  return `${decided}${types.includes('Failed') ? ',Failed' : ''}${status?.certificate ? ',Issued' : ''}`
}

/** certificates.k8s.io/v1 CertificateSigningRequest (registry/certificates/certificates: strategy.go). */
export const certificateSigningRequestKind = defineKind<CertificateSigningRequest>('certificates.k8s.io', 'v1', 'CertificateSigningRequest', {
  name: isPathSegmentName,
  defaults: (csr) => (csr.spec ? csr : { ...csr, spec: {} }),
  prepareCreate,
  prepareUpdate: (csr, old) => assignSame(csr, { spec: old.spec }),
  prepareStatusUpdate,
  validate: (csr) => validateSigningRequest(csr),
  recheck: (csr, old) => validateSigningRequestUpdate(csr, old),
  validateStatusUpdate: (csr, old) => validateSigningRequestUpdate(csr, old, { issue: true }),
  updatesThrough: { approval },
  columns: [
    nameColumn,
    ageColumn,
    textColumn('SignerName', (csr) => csr.spec.signerName || '<none>'),
    textColumn('Requestor', (csr) => csr.spec.username ?? ''),
    textColumn('RequestedDuration', (csr) => (csr.spec.expirationSeconds === undefined ? '<none>' : humanDuration(seconds(csr.spec.expirationSeconds)))),
    textColumn('Condition', condition),
  ],
  selectableFields: (csr) => ({ 'spec.signerName': csr.spec?.signerName ?? '' }),
})
