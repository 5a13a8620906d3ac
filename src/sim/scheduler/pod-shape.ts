import type { Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import type { Toleration } from '../api/scheduling.ts'
import { imagesWanted } from './images-wanted.ts'
import { podInfo, type PodInfo } from './pod-info.ts'

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

/** Have two pods, with what is known of them, the same shape for sure? Quick: what is not the same object or a plain text counts as different. */
export function sameShape(a: Pod, i: PodInfo, b: Pod, j: PodInfo): boolean {
  if (a === b) return true
  const x = a.spec
  const y = b.spec
  if (x.nodeName !== y.nodeName || x.nodeSelector !== y.nodeSelector || x.affinity?.nodeAffinity !== y.affinity?.nodeAffinity) return false
  if (x.initContainers || y.initContainers || x.containers.length !== y.containers.length) return false
  if (i.requests !== j.requests || i.nonZeroOfContainers !== j.nonZeroOfContainers || i.ports !== j.ports) return false
  for (let n = 0; n < x.containers.length; n++) if (x.containers[n]!.image !== y.containers[n]!.image) return false
  return !hasImageVolume(x) && !hasImageVolume(y) && sameTolerations(x.tolerations ?? NONE, y.tolerations ?? NONE)
}

const NONE: readonly Toleration[] = []

function hasImageVolume({ volumes }: PodSpec): boolean {
  if (volumes) for (const v of volumes) if (v.image) return true
  return false
}

function sameTolerations(a: readonly Toleration[], b: readonly Toleration[]): boolean {
  if (a === b) return true
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    const s = a[i]!
    const t = b[i]!
    if (s.key !== t.key || s.operator !== t.operator || s.value !== t.value || s.effect !== t.effect) return false
  }
  return true
}
