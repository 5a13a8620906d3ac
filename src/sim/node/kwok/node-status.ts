import { findCondition } from '../../api/conditions.ts'
import type { JsonObject, KubeObject } from '../../api/meta.ts'
import { formatMicroTime, type Micros } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { LEASE_DURATION_SECONDS } from '../heartbeats.ts'

/** How the kubelet of a fake node does, by the node's label `kubelet`. */
export type KubeletState = 'ready' | 'not-ready' | 'stopped'

export function kubeletState(node: Node): KubeletState {
  const label = node.metadata.labels?.['kubelet']
  return label === 'stopped' || label === 'not-ready' ? label : 'ready'
}

const HEALTHY = [
  ['MemoryPressure', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'],
  ['DiskPressure', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'],
  ['PIDPressure', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'],
] as const

function condition(node: Node, now: string, type: string, status: 'True' | 'False', reason: string, message: string): JsonObject {
  const old = findCondition(node.status?.conditions, type)
  return { type, status, lastHeartbeatTime: now, lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now, reason, message }
}

/** Does the node still have to be told what its kubelet reports? Pressure that somebody wrote by hand is left alone. */
export function needsReport(node: Node, state: KubeletState): boolean {
  const wanted = state === 'ready' ? 'True' : 'False'
  const conditions = node.status?.conditions
  return findCondition(conditions, 'Ready')?.status !== wanted || HEALTHY.some(([type]) => (findCondition(conditions, type)?.status ?? 'Unknown') === 'Unknown')
}

const DEFAULT_RESOURCES = { cpu: '4', 'ephemeral-storage': '100Gi', memory: '8Gi', pods: '110' }

/** The strategic merge patch by which a fake kubelet reports its node at `now` (RFC 3339). */
export function nodeStatusPatch(node: Node, state: KubeletState, now: string): JsonObject {
  const { status } = node
  const ready =
    state === 'ready'
      ? condition(node, now, 'Ready', 'True', 'KubeletReady', 'kubelet is posting ready status')
      : condition(node, now, 'Ready', 'False', 'KubeletNotReady', 'kubelet is not ready')
  const pressures = HEALTHY.map(([type, reason, message]) => {
    const old = findCondition(status?.conditions, type)
    const kept = old?.status === 'True' || old?.status === 'False'
    return kept ? { ...old, lastHeartbeatTime: now } : condition(node, now, type, 'False', reason, message)
  })
  return {
    status: {
      '$setElementOrder/conditions': [...HEALTHY.map(([type]) => ({ type })), { type: 'Ready' }],
      conditions: [...pressures, ready] as JsonObject[],
      ...(status?.addresses?.length ? {} : { addresses: [{ type: 'Hostname', address: node.metadata.name }] }),
      ...(status?.capacity ? {} : { capacity: DEFAULT_RESOURCES }),
      ...(status?.allocatable ? {} : { allocatable: (status?.capacity as JsonObject | undefined) ?? DEFAULT_RESOURCES }),
    },
  }
}

export const LEASE_NAMESPACE = 'kube-node-lease'

/** Who holds all leases of fake nodes: one program, under a name of its own as leader elections make them. */
const HOLDER = 'kwok-controller_00000000-0000-4000-8000-00000000c0de'

/** The Lease of a node (kwok: node_lease_controller), last renewed at `renewed`. */
export const leaseOf = (node: Node, renewed: Micros, leaseDurationSeconds = LEASE_DURATION_SECONDS): KubeObject => ({
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: {
    name: node.metadata.name,
    namespace: LEASE_NAMESPACE,
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node.metadata.name, uid: node.metadata.uid ?? '' }],
  },
  spec: { holderIdentity: HOLDER, leaseDurationSeconds, renewTime: formatMicroTime(renewed) },
})

/** The patch that writes the instant of the last renewal into a Lease. */
export const renewal = (at: Micros): JsonObject => ({ spec: { renewTime: formatMicroTime(at) } })

/** The address under which pods of the node report it. */
export const hostAddress = (node: Node): string => node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? ''
