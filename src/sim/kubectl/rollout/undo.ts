import { deepEqual } from '../../api/deep.ts'
import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { isStatus, type Status } from '../../api/status.ts'
import { choose, endWith, type Chosen } from '../chosen.ts'
import { checkTyped } from '../typed-only.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { dryRunOf, type DryRun } from '../dry-run.ts'
import { fail, refuse } from '../failure.ts'
import { LAST_APPLIED } from '../last-applied.ts'
import { objectName, patchTarget } from '../resources.ts'
import { podTemplateText } from '../template-text.ts'
import { revisionsOf, type Revision } from './revisions.ts'
import { NOTHING, REVISION, type Workload } from './workload.ts'

const HASH = 'pod-template-hash'
/** Annotations that a rollback does not take from the old ReplicaSet. */
const KEPT: ReadonlySet<string> = new Set([
  LAST_APPLIED, REVISION, 'deployment.kubernetes.io/revision-history', 'deployment.kubernetes.io/desired-replicas', 'deployment.kubernetes.io/max-replicas', 'deprecated.deployment.rollback.to',
])

/** `rollout undo`: gives the workload the template of an earlier revision (kubectl: polymorphichelpers/rollback.go). */
export function undo(ctx: KubectlContext, inv: Invocation): number {
  const wanted = inv.flags.int('to-revision')
  const dryRun = dryRunOf(ctx, inv)
  const { chosen, problems } = choose(ctx, inv, { bare: 'all', nothing: NOTHING })
  for (const { target } of chosen) checkTyped(target.kind)
  if (problems.length > 0) endWith(problems)
  for (const one of chosen) {
    const { kind, name } = one.target
    if (!['Deployment', 'StatefulSet', 'DaemonSet'].includes(kind.kind)) fail(`error retrieving rollbacker for "${kind.kind}", no visitor method exists for {${kind.group} ${kind.kind}}`)
    if (one.object.metadata.annotations?.[LAST_APPLIED])
      ctx.err(
        `Warning: resource ${kind.plural}/${name} was previously managed with 'kubectl apply'. Rolling back will not update the ${LAST_APPLIED} annotation, which may cause unexpected behavior on future 'kubectl apply' operations. Consider using 'kubectl apply' with your previous configuration file instead.\n`,
      )
    ctx.out(`${objectName(kind, name!)} ${undoOne(ctx, one, wanted, dryRun)}\n`)
  }
  return 0
}

function undoOne(ctx: KubectlContext, one: Chosen, wanted: number, dryRun: DryRun): string {
  const workload = one.object as Workload
  const isDeployment = one.target.kind.kind === 'Deployment'
  if (isDeployment && workload.spec.paused) fail(`you cannot rollback a paused deployment; resume it first with 'kubectl rollout resume' and try again`)
  const revision = pick(revisionsOf(ctx, one), wanted, one, isDeployment)
  if (dryRun === 'client') return `${podTemplateText(revision.template)} (dry run)`
  if (deepEqual(plain(revision.template), plain(workload.spec.template))) return `skipped rollback (current template already matches revision ${revision.number})`
  const template = isDeployment ? plain(revision.template) : revision.template
  const patch: JsonValue = [
    { op: 'replace', path: '/spec/template', value: template as unknown as JsonValue },
    ...(isDeployment ? [{ op: 'replace', path: '/metadata/annotations', value: annotationsAfter(workload, revision.keeper) }] : []),
  ]
  const answer = ctx.call(patchTarget(one.target, patch, 'json', dryRun === 'server' ? { dryRun: true } : undefined)) as KubeObject | Status
  if (isStatus(answer)) refuse(answer, `failed restoring revision ${wanted}`)
  return `rolled back${dryRun === 'server' ? ' (server dry run)' : ''}`
}

function pick(revisions: readonly Revision[], wanted: number, { target }: Chosen, isDeployment: boolean): Revision {
  if (wanted < 0) fail(`unable to find specified revision ${wanted} in history`)
  if (wanted > 0) return revisions.find((r) => r.number === wanted) ?? fail(`unable to find specified revision ${wanted} in history`)
  const previous = revisions[revisions.length - 2]
  return previous ?? fail(isDeployment ? `no rollout history found for deployment ${JSON.stringify(target.name)}` : 'no last revision to roll back to')
}

/** The template without the label that its ReplicaSet was given. */
function plain(template: PodTemplateSpec): PodTemplateSpec {
  const labels = template.metadata?.labels
  if (!labels?.[HASH]) return template
  const { [HASH]: _hash, ...rest } = labels
  return { ...template, metadata: { ...template.metadata, labels: rest } }
}

function annotationsAfter(workload: KubeObject, keeper: KubeObject): Record<string, string> {
  const out: Record<string, string> = {}
  for (const [k, v] of Object.entries(workload.metadata.annotations ?? {})) if (KEPT.has(k)) out[k] = v
  for (const [k, v] of Object.entries(keeper.metadata.annotations ?? {})) if (!KEPT.has(k)) out[k] = v
  return out
}
