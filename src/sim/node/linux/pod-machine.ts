import type { Micros } from '../../engine/time.ts'
import { directory, file, link, withPath, type FsNode } from './fs.ts'
import { Kernel, type Ran } from './kernel.ts'
import type { KernelSetting } from './setting.ts'
import type { ContainerState, Credentials, Machine } from './machine.ts'
import { findProgram, isTooLong, programOf, DEFAULT_PATH, type NotFound } from './programs.ts'

import { ownSession } from './container.ts'

export { ownSession, withContainerMade, type ContainerConfig } from './container.ts'

/** An empty machine: a pod's sandbox before any container. */
export const newMachine = (made: Pick<Machine, 'now' | 'firstPid' | 'ip' | 'hostname' | 'network' | 'sharedPid' | 'hostPid'>): Machine => ({
  ...made, lastId: 0, containers: {}, processes: [], roots: {}, pipes: {}, open: {}, captures: {}, sessions: {}, asked: [],
})

/** Why a process cannot start: what runc says (libcontainer). */
export interface StartFailure {
  readonly code: number
  readonly message: string
}

const runcError = (argv0: string, why: NotFound): StartFailure => {
  const exec = `exec: ${JSON.stringify(argv0)}: `
  switch (why.why) {
    case 'no-path':
      return { code: 128, message: `${exec}executable file not found in $PATH` }
    case 'no-file':
      return { code: 128, message: `${exec}stat ${why.path}: no such file or directory` }
    case 'directory':
      return { code: 128, message: `${exec}is a directory` }
    case 'permission':
      return { code: 128, message: `${exec}permission denied` }
  }
}

/** Starts the first process of a container at `at`, or says why it cannot. */
export function startContainer(machine: Machine, setting: KernelSetting, name: string, argv: readonly string[], at: Micros): { readonly machine: Machine } | StartFailure {
  const kernel = new Kernel({ ...machine, now: at }, setting)
  const container = kernel.containers[name]!
  const found = begin(kernel, container, argv, container.env, container.user)
  if ('code' in found) return found
  const own = ownSession(name)
  const task = kernel.spawn(undefined, { container: name, user: container.user, cwd: container.cwd, env: container.env, fds: { 0: kernel.sessions[own] ? { k: 'session', id: own, stream: 'in' } : { k: 'null' }, 1: { k: 'log', stream: 'stdout' }, 2: { k: 'log', stream: 'stderr' } }, ...found, at })!
  kernel.containers[name] = { ...kernel.containers[name]!, main: task.id }
  if (kernel.sessions[own]) kernel.sessions[own] = { ...kernel.sessions[own], process: task.id }
  return { machine: kernel.freeze() }
}

function begin(kernel: Kernel, container: ContainerState, argv: readonly string[], env: Readonly<Record<string, string>>, user: Credentials) {
  const probe = { container: container.name, user, cwd: container.cwd, clock: kernel.now, fds: {}, env } as Parameters<Kernel['files']>[0]
  const world = kernel.files(probe)
  const found = findProgram(world, argv[0] ?? '', env['PATH'] ?? DEFAULT_PATH)
  if ('why' in found) return runcError(argv[0] ?? '', found)
  if (isTooLong(argv, env)) return { code: 128, message: `exec ${found.path}: argument list too long` }
  const started = programOf(world, found.node, found.path, argv, env)
  return started ?? { code: 128, message: `exec ${argv[0] ?? ''}: no such file or directory` }
}

/** Begins a command in a running container. Its output and end are in `machine.sessions[key]`. */
export function execIn(machine: Machine, setting: KernelSetting, name: string, key: string, argv: readonly string[], stdin: string, at: Micros, how: { readonly open?: boolean; readonly tty?: boolean } = {}): { readonly machine: Machine } | StartFailure {
  const kernel = new Kernel(machine, setting)
  kernel.run(at)
  kernel.now = Math.max(kernel.now, at)
  const container = kernel.containers[name]!
  const env = how.tty ? { ...container.env, TERM: 'xterm' } : container.env
  const found = begin(kernel, container, argv, env, container.user)
  if ('code' in found) return found
  const id = kernel.lastId + 1
  kernel.sessions[key] = { container: name, process: id, stdin, closed: !how.open, stdout: '', stderr: '', ...(how.tty ? { tty: true } : {}) }
  const task = kernel.spawn(undefined, {
    container: name, user: container.user, cwd: container.cwd, env,
    fds: { 0: { k: 'session', id: key, stream: 'in' }, 1: { k: 'session', id: key, stream: 'stdout' }, 2: { k: 'session', id: key, stream: 'stderr' } }, ...found, at, session: key,
  })
  if (!task) return { code: 128, message: "can't fork: Resource temporarily unavailable" }
  if (task.id !== id) kernel.sessions[key] = { ...kernel.sessions[key], process: task.id }
  return { machine: kernel.freeze() }
}

/** The machine at `at`, at most `budget` steps later. */
export function machineAt(machine: Machine, setting: KernelSetting, at: Micros, budget = 20_000): { readonly machine: Machine; readonly ran: Ran } {
  const kernel = new Kernel(machine, setting)
  const ran = kernel.run(at, budget)
  return { machine: kernel.freeze(), ran }
}

/** Directories of a tree as the group's own. */
const ofGroup = (node: FsNode, gid: number): FsNode => (node.t === 'd' ? { ...node, gid, mode: node.mode | 0o2000, entries: Object.fromEntries(Object.entries(node.entries).map(([name, child]) => [name, ofGroup(child, gid)])) } : node)

/** A volume's tree for token, config map and the like: files behind `..data`, as the kubelet's AtomicWriter lays them out. */
export function atomicTree(files: Readonly<Record<string, { readonly data: string; readonly mode: number; readonly mtime?: Micros; readonly uid?: number }>>, stamp: string, now: Micros, gid: number): FsNode {
  const mode = gid > 0 ? 0o3777 : 0o1777
  let inner: FsNode = directory({}, gid > 0 ? 0o2755 : 0o755, now, 0, gid)
  const tops: Record<string, FsNode> = {}
  for (const [path, { data, mode: bits, mtime = now, uid = 0 }] of Object.entries(files)) {
    // The group of the pod's volumes may read everything in them (pkg/volume: SetVolumeOwnership).
    inner = withPath(inner, path, { ...file(data, gid > 0 ? bits | 0o440 : bits, mtime), uid, gid }, now)
    const top = path.split('/')[0]!
    tops[top] = { ...link(`..data/${top}`, now), uid, gid }
  }
  if (gid > 0) inner = ofGroup(inner, gid)
  return directory({ [`..${stamp}`]: inner, '..data': { ...link(`..${stamp}`, now), gid }, ...tops }, mode, now, 0, gid)
}
