import type { Kernel } from './kernel.ts'
import type { ContainerState } from './machine.ts'

/** How much of the processor and memory a container may use: what requests and limits become (kubelet: cm/helpers_linux.go). */
export interface CgroupLimits {
  readonly cpuShares: number
  /** µs of processor time a period; undefined: no limit. */
  readonly cpuQuota?: number
  readonly cpuPeriod: number
}

const MIN_SHARES = 2
const MAX_SHARES = 262_144
const PERIOD = 100_000
const MIN_QUOTA = 1_000

/** 250m → 256 shares. */
export const sharesOf = (milliCpu: number): number => Math.min(MAX_SHARES, Math.max(MIN_SHARES, Math.floor((milliCpu * 1024) / 1000)))

/** 250m → 25,000 µs of each 100 ms; nothing without a limit. */
export const quotaOf = (milliCpu: number): number | undefined => (milliCpu === 0 ? undefined : Math.max(MIN_QUOTA, Math.floor((milliCpu * PERIOD) / 1000)))

/**
 * cpu.shares of cgroup v1 as cpu.weight of v2 (opencontainers/cgroups: ConvertCPUSharesToCgroupV2Value): a quadratic in the
 * logarithm through (2, 1), (1024, 100) and (262144, 10000).
 */
export function weightOf(shares: number): number {
  if (shares <= MIN_SHARES) return 1
  if (shares >= MAX_SHARES) return 10_000
  const l = log2(shares)
  const exponent = (l * l + 125 * l) / 612 - 7 / 34
  return Math.ceil(powerOfTen(exponent))
}

/**
 * The weight of a directory that the kubelet makes itself (all pods, a QoS class, a pod): a line where the runtime's is a curve
 * (pkg/kubelet/cm, cgroup_manager_linux.go: getCPUWeight).
 */
export const kubeletWeightOf = (shares: number): number => (shares >= MAX_SHARES ? 10_000 : 1 + Math.floor(((shares - MIN_SHARES) * 9999) / (MAX_SHARES - MIN_SHARES)))

/** log2 by repeated squaring: only exact operations, so that every engine gives the same bits. */
export function log2(x: number): number {
  let whole = 0
  let rest = x
  while (rest >= 2) {
    rest /= 2
    whole++
  }
  let fraction = 0
  let bit = 0.5
  for (let i = 0; i < 40; i++) {
    rest *= rest
    if (rest >= 2) {
      rest /= 2
      fraction += bit
    }
    bit /= 2
  }
  return whole + fraction
}

/** 10^x by square roots of ten. */
function powerOfTen(x: number): number {
  let result = 1
  let whole = Math.floor(x)
  let fraction = x - whole
  for (; whole > 0; whole--) result *= 10
  for (; whole < 0; whole++) result /= 10
  let root = 10
  for (let i = 0; i < 45; i++) {
    root = Math.sqrt(root)
    fraction *= 2
    if (fraction >= 1) {
      result *= root
      fraction -= 1
    }
  }
  return Math.round(result * 1e9) / 1e9
}

const V1 = ['name=systemd', 'pids', 'blkio', 'freezer', 'devices', 'memory', 'cpuset', 'cpuacct', 'cpu']

/** /proc/N/cgroup: a path in the tree, relative to the reader's cgroup namespace. */
export function procCgroup(version: 'v1' | 'v2', path: string): string {
  if (version === 'v2') return `0::${path}\n`
  return `${V1.map((name, i) => `${V1.length - i}:${name}:${path}\n`).join('')}0::/\n`
}

/** The files of a container's cgroup. v1 has them by subsystem, v2 all in one directory. */
export function cgroupFiles(kernel: Kernel, container: ContainerState, subsystem: string): Readonly<Record<string, string>> {
  const tasks = [...kernel.tasks.values()].filter((t) => t.container === container.name && t.exit === undefined)
  const procs = tasks.map((t) => `${t.pid}\n`).join('')
  const used = Math.max(tasks.reduce((sum, t) => sum + (t.memory || 1_048_576), 0), kernel.setting.usage?.(container.name, kernel.now).memory ?? 0)
  const { cpu, memoryLimit, pidsLimit } = container
  const { usage, periods, throttled, waited } = kernel.setting.usage?.(container.name, kernel.now).spent ?? { usage: 0, periods: 0, throttled: 0, waited: 0 }
  if (kernel.setting.cgroups === 'v2') {
    return {
      'cgroup.controllers': 'cpuset cpu io memory hugetlb pids rdma misc\n', 'cgroup.procs': procs, 'cgroup.events': 'populated 1\nfrozen 0\n',
      'cpu.max': `${cpu.cpuQuota ?? 'max'} ${cpu.cpuPeriod}\n`, 'cpu.weight': `${weightOf(cpu.cpuShares)}\n`, 'cpu.stat': `usage_usec ${usage}\nuser_usec ${usage}\nsystem_usec 0\nnr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_usec ${waited}\n`,
      'memory.max': `${memoryLimit ?? 'max'}\n`, 'memory.current': `${used}\n`, 'memory.min': '0\n', 'memory.high': 'max\n', 'memory.swap.max': '0\n', 'memory.oom.group': `${container.oomGroup ? 1 : 0}\n`, 'memory.events': `low 0\nhigh 0\nmax 0\noom ${container.oomKilled ? 1 : 0}\noom_kill ${container.oomKilled ? 1 : 0}\n`,
      'pids.max': `${pidsLimit >= 4096 ? 'max' : pidsLimit}\n`, 'pids.current': `${tasks.length}\n`, 'io.max': '', 'cpuset.cpus': '\n',
    }
  }
  const common = { 'cgroup.procs': procs, tasks: procs }
  switch (subsystem) {
    case 'cpu':
    case 'cpuacct':
      return { ...common, 'cpu.shares': `${cpu.cpuShares}\n`, 'cpu.cfs_quota_us': `${cpu.cpuQuota ?? -1}\n`, 'cpu.cfs_period_us': `${cpu.cpuPeriod}\n`, 'cpu.stat': `nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time ${waited * 1000}\n`, 'cpuacct.usage': `${usage * 1000}\n` }
    case 'memory':
      return { ...common, 'memory.limit_in_bytes': `${memoryLimit ?? 9_223_372_036_854_771_712n}\n`, 'memory.usage_in_bytes': `${used}\n`, 'memory.soft_limit_in_bytes': '9223372036854771712\n' }
    case 'pids':
      return { ...common, 'pids.max': `${pidsLimit >= 4096 ? 'max' : pidsLimit}\n`, 'pids.current': `${tasks.length}\n` }
    case 'cpuset':
      return { ...common, 'cpuset.cpus': `0-${kernel.setting.cpus - 1}\n` }
    default:
      return common
  }
}

export const cgroupOf = (cpuRequest: number, cpuLimit: number): CgroupLimits => {
  const quota = quotaOf(cpuLimit)
  return { cpuShares: sharesOf(cpuRequest), cpuPeriod: PERIOD, ...(quota === undefined ? {} : { cpuQuota: quota }) }
}
