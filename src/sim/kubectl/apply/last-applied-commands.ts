import type { JsonValue, KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, NO_RESOURCES } from '../chosen.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { dryRunOf } from '../dry-run.ts'
import { editFormat, editObjects } from '../editing.ts'
import { fail, Failure, refuse, statusText } from '../failure.ts'
import { entriesOf } from '../files.ts'
import { LAST_APPLIED, withLastApplied } from '../last-applied.ts'
import { prettyJson } from '../print-json.ts'
import { toYaml } from '../print-yaml.ts'
import { Report } from '../report.ts'
import { getTarget, objectName, patchTarget, resourceName, targetsOf } from '../resources.ts'

/** `apply view-last-applied`: the annotation as YAML or JSON. */
export function viewLastApplied(ctx: KubectlContext, inv: Invocation): number {
  const { targets } = targetsOf(inv.args, inv.namespace)
  if (targets.length === 0) fail(NO_RESOURCES)
  const format = inv.flags.text('output') || 'yaml'
  if (format !== 'yaml' && format !== 'json') fail(`Unexpected -o output mode: ${format}, the flag 'output' must be one of yaml|json\nSee 'kubectl apply view-last-applied -h' for help and examples`)
  for (const target of targets) {
    const object = ctx.call(getTarget(target)) as KubeObject | Status
    if (isStatus(object)) refuse(object)
    const text = (object as KubeObject).metadata.annotations?.[LAST_APPLIED]
    if (!text) continue
    const value = JSON.parse(text) as JsonValue
    ctx.out(format === 'yaml' ? toYaml(value) : `${prettyJson(value, '  ')}\n`)
  }
  return 0
}

/** `apply set-last-applied -f`: writes the annotation without touching the rest. */
export function setLastApplied(ctx: KubectlContext, inv: Invocation): number {
  const dryRun = dryRunOf(ctx, inv)
  const report = new Report(ctx, inv, dryRun)
  for (const { target, problem } of entriesOf(ctx, inv)) {
    if (!target) throw new Failure(problem ?? '')
    const current = ctx.call(getTarget(target)) as KubeObject | Status
    if (isStatus(current)) {
      report.problem(statusText(current))
      continue
    }
    const had = current.metadata.annotations?.[LAST_APPLIED]
    if (!had && !inv.flags.bool('create-annotation')) fail(`no last-applied-configuration annotation found on resource: ${resourceName(target.kind)}/${target.name}, to create the annotation, run the command with --create-annotation`)
    const text = withLastApplied(target.object!).metadata.annotations![LAST_APPLIED]!
    if (text === had) {
      report.done(target, 'configured', current)
      continue
    }
    const patched = dryRun === 'client' ? current : (ctx.call(patchTarget(target, { metadata: { annotations: { [LAST_APPLIED]: text } } }, 'merge', dryRun === 'server' ? { dryRun: true } : undefined)) as KubeObject | Status)
    if (isStatus(patched)) report.problem(statusText(patched))
    else report.done(target, 'configured', patched)
  }
  return report.end()
}

const HEADER = `# Please edit the 'last-applied-configuration' annotations below.
# Lines beginning with a '#' will be ignored, and an empty file will abort the edit.
#
`

/** `apply edit-last-applied`: the annotation in the editor. */
export function editLastApplied(ctx: KubectlContext, inv: Invocation): number {
  const format = editFormat(inv)
  const { chosen, problems } = choose(ctx, inv, { bare: 'all' })
  if (problems.length > 0) throw new Failure(problems.join('\n'))
  const items = chosen.flatMap(({ target, object }) => {
    const text = object.metadata.annotations?.[LAST_APPLIED]
    return text ? [{ target, object: JSON.parse(text) as KubeObject }] : []
  })
  if (items.length === 0) fail('no last-applied-configuration annotation found on resources, to create the annotation, use command `kubectl apply set-last-applied --create-annotation`')
  return editObjects(ctx, items, {
    header: HEADER, format,
    save({ target }, edited) {
      const { annotations: _own, ...metadata } = withLastApplied(edited).metadata
      const text = withLastApplied(edited).metadata.annotations![LAST_APPLIED]!
      const answer = ctx.call(patchTarget(target, { metadata: { annotations: { [LAST_APPLIED]: text } } }, 'merge', { fieldManager: 'kubectl-client-side-apply' })) as KubeObject | Status
      if (isStatus(answer)) return answer
      ctx.out(`${objectName(target.kind, metadata.name)} edited\n`)
      return undefined
    },
  })
}
