import type { Micros } from '../../engine/time.ts'
import { cgroupOf } from './cgroups.ts'
import { directory, file, link, withPath, type FsNode } from './fs.ts'
import { Kernel, type Ran } from './kernel.ts'
import type { KernelSetting } from './setting.ts'
import type { ContainerState, Credentials, Machine, Mount } from './machine.ts'
import { findProgram, programOf, DEFAULT_PATH, type NotFound } from './programs.ts'
import { DEVICES } from './rootfs.ts'

/** An empty machine: a pod's sandbox before any container. */
export const newMachine = (made: Pick<Machine, 'now' | 'firstPid' | 'ip' | 'hostname' | 'network' | 'sharedPid' | 'hostPid'>): Machine => ({
  ...made, lastId: 0, containers: {}, processes: [], roots: {}, pipes: {}, open: {}, captures: {}, sessions: {}, asked: [],
})

/** What the runtime is told of a container (CRI: ContainerConfig). */
export interface ContainerConfig {
  readonly name: string
  readonly id: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  readonly user: Credentials
  readonly root: FsNode
  readonly mounts: readonly Mount[]
  readonly readOnlyRoot: boolean
  readonly milliCpuRequest: number
  readonly milliCpuLimit: number
  readonly memoryLimit?: number
  readonly oomScore: number
  readonly oomGroup: boolean
  readonly capabilities: number
  readonly noNewPrivileges: boolean
  readonly seccomp: boolean
  readonly privileged: boolean
  readonly cgroup: string
  readonly cgroups: 'v1' | 'v2'
  readonly ports: readonly number[]
  readonly terminationPath: string
  /** Its input stays open for who attaches; without it the input is empty. */
  readonly stdin?: boolean
  readonly tty?: boolean
  /** The container whose pid namespace it joins. */
  readonly pidsOf?: string
  readonly layers: number
}

const PIDS = 4096
const RO = 'nosuid,nodev,noexec,relatime'
const V1 = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids']

const mount = (at: string, type: string, source: string, options: string, fs = '', from = '/'): Mount => ({ at, fs, from, readOnly: options.startsWith('ro'), type, source, options })

/** Mounts that are the same in all containers; they are shared. */
const PLAIN: readonly Mount[] = [
  mount('/proc', 'proc', 'proc', `rw,${RO}`),
  mount('/dev/pts', 'devpts', 'devpts', 'rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=666'),
  mount('/dev/mqueue', 'mqueue', 'mqueue', `rw,${RO}`),
]
const SYS: readonly Mount[] = ['ro', 'rw'].map((mode) => mount('/sys', 'sysfs', 'sysfs', `${mode},${RO}`))
const CGROUP2: readonly Mount[] = ['ro', 'rw'].map((mode) => mount('/sys/fs/cgroup', 'cgroup2', 'cgroup', `${mode},${RO}`))
const CGROUP1: readonly Mount[] = [
  mount('/sys/fs/cgroup', 'tmpfs', 'tmpfs', `rw,${RO},mode=755`, 'cgroup-root'),
  ...V1.map((s) => mount(`/sys/fs/cgroup/${s}`, 'cgroup', 'cgroup', `ro,${RO},${s}`)),
  mount('/sys/fs/cgroup/systemd', 'cgroup', 'cgroup', `ro,${RO},name=systemd`),
]
const HIDDEN: readonly Mount[] = [
  ...['bus', 'fs', 'irq', 'sys'].map((name) => ({ ...mount(`/proc/${name}`, 'proc', 'proc', `ro,${RO}`), fs: 'masked' })),
  mount('/proc/acpi', 'tmpfs', 'tmpfs', 'ro,relatime,size=4k,nr_inodes=1', 'masked'),
  ...['interrupts', 'keys', 'timer_list'].map((name) => ({ ...mount(`/proc/${name}`, 'tmpfs', 'tmpfs', 'rw,nosuid,size=65536k,mode=755', 'masked', '/null'), readOnly: true })),
  mount('/sys/firmware', 'tmpfs', 'tmpfs', 'ro,relatime,size=4k,nr_inodes=1', 'masked'),
]

