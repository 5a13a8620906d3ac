import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE, type Plugin } from '../plugin.ts'
import type { PodInfo } from '../pod-info.ts'
import { takenOf, type ResourceSpec } from './resource-scoring.ts'

/** NodeResourcesBalancedAllocationArgs. */
export interface NodeResourcesBalancedAllocationArgs {
  readonly resources: readonly ResourceSpec[]
}

/** How far the used shares lie apart: their standard deviation. */
function deviation(shares: readonly number[]): number {
  if (shares.length < 2) return 0
  if (shares.length === 2) return Math.abs((shares[0]! - shares[1]!) / 2)
  const mean = shares.reduce((sum, share) => sum + share, 0) / shares.length
  return Math.sqrt(shares.reduce((sum, share) => sum + (share - mean) * (share - mean), 0) / shares.length)
}

/** 100 when all resources are used alike, 50 when one of two is full and the other empty. */
const balance = (shares: readonly number[]): number => Math.trunc((1 - deviation(shares)) * MAX_SCORE)

const share = (used: number, allocatable: number): number => Math.min(1, used / allocatable)

function improvement(resources: readonly ResourceSpec[], node: NodeInfo, pod: PodInfo): number {
  const before: number[] = []
  const after: number[] = []
  for (const { name } of resources) {
    const { allocated, wanted, allocatable } = takenOf(name, node, pod, false)
    if (allocatable === 0) continue
    before.push(share(allocated, allocatable))
    after.push(share(allocated + wanted, allocatable))
  }
  return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + balance(after) - balance(before)) / 2)
}

const wants = ({ requests }: PodInfo, name: string): number =>
  name === 'cpu' ? requests.milliCpu : name === 'memory' ? requests.memory : name === 'ephemeral-storage' ? requests.ephemeralStorage : (requests.others[name] ?? 0)

/** How much the pod improves the balance of the node's resources; best-effort pods are not judged (noderesources/balanced_allocation.go). */
export const nodeResourcesBalancedAllocation = ({ resources }: NodeResourcesBalancedAllocationArgs): Plugin => ({
  name: 'NodeResourcesBalancedAllocation',
  local: true,
  preScore: ({ info }) => (resources.every(({ name }) => wants(info, name) === 0) ? undefined : { score: (node) => improvement(resources, node, info) }),
})
