import type { Limits } from './limits.ts'
import type { Micros } from '../../engine/time.ts'
import type { CgroupLimits } from './cgroups.ts'
import type { FsNode } from './fs.ts'
import type { ShellState } from './shell/state.ts'
import type { Union } from './union.ts'
import type { UserNamespace } from './user-namespaces.ts'

/**
 * The part of a node's kernel that belongs to one pod: its processes, their namespaces, mounts, files and logs. A value: it is
 * copied when it changes, so it can lie in a table, be looked at ahead of time and be thrown away again.
 */
export interface Machine {
  readonly now: Micros
  /** Number of the last process made; host pids are counted from `firstPid`. */
  readonly lastId: number
  readonly firstPid: number
  readonly ip: string
  readonly hostname: string
  /** "bridge": an own network namespace; "host": the node's. */
  readonly network: 'own' | 'host'
  readonly sharedPid: boolean
  readonly hostPid: boolean
  /** Its processes have looked at the node, so that they cannot be run far ahead. */
  readonly looksAtNode?: true
  readonly containers: Readonly<Record<string, ContainerState>>
  readonly processes: readonly Process[]
  /** File systems by key: "root:<container>", "volume:<name>", "host". */
  readonly roots: Readonly<Record<string, FsNode>>
  /** File systems made of folders of others: mounts of overlay. */
  readonly unions?: Readonly<Record<string, Union>>
  readonly pipes: Readonly<Record<string, string>>
  readonly open: Readonly<Record<string, OpenFile>>
  readonly captures: Readonly<Record<string, string>>
  readonly sessions: Readonly<Record<string, Session>>
  /** Containers that `docker` has made here, by their id. */
  readonly docker?: Readonly<Record<string, DockerContainer>>
  /** Networks that `docker network create` has made, by name. */
  readonly dockerNetworks?: Readonly<Record<string, DockerNetwork>>
  /** Requests to the world outside the pod that wait for an answer. */
  readonly asked: readonly Asked[]
}

/** What docker keeps of a container; the container itself is that of the machine under `container`. */
export interface DockerContainer {
  readonly id: string
  readonly name: string
  readonly container: string
  readonly image: string
  readonly digest: string
  readonly argv: readonly string[]
  readonly createdAt: Micros
  readonly startedAt?: Micros
  readonly stopped?: { readonly at: Micros; readonly code: number }
  readonly ip: string
  readonly network: string
  readonly ports: readonly { readonly host: number; readonly container: number; readonly protocol: string }[]
  readonly binds: readonly string[]
  readonly labels: Readonly<Record<string, string>>
  readonly workingDir: string
  readonly entrypoint: readonly string[]
  readonly cmd: readonly string[]
}

/** A network of docker's containers. */
export interface DockerNetwork {
  readonly name: string
  /** 64 hexadecimal digits. */
  readonly id: string
  readonly driver: string
  /** First two numbers of its addresses: "172.18". */
  readonly subnet: string
  readonly createdAt: Micros
}

/** A mount in a container's mount namespace. `at` is inside the container, `from` a path inside file system `fs`. */
export interface Mount {
  readonly at: string
  readonly fs: string
  readonly from: string
  readonly readOnly: boolean
  readonly type: string
  readonly source: string
  readonly options: string
  /** A proc mount shows the processes of this pid namespace, a cgroup mount the groups below this path of the node's tree ("host": all); its own one where it says nothing (processes.ts). */
  readonly space?: string
  /** The path on the node that is bound here. */
  readonly origin?: string
  /** The kernel's own arrangement: not in the table of mounts. */
  readonly hidden?: true
}

