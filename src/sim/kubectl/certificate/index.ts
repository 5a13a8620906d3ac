import type { KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import { formatTime } from '../../engine/time.ts'
import { discovery } from '../discovery.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { fail, Failure, statusText } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { helpText } from '../help.ts'
import { Report } from '../report.ts'
import { getTarget, updateTarget, type Target } from '../resources.ts'

export const certificateVerb: Verb = {
  name: 'certificate',
  summary: 'Approve or deny requests to sign certificates',
  usage: ['kubectl certificate approve csr-x', 'kubectl certificate deny csr-x'],
  run(ctx, inv) {
    const answer = inv.path[1]
    if (answer === 'approve') return decide(ctx, inv, { type: 'Approved', opposite: 'Denied', reason: 'KubectlApprove', message: 'This CSR was approved by kubectl certificate approve.', done: 'approved' })
    if (answer === 'deny') return decide(ctx, inv, { type: 'Denied', opposite: 'Approved', reason: 'KubectlDeny', message: 'This CSR was denied by kubectl certificate deny.', done: 'denied' })
    ctx.out(helpText(['certificate'], []))
    return 0
  },
}

interface Decision {
  readonly type: string
  readonly opposite: string
  readonly reason: string
  readonly message: string
  readonly done: string
}

interface Request extends KubeObject {
  readonly status?: { readonly conditions?: readonly { readonly type: string }[] }
}

/** Adds the condition through the approval subresource (kubectl: certificates.go). */
function decide(ctx: KubectlContext, inv: Invocation, decision: Decision): number {
  const fromFiles = namesFiles(inv.flags)
  if (inv.args.length === 0 && !fromFiles) fail('one or more CSRs must be specified as <name> or -f <filename>')
  const kind = discovery.resourceFor('certificatesigningrequests')!
  const entries = fromFiles ? entriesOf(ctx, inv) : []
  for (const { problem } of entries) if (problem) throw new Failure(problem)
  const targets: readonly Target[] = [...entries.map((e) => e.target!), ...inv.args.map((name) => ({ kind, name }))]
  const report = new Report(ctx, inv, 'none')
  report.each(targets, (target) => decideOne(ctx, inv, target, decision, report))
  return report.end()
}

function decideOne(ctx: KubectlContext, inv: Invocation, target: Target, decision: Decision, report: Report): void {
  if (target.kind.kind !== 'CertificateSigningRequest') return report.problem(`error: can only handle CertificateSigningRequest.certificates.k8s.io objects, got ${target.kind.kind}${target.kind.group ? `.${target.kind.group}` : ''}`)
  const found = ctx.call(getTarget(target)) as Request | Status
  if (isStatus(found)) return report.problem(isNotFound(found) ? statusText(found) : statusText(found))
  const conditions = found.status?.conditions ?? []
  if (conditions.some((c) => c.type === decision.opposite)) return report.problem(`error: certificate signing request "${target.name}" is already ${decision.opposite}`)
  const had = conditions.some((c) => c.type === decision.type)
  if (!had || inv.flags.bool('force')) {
    const condition = { type: decision.type, status: 'True', reason: decision.reason, message: decision.message, lastUpdateTime: formatTime(ctx.now) }
    const next = { ...found, status: { ...found.status, conditions: had ? conditions : [...conditions, condition] } } as KubeObject
    const answer = ctx.call(updateTarget(target, next, undefined, 'approval')) as KubeObject | Status
    if (isStatus(answer)) return report.problem(statusText(answer))
  }
  report.done(target, decision.done, found)
}
