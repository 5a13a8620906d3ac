import type { Pod } from '../api/pod.ts'
import { milliValue, value } from '../api/quantity.ts'
import type { Node } from '../kinds/node/node.ts'
import { podInfo, portsConflict, type HostPort, type PodInfo } from './pod-info.ts'

/**
 * A node with the pods that are bound to it or assumed to be, and the sums that filters and scores need: CPU in
 * millicores, memory in bytes (kube-scheduler: framework/types.go, NodeInfo). Immutable; adding a pod makes a new one.
 */
export interface NodeInfo {
  readonly node: Node
  readonly name: string
  readonly pods: readonly Pod[]
  readonly milliCpu: number
  readonly memory: number
  readonly ephemeralStorage: number
  readonly others: Readonly<Record<string, number>>
  readonly nonZeroMilliCpu: number
  readonly nonZeroMemory: number
  readonly allocatableMilliCpu: number
  readonly allocatableMemory: number
  readonly allocatableEphemeralStorage: number
  readonly allocatablePods: number
  readonly allocatableOthers: Readonly<Record<string, number>>
  readonly ports: readonly HostPort[]
  /** How many of the pods have any affinity, and how many a required anti-affinity. */
  readonly affinityPods: number
  readonly antiAffinityPods: number
}

const NOTHING: Readonly<Record<string, number>> = Object.freeze({})
const PLAIN = new Set(['cpu', 'memory', 'ephemeral-storage', 'pods'])

function allocatable(node: Node): Pick<NodeInfo, 'allocatableMilliCpu' | 'allocatableMemory' | 'allocatableEphemeralStorage' | 'allocatablePods' | 'allocatableOthers'> {
  const list = node.status?.allocatable ?? {}
  const others: Record<string, number> = {}
  for (const name of Object.keys(list)) if (!PLAIN.has(name)) others[name] = value(list[name])
  return {
    allocatableMilliCpu: milliValue(list['cpu']),
    allocatableMemory: value(list['memory']),
    allocatableEphemeralStorage: value(list['ephemeral-storage']),
    allocatablePods: value(list['pods']),
    allocatableOthers: Object.keys(others).length ? others : NOTHING,
  }
}

/** A node without pods. */
export const emptyNodeInfo = (node: Node): NodeInfo => ({
  node, name: node.metadata.name, pods: [],
  milliCpu: 0, memory: 0, ephemeralStorage: 0, others: NOTHING, nonZeroMilliCpu: 0, nonZeroMemory: 0,
  ...allocatable(node),
  ports: [], affinityPods: 0, antiAffinityPods: 0,
})

/** The same pods on a newer state of the node. */
export const withNode = (info: NodeInfo, node: Node): NodeInfo =>
  node.status?.allocatable === info.node.status?.allocatable ? { ...info, node } : { ...info, node, ...allocatable(node) }

function addOthers(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>, sign: 1 | -1): Readonly<Record<string, number>> {
  let sum: Record<string, number> | undefined
  for (const name in b) (sum ??= { ...a })[name] = (a[name] ?? 0) + sign * b[name]!
  return sum ?? a
}

function shift(info: NodeInfo, p: PodInfo, sign: 1 | -1, pods: readonly Pod[], ports: readonly HostPort[]): NodeInfo {
  return {
    node: info.node,
    name: info.name,
    pods,
    milliCpu: info.milliCpu + sign * p.requests.milliCpu,
    memory: info.memory + sign * p.requests.memory,
    ephemeralStorage: info.ephemeralStorage + sign * p.requests.ephemeralStorage,
    others: addOthers(info.others, p.requests.others, sign),
    nonZeroMilliCpu: info.nonZeroMilliCpu + sign * p.nonZero.milliCpu,
    nonZeroMemory: info.nonZeroMemory + sign * p.nonZero.memory,
    allocatableMilliCpu: info.allocatableMilliCpu,
    allocatableMemory: info.allocatableMemory,
    allocatableEphemeralStorage: info.allocatableEphemeralStorage,
    allocatablePods: info.allocatablePods,
    allocatableOthers: info.allocatableOthers,
    ports,
    affinityPods: info.affinityPods + (p.hasAffinity ? sign : 0),
    antiAffinityPods: info.antiAffinityPods + (p.requiredAntiAffinity.length ? sign : 0),
  }
}

