import type { CgroupView, Figure, Saying, UsageView } from '../../../workers/protocol-anatomy.ts'
import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { podRequests, podResourceList } from '../../api/pod-resources.ts'
import { milliValue, value } from '../../api/quantity.ts'
import type { Micros } from '../../engine/time.ts'
import { CPU_CFS_QUOTA, POD_PIDS_LIMIT } from '../../flags/kubelet.ts'
import { heldCpu } from '../../node/kubelet/cpu-limit.ts'
import { qosOf } from '../../node/kubelet/files.ts'
import { isNodeCritical, memoryCounted } from '../../node/kubelet/oom-score.ts'
import type { NodeRow, PodRow } from '../../node/kubelet/state.ts'
import type { KubeletWorld } from '../../node/kubelet/world.ts'
import { weightOf } from '../../node/linux/cgroups.ts'
import type { ContainerState } from '../../node/linux/machine.ts'
import { containerWeight, cpuMax, directoryWeight, memoryMax, oomScore } from './formulas.ts'
import { usageOf } from './usage.ts'

const say = (id: string, params: Saying['params'] = {}): Saying => ({ id, params })

interface Paths {
  readonly root: string
  readonly qos: string
  readonly pod: string
  scope(id: string): string
}

/** The directories of a pod, from the node's root down (cm/pod_container_manager_linux.go; systemd's and cgroupfs' names). */
export function pathsOf(cgroups: 'v1' | 'v2', qos: string, uid: string): Paths {
  const cls = qos === 'Guaranteed' ? '' : qos.toLowerCase()
  if (cgroups === 'v1') {
    const parent = cls ? `/kubepods/${cls}` : '/kubepods'
    return { root: '/kubepods', qos: parent, pod: `${parent}/pod${uid}`, scope: (id) => `${parent}/pod${uid}/${id}` }
  }
  const kind = cls ? `-${cls}` : ''
  const parent = cls ? `/kubepods.slice/kubepods${kind}.slice` : '/kubepods.slice'
  const pod = `${parent}/kubepods${kind}-pod${uid.replaceAll('-', '_')}.slice`
  return { root: '/kubepods.slice', qos: parent, pod, scope: (id) => `${pod}/cri-containerd-${id}.scope` }
}

const label = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** Is every container held by a limit of the resource, so that the pod as a whole is too? */
const allLimited = (pod: Pod, resource: string): boolean =>
  pod.spec.resources?.limits?.[resource] !== undefined || [...(pod.spec.initContainers ?? []), ...pod.spec.containers].every((c) => c.resources?.limits?.[resource] !== undefined)

/** Numbers of a pod's directory (cm/helpers_linux.go: ResourceConfigForPod). */
export function podFigures(world: KubeletWorld, pod: Pod): readonly Figure[] {
  const pids = world.flags.get(POD_PIDS_LIMIT)
  const limits = podResourceList(pod, 'limits')
  const { milliCpu } = podRequests(pod)
  const isBest = qosOf(pod) === 'BestEffort'
  const enforced = world.flags.get(CPU_CFS_QUOTA)
  const cpu = enforced && !isBest && allLimited(pod, 'cpu') ? milliValue(limits['cpu']) : undefined
  const memory = !isBest && allLimited(pod, 'memory') ? limits['memory'] : undefined
  return [
    directoryWeight(isBest ? 0 : milliCpu, say('from.sum', { what: 'requests.cpu', amount: `${milliCpu}m` }), 'why.podWeight'),
    cpuMax(cpu, !enforced ? say('from.noQuota') : cpu === undefined ? say('from.notAll', { what: 'limits.cpu' }) : say('from.sum', { what: 'limits.cpu', amount: `${cpu}m` })),
    memoryMax(memory === undefined ? undefined : value(memory), memory, memory === undefined ? say('from.notAll', { what: 'limits.memory' }) : say('from.sum', { what: 'limits.memory', amount: memory })),
    { file: 'pids.max', value: pids < 0 ? 'max' : String(pids), from: say('from.pidsLimit'), why: say('why.podPids'), lines: [`podPidsLimit: ${pids}`] },
  ]
}

/** Numbers of a container's directory and its processes. */
export function containerFigures(world: KubeletWorld, row: PodRow, container: Container, node: NodeRow): readonly Figure[] {
  const state = row.machine?.containers[container.name]
  const { requests, limits } = container.resources ?? {}
  const request = requests?.['cpu']
  const cpuLimit = limits?.['cpu']
  const cpuFrom = request !== undefined ? say('from.field', { field: 'requests.cpu', amount: request }) : cpuLimit !== undefined ? say('from.limitAsRequest', { field: 'limits.cpu', amount: cpuLimit }) : say('from.none', { field: 'requests.cpu' })
  const memory = limits?.['memory']
  const memoryRequest = requests?.['memory'] ?? memory
  const field = (name: string, amount: string | undefined): Saying => (amount === undefined ? say('from.none', { field: name }) : say('from.field', { field: name, amount }))
  const figures: readonly Figure[] = [
    containerWeight(milliValue(request ?? cpuLimit), cpuFrom),
    cpuMax(heldCpu(world, container), world.flags.get(CPU_CFS_QUOTA) ? field('limits.cpu', cpuLimit) : say('from.noQuota')),
    memoryMax(memory === undefined ? undefined : value(memory), memory, field('limits.memory', memory)),
    { file: 'pids.max', value: state && state.pidsLimit < 4096 ? String(state.pidsLimit) : 'max', from: say('from.runtime'), why: say('why.containerPids'), lines: [] },
    ...(state ? [oomScore(state.oomScore, qosOf(row.pod), memoryCounted(row.pod, container), memoryRequest ?? '', node.memory, isNodeCritical(row.pod))] : []),
  ]
  return state ? figures.map((figure) => asItIs(figure, state)) : figures
}

