import type { JsonObject, KubeObject } from '../../api/meta.ts'
import { isEmptyPatch, threeWayMerge, threeWayStrategic } from '../../api/patch/three-way.ts'
import { mergePatch } from '../../api/patch/merge-patch.ts'
import { strategicMerge } from '../../api/patch/strategic-merge.ts'
import { matches } from '../../api/labels.ts'
import { parseSelector } from '../../api/selector-syntax.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { RequestOptions } from '../../client/request.ts'
import type { Invocation, KubectlContext, Verb } from '../context.ts'
import { dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, statusText, usage } from '../failure.ts'
import { entriesOf, namesFiles } from '../files.ts'
import { lastAppliedOf, LAST_APPLIED, withLastApplied } from '../last-applied.ts'
import { goJson } from '../print-json.ts'
import { Report } from '../report.ts'
import { createTarget, getTarget, patchTarget, resourceName, type Target } from '../resources.ts'
import { ApplySet } from './applyset.ts'
import { checkPrune, prune } from './prune.ts'
import { upgraded } from './upgrade.ts'
import { validationOf } from '../validation.ts'
import { editLastApplied, setLastApplied, viewLastApplied } from './last-applied-commands.ts'

export const applyVerb: Verb = {
  name: 'apply',
  summary: 'Make objects be as a file says, creating or changing them',
  usage: ['kubectl apply -f web.yaml', 'kubectl apply -f folder -R', 'kubectl apply -f web.yaml --dry-run=server', 'kubectl apply view-last-applied deploy/web'],
  run: apply,
}

interface Job {
  readonly dryRun: DryRun
  readonly options: RequestOptions
  readonly report: Report
  readonly serverSide: boolean
}

function apply(ctx: KubectlContext, inv: Invocation): number {
  const { flags } = inv
  if (inv.path[1] === 'view-last-applied') return viewLastApplied(ctx, inv)
  if (inv.path[1] === 'set-last-applied') return setLastApplied(ctx, inv)
  if (inv.path[1] === 'edit-last-applied') return editLastApplied(ctx, inv)
  if (inv.args.length > 0) usage('apply', `Unexpected args: [${inv.args.join(' ')}]`)
  if (!namesFiles(flags)) fail('must specify one of -f and -k')
  const dryRun = dryRunOf(ctx, inv)
  const serverSide = flags.bool('server-side')
  if (flags.bool('force-conflicts') && !serverSide) fail('--force-conflicts only works with --server-side')
  if (serverSide && flags.bool('force')) fail('--force cannot be used with --server-side')
  if (serverSide && dryRun === 'client') fail('--dry-run=client doesn\'t work with --server-side (did you mean --dry-run=server instead?)')
  if (flags.bool('all') && flags.text('selector')) fail('cannot set --all and --selector at the same time')
  const set = flags.text('applyset') ? new ApplySet(ctx, inv, dryRun) : undefined
  if (set) set.validate()
  else checkPrune(inv, serverSide)
  const fieldManager = flags.given('field-manager') ? flags.text('field-manager') : serverSide ? 'kubectl' : 'kubectl-client-side-apply'
  const job: Job = {
    dryRun, serverSide,
    options: { fieldManager, fieldValidation: validationOf(inv), ...(dryRun === 'server' ? { dryRun: true } : {}), ...(serverSide ? { force: flags.bool('force-conflicts') } : {}) },
    report: new Report(ctx, inv, dryRun),
  }
  const chosen = selected(entriesOf(ctx, inv), flags.text('selector'))
  const entries = set ? chosen.map((entry) => (entry.target?.object ? { ...entry, target: { ...entry.target, object: set.labelled(entry.target.object) } } : entry)) : chosen
  if (entries.length === 0) fail('no objects passed to apply')
  const targetsOf = (): readonly Target[] => entries.flatMap((e) => e.target ?? [])
  set?.before(targetsOf())
  job.report.each(entries, ({ target }) => target && applyOne(ctx, target, job))
  for (const { problem } of entries) if (problem !== undefined) job.report.problem(problem)
  if (flags.bool('prune') && !job.report.failed) {
    if (set) set.prune(targetsOf(), job.report)
    else prune(ctx, inv, targetsOf(), dryRun, job.report)
  }
  return job.report.end()
}