/** The mounts that a container has before its volumes (containerd: oci.WithDefaultSpec). */
function baseMounts({ id, readOnlyRoot, cgroups, layers, privileged, name }: ContainerConfig): readonly Mount[] {
  const snapshots = '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots'
  const upper = Number.parseInt(id.slice(0, 4), 16)
  const overlay = `${readOnlyRoot ? 'ro' : 'rw'},relatime,lowerdir=${snapshots}/${layers}/fs,upperdir=${snapshots}/${upper}/fs,workdir=${snapshots}/${upper}/work,uuid=on`
  const mode = privileged ? 1 : 0
  return [mount('/', 'overlay', 'overlay', overlay, `root:${name}`), PLAIN[0]!, mount('/dev', 'tmpfs', 'tmpfs', 'rw,nosuid,size=65536k,mode=755', `dev:${name}`), ...PLAIN.slice(1), SYS[mode]!, ...(cgroups === 'v2' ? [CGROUP2[mode]!] : CGROUP1)]
}

/** What runc hides from a container that is not privileged: masked and read-only paths. */
const maskedMounts = ({ privileged }: ContainerConfig): readonly Mount[] => (privileged ? [] : HIDDEN)

const MASKED = directory({ null: { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,3' } })

/** The session of a container's own input, which `attach` types into. */
export const ownSession = (container: string): string => `own ${container}`

/** A container in the machine, with its file system and mounts, before its process starts. */
export function withContainerMade(machine: Machine, config: ContainerConfig): Machine {
  const { name, id } = config
  const isNew = !machine.containers[name] || machine.containers[name].id !== id
  const state: ContainerState = {
    name, id, mounts: [...baseMounts(config), ...config.mounts, ...maskedMounts(config)], env: config.env, user: config.user, cwd: config.cwd, lastPid: 0, main: 0, log: null,
    ...(config.memoryLimit === undefined ? {} : { memoryLimit: config.memoryLimit }),
    pidsLimit: PIDS, cpu: cgroupOf(config.milliCpuRequest, config.milliCpuLimit), oomKilled: false, oomGroup: config.oomGroup, capabilities: config.capabilities, noNewPrivileges: config.noNewPrivileges,
    seccomp: config.seccomp, cgroup: config.cgroup, oomScore: config.oomScore, ports: config.ports, ...(config.tty ? { tty: true } : {}), ...(config.pidsOf ? { pidsOf: config.pidsOf } : {}),
  }
  const sessions = config.stdin ? { ...machine.sessions, [ownSession(name)]: { container: name, process: 0, stdin: '', closed: false, stdout: '', stderr: '', own: true, ...(config.tty ? { tty: true } : {}) } } : machine.sessions
  let root = config.root
  // Mount points that the image has not got are made in the container's own layer.
  for (const mount of config.mounts) if (mount.at !== '/' && !mount.at.startsWith('/dev/') && !mount.at.startsWith('/proc/')) root = withMountPoint(root, mount, machine.now)
  const roots: Record<string, FsNode> = { ...machine.roots, [`root:${name}`]: isNew ? root : (machine.roots[`root:${name}`] ?? root), [`dev:${name}`]: DEVICES, masked: MASKED }
  if (config.cgroups === 'v1') roots['cgroup-root'] = directory(Object.fromEntries([...V1, 'systemd'].map((s) => [s, directory()])))
  return { ...machine, containers: { ...machine.containers, [name]: state }, roots, sessions }
}

function withMountPoint(root: FsNode, mount: Mount, now: Micros): FsNode {
  const isFile = mount.type === 'ext4' && /\/(hosts|hostname|resolv\.conf)$/.test(mount.at)
  return withPath(root, mount.at, isFile ? file('', 0o644, now) : directory({}, 0o755, now), now)
}

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

/** A volume's tree for token, config map and the like: files behind `..data`, as the kubelet's AtomicWriter lays them out. */
export function atomicTree(files: Readonly<Record<string, { readonly data: string; readonly mode: number }>>, stamp: string, now: Micros, gid: number, uid = 0): FsNode {
  const mode = gid > 0 ? 0o3777 : 0o1777
  let inner: FsNode = directory({}, gid > 0 ? 0o2755 : 0o755, now, 0, gid)
  const tops: Record<string, FsNode> = {}
  for (const [path, { data, mode: bits }] of Object.entries(files)) {
    inner = withPath(inner, path, { ...file(data, bits, now), uid, gid }, now)
    const top = path.split('/')[0]!
    tops[top] = { ...link(`..data/${top}`, now), uid, gid: 0 }
  }
  return directory({ [`..${stamp}`]: inner, '..data': link(`..${stamp}`, now), ...tops }, mode, now, 0, gid)
}
