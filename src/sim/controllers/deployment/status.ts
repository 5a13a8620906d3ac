import { rolloutNumbers } from '../../api/deployment-numbers.ts'
import { parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { Deployment, DeploymentCondition, DeploymentStatus } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { condition, dropCondition, progressing, setCondition, type Conditions } from './conditions.ts'
import { sumActual, sumAvailable, sumReady, sumReplicas, sumTerminating, withNew } from './replicasets.ts'

const NO_DEADLINE = 2147483647

export const hasDeadline = (d: Deployment): boolean => d.spec.progressDeadlineSeconds !== undefined && d.spec.progressDeadlineSeconds !== NO_DEADLINE

/** Zero counts and empty lists are absent, as Go's omitempty leaves them out. */
function lean(status: DeploymentStatus): DeploymentStatus {
  const out: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(status)) {
    const keepsZero = key === 'terminatingReplicas' || key === 'collisionCount'
    if (value === undefined || (value === 0 && !keepsZero) || (Array.isArray(value) && value.length === 0)) continue
    out[key] = value
  }
  return out as DeploymentStatus
}

/** Whether there are enough available pods is the condition Available; counts come from the sets (sync.go: calculateStatus). */
export function deploymentStatus(d: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet | undefined, now: Micros): DeploymentStatus {
  const all = withNew(old, fresh)
  const available = sumAvailable(all)
  const { desired, maxUnavailable } = rolloutNumbers(d.spec)
  const enough = available >= desired - maxUnavailable
  const next = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now)
  return lean({
    availableReplicas: available,
    collisionCount: d.status?.collisionCount,
    conditions: setCondition(d.status?.conditions, next),
    observedGeneration: d.metadata.generation,
    readyReplicas: sumReady(all),
    replicas: sumActual(all),
    terminatingReplicas: sumTerminating(all),
    unavailableReplicas: Math.max(0, sumReplicas(all) - available),
    updatedReplicas: fresh?.status?.replicas ?? 0,
  })
}

/** Everything updated, nothing old, all available, and the controller has seen the present generation. */
export function isComplete(d: Deployment, status: DeploymentStatus | undefined): boolean {
  const desired = d.spec.replicas ?? 1
  return (
    (status?.updatedReplicas ?? 0) === desired &&
    (status?.replicas ?? 0) === desired &&
    (status?.availableReplicas ?? 0) === desired &&
    (status?.observedGeneration ?? 0) >= (d.metadata.generation ?? 0)
  )
}

/** Has anything got better since the last status? */
function hasProgressed(before: DeploymentStatus | undefined, after: DeploymentStatus): boolean {
  const oldOnes = (s: DeploymentStatus | undefined): number => (s?.replicas ?? 0) - (s?.updatedReplicas ?? 0)
  return (
    (after.updatedReplicas ?? 0) > (before?.updatedReplicas ?? 0) ||
    oldOnes(after) < oldOnes(before) ||
    (after.readyReplicas ?? 0) > (before?.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before?.availableReplicas ?? 0)
  )
}

/** The instant after which a rollout without progress counts as stuck. */
export function deadlineOf(d: Deployment, progress: DeploymentCondition): Micros {
  return (parseTime(progress.lastUpdateTime) ?? 0) + seconds(d.spec.progressDeadlineSeconds ?? 0)
}

function hasTimedOut(d: Deployment, status: DeploymentStatus, now: Micros): boolean {
  const progress = progressing(status)
  if (!progress || progress.reason === 'NewReplicaSetAvailable') return false
  return progress.reason === 'ProgressDeadlineExceeded' || deadlineOf(d, progress) < now
}

/** The status during a rollout: counts plus how it gets on and what failed (progress.go: syncRolloutStatus). */
export function rolloutStatus(d: Deployment, old: readonly ReplicaSet[], fresh: ReplicaSet | undefined, now: Micros): DeploymentStatus {
  const status = deploymentStatus(d, old, fresh, now)
  let conditions: Conditions = status.conditions ?? []
  if (!hasDeadline(d)) conditions = dropCondition(conditions, 'Progressing')
  else conditions = progressConditions(d, status, fresh, conditions, now)
  const failure = replicaFailure(old, fresh)
  conditions = failure ? setCondition(conditions, failure) : dropCondition(conditions, 'ReplicaFailure')
  return lean({ ...status, conditions })
}

function progressConditions(d: Deployment, status: DeploymentStatus, fresh: ReplicaSet | undefined, conditions: Conditions, now: Micros): Conditions {
  const current = progressing(d.status)
  const done = (status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === 'NewReplicaSetAvailable'
  if (done) return conditions
  const who = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${d.metadata.name}"`
  if (isComplete(d, status)) return setCondition(conditions, condition('Progressing', 'True', 'NewReplicaSetAvailable', `${who} has successfully progressed.`, now))
  if (hasProgressed(d.status, status)) {
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', `${who} is progressing.`, now)
    const kept = current?.status === 'True' ? { ...next, lastTransitionTime: current.lastTransitionTime } : next
    return setCondition(dropCondition(conditions, 'Progressing'), kept)
  }
  if (hasTimedOut(d, status, now)) return setCondition(conditions, condition('Progressing', 'False', 'ProgressDeadlineExceeded', `${who} has timed out progressing.`, now))
  return conditions
}

/** The ReplicaFailure of the new set, else of the first old one that has it. */
function replicaFailure(old: readonly ReplicaSet[], fresh: ReplicaSet | undefined): DeploymentCondition | undefined {
  for (const rs of fresh ? [fresh, ...old] : old) {
    const found = rs.status?.conditions?.find((c) => c.type === 'ReplicaFailure')
    if (found) return { ...found, lastUpdateTime: found.lastTransitionTime }
  }
  return undefined
}
