import { unixSeconds, type Micros } from '../../../engine/time.ts'
import type { HostContainer, HostPod } from '../../linux/host.ts'
import { observe, writtenBy } from '../consumption.ts'
import { spentBy } from '../spent.ts'
import type { PodRow } from '../state.ts'
import { containerUsage, nodeUsage } from '../usage.ts'
import { containerNamed, type KubeletWorld } from '../world.ts'
import type { Metric, Sample } from './exposition.ts'
import { nodeSpent, podsOn, runningIn, sumOf, volumeStats } from './stats-summary.ts'

type Labels = Sample['labels']
const family = (name: string, type: Metric['type'], help: string, samples: readonly Sample[]): Metric => ({ name, type, help, samples })
const unixMillis = (at: Micros): number => unixSeconds(at) * 1000 + Math.floor((at % 1_000_000) / 1000)
const secondsOf = (us: Micros): number => us / 1_000_000
const unix = (at: Micros): number => unixMillis(at) / 1000

/** GET /metrics/resource: what the metrics server asks for (pkg/kubelet/metrics/collectors, resource_metrics.go). */
export function resourceMetrics(world: KubeletWorld, name: string, now: Micros): readonly Metric[] {
  const at = unixMillis(now)
  const node = nodeUsage(world, name, now)
  const pods = podsOn(world, name).map((row) => {
    const { metadata } = row.pod
    return { labels: [['namespace', metadata.namespace ?? ''], ['pod', metadata.name]] as Labels, running: runningIn(world, row, now) }
  })
  const each = (value: (c: ReturnType<typeof runningIn>[number]) => number, timed = true): readonly Sample[] => pods.flatMap(({ labels, running }) => running.map((c) => ({ labels: [['container', c.name] as const, ...labels], value: value(c), ...(timed ? { at } : {}) })))
  const all = (value: (used: ReturnType<typeof sumOf>) => number): readonly Sample[] => pods.filter((p) => p.running.length > 0).map(({ labels, running }) => ({ labels, value: value(sumOf(running)), at }))
  return [
    family('container_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the container in core-seconds', each((c) => secondsOf(c.spent))),
    family('container_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the container in bytes', each((c) => c.memory)),
    family('container_start_time_seconds', 'gauge', '[STABLE] Start time of the container since unix epoch in seconds', each((c) => unix(c.startedAt), false)),
    family('container_swap_usage_bytes', 'gauge', '[ALPHA] Current amount of the container swap usage in bytes. Reported only on non-windows systems', each(() => 0)),
    family('node_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the node in core-seconds', [{ labels: [], value: secondsOf(nodeSpent(world, world.nodes.get(name)!, now)), at }]),
    family('node_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the node in bytes', [{ labels: [], value: node.memory, at }]),
    family('node_swap_usage_bytes', 'gauge', '[ALPHA] Current swap usage of the node in bytes. Reported only on non-windows systems', [{ labels: [], value: 0, at }]),
    family('pod_cpu_usage_seconds_total', 'counter', '[STABLE] Cumulative cpu time consumed by the pod in core-seconds', all((u) => secondsOf(u.spent))),
    family('pod_memory_working_set_bytes', 'gauge', '[STABLE] Current working set of the pod in bytes', all((u) => u.memory)),
    family('pod_swap_usage_bytes', 'gauge', '[ALPHA] Current amount of the pod swap usage in bytes. Reported only on non-windows systems', all(() => 0)),
    family('resource_scrape_error', 'gauge', '[STABLE] 1 if there was an error while getting container metrics, 0 otherwise', [{ labels: [], value: 0 }]),
  ]
}

const NOBODY = { uid: '' } as PodRow
const NO_LIMIT = 0

interface Group {
  readonly labels: Labels
  readonly cpu: { readonly spent: Micros; readonly periods?: number; readonly throttled?: number; readonly waited?: Micros }
  readonly memory: number
  readonly startedAt: Micros
  readonly limits?: Pick<HostContainer, 'cpu' | 'memoryLimit'>
  readonly tasks: number
}