/** A resize that the kubelet has not carried out yet: the kernel still has the old number. */
function asItIs(figure: Figure, { cpu, memoryLimit }: ContainerState): Figure {
  const actual: Readonly<Record<string, string>> = { 'cpu.weight': String(weightOf(cpu.cpuShares)), 'cpu.max': `${cpu.cpuQuota ?? 'max'} ${cpu.cpuPeriod}`, 'memory.max': String(memoryLimit ?? 'max') }
  const value = actual[figure.file]
  if (value === undefined || value === figure.value) return figure
  const { v1: _other, ...rest } = figure
  return { ...rest, value, from: say('from.notYet', { asked: figure.value }), lines: [] }
}


/** What the kernel counts in a container's directory. */
export function counters(use: UsageView | null, processes: number): readonly Figure[] {
  const plain = (file: string, text: string, why: string, lines: readonly string[] = []): Figure => ({ file, value: text, from: say('from.counted'), why: say(why), lines })
  if (!use) return []
  return [
    { ...plain('memory.current', String(use.memory), 'why.memoryCurrent'), v1: { file: 'memory.usage_in_bytes', value: String(use.memory) } },
    plain('pids.current', String(processes), 'why.pidsCurrent'),
    plain('cpu.stat usage_usec', String(Math.round(use.cpuSeconds * 1e6)), 'why.cpuUsage'),
    ...(use.cpuLimit === null ? [] : [
      plain('cpu.stat nr_periods', String(use.periods), 'why.periods'),
      plain('cpu.stat nr_throttled', String(use.throttledPeriods), 'why.throttled', [`${use.throttledPeriods} / ${use.periods}`]),
      plain('cpu.stat throttled_usec', String(Math.round(use.throttledSeconds * 1e6)), 'why.throttledTime'),
    ]),
    plain('memory.events oom_kill', String(use.oomKills), 'why.oomKill'),
  ]
}

/** Directories above the pods: all pods, and the classes (cm/node_container_manager_linux.go, qos_container_manager_linux.go). */
export function nodeCgroups(world: KubeletWorld, node: NodeRow): readonly CgroupView[] {
  const { root, qos: burstable } = pathsOf(world.cgroups, 'Burstable', '')
  const best = pathsOf(world.cgroups, 'BestEffort', '').qos
  let request = 0
  for (const key of world.byNode.keys(node.name)) {
    const row = world.pods.get(key)!
    if (isActive(row) && qosOf(row.pod) === 'Burstable') request += podRequests(row.pod).milliCpu
  }
  return [
    { path: '/', label: '/sys/fs/cgroup', depth: 0, kind: 'root', of: '', figures: [] },
    { path: root, label: label(root), depth: 1, kind: 'kubepods', of: '', figures: [directoryWeight(node.milliCpu, say('from.capacity', { what: 'cpu', amount: `${node.milliCpu}m` }), 'why.kubepodsWeight'), memoryMax(node.memory, undefined, say('from.capacity', { what: 'memory', amount: `${node.memory}` }), 'why.kubepodsMemory')] },
    { path: burstable, label: label(burstable), depth: 2, kind: 'qos', of: 'Burstable', figures: [directoryWeight(request, say('from.burstable', { amount: `${request}m` }), 'why.burstableWeight')] },
    { path: best, label: label(best), depth: 2, kind: 'qos', of: 'BestEffort', figures: [directoryWeight(0, say('from.bestEffort'), 'why.bestEffortWeight')] },
  ]
}

/** A pod that takes part in its class's sum: not over and not yet cleared away. */
export const isActive = (row: PodRow): boolean => (row.life === 'sync' || row.life === 'terminating') && !row.rejected

/** The way from the root of the tree to a pod, and what is below it. */
export function podCgroups(world: KubeletWorld, row: PodRow, node: NodeRow, now: Micros, processes: (container: string) => number): readonly CgroupView[] {
  const qos = qosOf(row.pod)
  const paths = pathsOf(world.cgroups, qos, row.uid)
  const above = nodeCgroups(world, node).filter(({ kind, of }) => kind !== 'qos' || of === qos)
  const depth = above.length
  const rows: CgroupView[] = [...above, { path: paths.pod, label: label(paths.pod), depth, kind: 'pod', of: `${row.pod.metadata.namespace}/${row.pod.metadata.name}`, figures: podFigures(world, row.pod) }]
  if (row.sandbox.id) rows.push({ path: paths.scope(row.sandbox.id), label: label(paths.scope(row.sandbox.id)), depth: depth + 1, kind: 'pause', of: 'pause', figures: [containerWeight(0, say('from.pause')), { file: 'oom_score_adj', value: '-998', from: say('from.pause'), why: say('why.oomPause'), lines: ['-998'] }] })
  for (const name of Object.keys(row.machine?.containers ?? {})) {
    const container = [...(row.pod.spec.initContainers ?? []), ...row.pod.spec.containers, ...((row.pod.spec.ephemeralContainers ?? []) as readonly Container[])].find((c) => c.name === name)
    const state = row.machine!.containers[name]!
    if (!container || row.containers[name]?.run?.state === 'exited') continue
    rows.push({ path: state.cgroup, label: label(state.cgroup), depth: depth + 1, kind: 'container', of: name, figures: [...containerFigures(world, row, container, node), ...counters(usageOf(world, row, name, now), processes(name))] })
  }
  return rows
}
