import { deepEqual } from '../../api/deep.ts'
import { findCondition, withoutCondition } from '../../api/conditions.ts'
import { matchesSet } from '../../api/labels.ts'
import { isPodAvailable, podCondition, type Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import { formatTime, parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { ReplicaSet, ReplicaSetCondition, ReplicaSetStatus } from '../../kinds/replicaset/replicaset.ts'
import { Refused } from '../must.ts'
import type { ReconcileContext } from '../reconcile-context.ts'
import { get, update, type Request } from '../request.ts'
import type { Crew } from './crew.ts'

type Resource = Pick<Request, 'group' | 'version' | 'resource'>

/** Zero counts are absent, as Go's omitempty leaves them out. */
const orAbsent = (n: number): number | undefined => (n === 0 ? undefined : n)

/** Of the active pods: how many are ready, and how many carry all of the template's labels. */
export interface PodCounts {
  readonly labelled: number
  readonly ready: number
}

export function podCounts(rs: ReplicaSet, crew: Crew): PodCounts {
  const labels = rs.spec.template?.metadata?.labels
  return { labelled: crew.activeWith((own) => matchesSet(labels, own)), ready: crew.ready }
}

/** The status that the pods make; `failure` is what went wrong while creating or deleting (replica_set_utils.go). */
export function replicaSetStatus(
  rs: ReplicaSet,
  active: readonly Pod[],
  { labelled, ready }: PodCounts,
  terminating: number | undefined,
  failure: string | undefined,
  now: Micros,
): ReplicaSetStatus {
  const minReady = rs.spec.minReadySeconds ?? 0
  const available = minReady === 0 ? ready : active.filter((pod) => isPodAvailable(pod, minReady, now)).length
  const conditions = failureCondition(rs, active.length, failure, now)
  return {
    ...(available > 0 ? { availableReplicas: available } : {}),
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(orAbsent(labelled) ? { fullyLabeledReplicas: labelled } : {}),
    ...(rs.status?.observedGeneration ? { observedGeneration: rs.status.observedGeneration } : {}),
    ...(orAbsent(ready) ? { readyReplicas: ready } : {}),
    replicas: active.length,
    ...(terminating === undefined ? {} : { terminatingReplicas: terminating }),
  }
}

function failureCondition(rs: ReplicaSet, active: number, failure: string | undefined, now: Micros): readonly ReplicaSetCondition[] {
  const conditions = rs.status?.conditions ?? []
  const known = findCondition(conditions, 'ReplicaFailure')
  if (failure === undefined) return known ? withoutCondition(conditions, 'ReplicaFailure') : conditions
  if (known) return conditions
  const difference = active - (rs.spec.replicas ?? 1)
  const reason = difference < 0 ? 'FailedCreate' : difference > 0 ? 'FailedDelete' : ''
  return [...conditions, { type: 'ReplicaFailure', status: 'True', lastTransitionTime: formatTime(now), ...(reason ? { reason } : {}), message: failure }]
}

/** Writes the status when it differs, with one fresh read and second try. Throws Refused when that fails as well. */
export function updateReplicaSetStatus(ctx: ReconcileContext, resource: Resource, rs: ReplicaSet, status: ReplicaSetStatus): ReplicaSet {
  if (rs.status && rs.metadata.generation === rs.status.observedGeneration && sameStatus(rs.status, status)) return rs
  const observed: ReplicaSetStatus = { ...status, observedGeneration: rs.metadata.generation }
  ctx.note('replicaset.status', { name: rs.metadata.name, replicas: status.replicas, ready: status.readyReplicas ?? 0, available: status.availableReplicas ?? 0 })
  const first = ctx.call<ReplicaSet>(update(resource, { ...rs, status: observed }, 'status'))
  if (!isStatus(first)) return first
  const fresh = ctx.call<ReplicaSet>(get(resource, rs.metadata.namespace, rs.metadata.name))
  if (isStatus(fresh)) throw new Refused(fresh)
  const second = ctx.call<ReplicaSet>(update(resource, { ...fresh, status: observed }, 'status'))
  if (isStatus(second)) throw new Refused(second)
  return second
}

const sameStatus = (a: ReplicaSetStatus, b: ReplicaSetStatus): boolean =>
  a.replicas === b.replicas &&
  (a.fullyLabeledReplicas ?? 0) === (b.fullyLabeledReplicas ?? 0) &&
  (a.readyReplicas ?? 0) === (b.readyReplicas ?? 0) &&
  (a.availableReplicas ?? 0) === (b.availableReplicas ?? 0) &&
  a.terminatingReplicas === b.terminatingReplicas &&
  deepEqual(a.conditions ?? [], b.conditions ?? [])

/** Time until the next ready pod has been ready for long enough; undefined when none is on its way. */
export function nextAvailabilityCheck(pods: readonly Pod[], minReadySeconds: number, now: Micros): Micros | undefined {
  let next: Micros | undefined
  for (const pod of pods) {
    const ready = podCondition(pod, 'Ready')
    const since = ready?.status === 'True' ? parseTime(ready.lastTransitionTime) : undefined
    if (since === undefined) continue
    const left = since + seconds(minReadySeconds) - now
    if (left > 0 && (next === undefined || left < next)) next = left
  }
  return next
}
