/** What the page is told of the inside of nodes and pods (sim/observe/anatomy and its neighbours). Part of the wire (protocol.ts). */

/** A text with its values: `id` is a key of namespace "anatomy". */
export interface Saying {
  readonly id: string
  readonly params: Readonly<Record<string, string | number>>
}

/** A number of the kernel: its file, its value, the field that it comes from, and the formula with the numbers put in. */
export interface Figure {
  readonly file: string
  readonly value: string
  /** The same in cgroup v1, where it has a file there. */
  readonly v1?: { readonly file: string; readonly value: string }
  readonly from: Saying
  readonly why: Saying
  /** Lines of arithmetic; they need no translation. */
  readonly lines: readonly string[]
}

/** Where a kernel comes from: the node's own, a virtual machine's, or one that runs as a program. */
export interface KernelView {
  readonly release: string
  readonly cgroups: 'v1' | 'v2'
  readonly cpus: number
  readonly memory: number
  /** By a RuntimeClass: the handler, and what it puts between the pod and the node's kernel. */
  readonly guest: { readonly runtimeClass: string; readonly handler: string; readonly kind: 'vm' | 'user-space'; readonly release: string } | null
}

/** One band of the namespaces: the columns (0: the node, 1: pause, then containers) that are in the same one. */
export interface NamespaceBand {
  readonly kind: string
  readonly inode: number
  readonly columns: readonly number[]
  readonly scope: 'node' | 'pod' | 'own'
}

export interface ProcessView {
  /** Its number on the node; null where the node's own daemons are meant as a group. */
  readonly hostPid: number
  /** Its number in its own pid namespace; null: it is in the node's. */
  readonly pid: number | null
  readonly depth: number
  readonly command: string
  /** "pause", a container's name, or "" for the node's own. */
  readonly container: string
  readonly user: string
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
  readonly state: 'R' | 'S' | 'Z'
  readonly oomScore: number
  readonly capabilities: readonly string[]
  readonly allCapabilities: boolean
  readonly listens: readonly number[]
  readonly seccomp: boolean
  readonly noNewPrivileges: boolean
}

export interface MountView {
  readonly at: string
  readonly type: string
  readonly source: string
  readonly readOnly: boolean
  /** The pod's volume behind it, where it is one. */
  readonly volume: string | null
  readonly kind: 'volume' | 'pod' | 'kernel'
}

export interface LayerView {
  readonly digest: string
  readonly bytes: number
  /** Containers of the node that stand on the same layer, as "pod/container". */
  readonly sharedWith: readonly string[]
}

export interface ChangedPath {
  readonly path: string
  readonly kind: 'A' | 'C' | 'D'
}

export interface ContainerView {
  readonly name: string
  readonly role: 'init' | 'sidecar' | 'app' | 'ephemeral'
  readonly state: 'none' | 'created' | 'running' | 'exited'
  readonly id: string
  readonly image: string
  readonly digest: string
  readonly attempt: number
  /** Lines of the image's configuration: instruction and value. */
  readonly config: readonly (readonly [instruction: string, value: string])[]
  readonly layers: readonly LayerView[]
  readonly changes: readonly ChangedPath[]
  readonly moreChanges: number
  readonly mounts: readonly MountView[]
  readonly usage: UsageView | null
}

/** What a container uses now and has used since it started. CPU in thousandths of a core, memory in bytes. */
export interface UsageView {
  readonly cpu: number
  /** What it would use without a limit. */
  readonly cpuWanted: number
  readonly cpuLimit: number | null
  readonly cpuRequest: number
  readonly memory: number
  readonly memoryLimit: number | null
  readonly memoryRequest: number
  readonly cpuSeconds: number
  readonly periods: number
  readonly throttledPeriods: number
  readonly throttledSeconds: number
  readonly oomKills: number
}

/** A directory of the cgroup tree. */
export interface CgroupView {
  readonly path: string
  readonly label: string
  readonly depth: number
  readonly kind: 'root' | 'kubepods' | 'qos' | 'pod' | 'pause' | 'container'
  /** The container, or the pod as "namespace/name". */
  readonly of: string
  readonly figures: readonly Figure[]
}

/** The inside of one pod as its node's kernel has it. */
export interface PodAnatomy {
  readonly pod: string
  readonly node: string
  readonly qos: string
  readonly ip: string
  readonly hostname: string
  readonly kernel: KernelView
  readonly columns: readonly { readonly name: string; readonly detail: string; readonly kind: 'node' | 'pause' | 'container' }[]
  readonly bands: readonly NamespaceBand[]
  readonly processes: readonly ProcessView[]
  readonly containers: readonly ContainerView[]
  readonly cgroups: readonly CgroupView[]
}

