import { milliValue, value } from '../../api/quantity.ts'
import { computeQosClass, podRequests, specRequests, type PodRequests } from '../../api/pod-resources.ts'
import { tolerates } from '../../api/tolerations.ts'
import { requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import type { Pod } from '../../api/pod.ts'
import type { Node } from '../../kinds/node/node.ts'
import { isCritical } from './ranking.ts'
import type { PodRow, Reason } from './state.ts'
import type { KubeletWorld } from './world.ts'

/** Sysctls that may be set without being allowed first (pkg/kubelet/sysctl: SafeSysctlAllowlist). */
const SAFE = new Set([
  'kernel.shm_rmid_forced', 'net.ipv4.ip_local_port_range', 'net.ipv4.tcp_syncookies', 'net.ipv4.ping_group_range', 'net.ipv4.ip_unprivileged_port_start', 'net.ipv4.ip_local_reserved_ports',
  'net.ipv4.tcp_keepalive_time', 'net.ipv4.tcp_fin_timeout', 'net.ipv4.tcp_keepalive_intvl', 'net.ipv4.tcp_keepalive_probes', 'net.ipv4.tcp_rmem', 'net.ipv4.tcp_wmem',
])

/** Why a kubelet will not run a pod that was bound to it; undefined when it will (pkg/kubelet/lifecycle: predicate.go). */
export function refusal(world: KubeletWorld, node: string, pod: Pod): Reason | undefined {
  const object = world.reader.get('nodes', undefined, node) as Node | undefined
  const said = (reason: string, message: string): Reason => ({ reason, message: `Pod was rejected: ${message}` })
  const { spec } = pod
  const row = world.nodes.get(node)
  const short = row?.pressure?.conditions ?? []
  if (short.length > 0 && !isAdmittedUnderPressure(pod, short)) return said('Evicted', `The node had condition: [${short.join(' ')}]. `)
  if (row?.shutdown) return said('NodeShutdown', 'Pod was rejected as the node is shutting down.')
  if (spec.os && spec.os.name !== 'linux') return said('PodOSNotSupported', "Failed to admit pod as the OS field doesn't match node OS")
  for (const { name } of spec.securityContext?.sysctls ?? []) if (!SAFE.has(name)) return said('SysctlForbidden', `forbidden sysctl: "${name}" not allowlisted`)
  const others = world.byNode.keys(node).map((key) => world.pods.get(key)!).filter((row) => row.uid !== pod.metadata.uid && (row.life === 'sync' || row.life === 'terminating') && !row.rejected)
  const resources = tooMuch(object, others, pod)
  if (resources) return said(...resources)
  if (object && !requiredNodeAffinityMatches(pod, object)) return said('NodeAffinity', "Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector")
  if (clashes(others, pod)) return said('NodePorts', "Predicate NodePorts failed: node(s) didn't have free ports for the requested pod ports")
  return undefined
}

const MEMORY_PRESSURE = { key: 'node.kubernetes.io/memory-pressure', value: '', effect: 'NoSchedule' } as const

/** Critical pods come in whatever is short; those that asked for something also where only memory is (eviction_manager.go: Admit). */
function isAdmittedUnderPressure(pod: Pod, short: readonly string[]): boolean {
  if (isCritical(pod, pod.metadata.annotations?.['kubernetes.io/config.source'] === 'file')) return true
  if (short.length > 1 || short[0] !== 'MemoryPressure') return false
  return computeQosClass(pod.spec) !== 'BestEffort' || (pod.spec.tolerations ?? []).some((t) => tolerates(t, MEMORY_PRESSURE))
}

/** What a pod asks of a resource: thousandths of a core, bytes, or one pod. */
function amountOf(asked: PodRequests, name: string): number {
  switch (name) {
    case 'cpu':
      return asked.milliCpu
    case 'memory':
      return asked.memory
    case 'ephemeral-storage':
      return asked.ephemeralStorage
    case 'pods':
      return 1
    default:
      return asked.others[name] ?? 0
  }
}

function tooMuch(node: Node | undefined, others: readonly PodRow[], pod: Pod): [string, string] | undefined {
  const allocatable = node?.status?.allocatable ?? {}
  for (const name of Object.keys(allocatable).sort()) {
    const need = amountOf(specRequests(pod), name)
    if (need === 0) continue
    const capacity = name === 'cpu' ? milliValue(allocatable[name]) : value(allocatable[name])
    const used = others.reduce((sum, row) => sum + amountOf(podRequests(row.pod), name), 0)
    if (used + need > capacity) return [`OutOf${name}`, `Node didn't have enough resource: ${name}, requested: ${need}, used: ${used}, capacity: ${capacity}`]
  }
  return undefined
}

function clashes(others: readonly PodRow[], pod: Pod): boolean {
  const portsOf = (p: Pod): readonly string[] => p.spec.containers.flatMap((c) => (c.ports ?? []).filter((port) => port.hostPort).map((port) => `${port.protocol ?? 'TCP'}/${port.hostPort}`))
  const wanted = portsOf(pod)
  return wanted.length > 0 && others.some((row) => portsOf(row.pod).some((port) => wanted.includes(port)))
}

