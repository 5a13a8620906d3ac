import { findCondition } from '../../api/conditions.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import type { Node, NodeCondition, NodeStatus } from '../../kinds/node/node.ts'
import { formatTime, parseTime, type Micros } from '../../engine/time.ts'

/** A row of the state table "health": when a node that does not renew its lease was last seen alive, and by what. */
export interface Health {
  readonly probe: Micros
  readonly renewTime?: string
  readonly heartbeat?: string
}

/** What the flags of the monitor say: its period, and how long a kubelet may be silent. */
export interface Patience {
  readonly period: Micros
  readonly grace: Micros
  readonly startupGrace: Micros
}

/** Conditions that a silent kubelet leaves unknown. */
const WATCHED = ['Ready', 'MemoryPressure', 'DiskPressure', 'PIDPressure'] as const

export const readyOf = (node: Node): NodeCondition | undefined => findCondition(node.status?.conditions, 'Ready')
export const nextTick = (period: Micros, now: Micros): Micros => period - (now % period)
const tickAt = (period: Micros, at: Micros): Micros => Math.ceil(at / period) * period

/** What the monitor knows of a silent node now (node_lifecycle_controller.go: tryUpdateNodeHealth). */
export function observe(node: Node, lease: Lease | undefined, known: Health | undefined, period: Micros, now: Micros): Health {
  const ready = readyOf(node)
  let health = known
  if (!ready) health ??= { probe: parseTime(node.metadata.creationTimestamp) ?? now }
  else if (!health || health.heartbeat !== ready.lastHeartbeatTime) {
    // The monitor looked every five seconds (by default) while the node was well, so it saw the last report at a tick.
    const reported = parseTime(ready.lastHeartbeatTime)
    health = { probe: health || reported === undefined ? now : Math.min(now, tickAt(period, reported)), renewTime: health?.renewTime, heartbeat: ready.lastHeartbeatTime }
  }
  const { renewTime } = lease?.spec ?? {}
  if (renewTime === undefined || (health.renewTime !== undefined && health.renewTime >= renewTime)) return health
  const seen = Math.min(now, tickAt(period, parseTime(renewTime) ?? now))
  return { ...health, renewTime, probe: Math.max(seen, known ? now : 0, health.renewTime === undefined ? 0 : seen) }
}

/** The tick at which the node's grace period is over. */
export const deadline = (node: Node, health: Health, { period, grace, startupGrace }: Patience): Micros => tickAt(period, health.probe + (readyOf(node) ? grace : startupGrace))

/** The status in which all that a silent kubelet reported is Unknown; undefined when it is so already. */
export function unknownStatus(node: Node, now: Micros): NodeStatus | undefined {
  let conditions = node.status?.conditions ?? []
  let changed = false
  const at = formatTime(now)
  for (const type of WATCHED) {
    const known = findCondition(conditions, type)
    if (!known) {
      const { creationTimestamp } = node.metadata
      const fresh = { type, status: 'Unknown', lastHeartbeatTime: creationTimestamp, lastTransitionTime: at, reason: 'NodeStatusNeverUpdated', message: 'Kubelet never posted node status.' } as const
      conditions = [...conditions, fresh]
      changed = true
    } else if (known.status !== 'Unknown') {
      const lost = { ...known, status: 'Unknown', lastTransitionTime: at, reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.' } as const
      conditions = conditions.map((c) => (c === known ? lost : c))
      changed = true
    }
  }
  return changed ? { ...node.status, conditions } : undefined
}
