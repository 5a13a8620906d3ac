import type { KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { fail, statusText, usage } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { withLastApplied } from '../last-applied.ts'
import { Report } from '../report.ts'
import { sendRaw } from '../raw.ts'
import { createTarget, deleteTarget, typeName, updateTarget, type Target } from '../resources.ts'
import { validationOf } from '../validation.ts'
import { waitUntilGone } from '../wait-gone.ts'

export const replaceVerb: Verb = {
  name: 'replace',
  summary: 'Put an object in the place of an old one',
  usage: ['kubectl replace -f web.yaml', 'kubectl replace --force -f pod.yaml'],
  run: replace,
}

function replace(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  if (flags.given('raw')) return sendRaw(ctx, inv, 'PUT')
  if (!namesFiles(flags)) fail('must specify one of -f and -k')
  if (inv.args.length > 0) usage('replace', `Unexpected args: [${inv.args.join(' ')}]`)
  const force = flags.bool('force')
  if (flags.int('grace-period') >= 0 && !force) fail('--grace-period must have --force specified')
  if (flags.duration('timeout') !== 0 && !force) fail('--timeout must have --force specified')
  const dryRun = dryRunOf(ctx, inv)
  const report = new Report(ctx, inv, dryRun)
  const options = { fieldManager: 'kubectl-replace', fieldValidation: validationOf(inv), ...(dryRun === 'server' ? { dryRun: true } : {}) }
  const entries = entriesOf(ctx, inv)
  if (entries.length === 0) fail('no objects passed to replace')
  for (const { target } of entries) {
    if (!target) continue
    const body = flags.bool('save-config') ? withLastApplied(target.object!) : target.object!
    if (force && dryRun === 'none') deleteFirst(ctx, inv, target)
    const answer = dryRun === 'client' ? body : (ctx.call(force ? createTarget(target, body, options) : updateTarget(target, body, options)) as KubeObject | Status)
    if (isStatus(answer)) report.problem(statusText(answer, answer.reason === 'Invalid' ? '' : `error when replacing "${target.source}"`))
    else report.done(target, 'replaced', answer)
  }
  for (const { problem } of entries) if (problem) report.problem(problem)
  return report.end()
}

function deleteFirst(ctx: KubectlContext, inv: Invocation, target: Target): void {
  const grace = inv.flags.int('grace-period')
  const answer = ctx.call(deleteTarget(target, { propagationPolicy: 'Background', ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}) })) as KubeObject | Status
  if (isNotFound(answer)) return
  if (isStatus(answer)) fail(statusText(answer))
  ctx.out(`${typeName(target.kind)} "${target.name}" deleted${target.namespace ? ` from ${target.namespace} namespace` : ''}\n`)
  waitUntilGone(ctx, target, '', inv.flags.duration('timeout'))
}
