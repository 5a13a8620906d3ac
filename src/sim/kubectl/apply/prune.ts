import type { KubeList, KubeObject } from '../../api/meta.ts'
import { isStatus, type Status } from '../../api/status.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { discovery } from '../discovery.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { klog, type DryRun } from '../dry-run.ts'
import { fail, Failure } from '../failure.ts'
import { LAST_APPLIED } from '../last-applied.ts'
import type { Report } from '../report.ts'
import { deleteTarget, getTarget, listTarget, type Target } from '../resources.ts'

/** Kinds that are pruned unless --prune-allowlist says otherwise (kubectl: util/prune, prune.go). */
const KINDS: readonly string[] = [
  '/v1/ConfigMap', '/v1/Endpoints', '/v1/Namespace', '/v1/PersistentVolumeClaim', '/v1/PersistentVolume', '/v1/Pod', '/v1/ReplicationController', '/v1/Secret', '/v1/Service',
  'batch/v1/Job', 'batch/v1/CronJob', 'networking.k8s.io/v1/Ingress', 'apps/v1/DaemonSet', 'apps/v1/Deployment', 'apps/v1/ReplicaSet', 'apps/v1/StatefulSet',
]

export function checkPrune({ flags }: Invocation, serverSide: boolean): void {
  if (!flags.bool('prune')) return
  if (flags.bool('force')) fail('--force cannot be used with --prune')
  if (!flags.bool('all') && !flags.text('selector')) fail('all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector')
  if (serverSide) fail("--prune is in alpha and doesn't currently work on objects created by server-side apply")
}

function kindsFor({ flags }: Invocation): readonly KindDefinition[] {
  const wanted = flags.list('prune-allowlist')
  return (wanted.length > 0 ? wanted : KINDS).flatMap((text) => {
    const [group, version, kind, ...more] = text.split('/')
    if (!kind || more.length > 0) return fail(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`)
    const found = discovery.kindFor({ group: group === 'core' ? '' : group!, version: version!, kind })
    return found ? [found] : wanted.length > 0 ? fail(`no matches for kind "${kind}" in version "${group}/${version}"`) : []
  })
}

/** Deletes what was applied before and is no longer among what was applied now. */
export function prune(ctx: KubectlContext, inv: Invocation, applied: readonly Target[], dryRun: DryRun, report: Report): void {
  const kinds = kindsFor(inv)
  if (inv.flags.list('prune-allowlist').length === 0)
    klog(ctx, 'prune.go:71] Deprecated: kubectl apply will no longer prune non-namespaced resources by default when used with the --namespace flag in a future release. To preserve the current behaviour, list the resources you want to target explicitly in the --prune-allowlist flag.')
  const kept = new Set((ctx.all(applied.map((t) => getTarget(t))) as readonly (KubeObject | Status)[]).flatMap((o) => (isStatus(o) ? [] : [o.metadata.uid])))
  const spaces = [...new Set(applied.flatMap((t) => t.namespace ?? []))].sort()
  const places: readonly Target[] = [...spaces.flatMap((namespace) => kinds.filter((k) => k.namespaced).map((kind) => ({ kind, namespace }))), ...kinds.filter((k) => !k.namespaced).map((kind) => ({ kind }))]
  for (const place of places) {
    const answer = ctx.call(listTarget(place, { labelSelector: inv.flags.text('selector') || undefined })) as unknown
    if (isStatus(answer)) throw new Failure(`error: error pruning ${place.kind.namespaced ? '' : 'non'}namespaced object ${place.kind.group}/${place.kind.version}, Kind=${place.kind.kind}: ${answer.message}`)
    for (const item of (answer as KubeList).items) {
      if (item.metadata.annotations?.[LAST_APPLIED] === undefined || kept.has(item.metadata.uid)) continue
      const target: Target = { ...place, name: item.metadata.name }
      if (dryRun !== 'client') {
        const grace = inv.flags.int('grace-period')
        const gone = ctx.call(deleteTarget(target, { propagationPolicy: 'Background', ...(grace >= 0 && inv.flags.given('grace-period') ? { gracePeriodSeconds: grace } : {}), ...(dryRun === 'server' ? { dryRun: true } : {}) })) as KubeObject | Status
        if (isStatus(gone)) throw new Failure(`error: error pruning ${place.kind.namespaced ? '' : 'non'}namespaced object ${place.kind.group}/${place.kind.version}, Kind=${place.kind.kind}: ${gone.message}`)
      }
      report.done(target, 'pruned', { ...item, apiVersion: item.apiVersion ?? (answer as KubeList).apiVersion, kind: item.kind ?? place.kind.kind })
    }
  }
}
