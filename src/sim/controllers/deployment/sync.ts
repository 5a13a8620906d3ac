import { compileSelector, isEmptySelector } from '../../api/labels.ts'
import { isBeingDeleted, splitKey, uidOf } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { ms, seconds } from '../../engine/time.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { DEPLOYMENTS, REPLICA_SETS, update } from '../../client/request.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { desiredAnnotation } from './annotations.ts'
import { progressing } from './conditions.ts'
import { isSaturated, maxScaledDown, newSetSize, oldScaleDown, proportionalSizes, unhealthyCleanup, type Resize } from './numbers.ts'
import { active, activeOrLatest, replicasOf, sumActual, sumReplicas, withNew } from './replicasets.ts'
import { Rollout, type Sets } from './rollout.ts'
import { deadlineOf, deploymentStatus, hasDeadline, isComplete, rolloutStatus } from './status.ts'

/** One sync of a Deployment (kube-controller-manager: deployment, deployment_controller.go: syncDeployment). Throws Refused. */
export function syncDeployment(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const d = ctx.lister<Deployment>('deployments').get(namespace, name)
  if (!d) return undefined
  if (isEmptySelector(d.spec.selector)) return selectsAll(ctx, d)
  const sets = ownReplicaSets(ctx, d)
  const rollout = new Rollout(ctx, d)
  if (isBeingDeleted(d)) return syncStatusOnly(rollout, key, sets)
  checkPaused(rollout)
  if (rollout.d.spec.paused || isScalingEvent(rollout, sets)) return syncScale(rollout, key, sets)
  return rollout.d.spec.strategy?.type === 'Recreate' ? recreate(rollout, key, sets) : rolling(rollout, key, sets)
}

function selectsAll(ctx: ControllerContext, d: Deployment): undefined {
  ctx.event(d, 'Warning', 'SelectingAll', 'This deployment is selecting all pods. A non-empty selector is required.')
  if ((d.status?.observedGeneration ?? 0) < (d.metadata.generation ?? 0))
    ctx.call(update(DEPLOYMENTS, { ...d, status: { ...d.status, observedGeneration: d.metadata.generation } }, 'status'))
}

function ownReplicaSets(ctx: ControllerContext, d: Deployment): readonly ReplicaSet[] {
  const lister = ctx.lister<ReplicaSet>('replicasets')
  const own = lister.by('owner', uidOf(d))
  const orphans = lister.by('orphan', d.metadata.namespace ?? '')
  const candidates = orphans.length > 0 ? [...own, ...orphans] : own
  return claim(ctx, { owner: d, owners: DEPLOYMENTS, resource: REPLICA_SETS, selector: compileSelector(d.spec.selector) }, candidates)
}

function syncStatusOnly(rollout: Rollout, key: string, all: readonly ReplicaSet[]): undefined {
  const sets = rollout.sets(all, false)
  rollout.describe(key, sets, 'leaving')
  rollout.writeStatus(deploymentStatus(rollout.d, sets.old, sets.fresh, rollout.ctx.now))
}

/** Pausing and resuming are conditions too, so that the time spent paused does not count as a lack of progress. */
function checkPaused(rollout: Rollout): void {
  const { d } = rollout
  const current = progressing(d.status)
  if (!hasDeadline(d) || current?.reason === 'ProgressDeadlineExceeded') return
  const known = current?.reason === 'DeploymentPaused'
  if (d.spec.paused && !known) rollout.writeProgress('Unknown', 'DeploymentPaused', 'Deployment is paused')
  else if (!d.spec.paused && known) rollout.writeProgress('Unknown', 'DeploymentResumed', 'Deployment is resumed')
}

/** Was the Deployment scaled since its sets were last sized? */
function isScalingEvent(rollout: Rollout, all: readonly ReplicaSet[]): boolean {
  const { fresh, old } = rollout.sets(all, false)
  const desired = rollout.d.spec.replicas ?? 1
  return active(withNew(old, fresh)).some((rs) => {
    const known = desiredAnnotation(rs)
    return known !== undefined && known !== desired
  })
}

/** A scaling event, or a paused Deployment: sizes follow the wish in proportion, no rollout goes on (sync.go). */
function syncScale(rollout: Rollout, key: string, all: readonly ReplicaSet[]): undefined {
  const sets = rollout.sets(all, false)
  rollout.describe(key, sets, rollout.d.spec.paused ? 'paused' : 'scaling')
  for (const { force, ...resize } of scaling(rollout.d, sets)) rollout.scale(resize, force)
  if (rollout.d.spec.paused) rollout.cleanup(sets.old)
  rollout.writeStatus(deploymentStatus(rollout.d, sets.old, sets.fresh, rollout.ctx.now))
}

