import type { Micros } from '../../engine/time.ts'
import type { ImageConfig } from '../../images/image.ts'
import type { CgroupLimits } from './cgroups.ts'
import type { FsNode } from './fs.ts'
import type { ContainerState, LogChunk, Mount, ProcessFacts } from './machine.ts'
import type { NamespaceKind } from './namespaces.ts'

/** A process of the node as its root sees it: a daemon of the node, or a process of a pod. */
export interface HostProcess extends ProcessFacts {
  readonly listens: readonly number[]
  readonly ns: Readonly<Record<NamespaceKind, number>>
  readonly network: { readonly kind: 'own' | 'host'; readonly ip: string }
  /** The node's number of its pod's user 0, where the pod has users of its own. */
  readonly idBase?: number
  /** Whose it is: row of the pod and number there; absent for daemons. */
  readonly of?: { readonly pod: string; readonly id: number }
}

/** A container of the node's runtime. */
export interface HostContainer {
  readonly name: string
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly attempt: number
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: Micros
  readonly startedAt?: Micros
  readonly ended?: { readonly at: Micros; readonly code: number; readonly reason: string }
  readonly image: string
  readonly imageDigest: string
  readonly pid: number
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cgroup: string
  readonly cpu: CgroupLimits
  readonly memoryLimit?: number
  readonly mounts: readonly Mount[]
  readonly usage: { readonly cpu: number; readonly memory: number }
  readonly log: LogChunk | null
  /** When its log was put aside. */
  readonly rotations?: readonly Micros[]
  /** The image by the name that the pod gives it. */
  readonly wanted?: string
  /** What it was made of, while the runtime has it. */
  readonly made?: ContainerState
}

/** A pod's sandbox with its containers, the present ones and those before. */
export interface HostPod {
  /** Row of the pod: "node namespace/name". */
  readonly key: string
  readonly name: string
  readonly namespace: string
  readonly uid: string
  readonly id: string
  readonly attempt: number
  readonly ready: boolean
  readonly createdAt: Micros
  readonly pid: number
  readonly ip: string
  readonly hostNetwork: boolean
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly qos: string
  readonly handler: string
  /** The pod's cgroup, and what it may use in all. */
  readonly cgroup: string
  readonly cpu: CgroupLimits
  readonly memoryLimit?: number
  readonly ns: Readonly<Record<NamespaceKind, number>>
  readonly link: number
  readonly containers: readonly HostContainer[]
  readonly volumes: readonly { readonly name: string; readonly plugin: string; readonly fs: string }[]
  readonly subPaths: readonly { readonly volume: string; readonly container: string; readonly index: number }[]
}

/** A program of the node that systemd runs. */
export interface HostUnit {
  readonly name: string
  readonly description: string
  readonly active: boolean
  readonly since: Micros
  readonly pid: number
  readonly command: string
  readonly journal: readonly { readonly at: Micros; readonly text: string }[]
}

/** An image as docker shows it. */
export interface HostImage {
  readonly reference: string
  readonly digest: string
  readonly size: number
  readonly config: ImageConfig
  readonly root: FsNode
  /** Bottom first. */
  readonly history: readonly { readonly createdBy: string; readonly size: number; readonly at: Micros }[]
}

/** All of a node that its root can see, worked out when it is looked at. */
export interface HostState {
  readonly name: string
  readonly address: string
  readonly processes: readonly HostProcess[]
  readonly pods: readonly HostPod[]
  readonly images: readonly { readonly reference: string; readonly digest: string; readonly size: number }[]
  readonly units: readonly HostUnit[]
  readonly mounts: readonly Mount[]
  readonly ns: Readonly<Record<NamespaceKind, number>>
  readonly cgroups: 'v1' | 'v2'
  readonly cpus: number
  /** What the pods' tree of cgroups may use in all (without the kubelet's threshold of eviction). */
  readonly allocatable: { readonly milliCpu: number; readonly memory: number; readonly pids: number }
  readonly used: { readonly cpu: number; readonly memory: number }
  /** An image that the node has, with what is in it. */
  image(name: string): HostImage | undefined
  /** A file system of a pod ("@<row>|<fs>") or one that is made up ("@|pods"). */
  root(fs: string): FsNode | undefined
}

/** The name of a pod's file system among those of the node. */
export const foreign = (pod: string, fs: string): string => `@${pod}|${fs}`
/** Row and file system behind such a name. */
export function ofForeign(name: string): readonly [string, string] {
  const bar = name.indexOf('|')
  return [name.slice(1, bar), name.slice(bar + 1)]
}

/** The node's end of a pod's link. */
export const vethOf = (sandbox: string): string => `veth${sandbox.slice(0, 8)}`
/** The name of a pod's network namespace under /run/netns. */
export const netnsOf = (sandbox: string): string => `cni-${[[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => sandbox.slice(from, to)).join('-')}`
