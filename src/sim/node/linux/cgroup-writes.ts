import type { Errno } from './errno.ts'

/** What a write to a file of a cgroup changes: the processor's quota or share, or the most of memory or processes. */
export interface GroupLimit {
  readonly path: string
  readonly cpu?: { readonly cpuQuota?: number; readonly cpuPeriod?: number; readonly cpuShares?: number }
  /** null: no limit. */
  readonly memoryLimit?: number | null
  readonly pidsLimit?: number
  /** A process that is to be moved there. */
  readonly pid?: number
}

const NO_PIDS_LIMIT = 4096

/** Reads a write to a cgroup's file (v2 and v1 names); an error as the kernel has it for what is no value or no file to write. */
export function groupLimit(file: string, text: string): GroupLimit | Errno {
  const slash = file.lastIndexOf('/')
  const path = file.slice(0, slash)
  const words = text.trim().split(/\s+/)
  const [first = '', second] = words
  const n = /^\d+$/.test(first) ? Number(first) : undefined
  switch (file.slice(slash + 1)) {
    case 'cpu.max': {
      if (n === undefined && first !== 'max') return 'EINVAL'
      if (n !== undefined && n < 1000) return 'EINVAL'
      if (second !== undefined && !(Number(second) >= 1000 && Number(second) <= 1_000_000)) return 'EINVAL'
      return { path, cpu: { ...(n === undefined ? {} : { cpuQuota: n }), cpuPeriod: second === undefined ? 100_000 : Number(second) } }
    }
    case 'cpu.cfs_quota_us':
      return n !== undefined || first === '-1' ? { path, cpu: n === undefined ? {} : { cpuQuota: n } } : 'EINVAL'
    case 'cpu.shares':
      return n === undefined ? 'EINVAL' : { path, cpu: { cpuShares: Math.min(262_144, Math.max(2, n)) } }
    case 'memory.max':
    case 'memory.limit_in_bytes':
      return n !== undefined ? { path, memoryLimit: n } : first === 'max' || first === '-1' ? { path, memoryLimit: null } : 'EINVAL'
    case 'pids.max':
      return n !== undefined ? { path, pidsLimit: n } : first === 'max' ? { path, pidsLimit: NO_PIDS_LIMIT } : 'EINVAL'
    case 'cgroup.procs':
    case 'tasks':
      return 'EBUSY'
    default:
      return 'EACCES'
  }
}
