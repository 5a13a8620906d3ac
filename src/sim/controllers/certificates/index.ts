import { keyOf } from '../../api/meta.ts'
import { issueCertificate, notAfter, parseSigningRequest } from '../../api/x509.ts'
import type { Controller, ControllerContext, HandlerContext } from '../../client/controller.ts'
import { must, Refused, retrying } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { create, remove, update } from '../../client/request.ts'
import { formatTime, minutes, ms, parseTime, seconds, type Micros } from '../../engine/time.ts'
import { CLUSTER_SIGNING_DURATION } from '../../flags/kube-controller-manager.ts'
import type { CertificateSigningRequest } from '../../kinds/certificatesigningrequest/certificatesigningrequest.ts'
import { kubeletClient, SIGNERS } from './signers.ts'

const REQUESTS = { group: 'certificates.k8s.io', version: 'v1', resource: 'certificatesigningrequests' } as const
const REVIEWS = { group: 'authorization.k8s.io', version: 'v1', resource: 'subjectaccessreviews' } as const
const KUBELET_CLIENT = 'kubernetes.io/kube-apiserver-client-kubelet'
const BACKOFF = { base: ms(200), max: seconds(1000) }

const wake = (ctx: HandlerContext, csr: CertificateSigningRequest): void => ctx.enqueue(keyOf(csr))
const watches = [{ resource: REQUESTS, onAdd: wake, onUpdate: (ctx: HandlerContext, _old: CertificateSigningRequest, csr: CertificateSigningRequest) => wake(ctx, csr), onDelete: wake }]
const has = ({ status }: CertificateSigningRequest, type: string): boolean => status?.conditions?.some((c) => c.type === type) ?? false
const hasTrue = ({ status }: CertificateSigningRequest, type: string): boolean => status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false

/** The request by this name that has no certificate yet. */
function open(ctx: ControllerContext, name: string): CertificateSigningRequest | undefined {
  const csr = ctx.lister<CertificateSigningRequest>('certificatesigningrequests').get(undefined, name)
  return csr?.status?.certificate ? undefined : csr
}

/** Approves client certificates of kubelets that may ask for them (kube-controller-manager: certificates/approver). */
export const certificateApprover: Controller = {
  name: 'certificatesigningrequest-approving-controller',
  workers: 5,
  backoff: BACKOFF,
  watches,
  reconcile: (ctx, name) => retrying(() => approve(ctx, open(ctx, name))),
}

function approve(ctx: ControllerContext, csr: CertificateSigningRequest | undefined): ReconcileResult {
  if (!csr || has(csr, 'Approved') || has(csr, 'Denied')) return undefined
  const request = parseSigningRequest(csr.spec.request ?? '')
  if (!request) return { retry: `unable to parse csr "${csr.metadata.name}"` }
  if (csr.spec.signerName !== KUBELET_CLIENT || kubeletClient(request, csr.spec.usages ?? []) !== undefined) return undefined
  const tried: string[] = []
  for (const subresource of csr.spec.username === request.commonName ? ['selfnodeclient', 'nodeclient'] : ['nodeclient']) {
    tried.push(subresource)
    if (!mayCreate(ctx, csr, subresource)) continue
    const message = subresource === 'selfnodeclient' ? 'Auto approving self kubelet client certificate after SubjectAccessReview.' : 'Auto approving kubelet client certificate after SubjectAccessReview.'
    ctx.note('certificate.approve', { name: csr.metadata.name })
    const conditions = [...(csr.status?.conditions ?? []), { type: 'Approved', status: 'True', reason: 'AutoApproved', message }]
    must(ctx.call(update(REQUESTS, { ...csr, status: { ...csr.status, conditions } } as CertificateSigningRequest, 'approval')))
    return undefined
  }
  return { retry: `recognized csr "${csr.metadata.name}" as [${tried.join(' ')}] but subject access review was not approved` }
}

function mayCreate(ctx: ControllerContext, { spec }: CertificateSigningRequest, subresource: string): boolean {
  const { username: user, uid, groups, extra } = spec
  const resourceAttributes = { group: REQUESTS.group, resource: REQUESTS.resource, verb: 'create', subresource, version: '*' }
  const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: { name: '' }, spec: { user, ...(uid ? { uid } : {}), groups, ...(extra ? { extra } : {}), resourceAttributes } }
  const answer = must(ctx.call<{ status?: { allowed?: boolean } }>(create(REVIEWS, undefined, review)))
  return answer.status?.allowed ?? false
}