const labelsOf = (id: string, pod?: HostPod, container?: HostContainer): Labels => [
  ['container', container?.name ?? ''], ['id', id], ['image', container?.image ?? ''], ['name', container?.id ?? ''], ['namespace', pod?.namespace ?? ''], ['pod', pod?.name ?? ''],
]

/** GET /metrics/cadvisor: the cgroups of the node with what each uses and may use. */
export function cadvisorMetrics(world: KubeletWorld, name: string, now: Micros): readonly Metric[] {
  const node = world.nodes.get(name)!
  const host = world.hostView(name, now, { ...NOBODY, node: name })
  const groups: Group[] = [{ labels: labelsOf('/'), cpu: { spent: nodeSpent(world, node, now) }, memory: nodeUsage(world, name, now).memory, startedAt: node.bootedAt, tasks: host.processes.length }]
  const written: Sample[] = []
  for (const pod of host.pods) {
    const row = world.pods.get(pod.key)
    if (!row || !pod.ready) continue
    const running = runningIn(world, row, now)
    groups.push({ labels: labelsOf(pod.cgroup, pod), cpu: { spent: sumOf(running).spent }, memory: sumOf(running).memory, startedAt: pod.createdAt, limits: pod, tasks: host.processes.filter((p) => p.of?.pod === pod.key).length + 1 })
    for (const container of pod.containers.filter((c) => c.state === 'running')) {
      const spent = spentBy(world, row, container.name, now)
      const labels = labelsOf(container.cgroup, pod, container)
      groups.push({ labels, cpu: { spent: spent.usage, ...(container.cpu.cpuQuota === undefined ? {} : spent) }, memory: containerUsage(world, row, container.name, now)?.memory ?? 0, startedAt: container.startedAt ?? now, limits: container, tasks: host.processes.filter((p) => p.cgroup === container.cgroup).length })
      const { root } = writtenBy(world, row, containerNamed(row.pod, container.name)!, now)
      written.push({ labels: [labels[0]!, ['device', '/dev/vda1'], ...labels.slice(1)], value: root.bytes, at: unixMillis(now) })
    }
  }
  const at = unixMillis(now)
  const of = (value: (g: Group) => number | undefined): readonly Sample[] => groups.flatMap((g) => (value(g) === undefined ? [] : [{ labels: g.labels, value: value(g)!, at }]))
  const limited = (value: (l: NonNullable<Group['limits']>) => number | undefined): readonly Sample[] => of((g) => g.limits && value(g.limits))
  const disk = observe(world, name, now)['nodefs.available']
  const root: Labels = [['container', ''], ['device', '/dev/vda1'], ['id', '/'], ['image', ''], ['name', ''], ['namespace', ''], ['pod', '']]
  return [
    family('container_cpu_cfs_periods_total', 'counter', 'Number of elapsed enforcement period intervals.', of((g) => g.cpu.periods)),
    family('container_cpu_cfs_throttled_periods_total', 'counter', 'Number of throttled period intervals.', of((g) => g.cpu.throttled)),
    family('container_cpu_cfs_throttled_seconds_total', 'counter', 'Total time duration the container has been throttled.', of((g) => (g.cpu.waited === undefined ? undefined : secondsOf(g.cpu.waited)))),
    family('container_cpu_usage_seconds_total', 'counter', 'Cumulative cpu time consumed in seconds.', groups.map((g) => ({ labels: [g.labels[0]!, ['cpu', 'total'] as const, ...g.labels.slice(1)], value: secondsOf(g.cpu.spent), at }))),
    family('container_fs_limit_bytes', 'gauge', 'Number of bytes that can be consumed by the container on this filesystem.', [{ labels: root, value: disk.capacity, at }]),
    family('container_fs_usage_bytes', 'gauge', 'Number of bytes that are consumed by the container on this filesystem.', [{ labels: root, value: disk.capacity - disk.available, at }, ...written]),
    family('container_last_seen', 'gauge', 'Last time a container was seen by the exporter', of(() => unixSeconds(now))),
    family('container_memory_rss', 'gauge', 'Size of RSS in bytes.', of((g) => g.memory)),
    family('container_memory_usage_bytes', 'gauge', 'Current memory usage in bytes, including all memory regardless of when it was accessed', of((g) => g.memory)),
    family('container_memory_working_set_bytes', 'gauge', 'Current working set in bytes.', of((g) => g.memory)),
    family('container_processes', 'gauge', 'Number of processes running inside the container.', of((g) => g.tasks)),
    family('container_spec_cpu_period', 'gauge', 'CPU period of the container.', limited((l) => l.cpu.cpuPeriod)),
    family('container_spec_cpu_quota', 'gauge', 'CPU quota of the container.', limited((l) => l.cpu.cpuQuota)),
    family('container_spec_cpu_shares', 'gauge', 'CPU share of the container.', limited((l) => l.cpu.cpuShares)),
    family('container_spec_memory_limit_bytes', 'gauge', 'Memory limit for the container.', limited((l) => l.memoryLimit ?? NO_LIMIT)),
    family('container_start_time_seconds', 'gauge', 'Start time of the container since unix epoch in seconds.', of((g) => unixSeconds(g.startedAt))),
    family('machine_cpu_cores', 'gauge', 'Number of logical CPU cores.', [{ labels: [['boot_id', ''], ['machine_id', ''], ['system_uuid', '']], value: host.cpus }]),
    family('machine_memory_bytes', 'gauge', 'Amount of memory installed on the machine.', [{ labels: [['boot_id', ''], ['machine_id', ''], ['system_uuid', '']], value: node.memory }]),
  ]
}

