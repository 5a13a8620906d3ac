import { allContainers, type Pod } from '../../api/pod.ts'
import { addQuantities, fromBytes, value } from '../../api/quantity.ts'
import { requestOf, type Consumption } from './consumption.ts'
import type { PodRow } from './state.ts'
import { amountIn, RESOURCE_OF, type Observations, type Threshold } from './thresholds.ts'

export interface Candidate {
  readonly row: PodRow
  readonly use: Consumption | undefined
}

type Resource = 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'

const used = (use: Consumption, resource: Resource): number => (resource === 'memory' ? use.memory : resource === 'ephemeral-storage' ? use.disk : resource === 'inodes' ? use.inodes : use.pids)

/**
 * Who is evicted first: pods without statistics, those that use more than they asked for, then the least important, then the one that
 * uses most above its request. For processes only importance and number count (helpers.go: rankMemoryPressure and its kin).
 */
export function ranked(candidates: readonly Candidate[], resource: Resource): readonly Candidate[] {
  const priority = ({ row }: Candidate): number => row.pod.spec.priority ?? 0
  const above = ({ row, use }: Candidate): number => used(use!, resource) - requestOf(row.pod, resource === 'inodes' ? 'ephemeral-storage' : resource)
  const exceeds = ({ row, use }: Candidate): number => (used(use!, resource) > requestOf(row.pod, resource) ? 0 : 1)
  return [...candidates].sort((a, b) => {
    if (!a.use || !b.use) return a.use === b.use ? priority(a) - priority(b) : a.use ? 1 : -1
    if (resource === 'pids') return priority(a) - priority(b) || b.use.pids - a.use.pids
    return exceeds(a) - exceeds(b) || priority(a) - priority(b) || above(b) - above(a)
  })
}

/** Static pods and those of the system's priorities stay (kubelet/types: IsCriticalPod). */
export const isCritical = (pod: Pod, isStatic = false): boolean => isStatic || (pod.spec.priority ?? 0) >= 2_000_000_000

const amountText = (resource: Resource, n: number): string => (resource === 'inodes' || resource === 'pids' ? String(n) : fromBytes(n))

/** Why a pod was evicted (helpers.go: evictionMessage). */
export function evictionMessage(resource: Resource, { row, use }: Candidate, thresholds: readonly Threshold[], observed: Observations): string {
  let message = `The node was low on resource: ${resource}. `
  const cause = thresholds.find((t) => RESOURCE_OF[t.signal] === resource)
  if (cause) {
    const { available, capacity } = observed[cause.signal]
    message += `Threshold quantity: ${amountText('share' in cause.amount ? 'memory' : resource, amountIn(cause.amount, capacity))}, available: ${amountText(resource, available)}. `
  }
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return message
  const wanted = row.pod.spec.resources?.requests?.['memory']
  if (resource === 'memory' && wanted !== undefined && use) message += `Pod ${row.pod.metadata.name} was using ${fromBytes(use.memory)}, request is ${wanted}, has larger consumption of memory. `
  const byName = new Map(allContainers(row.pod.spec).map((c) => [c.name, c]))
  for (const { name, memory, disk } of use?.containers ?? []) {
    if (row.pod.spec.ephemeralContainers?.some((c) => c.name === name)) continue
    const request = byName.get(name)?.resources?.requests?.[resource] ?? '0'
    const amount = resource === 'memory' ? memory : disk
    if (amount > value(request)) message += `Container ${name} was using ${fromBytes(amount)}, request is ${addQuantities(request, '0')}, has larger consumption of ${resource}. `
  }
  return message
}
