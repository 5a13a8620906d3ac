import { milliValue, value } from '../../api/quantity.ts'
import { computeQosClass, podRequests, specRequests } from '../../api/pod-resources.ts'
import { tolerates, toleratesAny } from '../../api/tolerations.ts'
import { requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import type { Pod } from '../../api/pod.ts'
import type { Node } from '../../kinds/node/node.ts'
import { amountOf, victimsFor, type Lack } from './preemption.ts'
import { isCritical } from './ranking.ts'
import { ALLOWED_UNSAFE_SYSCTLS } from '../../flags/kubelet.ts'
import type { PodRow, Reason } from './state.ts'
import { forbiddenSysctl } from './sysctls.ts'
import type { KubeletWorld } from './world.ts'

/** Why a kubelet will not run a pod that was bound to it; undefined when it will (pkg/kubelet/lifecycle: predicate.go). */
export function refusal(world: KubeletWorld, node: string, pod: Pod, isStatic = false): Reason | Victims | undefined {
  const object = world.reader.get('nodes', undefined, node) as Node | undefined
  const said = (reason: string, message: string): Reason => ({ reason, message: `Pod was rejected: ${message}` })
  const { spec } = pod
  const row = world.nodes.get(node)
  const short = row?.pressure?.conditions ?? []
  if (short.length > 0 && !isAdmittedUnderPressure(pod, short)) return said('Evicted', `The node had condition: [${short.join(' ')}]. `)
  if (row?.shutdown) return said('NodeShutdown', 'Pod was rejected as the node is shutting down.')
  if (spec.os && spec.os.name !== 'linux') return said('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS")
  const sysctl = forbiddenSysctl(pod, world.flags.get(ALLOWED_UNSAFE_SYSCTLS))
  if (sysctl !== undefined) return said('SysctlForbidden', sysctl)
  const others = world.byNode.keys(node).map((key) => world.pods.get(key)!).filter((row) => row.uid !== pod.metadata.uid && holdsResources(row))
  const lacks = lacking(object, others, pod)
  const unfit = misfit(object, others, pod, isStatic)
  // A critical pod is not turned away for want of resources: others make room for it, if nothing else speaks against it.
  if (lacks.length > 0 && !isCritical(pod, isStatic)) return said(`OutOf${lacks[0]!.resource}`, lacks[0]!.message)
  if (unfit) return said(unfit[0], `Predicate ${unfit[0]} failed: ${unfit[1]}`)
  if (lacks.length === 0) return undefined
  const victims = victimsFor(pod, isStatic, others, lacks)
  return typeof victims === 'string' ? said('UnexpectedAdmissionError', `Unexpected error while attempting to recover from admission failure: ${victims}`) : { ...said(`OutOf${lacks[0]!.resource}`, lacks[0]!.message), victims }
}

/** Has it anything of the node? One whose containers have all been stopped has not. */
const holdsResources = (row: PodRow): boolean => (row.life === 'sync' || (row.life === 'terminating' && row.work !== undefined)) && !row.rejected

/** Pods that must end before the new one can be admitted, and what is lacking until then. */
export interface Victims extends Reason {
  readonly victims: readonly PodRow[]
}

export const hasVictims = (answer: Reason | Victims): answer is Victims => 'victims' in answer

/** Which of the scheduler's general predicates a pod does not meet, and how that is told (scheduler: AdmissionCheck; predicate.go: generalFilter). */
function misfit(node: Node | undefined, others: readonly PodRow[], pod: Pod, isStatic: boolean): readonly [string, string] | undefined {
  if (node && !requiredNodeAffinityMatches(pod, node)) return ['NodeAffinity', "node(s) didn't match Pod's node affinity/selector"]
  if (clashes(others, pod)) return ['NodePorts', "node(s) didn't have free ports for the requested pod ports"]
  const evicting = (node?.spec?.taints ?? []).some((t) => t.effect === 'NoExecute' && !toleratesAny(pod.spec.tolerations, t))
  return evicting && !isStatic ? ['TaintToleration', "node(s) had taints that the pod didn't tolerate"] : undefined
}

const MEMORY_PRESSURE = { key: 'node.kubernetes.io/memory-pressure', value: '', effect: 'NoSchedule' } as const

/** Critical pods come in whatever is short; those that asked for something also where only memory is (eviction_manager.go: Admit). */
function isAdmittedUnderPressure(pod: Pod, short: readonly string[]): boolean {
  if (isCritical(pod, pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file')) return true
  if (short.length > 1 || short[0] !== 'MemoryPressure') return false
  return computeQosClass(pod.spec) !== 'BestEffort' || (pod.spec.tolerations ?? []).some((t) => tolerates(t, MEMORY_PRESSURE))
}

/** What the node does not have, in the order in which the scheduler's own check tells it (noderesources: Fits). */
function lacking(node: Node | undefined, others: readonly PodRow[], pod: Pod): readonly (Lack & { readonly message: string })[] {
  const allocatable = node?.status?.allocatable ?? {}
  const asked = specRequests(pod)
  const names = ['pods', 'cpu', 'memory', 'ephemeral-storage', ...Object.keys(asked.others).sort()].filter((name) => allocatable[name] !== undefined)
  return names.flatMap((resource) => {
    const need = amountOf(asked, resource)
    if (need === 0) return []
    const capacity = resource === 'cpu' ? milliValue(allocatable[resource]) : value(allocatable[resource])
    const used = others.reduce((sum, row) => sum + amountOf(podRequests(row.pod), resource), 0)
    const message = `Node didn't have enough resource: ${resource}, requested: ${need}, used: ${used}, capacity: ${capacity}`
    return used + need > capacity ? [{ resource, amount: used + need - capacity, message }] : []
  })
}

function clashes(others: readonly PodRow[], pod: Pod): boolean {
  const portsOf = (p: Pod): readonly string[] => p.spec.containers.flatMap((c) => (c.ports ?? []).filter((port) => port.hostPort).map((port) => `${port.protocol ?? 'TCP'}/${port.hostPort}`))
  const wanted = portsOf(pod)
  return wanted.length > 0 && others.some((row) => portsOf(row.pod).some((port) => wanted.includes(port)))
}