/** GET /metrics: of the many things that a kubelet tells of itself, those that the model knows. */
export function kubeletMetrics(world: KubeletWorld, name: string, now: Micros): readonly Metric[] {
  const rows = podsOn(world, name)
  const states = new Map<string, number>()
  for (const row of rows) for (const { run } of Object.values(row.containers)) if (run) states.set(run.state, (states.get(run.state) ?? 0) + 1)
  const fs = observe(world, name, now)
  const room = { available: fs['nodefs.available'].available, capacity: fs['nodefs.available'].capacity, inodesFree: fs['nodefs.inodesFree'].available, inodes: fs['nodefs.inodesFree'].capacity }
  const claims = rows.flatMap((row) => volumeStats(world, row, room, now).map((v) => v.stats)) as readonly Record<string, unknown>[]
  const ofClaims = (field: string): readonly Sample[] => claims.flatMap((stats) => {
    const claim = stats['pvcRef'] as { readonly name: string; readonly namespace: string } | undefined
    return claim ? [{ labels: [['namespace', claim.namespace], ['persistentvolumeclaim', claim.name]] as Labels, value: stats[field] as number }] : []
  })
  return [
    family('kubelet_node_name', 'gauge', "[ALPHA] The node's name. The count is always 1.", [{ labels: [['node', name]], value: 1 }]),
    family('kubelet_running_containers', 'gauge', '[ALPHA] Number of containers currently running', [...states].sort(([a], [b]) => (a < b ? -1 : 1)).map(([state, value]) => ({ labels: [['container_state', state]], value }))),
    family('kubelet_running_pods', 'gauge', '[ALPHA] Number of pods that have a running pod sandbox', [{ labels: [], value: rows.length }]),
    family('kubelet_volume_stats_available_bytes', 'gauge', '[ALPHA] Number of available bytes in the volume', ofClaims('availableBytes')),
    family('kubelet_volume_stats_capacity_bytes', 'gauge', '[ALPHA] Capacity in bytes of the volume', ofClaims('capacityBytes')),
    family('kubelet_volume_stats_inodes', 'gauge', '[ALPHA] Maximum number of inodes in the volume', ofClaims('inodes')),
    family('kubelet_volume_stats_inodes_free', 'gauge', '[ALPHA] Number of free inodes in the volume', ofClaims('inodesFree')),
    family('kubelet_volume_stats_inodes_used', 'gauge', '[ALPHA] Number of used inodes in the volume', ofClaims('inodesUsed')),
    family('kubelet_volume_stats_used_bytes', 'gauge', '[ALPHA] Number of used bytes in the volume', ofClaims('usedBytes')),
  ]
}