function selected(entries: ReturnType<typeof entriesOf>, selector: string): ReturnType<typeof entriesOf> {
  if (!selector) return entries
  const parsed = parseSelector(selector)
  if (typeof parsed === 'string') return fail(parsed)
  return entries.filter((e) => !e.target || matches(parsed, e.target.object!.metadata.labels))
}

function applyOne(ctx: KubectlContext, target: Target, job: Job): void {
  const { report } = job
  const object = target.object!
  if (!target.name) {
    const { generateName } = object.metadata
    if (generateName) return report.problem(`error: from ${generateName}: cannot use generate name with apply`)
    return report.problem(`error: ${retrieving(target)}: resource name may not be empty`)
  }
  if (job.serverSide) return applyOnServer(ctx, target, job)
  const modified = withLastApplied(object)
  const current = ctx.call(getTarget(target)) as KubeObject | Status
  if (isNotFound(current)) return createOne(ctx, target, modified, job)
  if (isStatus(current)) return report.problem(statusText(current, retrieving(target)))
  if (!current.metadata.annotations?.[LAST_APPLIED]) warnMissing(ctx, target)
  const patch = patchFor(target, modified, current)
  if (isEmptyPatch(patch)) return report.done(target, 'unchanged', current)
  if (job.dryRun === 'client') return report.done(target, 'configured', patchedLocally(target, current, patch))
  const patched = ctx.call(patchTarget(target, patch, schemaOf(target.kind) ? 'strategic' : 'merge', job.options)) as KubeObject | Status
  if (isStatus(patched)) return report.problem(statusText(patched, patched.reason === 'Invalid' ? '' : applying(target, patch)))
  report.done(target, 'configured', patched)
}

function createOne(ctx: KubectlContext, target: Target, modified: KubeObject, { dryRun, options, report }: Job): void {
  if (dryRun === 'client') return report.done(target, 'created', modified)
  const created = ctx.call(createTarget(target, modified, options)) as KubeObject | Status
  if (isStatus(created)) return report.problem(statusText(created, created.reason === 'Invalid' ? '' : `error when creating "${target.source}"`))
  report.done(target, 'created', created)
}

function applyOnServer(ctx: KubectlContext, target: Target, { options, report }: Job): void {
  if (!options.fieldManager) return report.problem('The PatchOptions "" is invalid: fieldManager: Required value: is required for apply patch')
  const answer = ctx.call(patchTarget(target, target.object!, 'apply', { ...options, managedFields: true })) as KubeObject | Status
  if (isStatus(answer)) return report.problem(answer.reason === 'Conflict' ? conflictText(answer) : statusText(answer))
  report.done(target, 'serverside-applied', upgraded(ctx, target, answer, { ...options, managedFields: true }))
}

const conflictText = (status: Status): string => `error: ${status.message ?? ''}
Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

function patchFor(target: Target, modified: KubeObject, current: KubeObject): JsonObject {
  const definition = schemaOf(target.kind)
  const [before, after, live] = [lastAppliedOf(current), modified as unknown as JsonObject, current as unknown as JsonObject]
  return definition ? threeWayStrategic(before, after, live, definition) : threeWayMerge(before, after, live)
}

function patchedLocally(target: Target, current: KubeObject, patch: JsonObject): KubeObject {
  const definition = schemaOf(target.kind)
  const live = current as unknown as JsonObject
  return (definition ? strategicMerge(live, patch, definition) : mergePatch(live, patch)) as unknown as KubeObject
}

function warnMissing(ctx: KubectlContext, { kind, name }: Target): void {
  ctx.err(
    `Warning: resource ${resourceName(kind)}/${name} is missing the ${LAST_APPLIED} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.\n`.replace(
      `resource ${resourceName(kind)}/`, `resource ${kind.plural}/`,
    ),
  )
}

const describe = ({ kind, name, namespace }: Target): string =>
  `Resource: "${kind.group}/${kind.version}, Resource=${kind.plural}", GroupVersionKind: "${kind.group}/${kind.version}, Kind=${kind.kind}"\nName: "${name}", Namespace: "${namespace ?? ''}"`

const retrieving = (target: Target): string => `error when retrieving current configuration of:\n${describe(target)}\nfrom server for: "${target.source}"`
const applying = (target: Target, patch: JsonObject): string =>
  `error when applying patch:\n${goJson(patch)}\nto:\n${describe(target)}\nfor: "${target.source}": error when patching "${target.source}"`
