import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { Propagation, RequestOptions } from '../../client/request.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { drySuffix, dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, Failure, listStatusText, statusText } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { sendRaw } from '../raw.ts'
import { deleteTarget, getTarget, listTarget, objectName, targetsOf, typeName, type Target } from '../resources.ts'
import { waitUntilGone } from '../wait-gone.ts'

export const deleteVerb: Verb = {
  name: 'delete',
  summary: 'Delete objects by file, name or label',
  usage: ['kubectl delete pod web-1', 'kubectl delete -f web.yaml', 'kubectl delete pods -l app=web', 'kubectl delete deploy web --cascade=orphan', 'kubectl delete pod web-1 --grace-period=0 --force'],
  run: remove,
}

const NOTHING = `You must provide one or more resources by argument or filename.
Example resource specifications include:
   '-f rsrc.yaml'
   '--filename=rsrc.json'
   '<resource> <name>'
   '<resource>'`

interface Plan {
  readonly dryRun: DryRun
  readonly options: RequestOptions
  readonly grace: number
  readonly force: boolean
  readonly names: boolean
}

function remove(ctx: KubectlContext, inv: Invocation): number {
  if (inv.flags.given('raw')) return sendRaw(ctx, inv, 'DELETE')
  const plan = planOf(ctx, inv)
  const { targets, problems, quiet } = whatToDelete(ctx, inv)
  const ignore = inv.flags.bool('ignore-not-found') || quiet
  const results = ctx.each<Removed>(targets.length, (i) => removeOne(ctx, inv, targets[i]!, plan, ignore))
  problems.push(...results.flatMap((r) => r.problem ?? []))
  if (targets.length === 0 && problems.length === 0) ctx.out('No resources found\n')
  if (inv.flags.bool('wait') && plan.dryRun === 'none' && !plan.force) {
    const late = ctx.each<string | null>(targets.length, (i) => {
      const { uid } = results[i]!
      const target = targets[i]!
      if (uid === undefined || waitUntilGone(ctx, target, uid, inv.flags.duration('timeout'))) return null
      return `error: timed out waiting for the condition on ${target.kind.plural}/${target.name}`
    })
    problems.push(...late.flatMap((l) => l ?? []))
  }
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  return 0
}

/** What became of one object: its uid when it is going, or a line of stderr. */
interface Removed {
  readonly uid?: string
  readonly problem?: string
}

function removeOne(ctx: KubectlContext, inv: Invocation, target: Target, plan: Plan, ignore: boolean): Removed {
  const answer = deleteOne(ctx, inv, target, plan)
  if (isNotFound(answer) && ignore) return {}
  if (isStatus(answer)) return { problem: statusText(answer as Status, target.source ? `error when deleting "${target.source}"` : '') }
  ctx.out(plan.names ? `${objectName(target.kind, target.name!)}\n` : sentence(target, plan))
  return { uid: uidOf(answer) }
}

function planOf(ctx: KubectlContext, inv: Invocation): Plan {
  const { flags } = inv
  const output = flags.text('output')
  if (output !== '' && output !== 'name') fail(`unexpected -o output mode: ${output}. We only support '-o name'`)
  const dryRun = dryRunOf(ctx, inv)
  const force = flags.bool('force')
  let grace = flags.int('grace-period')
  const propagationPolicy = cascadeOf(ctx, flags.text('cascade'))
  if (flags.bool('now')) {
    if (grace !== -1) fail('--now and --grace-period cannot be specified together')
    grace = 1
  }
  if (force && grace > 0) fail('--force and --grace-period greater than 0 cannot be specified together')
  if (force) {
    grace = 0
    ctx.err('Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.\n')
  } else if (grace === 0) grace = 1 // Without --force zero means "as soon as may be", and waits (kubectl: delete.go).
  return {
    dryRun, grace, force, names: output === 'name',
    options: { propagationPolicy, ...(grace >= 0 ? { gracePeriodSeconds: grace } : {}), ...(dryRun === 'server' ? { dryRun: true } : {}) },
  }
}

function cascadeOf(ctx: KubectlContext, value: string): Propagation {
  const old: Readonly<Record<string, string>> = { true: 'background', false: 'orphan' }
  if (old[value]) ctx.err(`warning: --cascade=${value} is deprecated (boolean value) and can be replaced with --cascade=${old[value]}.\n`)
  switch (old[value] ?? value) {
    case '':
    case 'background':
      return 'Background'
    case 'foreground':
      return 'Foreground'
    case 'orphan':
      return 'Orphan'
    default:
      return fail(`invalid cascade value (${value}). Must be "background", "foreground", or "orphan"`)
  }
}

interface Chosen {
  readonly targets: readonly Target[]
  readonly problems: string[]
  readonly quiet: boolean
}

function whatToDelete(ctx: KubectlContext, inv: Invocation): Chosen {
  const { flags, args } = inv
  const all = flags.bool('all')
  const labelSelector = flags.text('selector')
  const fieldSelector = flags.text('field-selector')
  if (namesFiles(flags)) {
    if (args.length > 0) fail('resource/name arguments cannot be provided when a path is specified')
    const entries = entriesOf(ctx, inv, false)
    return { targets: entries.flatMap((e) => e.target ?? []), problems: entries.flatMap((e) => e.problem ?? []), quiet: false }
  }
  if (args.length === 0) fail(NOTHING)
  if (all && labelSelector) fail("setting 'all' parameter but found a non empty selector. ")
  const { targets, named } = targetsOf(args, inv.namespace)
  if (named && (all || labelSelector || fieldSelector)) fail('name cannot be provided when a selector is specified')
  if (named) return { targets, problems: [], quiet: false }
  if (!all && !labelSelector && !fieldSelector) fail('resource(s) were provided, but no name was specified')
  const lists = targets.map((t) => listTarget(flags.bool('all-namespaces') ? { ...t, namespace: undefined } : t, { labelSelector: labelSelector || undefined, fieldSelector: fieldSelector || undefined }))
  const problems: string[] = []
  const found = ctx.all(lists).flatMap((answer, i) => {
    if (isStatus(answer)) return problems.push(listStatusText(answer, lists[i]!)), []
    return (answer as unknown as KubeList).items.map((o) => ({ kind: targets[i]!.kind, name: o.metadata.name, namespace: o.metadata.namespace }))
  })
  return { targets: found, problems, quiet: true }
}

function deleteOne(ctx: KubectlContext, inv: Invocation, target: Target, { dryRun, options }: Plan): unknown {
  if (dryRun === 'client') return ctx.call(getTarget(target))
  return ctx.call(deleteTarget(target, options))
}

function sentence(target: Target, { dryRun, force }: Plan): string {
  const from = target.namespace ? ` from ${target.namespace} namespace` : ''
  return `${typeName(target.kind)} "${target.name}" ${force ? 'force deleted' : 'deleted'}${from}${drySuffix(dryRun)}\n`
}

const uidOf = (answer: unknown): string => {
  const { details, metadata } = answer as { readonly details?: { readonly uid?: string }; readonly metadata?: KubeObject['metadata'] }
  return details?.uid ?? metadata?.uid ?? ''
}