/** The inside of one node: its pods with what they share, the daemons and processes, the cgroup tree above the pods. */
export interface NodeAnatomy {
  readonly node: string
  readonly up: boolean
  readonly kernel: KernelView
  readonly namespaces: readonly { readonly kind: string; readonly inode: number }[]
  readonly pods: readonly {
    readonly key: string
    readonly qos: string
    readonly ip: string
    readonly guest: KernelView['guest']
    /** Namespaces of the pod that are the node's own. */
    readonly host: readonly string[]
    readonly sharedPid: boolean
    readonly containers: readonly { readonly name: string; readonly state: ContainerView['state']; readonly processes: number; readonly cpu: number; readonly memory: number }[]
    readonly cpuWeight: number
    readonly cpu: number
    readonly memory: number
  }[]
  /** `inside`: its number in its own pid namespace, where it has one. */
  readonly processes: readonly { readonly pid: number; readonly inside: number | null; readonly depth: number; readonly command: string; readonly pod: string | null }[]
  readonly images: readonly { readonly reference: string; readonly bytes: number; readonly usedBy: number }[]
  readonly cgroups: readonly CgroupView[]
}

/** One call that the kubelet made for a pod, with the call to the runtime, the network or the storage behind it. */
export interface PodCall {
  readonly index: number
  readonly from: number
  readonly to: number
  readonly side: 'kubelet' | 'runtime' | 'network' | 'storage' | 'registry'
  /** "RunPodSandbox", "PullImage", "CNI ADD", "NodePublishVolume" … */
  readonly call: string
  /** The container, volume or image that it is about. */
  readonly about: string
  readonly ok: boolean
  readonly detail: Saying | null
}

/** A container's load: as declared, its present figures, what will come of it, and the next minutes as samples. */
export interface LoadView {
  readonly source: 'container' | 'pod' | 'namespace' | 'image'
  readonly containers: readonly {
    readonly name: string
    readonly declared: string
    readonly usage: UsageView | null
    /** Virtual time at which memory passes the limit; null: never, or there is no limit. */
    readonly oomAt: number | null
    /** Virtual time at which the processor is held back (now or next); null: never. */
    readonly throttledAt: number | null
    /** CPU and memory from now on, one value every `every` µs. */
    readonly every: number
    readonly cpuAhead: readonly number[]
    readonly memoryAhead: readonly number[]
  }[]
}

/** One instruction of a Dockerfile and what it makes. `cached`: null where nothing was built before. */
export interface DockerfileStep {
  readonly line: number
  readonly endLine: number
  readonly keyword: string
  readonly text: string
  readonly makes: 'base' | 'layer' | 'config' | 'none'
  readonly field: string | null
  readonly value: string | null
  /** Null: known only when it is run. */
  readonly bytes: number | null
  readonly key: string
  readonly cached: boolean | null
}

export interface DockerfileStage {
  readonly name: string
  readonly index: number
  readonly needed: boolean
  readonly isTarget: boolean
  readonly steps: readonly DockerfileStep[]
  readonly baseLayers: readonly { readonly digest: string; readonly bytes: number; readonly nodes: readonly string[] }[]
}

export interface DockerfileView {
  readonly faults: readonly { readonly line: number; readonly message: string }[]
  readonly warnings: readonly { readonly line: number; readonly message: string }[]
  readonly stages: readonly DockerfileStage[]
  readonly config: readonly (readonly [field: string, value: string])[]
}

export type AnatomyQuery =
  | { readonly type: 'dockerfile'; readonly text: string; readonly context: Readonly<Record<string, string>>; readonly before: string | null }
  | { readonly type: 'podAnatomy'; readonly key: string }
  | { readonly type: 'nodeAnatomy'; readonly name: string }
  | { readonly type: 'podCalls'; readonly key: string }
  | { readonly type: 'podLoad'; readonly key: string }
  /** A kubectl command given by a button; it is a command of the timeline like any other. */
  | { readonly type: 'kubectl'; readonly argv: readonly string[] }

export interface AnatomyAnswers {
  dockerfile: DockerfileView
  podAnatomy: PodAnatomy | null
  nodeAnatomy: NodeAnatomy | null
  podCalls: readonly PodCall[]
  podLoad: LoadView | null
  kubectl: { readonly lines: readonly { readonly text: string; readonly ok: boolean }[] }
}