const BACKDATE = minutes(5)
const SHORT = minutes(8 * 60)
const SHORTEST = minutes(10)

/** Issues certificates for approved requests of Kubernetes' own signers (kube-controller-manager: certificates/signer). */
export const certificateSigner: Controller = {
  name: 'certificatesigningrequest-signing-controller',
  workers: 5,
  backoff: BACKOFF,
  watches,
  reconcile: (ctx, name) => retrying(() => sign(ctx, open(ctx, name))),
}

function sign(ctx: ControllerContext, csr: CertificateSigningRequest | undefined): ReconcileResult {
  if (!csr || !hasTrue(csr, 'Approved') || has(csr, 'Denied') || hasTrue(csr, 'Failed')) return undefined
  const rule = SIGNERS[csr.spec.signerName ?? '']
  if (!rule) return undefined
  const { name, uid } = csr.metadata
  const request = parseSigningRequest(csr.spec.request ?? '')
  if (!request) throw new Refused(`unable to parse csr "${name}"`)
  const { now } = ctx
  const problem = rule(request, csr.spec.usages ?? [])
  if (problem !== undefined) {
    ctx.note('certificate.refuse', { name, why: problem })
    const failed = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message: problem, lastUpdateTime: formatTime(now) }
    must(ctx.call(update(REQUESTS, { ...csr, status: { ...csr.status, conditions: [...(csr.status?.conditions ?? []), failed] } } as CertificateSigningRequest, 'status')))
    return undefined
  }
  const lifetime = lifetimeOf(csr.spec.expirationSeconds, ctx.flag(CLUSTER_SIGNING_DURATION))
  const certificate = issueCertificate({ request, usages: csr.spec.usages ?? [], from: now - BACKDATE, until: now + lifetime - (lifetime < SHORT ? 0 : BACKDATE), serial: `${uid} ${csr.metadata.resourceVersion}` })
  ctx.note('certificate.issue', { name })
  must(ctx.call(update(REQUESTS, { ...csr, status: { ...csr.status, certificate } } as CertificateSigningRequest, 'status')))
  return undefined
}

function lifetimeOf(wished: number | undefined, longest: Micros): Micros {
  return wished === undefined ? longest : Math.max(SHORTEST, Math.min(seconds(wished), longest))
}

const PERIOD = minutes(60)
const DAY = minutes(24 * 60)
const ALL = 'all'

/** Once an hour deletes requests that are done with or that nobody cared for (kube-controller-manager: certificates/cleaner). */
export const certificateCleaner: Controller = {
  name: 'certificatesigningrequest-cleaner-controller',
  workers: 1,
  // The period runs only while there is something to look at.
  watches: [{ resource: REQUESTS, onAdd: (ctx: HandlerContext) => ctx.enqueueAfter(ALL, PERIOD - (ctx.now % PERIOD)) }],
  reconcile(ctx) {
    const { now } = ctx
    const all = ctx.lister<CertificateSigningRequest>('certificatesigningrequests').list()
    const old = all.filter((csr) => isDone(csr, now))
    for (const csr of old) {
      ctx.note('certificate.clean', { name: csr.metadata.name })
      ctx.call(remove(REQUESTS, csr))
    }
    return old.length < all.length ? { after: PERIOD - (ctx.now % PERIOD) } : undefined
  },
}

function isDone(csr: CertificateSigningRequest, now: Micros): boolean {
  const olderThan = (time: string | undefined, age: Micros): boolean => time !== undefined && now - (parseTime(time) ?? now) > age
  const { certificate, conditions = [] } = csr.status ?? {}
  if (conditions.length === 0) return olderThan(csr.metadata.creationTimestamp, DAY)
  return conditions.some(({ type, lastUpdateTime }) => {
    if (type === 'Denied' || type === 'Failed') return olderThan(lastUpdateTime, PERIOD)
    if (type !== 'Approved') return false
    return certificate ? olderThan(lastUpdateTime, PERIOD) || (parseTime(notAfter(certificate)) ?? now) < now : olderThan(lastUpdateTime, DAY)
  })
}
