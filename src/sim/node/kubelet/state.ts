import type { ResourceRequirements } from '../../api/container.ts'
import type { ContainerState, PodStatus } from '../../api/pod-status.ts'
import type { Pod } from '../../api/pod.ts'
import type { ReplyTo } from '../../client/transport.ts'
import type { Micros } from '../../engine/time.ts'
import type { LogChunk, Machine } from '../linux/machine.ts'
import type { KubeletFault } from './faults.ts'

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

/** One container of the runtime: `id` changes with every start. */
export interface Run {
  /** "containerd://…" */
  readonly id: string
  readonly attempt: number
  readonly state: 'created' | 'running' | 'exited'
  readonly createdAt: Micros
  readonly startedAt?: Micros
  readonly ended?: { readonly at: Micros; readonly code: number; readonly reason: string; readonly message?: string }
  readonly reference: string
  readonly imageID: string
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] }
  /** What the runtime was told to give it, last: CPU and memory (pkg/kubelet: actuated resources). */
  readonly resources?: ResourceRequirements
}

/** PodResizePending or PodResizeInProgress as the kubelet keeps it. */
export interface ResizeCondition {
  readonly reason?: string
  readonly message?: string
  readonly generation: number
  readonly since: Micros
  readonly probed: Micros
}

/** What the kubelet knows of a container by name: the present run, the one before, and the verdicts of its probes. */
export interface ContainerRow {
  readonly name: string
  readonly run?: Run
  readonly before?: Run
  readonly verdicts: Readonly<Partial<Record<ProbeKind, boolean>>>
  /** Probes whose command cannot be run: told once. */
  readonly errored?: Readonly<Partial<Record<ProbeKind, true>>>
  /** From an earlier kubelet: what the API server had of a container that the runtime has lost. */
  readonly lost?: { readonly state: ContainerState; readonly lastState?: ContainerState; readonly restarts: number }
}

/** A reason why a container could not be started, until it is (pkg/kubelet: reasonCache). */
export interface Reason {
  readonly reason: string
  readonly message: string
}

/** A back-off in force (client-go: flowcontrol.Backoff). */
export interface Backoff {
  readonly delay: Micros
  readonly since: Micros
}

/** What a sync still has to do, in order. */
export type Op =
  | { readonly op: 'stop-all'; readonly containers: readonly string[] }
  | { readonly op: 'sandbox' }
  | { readonly op: 'kill'; readonly container: string; readonly message: string; readonly grace: Micros }
  | { readonly op: 'start'; readonly container: string; readonly init: boolean }
  | { readonly op: 'resize'; readonly containers: readonly string[] }

/** The worker at work: syncing (waiting for volumes, then operations), or terminating. */
export interface Work {
  readonly kind: 'sync' | 'terminating' | 'terminated'
  readonly ops: readonly Op[]
  readonly stage: 'volumes' | 'op' | 'stopping' | 'sandbox' | 'finish'
  /** Something was done that the next look at the runtime shows. */
  readonly changed: boolean
  readonly failed: boolean
  /** When the earliest back-off of this sync is over, if all its failures are back-offs. */
  readonly backoffUntil?: Micros
  readonly otherError: boolean
  /** Containers that are being stopped, with the instant at which KILL is sent. */
  readonly stopping: Readonly<Record<string, Stopping>>
  /** Containers that this very sync has killed: it still takes them for running. */
  readonly killed?: readonly string[]
}

export interface Stopping {
  readonly id: string
  readonly phase: 'hook' | 'term' | 'waiting'
  readonly deadline: Micros
  readonly grace: Micros
}

export interface VolumeRow {
  readonly ready: boolean
  readonly tries: number
}

/** Somebody who follows an exec (its session) or, `own`, what a container's first process writes. */
export interface StreamRow {
  readonly then: ReplyTo
  readonly container: string
  /** The container's id: an attachment ends with that container. */
  readonly id: string
  readonly session: string
  /** It has an input that is still open. */
  readonly input: boolean
  readonly own: boolean
  readonly tty: boolean
  /** Attached: chunks of the log that were sent. */
  readonly sent: number
  /** That the process waits for input is known over there. */
  readonly told: boolean
  /** The container's input ends with its first attachment (stdinOnce). */
  readonly once: boolean
}

