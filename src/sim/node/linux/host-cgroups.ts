import { kubeletWeightOf, sharesOf, weightOf, type CgroupLimits } from './cgroups.ts'
import { directory, file, namesOf, type FsNode } from './fs.ts'
import type { HostState } from './host.ts'

/** One group of the node's tree with what it may use and uses. */
interface Group {
  readonly path: string
  readonly cpu?: CgroupLimits
  readonly memoryLimit?: number
  readonly memory: number
  readonly pids: readonly number[]
  readonly pidsMax?: number
}

const text = (data: string, mode = 0o644): FsNode => file(data, mode, 0)
const memo = new WeakMap<HostState, readonly Group[]>()

/** All groups: those of systemd, the tree of the pods (kubelet: cm/pod_container_manager), and each container's own. */
function groupsOf(host: HostState): readonly Group[] {
  let groups = memo.get(host)
  if (!groups) memo.set(host, (groups = made(host)))
  return groups
}

function made(host: HostState): readonly Group[] {
  const isV2 = host.cgroups === 'v2'
  const top = isV2 ? '/kubepods.slice' : '/kubepods'
  const qosPath = (qos: string): string => (isV2 ? `${top}/kubepods-${qos}.slice` : `${top}/${qos}`)
  const period = 100_000
  const groups: Group[] = [
    { path: '', memory: host.used.memory, pids: [] },
    { path: '/init.scope', memory: 12 << 20, pids: [1] },
    { path: '/system.slice', memory: 200 << 20, pids: [] },
    ...host.units.map((unit): Group => ({ path: `/system.slice/${unit.name}`, memory: 40 << 20, pids: unit.active ? host.processes.filter((p) => p.cgroup === `/system.slice/${unit.name}`).map((p) => p.pid) : [] })),
    { path: top, cpu: { cpuShares: sharesOf(host.allocatable.milliCpu), cpuPeriod: period }, memoryLimit: host.allocatable.memory, pidsMax: host.allocatable.pids, memory: 0, pids: [] },
  ]
  const burstable = host.pods.filter((p) => p.qos === 'Burstable')
  groups.push({ path: qosPath('besteffort'), cpu: { cpuShares: 2, cpuPeriod: period }, memory: 0, pids: [] })
  groups.push({ path: qosPath('burstable'), cpu: { cpuShares: Math.max(2, burstable.reduce((sum, p) => sum + p.cpu.cpuShares, 0)), cpuPeriod: period }, memory: 0, pids: [] })
  for (const pod of host.pods) {
    if (!pod.ready) continue
    groups.push({ path: pod.cgroup, cpu: pod.cpu, ...(pod.memoryLimit === undefined ? {} : { memoryLimit: pod.memoryLimit }), memory: 0, pids: [] })
    groups.push({ path: isV2 ? `${pod.cgroup}/cri-containerd-${pod.id}.scope` : `${pod.cgroup}/${pod.id}`, cpu: { cpuShares: 2, cpuPeriod: period }, memory: 500_000, pids: [pod.pid] })
    for (const c of pod.containers) {
      if (c.state !== 'running') continue
      groups.push({ path: c.cgroup, cpu: c.cpu, ...(c.memoryLimit === undefined ? {} : { memoryLimit: c.memoryLimit }), memory: c.usage.memory, pids: host.processes.filter((p) => p.cgroup === c.cgroup).map((p) => p.pid) })
    }
  }
  return groups.map((g) => (g.path === '' || g.memory > 0 ? g : { ...g, memory: groups.filter((o) => o.path.startsWith(`${g.path}/`)).reduce((sum, o) => sum + o.memory, 0) }))
}

function filesOf(host: HostState, group: Group, all: readonly Group[], subsystem: string): Readonly<Record<string, string>> {
  const procs = group.pids.map((pid) => `${pid}\n`).join('')
  const inside = all.filter((g) => g === group || g.path.startsWith(`${group.path}/`)).reduce((sum, g) => sum + g.pids.length, 0)
  const { cpu, memoryLimit, pidsMax, memory, path } = group
  if (host.cgroups === 'v1') {
    const common = { 'cgroup.procs': procs, tasks: procs }
    if (subsystem === 'cpu' || subsystem === 'cpuacct') return { ...common, 'cpu.shares': `${cpu?.cpuShares ?? 1024}\n`, 'cpu.cfs_quota_us': `${cpu?.cpuQuota ?? -1}\n`, 'cpu.cfs_period_us': `${cpu?.cpuPeriod ?? 100_000}\n` }
    if (subsystem === 'memory') return { ...common, 'memory.limit_in_bytes': `${memoryLimit ?? '9223372036854771712'}\n`, 'memory.usage_in_bytes': `${memory}\n`, 'memory.soft_limit_in_bytes': '9223372036854771712\n' }
    if (subsystem === 'cpuset') return { ...common, 'cpuset.cpus': `0-${host.cpus - 1}\n`, 'cpuset.mems': '0\n' }
    return subsystem === 'pids' ? { ...common, 'pids.max': `${pidsMax ?? 'max'}\n`, 'pids.current': `${inside}\n` } : common
  }
  const always = { 'cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n', 'cgroup.procs': procs, 'cgroup.subtree_control': 'cpuset cpu io memory hugetlb pids rdma misc\n', 'cpu.stat': 'usage_usec 0\nuser_usec 0\nsystem_usec 0\n' }
  if (path === '') return always
  return {
    ...always, 'cgroup.events': `populated ${inside > 0 ? 1 : 0}\nfrozen 0\n`, 'cpu.max': `${cpu?.cpuQuota ?? 'max'} ${cpu?.cpuPeriod ?? 100_000}\n`, 'cpu.weight': `${cpu ? (path.includes('cri-containerd') ? weightOf : kubeletWeightOf)(cpu.cpuShares) : 100}\n`,
    'memory.current': `${memory}\n`, 'memory.max': `${memoryLimit ?? 'max'}\n`, 'memory.high': 'max\n', 'memory.min': '0\n', 'memory.swap.max': path.includes('cri-containerd') ? '0\n' : 'max\n', 'pids.current': `${inside}\n`, 'pids.max': `${pidsMax ?? 'max'}\n`,
  }
}

/** A file or folder of /sys/fs/cgroup as the node has it. */
export function hostCgroup(host: HostState, subsystem: string, names: readonly string[]): FsNode | undefined {
  const groups = groupsOf(host)
  const whole = names.length === 0 ? '' : `/${names.join('/')}`
  const group = groups.find((g) => g.path === whole)
  if (group) {
    const files = Object.entries(filesOf(host, group, groups, subsystem)).map(([name, data]): [string, FsNode] => [name, text(data)])
    const folders = groups.filter((g) => g.path.startsWith(`${whole}/`) && g.path !== '').map((g): [string, FsNode] => [namesOf(g.path)[names.length]!, directory({}, 0o755, 0)])
    return directory(Object.fromEntries([...files, ...folders]), 0o755, 0)
  }
  const parent = groups.find((g) => g.path === (names.length === 1 ? '' : `/${names.slice(0, -1).join('/')}`))
  const data = parent && Object.entries(filesOf(host, parent, groups, subsystem)).find(([name]) => name === names.at(-1))?.[1]
  return data === undefined ? undefined : text(data)
}
