import type { Micros } from '../../engine/time.ts'
import type { HostState } from './host.ts'

/** What a container uses: thousandths of a processor and bytes now, and processor time since it started (µs; periods of 100 ms). */
export interface ContainerUse {
  readonly cpu: number
  readonly memory: number
  readonly spent?: { readonly usage: Micros; readonly periods: number; readonly throttled: number; readonly waited: Micros }
}

/** What the node tells its kernels: sizes, cgroup form, addresses. */
export interface KernelSetting {
  readonly nodeName: string
  readonly cgroups: 'v1' | 'v2'
  readonly cpus: number
  readonly memory: number
  readonly release: string
  /** Sizes of file systems that have a limit, by key. */
  readonly limits: Readonly<Record<string, number>>
  readonly bootedAt: Micros
  /** Namespace numbers: of the node, and of this pod's. */
  readonly namespaces: Readonly<Record<string, number>>
  /** The node's number of the pod's user 0, for pods with users of their own (hostUsers: false). */
  readonly idBase?: number
  /** Values of /proc/sys that the pod set. */
  readonly sysctls: Readonly<Record<string, string>>
  /** What a container uses by its declared load: thousandths of a processor, bytes. */
  readonly usage?: (container: string, at: Micros) => ContainerUse
  /** The whole node at an instant, for pods that share its namespaces or see its files. */
  readonly host?: (at: Micros) => HostState
}

export const NO_SETTING: KernelSetting = {
  nodeName: 'node', cgroups: 'v2', cpus: 4, memory: 8 * 1024 ** 3, release: '6.12.0', limits: {}, bootedAt: 0, namespaces: {}, sysctls: {},
}
