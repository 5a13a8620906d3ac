import type { PodRequests } from '../../api/pod-resources.ts'
import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE, type Plugin } from '../plugin.ts'
import type { Rejection } from '../rejection.ts'

const NAME = 'NodeResourcesFit'

/** What is too little on a node, in the order of Kubernetes; empty when the pod fits (noderesources/fit.go: fitsRequest). */
export function insufficient(wants: PodRequests, node: NodeInfo): { readonly reasons: readonly string[]; readonly unresolvable: boolean } {
  const reasons: string[] = []
  let unresolvable = false
  const check = (want: number, used: number, allocatable: number, reason: string): void => {
    if (want <= 0 || want <= allocatable - used) return
    reasons.push(reason)
    unresolvable ||= want > allocatable
  }
  if (node.pods.length + 1 > node.allocatablePods) reasons.push('Too many pods')
  check(wants.milliCpu, node.milliCpu, node.allocatableMilliCpu, 'Insufficient cpu')
  check(wants.memory, node.memory, node.allocatableMemory, 'Insufficient memory')
  check(wants.ephemeralStorage, node.ephemeralStorage, node.allocatableEphemeralStorage, 'Insufficient ephemeral-storage')
  for (const name in wants.others) check(wants.others[name]!, node.others[name] ?? 0, node.allocatableOthers[name] ?? 0, `Insufficient ${name}`)
  return { reasons, unresolvable }
}

const fits = (wants: PodRequests, node: NodeInfo): boolean =>
  node.pods.length < node.allocatablePods &&
  (wants.milliCpu === 0 || wants.milliCpu <= node.allocatableMilliCpu - node.milliCpu) &&
  (wants.memory === 0 || wants.memory <= node.allocatableMemory - node.memory) &&
  (wants.ephemeralStorage === 0 || wants.ephemeralStorage <= node.allocatableEphemeralStorage - node.ephemeralStorage)

const hasOthers = (wants: PodRequests): boolean => {
  for (const name in wants.others) if (wants.others[name] !== 0) return true
  return false
}

/** Verdicts by their text: in a full cluster thousands of nodes get the same few. */
const verdicts = new Map<string, Rejection>()

function verdict(reasons: readonly string[], unresolvable: boolean): Rejection {
  const key = `${unresolvable} ${reasons.join()}`
  let known = verdicts.get(key)
  if (!known) verdicts.set(key, (known = { code: unresolvable ? 'UnschedulableAndUnresolvable' : 'Unschedulable', plugin: NAME, reasons }))
  return known
}

/** Free share in percent, rounded down; 0 when more is requested than there is (least_allocated.go). */
const free = (requested: number, capacity: number): number => (requested > capacity ? 0 : Math.floor(((capacity - requested) * MAX_SCORE) / capacity))

/** Enough CPU, memory, pods …; scores nodes by what stays free, CPU and memory alike (plugins/noderesources: fit.go, LeastAllocated). */
export const nodeResourcesFit: Plugin = {
  name: NAME,
  weight: 1,
  preFilter({ info: { requests } }) {
    const others = hasOthers(requests)
    return {
      filter(node): Rejection | undefined {
        if (!others && fits(requests, node)) return undefined
        const { reasons, unresolvable } = insufficient(requests, node)
        return reasons.length === 0 ? undefined : verdict(reasons, unresolvable)
      },
    }
  },
  preScore: ({ info: { nonZeroOfContainers: wants } }) => ({
    score(node) {
      const cpu = node.allocatableMilliCpu
      const memory = node.allocatableMemory
      let sum = 0
      let weights = 0
      if (cpu !== 0) (sum += free(node.nonZeroMilliCpu + wants.milliCpu, cpu)), weights++
      if (memory !== 0) (sum += free(node.nonZeroMemory + wants.memory, memory)), weights++
      return weights === 0 ? 0 : Math.floor(sum / weights)
    },
  }),
}
