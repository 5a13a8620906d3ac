import { MAX_SCORE, type Plugin } from '../plugin.ts'

const share = (requested: number, allocatable: number): number => (requested > allocatable ? 1 : requested / allocatable)

/** 100 when CPU and memory are used alike, 50 when one is full and the other empty. */
function balance(cpu: number, cpuAll: number, memory: number, memoryAll: number): number {
  const deviation = cpuAll === 0 || memoryAll === 0 ? 0 : Math.abs((share(cpu, cpuAll) - share(memory, memoryAll)) / 2)
  return Math.trunc((1 - deviation) * MAX_SCORE)
}

/** How much the pod improves the balance of the node's resources; best-effort pods are not judged (noderesources/balanced_allocation.go). */
export const nodeResourcesBalancedAllocation: Plugin = {
  name: 'NodeResourcesBalancedAllocation',
  weight: 1,
  preScore({ info: { requests } }) {
    const { milliCpu, memory } = requests
    if (milliCpu === 0 && memory === 0) return undefined
    return {
      score(node) {
        const after = balance(node.milliCpu + milliCpu, node.allocatableMilliCpu, node.memory + memory, node.allocatableMemory)
        const before = balance(node.milliCpu, node.allocatableMilliCpu, node.memory, node.allocatableMemory)
        return MAX_SCORE / 2 + Math.trunc((MAX_SCORE / 2 + after - before) / 2)
      },
    }
  },
}