/** One pod in the hands of a kubelet. Rows are keyed "node namespace/name". */
export interface PodRow {
  readonly node: string
  /** The pod with the resources that this node has allocated for it. */
  readonly pod: Pod
  /** The pod as the API has it, while it asks for other resources than are allocated. */
  readonly desired?: Pod
  readonly resizing?: { readonly pending?: ResizeCondition; readonly progress?: ResizeCondition }
  readonly uid: string
  readonly addedAt: Micros
  readonly startTime: Micros
  readonly sandbox: { readonly state: 'none' | 'ready' | 'stopped'; readonly attempt: number; readonly id?: string; readonly pid: number; readonly inode: number; readonly idBase?: number }
  readonly ip?: string
  readonly machine?: Machine
  /** Logs of runs that were replaced, the last one of each container. */
  readonly previousLogs?: Readonly<Record<string, LogChunk | null>>
  /** When logs were put aside because they had become too large, for the run with this id. */
  readonly rotations?: Readonly<Record<string, { readonly id: string; readonly at: readonly Micros[] }>>
  /** Commands under way in its containers, with who is told of their end. */
  readonly execs?: Readonly<Record<string, ReplyTo>>
  /** Who follows what processes write: execs and attachments, by key. */
  readonly streams?: Readonly<Record<string, StreamRow>>
  /** Seq of the event in which the machine is looked at again. */
  readonly look?: number
  readonly containers: Readonly<Record<string, ContainerRow>>
  readonly reasons: Readonly<Record<string, Reason>>
  readonly backoffs: Readonly<Record<string, Backoff>>
  readonly volumes: Readonly<Record<string, VolumeRow>>
  readonly work?: Work
  /** A sync was asked for while one was under way. */
  readonly pending: boolean
  /** Seq of the event in which the next sync is due, 0 when none is. */
  readonly timer: number
  /** Where the pod stands with its worker. */
  readonly life: 'sync' | 'terminating' | 'terminated' | 'finished'
  /** Termination was asked for: why, and how much time there is. */
  readonly end?: { readonly grace: Micros; readonly reason?: string; readonly message?: string; readonly deleted: boolean; readonly since: Micros; readonly conditionReason?: string; readonly conditionMessage?: string; readonly evicted?: true }
  readonly patching: boolean
  /** The status that was made last, at the beginning of a sync. */
  readonly wanted?: PodStatus
  /** The status that was sent last. */
  readonly sent?: PodStatus
  readonly removing?: boolean
  /** It waits for a runtime that is down. */
  readonly blocked?: true
  /** A look at the runtime (PLEG) is due. */
  readonly pleg?: boolean
  readonly rejected?: Reason
  /** Devices that its containers have, by container and resource. */
  readonly devices?: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>
  /** The API server has it no more. */
  readonly gone?: boolean
  /** A new pod of the same name, which begins when this one is cleared away. */
  readonly next?: Pod
  /** It comes from the node's manifest folder. */
  readonly isStatic?: boolean
  /** Its image in the API. */
  readonly mirror?: { readonly uid: string; readonly going: boolean; readonly cleared: boolean }
  readonly mirrored?: boolean
}

export const withContainer = (row: PodRow, state: ContainerRow): PodRow => ({ ...row, containers: { ...row.containers, [state.name]: state } })

export interface StoredImage {
  readonly reference: string
  readonly digest: string
  readonly size: number
  /** When it was pulled, and when a container was made of it last; absent for those that the node came with. */
  readonly since?: Micros
  readonly usedAt?: Micros
}