/** Which sets get which size when a Deployment is scaled outside a rollout step (sync.go: scale). */
export function scaling(d: Deployment, { fresh, old }: Sets): readonly (Resize & { readonly force: boolean })[] {
  const desired = d.spec.replicas ?? 1
  const only = activeOrLatest(fresh, old)
  if (only) return [{ rs: only, to: desired, force: false }]
  if (isSaturated(d, fresh)) return active(old).map((rs) => ({ rs, to: 0, force: false }))
  if (d.spec.strategy?.type === 'Recreate') return []
  return proportionalSizes(d, active(withNew(old, fresh))).map((resize) => ({ ...resize, force: true }))
}

/** One step of a rolling update: grow the new set, or else shrink the old ones (rolling.go). */
function rolling(rollout: Rollout, key: string, all: readonly ReplicaSet[]): ReconcileResult {
  const sets = rollout.sets(all, true)
  const fresh = sets.fresh!
  rollout.describe(key, sets, 'rolling')
  const everything = withNew(sets.old, fresh)
  if (growNew(rollout, everything, fresh) || shrinkOld(rollout, everything, active(sets.old), fresh)) return finish(rollout, sets)
  if (isComplete(rollout.d, rollout.d.status)) rollout.cleanup(sets.old)
  return finish(rollout, sets)
}

function growNew(rollout: Rollout, all: readonly ReplicaSet[], fresh: ReplicaSet): boolean {
  const desired = rollout.d.spec.replicas ?? 1
  const size = replicasOf(fresh)
  if (size === desired) return false
  return rollout.scale({ rs: fresh, to: size > desired ? desired : newSetSize(rollout.d, all, size) }).scaled
}

/** Unhealthy old replicas first, then healthy ones as far as availability allows. A refusal only ends this step. */
function shrinkOld(rollout: Rollout, all: readonly ReplicaSet[], old: readonly ReplicaSet[], fresh: ReplicaSet): boolean {
  if (sumReplicas(old) === 0) return false
  const limit = maxScaledDown(rollout.d, all, fresh)
  if (limit <= 0) return false
  try {
    const { resizes: cleanups, stale } = unhealthyCleanup(old, limit)
    let current = old
    for (const resize of cleanups) {
      const { rs } = rollout.scale(resize)
      current = current.map((known) => (known === resize.rs ? rs : known))
    }
    if (stale) return false
    const downs = oldScaleDown(rollout.d, withNew(current, fresh), current)
    for (const resize of downs) rollout.scale(resize)
    return cleanups.length + downs.length > 0
  } catch (thrown) {
    if (thrown instanceof Refused) return false
    throw thrown
  }
}

/** All old pods end before the first new one starts (recreate.go). */
function recreate(rollout: Rollout, key: string, all: readonly ReplicaSet[]): ReconcileResult {
  let sets = rollout.sets(all, false)
  rollout.describe(key, sets, 'recreating')
  let scaledDown = false
  const old = sets.old.map((rs) => {
    if (replicasOf(rs) === 0) return rs
    const result = rollout.scale({ rs, to: 0 })
    scaledDown ||= result.scaled
    return result.rs
  })
  sets = { ...sets, old }
  if (scaledDown || oldPodsRun(rollout.ctx, sets)) return finish(rollout, sets)
  if (!sets.fresh) sets = rollout.sets(all, true)
  rollout.scale({ rs: sets.fresh!, to: rollout.d.spec.replicas ?? 1 })
  if (isComplete(rollout.d, rollout.d.status)) rollout.cleanup(sets.old)
  return finish(rollout, sets)
}

function oldPodsRun(ctx: ControllerContext, { old }: Sets): boolean {
  if (sumActual(old) > 0) return true
  const pods = ctx.lister<Pod>('pods')
  return old.some((rs) => pods.by('owner', uidOf(rs)).some((pod) => !isPodTerminal(pod)))
}

/** Writes the status; when nothing has changed, comes again at the progress deadline (progress.go). */
function finish(rollout: Rollout, { fresh, old }: Sets): ReconcileResult {
  const { ctx } = rollout
  const { now } = ctx
  const status = rolloutStatus(rollout.d, old, fresh, now)
  if (rollout.writeStatus(status)) return undefined
  const current = progressing(rollout.d.status)
  if (!hasDeadline(rollout.d) || !current || isComplete(rollout.d, status) || current.reason === 'ProgressDeadlineExceeded') return undefined
  const left = deadlineOf(rollout.d, current) - now
  // Kubernetes looks again and again from the last second on; only the look after the deadline finds anything, and when it
  // has found nothing (a complete rollout that was scaled cannot time out) no later one will.
  if (left < 0) return undefined
  return { after: left < seconds(1) ? Math.max(left, 0) + ms(5) : left + seconds(1) }
}
