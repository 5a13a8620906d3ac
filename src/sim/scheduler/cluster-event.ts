import { deepEqual } from '../api/deep.ts'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { podRequests } from '../api/pod-resources.ts'
import type { Node } from '../kinds/node/node.ts'

/** What changed in the cluster, as far as it may make an unschedulable pod schedulable (kube-scheduler: framework/events.go). */
export type Action =
  | 'Add' | 'Delete' | 'Update'
  | 'UpdateNodeAllocatable' | 'UpdateNodeLabel' | 'UpdateNodeTaint' | 'UpdateNodeCondition' | 'UpdateNodeAnnotation'
  | 'UpdatePodLabel' | 'UpdatePodScaleDown' | 'UpdatePodSchedulingGatesEliminated' | 'UpdatePodToleration'

/** `resource` is a plural; of pods, 'pods' are those on nodes and 'unschedulable' the waiting one itself. */
export interface ClusterEvent {
  readonly resource: string
  readonly action: Action
  readonly old?: KubeObject
  readonly object?: KubeObject
}

const statuses = (node: Node): Readonly<Record<string, string>> => Object.fromEntries((node.status?.conditions ?? []).map((c) => [c.type, c.status]))

/** What of a node's change can matter to scheduling. */
export function nodeActions(old: Node, node: Node): readonly Action[] {
  const actions: Action[] = []
  if (old.spec.unschedulable && !node.spec.unschedulable) actions.push('UpdateNodeTaint')
  if (!deepEqual(old.status?.allocatable, node.status?.allocatable)) actions.push('UpdateNodeAllocatable')
  if (!deepEqual(old.metadata.labels ?? {}, node.metadata.labels ?? {})) actions.push('UpdateNodeLabel')
  if (!deepEqual(old.spec.taints ?? [], node.spec.taints ?? [])) actions.push('UpdateNodeTaint')
  if (!deepEqual(statuses(old), statuses(node))) actions.push('UpdateNodeCondition')
  if (!deepEqual(old.metadata.annotations ?? {}, node.metadata.annotations ?? {})) actions.push('UpdateNodeAnnotation')
  return actions
}

/** What of a pod's change can matter; a plain 'Update' when it is none of the special ones. */
export function podActions(old: Pod, pod: Pod): readonly Action[] {
  const actions: Action[] = []
  if (!deepEqual(old.metadata.labels ?? {}, pod.metadata.labels ?? {})) actions.push('UpdatePodLabel')
  if (old.spec !== pod.spec && asksForLess(old, pod)) actions.push('UpdatePodScaleDown')
  if (old.spec.schedulingGates?.length && !pod.spec.schedulingGates?.length) actions.push('UpdatePodSchedulingGatesEliminated')
  if ((old.spec.tolerations ?? []).length !== (pod.spec.tolerations ?? []).length) actions.push('UpdatePodToleration')
  return actions.length ? actions : ['Update']
}

function asksForLess(old: Pod, pod: Pod): boolean {
  const a = podRequests(old)
  const b = podRequests(pod)
  return b.milliCpu < a.milliCpu || b.memory < a.memory || b.ephemeralStorage < a.ephemeralStorage || Object.keys(a.others).some((name) => (b.others[name] ?? 0) < a.others[name]!)
}