export function withPod(info: NodeInfo, pod: Pod): NodeInfo {
  const p = podInfo(pod)
  return shift(info, p, 1, [...info.pods, pod], p.ports.length ? [...info.ports, ...p.ports] : info.ports)
}

/** Without the pod of the same uid; the same NodeInfo when it is not there. */
export function withoutPod(info: NodeInfo, pod: Pod): NodeInfo {
  const i = placeOf(info.pods, pod)
  if (i < 0) return info
  const p = podInfo(info.pods[i]!)
  const pods = [...info.pods.slice(0, i), ...info.pods.slice(i + 1)]
  return shift(info, p, -1, pods, p.ports.length ? withoutPorts(info.ports, p.ports) : info.ports)
}

/** A node on trial: a copy of its own that pods are put on and taken off in place, for preemption's many small questions. */
export type TrialNode = { -readonly [K in keyof NodeInfo]: NodeInfo[K] }

export const trialNode = (info: NodeInfo): TrialNode => ({ ...info })

function moveInPlace(info: TrialNode, p: PodInfo, sign: 1 | -1): void {
  const { requests, nonZero } = p
  info.milliCpu += sign * requests.milliCpu
  info.memory += sign * requests.memory
  info.ephemeralStorage += sign * requests.ephemeralStorage
  info.others = addOthers(info.others, requests.others, sign)
  info.nonZeroMilliCpu += sign * nonZero.milliCpu
  info.nonZeroMemory += sign * nonZero.memory
  if (p.hasAffinity) info.affinityPods += sign
  if (p.requiredAntiAffinity.length) info.antiAffinityPods += sign
}

export function putOn(info: TrialNode, pod: Pod): void {
  const p = podInfo(pod)
  moveInPlace(info, p, 1)
  info.pods = [...info.pods, pod]
  if (p.ports.length) info.ports = [...info.ports, ...p.ports]
}

export function takeOff(info: TrialNode, pod: Pod): void {
  const i = placeOf(info.pods, pod)
  if (i < 0) return
  const p = podInfo(info.pods[i]!)
  moveInPlace(info, p, -1)
  info.pods = info.pods.filter((_, at) => at !== i)
  if (p.ports.length) info.ports = withoutPorts(info.ports, p.ports)
}

const placeOf = (pods: readonly Pod[], { metadata }: Pod): number =>
  pods.findIndex((p) => p.metadata.uid === metadata.uid && p.metadata.name === metadata.name && p.metadata.namespace === metadata.namespace)

/** With `pod` in the place of an earlier state of it; what does not change the sums costs one copy of the list. */
export function withPodReplaced(info: NodeInfo, old: Pod, pod: Pod): NodeInfo {
  const before = podInfo(old)
  const after = podInfo(pod)
  const i = info.pods.indexOf(old)
  if (i < 0 || before.requests !== after.requests || before.hasAffinity || after.hasAffinity) return withPod(withoutPod(info, old), pod)
  return { ...info, pods: [...info.pods.slice(0, i), pod, ...info.pods.slice(i + 1)] }
}

function withoutPorts(ports: readonly HostPort[], gone: readonly HostPort[]): readonly HostPort[] {
  const left = [...ports]
  for (const port of gone) {
    const i = left.findIndex((p) => p.port === port.port && p.ip === port.ip && p.protocol === port.protocol)
    if (i >= 0) left.splice(i, 1)
  }
  return left
}

export const hasPortConflict = (info: NodeInfo, wanted: readonly HostPort[]): boolean =>
  wanted.some((w) => info.ports.some((p) => portsConflict(w, p)))

const images = new WeakMap<Node, ReadonlyMap<string, number>>()

/** Sizes in bytes of the images that a node reports, by every name they have. */
export function imagesOf(node: Node): ReadonlyMap<string, number> {
  let sizes = images.get(node)
  if (!sizes) {
    const map = new Map<string, number>()
    for (const image of node.status?.images ?? []) for (const name of image.names ?? []) map.set(name, image.sizeBytes ?? 0)
    images.set(node, (sizes = map))
  }
  return sizes
}
