import type { Pod } from '../../api/pod.ts'
import { isPodReady, isSidecar, podCondition } from '../../api/pod.ts'
import { parseTime, type Micros } from '../../engine/time.ts'

const PHASES: Readonly<Record<string, number>> = { Pending: 0, Unknown: 1, Running: 2 }
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

/** What decides a pod's place in the order of deletion, computed once. `rank`: pods of the family on its node. */
interface Ranked {
  readonly pod: Pod
  readonly rank: number
  readonly node: string
  readonly phase: number
  readonly ready: boolean
  readonly cost: number
  readonly readySince: Micros | undefined
  readonly restarts: readonly [number, number]
  readonly created: Micros | undefined
}

/**
 * The pods to delete first, first: unassigned, pending, unready, cheap, crowded on a node, lately ready, often restarted,
 * young; ages count by powers of two (kube-controller-manager: controller_utils.go, ActivePodsWithRanks).
 */
export function rankForDeletion(pods: readonly Pod[], related: readonly Pod[], isActive: (pod: Pod) => boolean, now: Micros): Pod[] {
  const onNode = new Map<string, number>()
  for (const pod of related) if (isActive(pod)) onNode.set(nodeOf(pod), (onNode.get(nodeOf(pod)) ?? 0) + 1)
  const ranked = pods.map((pod): Ranked => ({
    pod,
    rank: onNode.get(nodeOf(pod)) ?? 0,
    node: nodeOf(pod),
    phase: PHASES[pod.status?.phase ?? ''] ?? 0,
    ready: isPodReady(pod),
    cost: deletionCost(pod),
    readySince: parseTime(podCondition(pod, 'Ready')?.lastTransitionTime),
    restarts: maxRestarts(pod),
    created: parseTime(pod.metadata.creationTimestamp),
  }))
  return ranked.sort((a, b) => compare(a, b, now)).map((r) => r.pod)
}

const nodeOf = (pod: Pod): string => pod.spec.nodeName ?? ''

/** The annotation's integer, 0 where it is none. */
export function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[DELETION_COST]
  if (text === undefined || !/^(0|-?[1-9]\d*)$/.test(text)) return 0
  const n = Number(text)
  return n >= -2147483648 && n <= 2147483647 ? n : 0
}

function maxRestarts(pod: Pod): readonly [number, number] {
  let regular = 0
  let sidecar = 0
  for (const c of pod.status?.containerStatuses ?? []) regular = Math.max(regular, c.restartCount)
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name))
  if (sidecars.size > 0) for (const c of pod.status?.initContainerStatuses ?? []) if (sidecars.has(c.name)) sidecar = Math.max(sidecar, c.restartCount)
  return [regular, sidecar]
}

/** Negative: `a` goes first. */
function compare(a: Ranked, b: Ranked, now: Micros): number {
  if (a.node !== b.node && (a.node === '' || b.node === '')) return a.node === '' ? -1 : 1
  if (a.phase !== b.phase) return a.phase - b.phase
  if (a.ready !== b.ready) return a.ready ? 1 : -1
  if (a.cost !== b.cost) return a.cost - b.cost
  if (a.rank !== b.rank) return b.rank - a.rank
  if (a.ready && b.ready && a.readySince !== b.readySince) return compareAges(a, b, a.readySince, b.readySince, now)
  if (a.restarts[0] !== b.restarts[0]) return b.restarts[0] - a.restarts[0]
  if (a.restarts[1] !== b.restarts[1]) return b.restarts[1] - a.restarts[1]
  if (a.created !== b.created) return compareAges(a, b, a.created, b.created, now)
  return 0
}

/** Younger first, but ages within the same power of two are equal and the uid decides. Unknown is youngest. */
function compareAges(a: Ranked, b: Ranked, x: Micros | undefined, y: Micros | undefined, now: Micros): number {
  if (x === undefined || y === undefined) return x === undefined ? -1 : 1
  const difference = logAge(now - x) - logAge(now - y)
  if (difference !== 0) return difference
  const [u, v] = [a.pod.metadata.uid ?? '', b.pod.metadata.uid ?? '']
  return u < v ? -1 : u > v ? 1 : 0
}

/** floor(log2(nanoseconds)) by bits, since Math.log2 may differ between engines; -1 for none. */
export function logAge(age: Micros): number {
  if (age <= 0) return -1
  const nanos = age * 1000
  const high = Math.floor(nanos / 0x1_0000_0000)
  return high > 0 ? 63 - Math.clz32(high) : 31 - Math.clz32(nanos)
}
