import type { Condition, KubeObject } from '../api/meta.ts'
import type { Table } from '../engine/table.ts'
import { formatMicroTime, formatTime, parseTime, type Micros } from '../engine/time.ts'
import type { Flags } from '../flags/index.ts'
import { reportEvery } from '../flags/kubelet.ts'
import { lastRenewal, type NodeHeartbeat } from './heartbeats.ts'

type Conditioned = KubeObject<unknown, { readonly conditions?: readonly Condition[] }>

/** Instant of the last report of a node's status at `now`, where nothing of it has changed since the one that is stored. */
export function lastReport(stored: Micros, every: Micros, now: Micros): Micros {
  return stored + Math.max(0, Math.floor((now - stored) / every)) * every
}

/** The conditions as the kubelet would have written them by now: the same, with a newer heartbeat; undefined when there is none. */
export function reportedConditions(conditions: readonly Condition[] | undefined, every: Micros, now: Micros): readonly Condition[] | undefined {
  const stored = parseTime(conditions?.find(({ type }) => type === 'Ready')?.lastHeartbeatTime)
  const at = stored === undefined ? undefined : lastReport(stored, every, now)
  return at === stored ? undefined : conditions!.map((c) => (c.lastHeartbeatTime === undefined ? c : { ...c, lastHeartbeatTime: formatTime(at!) }))
}

/**
 * What a healthy kubelet would have written since, laid over an object when it is read: the renewals of its lease and the
 * heartbeats of its node. They are no events.
 */
export function computedReads(beats: Table<NodeHeartbeat>, flags: Flags): (resource: string, object: KubeObject, now: Micros) => KubeObject {
  const renewed = (lease: KubeObject, now: Micros): KubeObject => {
    const beat = beats.get(lease.metadata.name)
    return beat ? { ...lease, spec: { ...(lease.spec as object), renewTime: formatMicroTime(lastRenewal(beat, now)) } } : lease
  }
  const reported = (node: Conditioned, now: Micros): KubeObject => {
    const conditions = beats.has(node.metadata.name) ? reportedConditions(node.status?.conditions, reportEvery(flags), now) : undefined
    return conditions ? { ...node, status: { ...node.status, conditions } } : node
  }
  return (resource, object, now) => (resource === 'leases' ? renewed(object, now) : resource === 'nodes' ? reported(object as Conditioned, now) : object)
}
