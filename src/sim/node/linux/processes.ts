import type { HostProcess } from './host.ts'
import type { Kernel, Task } from './kernel.ts'
import { Failure } from './errno.ts'
import type { Machine, Mount, ProcessFacts } from './machine.ts'
import { NAMESPACES, type NamespaceKind } from './namespaces.ts'

/**
 * Pid namespaces by name. "host": the node's; "pod": one for all containers of this machine; "own <container>": a container's;
 * "@<row>|<container>": another pod's ("@<row>|" where its containers share one); "new <id>": made by unshare in process `id`.
 */
export const HOST_SPACE = 'host'
const OWN = 'own '
const SYS_PTRACE = 19
const CAPABILITY_BITS: readonly number[] = Array.from({ length: 41 }, (_, bit) => bit)
const hasBit = (set: number, bit: number): boolean => Math.floor(set / 2 ** bit) % 2 === 1

/** A process as somebody in a pid namespace sees it. */
export interface Seen extends ProcessFacts {
  readonly network: { readonly kind: 'own' | 'host' | 'empty'; readonly ip: string }
  ns(kind: NamespaceKind): number
  /** A process of this machine, or of another one on the node. */
  readonly task?: Task
  readonly of?: HostProcess['of']
  readonly idBase?: number
}

/** The letter that ps shows: running, sleeping or stopped. */
export const stateOf = (p: Pick<Seen, 'sleeping' | 'stopped'>): 'R' | 'S' | 'T' => (p.stopped ? 'T' : p.sleeping ? 'S' : 'R')

export const containerSpace = (machine: Pick<Machine, 'hostPid' | 'sharedPid' | 'containers'>, container: string): string => (container.startsWith('docker:') ? OWN + container : machine.hostPid ? HOST_SPACE : machine.sharedPid ? 'pod' : OWN + (machine.containers[container]?.pidsOf ?? container))
export const spaceOf = (kernel: Kernel, task: Task): string => task.view?.space ?? containerSpace(kernel.machine, task.container)

/** The number of the namespace of a kind that a container is in (the inode that /proc/N/ns shows). */
export function namespaceOf(kernel: Kernel, container: string, kind: NamespaceKind): number {
  const { namespaces } = kernel.setting
  return namespaces[`${container}/${kind}`] ?? namespaces[`pod/${kind}`] ?? namespaces[kind] ?? 4_026_531_840
}

/** On the node, a process of this machine has this number. */
export const hostPid = (machine: Pick<Machine, 'firstPid'>, id: number): number => (id < 280 ? machine.firstPid + id : 1_000_000 + (machine.firstPid % 3000) * 1000 + (id % 1000))

/** The shim that is the parent of a pod's processes. */
export const shimPid = (machine: Pick<Machine, 'firstPid'>): number => machine.firstPid - 12

/** The number of a task in a pid namespace; undefined: it is not in it. */
function numberIn(kernel: Kernel, task: Task, space: string): number | undefined {
  const base = containerSpace(kernel.machine, task.container)
  const own = task.view?.space
  if (own === space || (own === undefined && base === space)) return task.pid
  // Inner namespaces lie in the container's one.
  if (own !== undefined && space === base) return task.outer ?? task.pid
  return space === HOST_SPACE ? hostPid(kernel.machine, task.id) : undefined
}

function seenTask(kernel: Kernel, task: Task, space: string, pid: number): Seen {
  const container = kernel.containers[task.container]!
  const parent = kernel.tasks.get(task.parent)
  const { machine } = kernel
  const view = task.view
  const outside = hostPid(machine, task.id)
  return {
    pid, ppid: (parent && numberIn(kernel, parent, space)) ?? (space === HOST_SPACE && kernel.host ? shimPid(machine) : 0), argv: task.argv, comm: task.comm, user: task.user, env: task.env, cwd: task.cwd, startedAt: task.startedAt, sleeping: task.wait !== null, ...(task.stopped ? { stopped: task.stopped } : {}), memory: task.memory || 1_048_576,
    nspid: [...(outside === task.pid ? [] : [outside]), ...(task.outer === undefined ? [] : [task.outer]), task.pid], space: spaceOf(kernel, task), cgroup: view?.cgroup ?? container.cgroup, oomScore: container.oomScore, capabilities: view?.capabilities ?? container.capabilities,
    noNewPrivileges: container.noNewPrivileges, seccomp: container.seccomp, mounts: view?.mounts ?? container.mounts, hostname: view?.hostname ?? machine.hostname, network: view?.network ?? { kind: machine.network, ip: machine.ip },
    ns: (kind) => view?.ns?.[kind] ?? namespaceOf(kernel, task.container, kind), task, ...(view?.users ? { users: view.users } : {}),
  }
}