/** Where a process differs from its container: after unshare, nsenter and chroot. Children inherit it. */
export interface View {
  readonly mounts?: readonly Mount[]
  /** Pid namespace (processes.ts). */
  readonly space?: string
  /** Pid namespace of its children, after unshare(CLONE_NEWPID) or setns. */
  readonly spaceForChildren?: string
  readonly hostname?: string
  readonly network?: { readonly kind: 'own' | 'host' | 'empty'; readonly ip: string }
  readonly cgroup?: string
  readonly capabilities?: number
  /** Its user namespace, where it is not the node's. */
  readonly users?: UserNamespace
  /** Inode numbers of namespaces that are not its container's. */
  readonly ns?: Readonly<Record<string, number>>
}

export interface ContainerState {
  readonly name: string
  readonly id: string
  readonly mounts: readonly Mount[]
  readonly env: Readonly<Record<string, string>>
  readonly user: Credentials
  readonly cwd: string
  /** Numbers of the namespaces that are its own (mnt, pid) in the node's table. */
  readonly lastPid: number
  readonly main: number
  readonly log: LogChunk | null
  readonly memoryLimit?: number
  readonly memorySwapped?: boolean
  readonly pidsLimit: number
  readonly cpu: CgroupLimits
  readonly oomKilled: boolean
  /** Does the kernel kill all processes of the cgroup together (cgroup v2)? */
  readonly oomGroup: boolean
  readonly capabilities: number
  readonly noNewPrivileges: boolean
  readonly seccomp: boolean
  readonly cgroup: string
  readonly oomScore: number
  readonly ended?: { readonly at: Micros; readonly code: number; readonly oom: boolean }
  /** Names of files that can be run though no image says what is in them: the image's own programs. */
  readonly ports: readonly number[]
  /** The container whose pid namespace it lives in, when that is not its own (an ephemeral container with a target). */
  readonly pidsOf?: string
  /** Its first process has a terminal (pod: tty). */
  readonly tty?: boolean
}

/** Output, newest first; `count` lines so far. A chunk is what one write wrote. */
export interface LogChunk {
  readonly at: Micros
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  readonly before: LogChunk | null
  readonly count: number
}

