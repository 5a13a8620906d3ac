import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { aggregateResources, qosClass } from '../../api/pod-resources.ts'
import { value } from '../../api/quantity.ts'

const memoryOf = ({ resources }: Pick<Container, 'resources'>): number => value(resources?.requests?.['memory'])

/** What the pod asks for beyond its containers, shared out among them. */
function surplus({ spec }: Pod): number {
  const ofPod = value(spec.resources?.requests?.['memory'])
  if (ofPod === 0) return 0
  const among = spec.containers.length + (spec.initContainers?.length ?? 0)
  return Math.trunc((ofPod - value(aggregateResources(spec, 'requests')['memory'])) / among)
}

const isSidecar = (pod: Pod, container: Container): boolean => container.restartPolicy === 'Always' && (pod.spec.initContainers?.some(({ name }) => name === container.name) ?? false)

/**
 * oom_score_adj of a container (pkg/kubelet/qos: GetContainerOOMScoreAdjust): who asks for much of the node's memory is killed late. A sidecar
 * outlives the regular container that asks for least. `capacity` in bytes.
 */
export function oomScoreOf(pod: Pod, container: Container, capacity: number): number {
  if (pod.spec.priorityClassName === 'system-node-critical') return -997
  const qos = qosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  const extra = surplus(pod)
  const scoreFor = (memory: number): number => 1000 - Math.trunc((1000 * (memory + extra)) / capacity)
  const least = isSidecar(pod, container) ? scoreFor(Math.min(...pod.spec.containers.map(memoryOf))) : Infinity
  return Math.max(3, Math.min(scoreFor(memoryOf(container)), least, 999))
}
