import { rolloutNumbers } from '../../api/deployment-numbers.ts'
import { scaledValue } from '../../api/int-or-string.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { desiredAnnotation, maxAnnotation } from './annotations.ts'
import { largerThenNewer, largerThenOlder, olderFirst, replicasOf, sumAvailable, sumReplicas } from './replicasets.ts'

/** A decision: this set shall have this many replicas. */
export interface Resize {
  readonly rs: ReplicaSet
  readonly to: number
}

/** How large the new set may be now without exceeding desired + surge in all (deployment_util.go: NewRSNewReplicas). */
export function newSetSize(d: Deployment, all: readonly ReplicaSet[], current: number): number {
  const desired = d.spec.replicas ?? 1
  if (d.spec.strategy?.type === 'Recreate') return desired
  const surge = scaledValue(d.spec.strategy?.rollingUpdate?.maxSurge ?? 0, desired, true) ?? 0
  const room = desired + surge - sumReplicas(all)
  return room <= 0 ? current : current + Math.min(room, desired - current)
}

/**
 * Takes unhealthy replicas of old sets away first, at most `limit` in all, oldest set first (rolling.go). `stale`: the next
 * set's status still counts pods that it has given up, so nothing more may be taken away upon these numbers.
 */
export function unhealthyCleanup(old: readonly ReplicaSet[], limit: number): { readonly resizes: readonly Resize[]; readonly stale: boolean } {
  const out: Resize[] = []
  let left = limit
  for (const rs of old.slice().sort(olderFirst)) {
    if (left <= 0) break
    const unhealthy = replicasOf(rs) - (rs.status?.availableReplicas ?? 0)
    if (replicasOf(rs) === 0 || unhealthy === 0) continue
    const down = Math.min(left, unhealthy)
    if (down < 0) return { resizes: out, stale: true }
    out.push({ rs, to: replicasOf(rs) - down })
    left -= down
  }
  return { resizes: out, stale: false }
}

/** Takes healthy replicas of old sets away while more are available than must be, oldest set first (rolling.go). */
export function oldScaleDown(d: Deployment, all: readonly ReplicaSet[], old: readonly ReplicaSet[]): readonly Resize[] {
  let left = sumAvailable(all) - rolloutNumbers(d.spec).minAvailable
  const out: Resize[] = []
  for (const rs of old.slice().sort(olderFirst)) {
    if (left <= 0) break
    if (replicasOf(rs) === 0) continue
    const down = Math.min(replicasOf(rs), left)
    out.push({ rs, to: replicasOf(rs) - down })
    left -= down
  }
  return out
}

/** How many old replicas may go at all: what is there beyond the minimum and the new set's unavailable ones. */
export function maxScaledDown(d: Deployment, all: readonly ReplicaSet[], fresh: ReplicaSet): number {
  const unavailable = replicasOf(fresh) - (fresh.status?.availableReplicas ?? 0)
  return sumReplicas(all) - rolloutNumbers(d.spec).minAvailable - unavailable
}

/** Is the new set complete, at the size that the Deployment now wishes? */
export function isSaturated(d: Deployment, rs: ReplicaSet | undefined): boolean {
  const desired = d.spec.replicas ?? 1
  return rs !== undefined && replicasOf(rs) === desired && desiredAnnotation(rs) === desired && (rs.status?.availableReplicas ?? 0) === desired
}

/**
 * In a rollout that is scaled, every active set grows or shrinks in proportion to its size; what rounding leaves over
 * goes to the largest (sync.go: scale). All active sets come back, since their annotations change too.
 */
export function proportionalSizes(d: Deployment, sets: readonly ReplicaSet[]): readonly Resize[] {
  const { desired, maxTotal } = rolloutNumbers(d.spec)
  const toAdd = (desired > 0 ? maxTotal : 0) - sumReplicas(sets)
  const sorted = toAdd > 0 ? sets.slice().sort(largerThenNewer) : toAdd < 0 ? sets.slice().sort(largerThenOlder) : sets
  let added = 0
  const sizes = sorted.map((rs) => {
    const share = toAdd === 0 ? 0 : proportion(d, rs, toAdd, added)
    added += share
    return replicasOf(rs) + share
  })
  return sorted.map((rs, i) => ({ rs, to: i === 0 && toAdd !== 0 ? Math.max(0, sizes[0]! + toAdd - added) : sizes[i]! }))
}

function proportion(d: Deployment, rs: ReplicaSet, toAdd: number, added: number): number {
  if (replicasOf(rs) === 0 || toAdd === added) return 0
  const share = fraction(d, rs)
  return toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added)
}

function fraction(d: Deployment, rs: ReplicaSet): number {
  const { desired, maxTotal } = rolloutNumbers(d.spec)
  if (desired === 0) return -replicasOf(rs)
  const before = maxAnnotation(rs) || (d.status?.replicas ?? 0)
  return before === 0 ? 0 : roundHalfAway((replicasOf(rs) * maxTotal) / before) - replicasOf(rs)
}

/** integer.RoundToInt32: halves go away from zero. */
const roundHalfAway = (x: number): number => (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5))
