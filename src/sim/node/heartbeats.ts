import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'

/** A kubelet that renews its lease: since when, and at which offset within the ten seconds it does so. */
export interface NodeHeartbeat {
  readonly since: Micros
  readonly phase: Micros
}

/** How often a kubelet renews its lease (a quarter of nodeLeaseDurationSeconds 40). */
export const LEASE_RENEWAL = seconds(10)
export const LEASE_DURATION_SECONDS = 40

/** Rows exist only while the node's kubelet renews; renewals are computed when looked at and are no events. */
export const heartbeatTable = (engine: Engine): Table<NodeHeartbeat> => engine.table<NodeHeartbeat>('node-heartbeats')

/**
 * The heartbeat of a kubelet that has just written its Lease with renewTime `now`. The first renewal comes a microsecond
 * later, so that writing down the last renewal of a silent kubelet always changes the Lease and those who watch it hear of it.
 */
export const heartbeatFrom = (now: Micros): NodeHeartbeat => ({ since: now + 1, phase: (now + 1) % LEASE_RENEWAL })

/** The instant of the latest renewal at `now`. */
export function lastRenewal({ since, phase }: NodeHeartbeat, now: Micros): Micros {
  const latest = now - ((((now - phase) % LEASE_RENEWAL) + LEASE_RENEWAL) % LEASE_RENEWAL)
  return Math.max(since, latest)
}
