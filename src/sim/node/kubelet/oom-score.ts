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

/** The last to be ended: what the node itself cannot do without. */
export const isNodeCritical = ({ spec }: Pod): boolean => spec.priorityClassName === 'system-node-critical'

/** The memory in bytes that a container's score goes by. A sidecar counts as much as the regular container that asks for least, if that is more. */
export function memoryCounted(pod: Pod, container: Container): number {
  const own = memoryOf(container)
  return surplus(pod) + (isSidecar(pod, container) ? Math.max(own, Math.min(...pod.spec.containers.map(memoryOf))) : own)
}

/** oom_score_adj of a container (pkg/kubelet/qos: GetContainerOOMScoreAdjust): who asks for much of the node's memory is killed late. `capacity` in bytes. */
export function oomScoreOf(pod: Pod, container: Container, capacity: number): number {
  if (isNodeCritical(pod)) return -997
  const qos = qosClass(pod)
  if (qos === 'Guaranteed') return -997
  if (qos === 'BestEffort') return 1000
  return Math.max(3, Math.min(1000 - Math.trunc((1000 * memoryCounted(pod, container)) / capacity), 999))
}
