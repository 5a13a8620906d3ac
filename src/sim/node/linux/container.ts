import type { Micros } from '../../engine/time.ts'
import { cgroupOf } from './cgroups.ts'
import { DEVICES } from './devices.ts'
import { directory, file, withPath, type FsNode } from './fs.ts'
import type { ContainerState, Credentials, Machine, Mount } from './machine.ts'

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
  /** The most processes at once; without one the node's own limit. */
  readonly pidsLimit?: number
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
  ...['bus', 'fs', 'irq', 'sys'].map((name) => ({ ...mount(`/proc/${name}`, 'proc', 'proc', `ro,${RO}`, 'masked', `/${name}`) })),
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
    pidsLimit: config.pidsLimit ?? PIDS, cpu: cgroupOf(config.milliCpuRequest, config.milliCpuLimit), oomKilled: false, oomGroup: config.oomGroup, capabilities: config.capabilities, noNewPrivileges: config.noNewPrivileges,
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