export interface Credentials {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

export interface OpenFile {
  readonly fs: string
  readonly names: readonly string[]
  readonly at: number
  readonly append: boolean
  readonly readOnly: boolean
  /** A file of the node's cgroup tree: its path there. */
  readonly group?: string
}

/** What a descriptor leads to. */
export type Descriptor =
  | { readonly k: 'null' }
  | { readonly k: 'zero' }
  | { readonly k: 'full' }
  | { readonly k: 'random' }
  /** `of`: the container whose log it is, when its process was started from another one. */
  | { readonly k: 'log'; readonly stream: 'stdout' | 'stderr'; readonly of?: string }
  | { readonly k: 'pipe'; readonly id: string; readonly end: 'r' | 'w' }
  | { readonly k: 'file'; readonly id: string }
  | { readonly k: 'capture'; readonly id: string }
  | { readonly k: 'session'; readonly id: string; readonly stream: 'in' | 'stdout' | 'stderr' }

/** One `exec` into a container: what it wrote, and how it ended. */
export interface Session {
  readonly container: string
  readonly process: number
  readonly stdin: string
  readonly closed: boolean
  readonly stdout: string
  readonly stderr: string
  readonly tty?: boolean
  /** What the terminal's line holds until Enter (the line discipline's canonical mode). */
  readonly line?: string
  /** It is the container's own input: what the terminal echoes goes to the container's log. */
  readonly own?: boolean
  readonly code?: number
  readonly endedAt?: Micros
}

/** A call that leaves the pod's network namespace. */
export interface Asked {
  readonly process: number
  readonly at: Micros
  readonly host: string
  readonly port: number
  readonly what: 'tcp' | 'http' | 'dns' | 'node'
  readonly path: string
  readonly body?: string
}

export interface Answer {
  readonly ok: boolean
  readonly status: number
  readonly body: string
  /** "connection refused", "timeout", "bad address" … */
  readonly error?: string
}

/** What a process waits for. */
export type Wait =
  | { readonly for: 'time'; readonly until: Micros }
  /** `stops`: also a child that was stopped is news (waitpid's WUNTRACED). */
  | { readonly for: 'child'; readonly ids: readonly number[]; readonly until?: Micros; readonly stops?: true }
  | { readonly for: 'any-child' }
  | { readonly for: 'input'; readonly fd: number; readonly until?: Micros }
  /** Files that are read to their end, to grow. */
  | { readonly for: 'growth'; readonly fds: readonly number[] }
  | { readonly for: 'answer'; readonly answer?: Answer; readonly until?: Micros }
  | { readonly for: 'ever' }

/** A process. `id` counts processes of this pod; `pid` is its number in its own pid namespace. */
export interface Process {
  readonly id: number
  readonly pid: number
  readonly parent: number
  /** Its own parent has ended; the first process of the namespace takes its status away at once. */
  readonly orphan: boolean
  readonly container: string
  readonly argv: readonly string[]
  readonly comm: string
  readonly user: Credentials
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  readonly fds: Readonly<Record<number, Descriptor>>
  readonly startedAt: Micros
  /** Its own clock: it has used the processor until then. */
  readonly clock: Micros
  readonly wait: Wait | null
  readonly program: ProgramState
  readonly signals: readonly string[]
  readonly session?: string
  readonly view?: View
  /** Its number outside of the pid namespace that it was made in. */
  readonly outer?: number
  readonly memory: number
  /** Ports on which it listens. */
  readonly listens: readonly number[]
  /** Its process group: id of its first process; 0: that of whoever began the session. */
  readonly group: number
  /** The signal that stopped it, until CONT; '': it is not. */
  readonly stopped: string
  /** Bits that new files do not get. */
  readonly umask: number
  /** Limits that were changed for it or for who started it (setrlimit). */
  readonly limits?: Limits
  /** Signals that it and what it starts do not mind. */
  readonly ignores: readonly string[]
  /** Set when it has ended and its parent has not yet asked how. */
  readonly exit?: number
  /** The signal that ended it. */
  readonly endedBy?: string
}

/** What can be seen of a process, by somebody in one pid namespace. */
export interface ProcessFacts extends Pick<Process, 'pid' | 'argv' | 'comm' | 'user' | 'cwd' | 'env' | 'startedAt' | 'memory'> {
  readonly ppid: number
  readonly sleeping: boolean
  readonly stopped?: string
  /** Numbers from the node's pid namespace inwards. */
  readonly nspid: readonly number[]
  /** Its pid namespace: "host", or the pod's and container's (processes.ts). */
  readonly space: string
  readonly cgroup: string
  readonly oomScore: number
  readonly capabilities: number
  readonly noNewPrivileges: boolean
  readonly seccomp: boolean
  readonly mounts: readonly Mount[]
  readonly hostname: string
  readonly users?: UserNamespace
}

export type ProgramState =
  | { readonly kind: 'shell'; readonly shell: ShellState }
  | { readonly kind: 'tool'; readonly name: string; readonly state: unknown }

/** More processes than this a container has not got: the model's own pids limit. */
export const RUNNING_AT_ONCE = 256

/** The number of a signal by name, as `kill -l` has it. */
export const SIGNALS: Readonly<Record<string, number>> = { HUP: 1, INT: 2, QUIT: 3, ILL: 4, TRAP: 5, ABRT: 6, BUS: 7, FPE: 8, KILL: 9, USR1: 10, SEGV: 11, USR2: 12, PIPE: 13, ALRM: 14, TERM: 15, CHLD: 17, CONT: 18, STOP: 19, TSTP: 20, TTIN: 21, TTOU: 22, XFSZ: 25, WINCH: 28 }

/** "9", "KILL" or "SIGKILL" as a name; undefined where there is no such signal. */
export function signalName(text: string): string | undefined {
  const upper = text.toUpperCase().replace(/^SIG/, '')
  if (upper in SIGNALS) return upper
  return Object.keys(SIGNALS).find((name) => String(SIGNALS[name]) === text)
}
