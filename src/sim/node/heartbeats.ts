import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'

/** A kubelet that renews its lease: since when, and at which offset within the period it does so. */
export interface NodeHeartbeat {
  readonly since: Micros
  readonly phase: Micros
  /** Time between renewals, where it is not the usual one. */
  readonly every?: Micros
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
export const heartbeatFrom = (now: Micros, every = LEASE_RENEWAL): NodeHeartbeat => ({ since: now + 1, phase: (now + 1) % every, ...(every === LEASE_RENEWAL ? {} : { every }) })

/** The instant of the latest renewal at `now`. */
export function lastRenewal({ since, phase, every = LEASE_RENEWAL }: NodeHeartbeat, now: Micros): Micros {
  const latest = now - ((((now - phase) % every) + every) % every)
  return Math.max(since, latest)
}
