import type { Pod } from '../api/pod.ts'
import { imagesWanted } from './images-wanted.ts'
import { podInfo } from './pod-info.ts'

const SEPARATOR = '\u0000'

/**
 * A text of all that "local" plugins look at in a pod, so that pods with the same text get the same verdicts and scores
 * from them: requests, host ports, where it may go, what it tolerates, its images.
 */
export function shapeOf(pod: Pod): string {
  const { requests, nonZeroOfContainers, ports } = podInfo(pod)
  const { nodeName, nodeSelector, affinity, tolerations } = pod.spec
  let text = `${requests.milliCpu} ${requests.memory} ${requests.ephemeralStorage} ${nonZeroOfContainers.milliCpu} ${nonZeroOfContainers.memory}`
  for (const name in requests.others) text += `${SEPARATOR}${name}=${requests.others[name]}`
  for (const image of imagesWanted(pod)) text += `${SEPARATOR}i${image}`
  text += `${SEPARATOR}${pod.spec.containers.length + (pod.spec.initContainers?.length ?? 0)}`
  for (const { ip, protocol, port } of ports) text += `${SEPARATOR}p${ip} ${protocol} ${port}`
  if (tolerations) for (const t of tolerations) text += `${SEPARATOR}t${t.key ?? ''}${SEPARATOR}${t.operator ?? ''}${SEPARATOR}${t.value ?? ''}${SEPARATOR}${t.effect ?? ''}`
  if (nodeName) text += `${SEPARATOR}n${nodeName}`
  if (nodeSelector) text += `${SEPARATOR}s${JSON.stringify(nodeSelector)}`
  if (affinity?.nodeAffinity) text += `${SEPARATOR}a${JSON.stringify(affinity.nodeAffinity)}`
  return text
}