function seenForeign(p: HostProcess, space: string, parents: ReadonlyMap<number, HostProcess>): Seen {
  const number = (q: HostProcess | undefined): number => (q ? (space === HOST_SPACE ? q.pid : q.space === space ? q.nspid.at(-1)! : 0) : 0)
  return { ...p, pid: number(p), ppid: number(parents.get(p.ppid)), ns: (kind) => p.ns[kind], ...(p.of ? { of: p.of } : {}) }
}

/** The pause process, which is number 1 of a pid namespace that a pod's containers share. */
function pauseOf(kernel: Kernel): Seen {
  const first = Object.values(kernel.containers)[0]!
  return {
    pid: 1, ppid: 0, argv: ['/pause'], comm: 'pause', user: { uid: 65_535, gid: 65_535, groups: [] }, env: {}, cwd: '/', startedAt: 0, sleeping: true, memory: 500_000, nspid: [kernel.machine.firstPid, 1], space: 'pod', cgroup: first.cgroup, oomScore: -998,
    capabilities: first.capabilities, noNewPrivileges: true, seccomp: first.seccomp, mounts: [], hostname: kernel.machine.hostname, network: { kind: kernel.machine.network, ip: kernel.machine.ip }, ns: (kind) => namespaceOf(kernel, 'pause', kind),
  }
}

/** Whose processes a mount of /proc shows: those of the namespace in which it was mounted. */
export const procSpace = (kernel: Kernel, task: Task, mount: Mount): string => mount.space ?? containerSpace(kernel.machine, task.container)

/** All processes of a pid namespace, by number. */
export function processesIn(kernel: Kernel, space: string): readonly Seen[] {
  const found: Seen[] = []
  if (space === 'pod' && kernel.machine.sharedPid) found.push(pauseOf(kernel))
  for (const task of kernel.tasks.values()) {
    if (task.exit !== undefined) continue
    const pid = numberIn(kernel, task, space)
    if (pid !== undefined) found.push(seenTask(kernel, task, space, pid))
  }
  if (space === HOST_SPACE || space.startsWith('@')) {
    const all = kernel.host?.processes ?? []
    const parents = new Map(all.map((p) => [p.pid, p]))
    for (const p of all) if (space === HOST_SPACE || p.space === space) found.push(seenForeign(p, space, parents))
  }
  return found.sort((a, b) => a.pid - b.pid)
}

/** The process that a number means in a pid namespace. */
export const processIn = (kernel: Kernel, space: string, pid: number): Seen | undefined => processesIn(kernel, space).find((p) => p.pid === pid)

/** The mounts and the place of a process, for who may look: with its user and no fewer capabilities, or CAP_SYS_PTRACE (kernel/ptrace.c). */
export function seenBy(kernel: Kernel, task: Task, proc: Mount, pid: number): { readonly mounts: readonly Mount[]; readonly cwd: string } | Failure | undefined {
  const target = processIn(kernel, procSpace(kernel, task, proc), pid)
  if (!target) return undefined
  const own = task.view?.capabilities ?? kernel.containers[task.container]!.capabilities
  const isLess = CAPABILITY_BITS.every((bit) => !hasBit(target.capabilities, bit) || hasBit(own, bit))
  const isSame = target.user.uid === task.user.uid && target.user.gid === task.user.gid
  if (target.task !== task && !((isSame && isLess) || (task.user.uid === 0 && hasBit(own, SYS_PTRACE)))) return new Failure('EACCES')
  return target.mounts.length === 0 ? undefined : { mounts: target.mounts, cwd: target.cwd }
}

/** Itself, as it sees itself. */
export const seenSelf = (kernel: Kernel, task: Task): Seen => seenTask(kernel, task, spaceOf(kernel, task), task.pid)

export const allNamespaces = (seen: Seen): Readonly<Record<NamespaceKind, number>> => Object.fromEntries(NAMESPACES.map((kind) => [kind, seen.ns(kind)])) as Record<NamespaceKind, number>