/** What the eviction manager remembers (eviction_manager.go). Thresholds go by their ids, conditions by their types. */
export interface Pressure {
  /** Since when thresholds are met. */
  readonly since: Readonly<Record<string, Micros>>
  /** When conditions were seen last. */
  readonly seen: Readonly<Record<string, Micros>>
  /** Conditions in force. */
  readonly conditions: readonly string[]
  /** Thresholds that were met with their grace over and are not yet resolved. */
  readonly met: readonly string[]
  readonly evicting?: { readonly pods: readonly { readonly key: string; readonly uid: string }[]; readonly since: Micros }
}

/** Pods that end together when their machine is shut down. */
export interface ShutdownGroup {
  readonly priority: number
  readonly seconds: number
  readonly pods: readonly { readonly key: string; readonly uid: string }[]
}

/** What a device plugin offers under the name of a resource. */
export interface Devices {
  /** How many there are, called "<name>-0", "<name>-1" …, and how many of them work. */
  readonly ids: number
  readonly healthy: number
}

/** A pod that a kubelet has been told of and has not yet taken in hand. */
export interface Arrival {
  readonly pod: Pod
  readonly isStatic: boolean
}

/** A node's kubelet. */
export interface NodeRow {
  readonly name: string
  readonly uid: string
  /** The address that it reports as InternalIP. */
  readonly address: string
  /** The range of its pods; absent until the node controller has assigned one. */
  readonly podCIDR?: string
  readonly up: boolean
  /** The kubelet process runs; containers go on without it. */
  readonly kubelet: boolean
  /** Why it does not, when a fault is the reason. */
  readonly fault?: KubeletFault
  readonly runtime: boolean
  /** Since when it does not answer. */
  readonly runtimeDown?: Micros
  readonly ready: boolean
  /** References that the node has, with sizes. */
  readonly images: readonly StoredImage[]
  readonly layers: readonly string[]
  /** Pulls happen one by one: until then the puller is busy. */
  readonly pullingUntil: Micros
  /** What registryPullQPS had left when the last pull began. */
  readonly pullTokens?: { readonly at: Micros; readonly left: number }
  /** References that are in the queue already: who asks again finds the layers there. */
  readonly pulling?: Readonly<Record<string, Micros>>
  readonly lastAddress: number
  readonly lastPid: number
  readonly lastInode: number
  /** Phase of the PLEG's seconds. */
  readonly phase: Micros
  readonly bootedAt: Micros
  readonly milliCpu: number
  readonly memory: number
  /** Bytes of its disk. */
  readonly disk: number
  readonly hostName: string
  /** What the node's annotations declare, as it was read last. */
  readonly declared?: { readonly load: string; readonly devices: string }
  /** What programs of the node itself take besides the usual (bytes, inodes, processes): a command. */
  readonly extra?: { readonly memory?: number; readonly disk?: number; readonly inodes?: number; readonly pids?: number }
  readonly pressure?: Pressure
  /** The machine is being shut down: groups that are still to end, since when the first one is being ended. */
  readonly shutdown?: { readonly groups: readonly ShutdownGroup[]; readonly since: Micros; readonly begun: boolean }
  readonly devices?: Readonly<Record<string, Devices>>
  /** A look at the sizes of logs is due. */
  readonly rotates?: true
  /** A report of its status is due. */
  readonly reports?: true
  /** Pods that are ended one after another for a critical one, and pods that came meanwhile. */
  readonly preempting?: { readonly arrival: Arrival; readonly victims: readonly { readonly key: string; readonly uid: string }[]; readonly begun: boolean; readonly waiting: readonly Arrival[] }
  /** When the eviction manager looks next. */
  readonly housekeeping?: { readonly at: Micros; readonly seq: number }
  /** A collection of images is due. */
  readonly collects?: boolean
  /** When images are looked at because one is too old then (imageMaximumGCAge). */
  readonly ages?: Micros
  /** Pods whose resize waits, and the seq of the event in which they are tried again. */
  readonly resizes?: readonly string[]
  readonly resizeTimer?: number
  /** Watches of objects that pods' volumes show. */
  readonly followed?: readonly string[]
  /** Manifests of static pods by file name. */
  readonly manifests: Readonly<Record<string, Pod>>
}
