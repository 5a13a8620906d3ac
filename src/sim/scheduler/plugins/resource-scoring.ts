import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE } from '../plugin.ts'
import type { PodInfo } from '../pod-info.ts'

export interface ResourceSpec {
  readonly name: string
  readonly weight: number
}

export const CPU_AND_MEMORY: readonly ResourceSpec[] = [{ name: 'cpu', weight: 1 }, { name: 'memory', weight: 1 }]

/** How full a node is (0…100) and what that is worth (0…10). */
export interface UtilizationShapePoint {
  readonly utilization: number
  readonly score: number
}

/** How NodeResourcesFit scores (apis/config: ScoringStrategy). */
export interface ScoringStrategy {
  readonly type: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
  readonly resources: readonly ResourceSpec[]
  readonly requestedToCapacityRatio?: { readonly shape: readonly UtilizationShapePoint[] }
}

/** One resource of a node: what there is, what is taken, what the pod would take. */
export interface Use {
  readonly allocatable: number
  readonly allocated: number
  readonly wanted: number
}

/** With `nonZero`, containers that ask for no CPU or memory count as if they asked for a little. */
export function takenOf(name: string, node: NodeInfo, { requests, nonZeroOfContainers }: PodInfo, nonZero: boolean): Use {
  switch (name) {
    case 'cpu':
      return { allocatable: node.allocatableMilliCpu, allocated: nonZero ? node.nonZeroMilliCpu : node.milliCpu, wanted: nonZero ? nonZeroOfContainers.milliCpu : requests.milliCpu }
    case 'memory':
      return { allocatable: node.allocatableMemory, allocated: nonZero ? node.nonZeroMemory : node.memory, wanted: nonZero ? nonZeroOfContainers.memory : requests.memory }
    case 'ephemeral-storage':
      return { allocatable: node.allocatableEphemeralStorage, allocated: node.ephemeralStorage, wanted: requests.ephemeralStorage }
    default: {
      // What the pod does not ask for does not count.
      const wanted = requests.others[name] ?? 0
      return { allocatable: wanted === 0 ? 0 : (node.allocatableOthers[name] ?? 0), allocated: node.others[name] ?? 0, wanted }
    }
  }
}

/** Free share in percent, rounded down; 0 when more is requested than there is (least_allocated.go). */
const least = (requested: number, capacity: number): number => (requested > capacity ? 0 : Math.floor(((capacity - requested) * MAX_SCORE) / capacity))

/** Used share in percent, rounded down (most_allocated.go). */
const most = (requested: number, capacity: number): number => Math.floor((Math.min(requested, capacity) * MAX_SCORE) / capacity)

/** What a fullness is worth: straight lines between the points (helper/shape_score.go); points are worth ten times as much as written. */
function onShape(shape: readonly UtilizationShapePoint[], used: number): number {
  for (let i = 0; i < shape.length; i++) {
    const { utilization, score } = shape[i]!
    if (used > utilization) continue
    const before = shape[i - 1]
    return before ? before.score * 10 + Math.trunc(((score - before.score) * 10 * (used - before.utilization)) / (utilization - before.utilization)) : score * 10
  }
  return shape[shape.length - 1]!.score * 10
}

/** Fullness by points; resources worth nothing do not count (requested_to_capacity_ratio.go). */
function ratio(shape: readonly UtilizationShapePoint[], resources: readonly ResourceSpec[], uses: readonly Use[]): number {
  let sum = 0
  let weights = 0
  resources.forEach(({ weight }, i) => {
    const { allocatable, allocated, wanted } = uses[i]!
    if (allocatable === 0) return
    const requested = allocated + wanted
    const score = onShape(shape, requested > allocatable ? 100 : Math.floor((requested * 100) / allocatable))
    if (score <= 0) return
    sum += score * weight
    weights += weight
  })
  return weights === 0 ? 0 : Math.floor(sum / weights + 0.5)
}

/** 0…100 for a node (noderesources/resource_allocation.go: score). */
export function strategyScore({ type, resources, requestedToCapacityRatio }: ScoringStrategy, node: NodeInfo, pod: PodInfo): number {
  if (type === 'RequestedToCapacityRatio') return ratio(requestedToCapacityRatio?.shape ?? [], resources, resources.map(({ name }) => takenOf(name, node, pod, true)))
  const value = type === 'LeastAllocated' ? least : most
  let sum = 0
  let weights = 0
  for (const { name, weight } of resources) {
    const { allocatable, allocated, wanted } = takenOf(name, node, pod, true)
    if (allocatable === 0) continue
    sum += value(allocated + wanted, allocatable) * weight
    weights += weight
  }
  return weights === 0 ? 0 : Math.floor(sum / weights)
}
