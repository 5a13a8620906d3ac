import { directory, file, link, namesOf, type FsNode } from './fs.ts'
import type { Kernel, Task } from './kernel.ts'
import { limitsText } from './limits.ts'
import type { Mount } from './machine.ts'
import { cgroupFiles, procCgroup } from './cgroups.ts'
import { hostCgroup } from './host-cgroups.ts'
import { vethOf } from './host.ts'
import { NAMESPACES } from './namespaces.ts'
import { mapText, podRange, uidSeen, userSeen, type UserNamespace } from './user-namespaces.ts'
import { HOST_SPACE, procSpace, processesIn, processIn, seenSelf, spaceOf, stateOf, type Seen } from './processes.ts'

export { NAMESPACES, type NamespaceKind } from './namespaces.ts'
export { namespaceOf } from './processes.ts'

const SYSCTLS: Readonly<Record<string, string>> = {
  'kernel/hostname': '', 'kernel/pid_max': '4194304\n', 'kernel/osrelease': '', 'kernel/shmmax': '18446744073692774399\n', 'net/ipv4/ip_forward': '1\n', 'net/ipv4/ip_local_port_range': '32768\t60999\n',
  'net/core/somaxconn': '4096\n', 'vm/overcommit_memory': '1\n', 'vm/max_map_count': '262144\n', 'fs/file-max': '9223372036854775807\n', 'net/ipv4/tcp_syncookies': '1\n', 'net/ipv4/ping_group_range': '0\t2147483647\n', 'net/ipv4/ip_unprivileged_port_start': '0\n',
}

const dir = (entries: Readonly<Record<string, FsNode>>, mode = 0o555): FsNode => directory(entries, mode, 0)
const text = (data: string, mode = 0o444): FsNode => file(data, mode, 0)

/** A node of /proc, /sys or another file system that the kernel makes up when it is looked at; `path` inside of the mount. */
export function pseudoNode(kernel: Kernel, task: Task, mount: Mount, path: string): FsNode | undefined {
  const names = namesOf(path)
  switch (mount.type) {
    case 'proc':
      return inProc(kernel, task, procSpace(kernel, task, mount), names)
    case 'cgroup2':
    case 'cgroup':
      return inCgroup(kernel, task, mount, names)
    case 'sysfs':
      return walk(dir({ fs: dir({ cgroup: dir({}) }), kernel: dir({}), class: dir({ net: dir(Object.fromEntries(linkNames(kernel, task).map((name) => [name, dir({})]))) }), devices: dir({}), firmware: dir({}) }), names)
    case 'mqueue':
      return names.length === 0 ? dir({}, 0o1777) : undefined
    default:
      return names.length === 0 ? dir({}, 0o755) : undefined
  }
}

function linkNames(kernel: Kernel, task: Task): readonly string[] {
  const network = task.view?.network?.kind ?? kernel.machine.network
  if (network === 'empty') return ['lo']
  return network === 'host' ? ['eth0', 'lo', ...(kernel.host?.pods ?? []).filter((p) => !p.hostNetwork && p.ready).map((p) => vethOf(p.id))] : ['eth0', 'lo']
}

function walk(root: FsNode, names: readonly string[]): FsNode | undefined {
  let node: FsNode | undefined = root
  for (const name of names) node = node?.t === 'd' && Object.hasOwn(node.entries, name) ? node.entries[name] : undefined
  return node
}

function inCgroup(kernel: Kernel, task: Task, mount: Mount, names: readonly string[]): FsNode | undefined {
  const subsystem = mount.type === 'cgroup' ? (mount.options.split(',').at(-1) ?? 'cpu') : ''
  const host = kernel.host
  if (host && mount.space === HOST_SPACE) return hostCgroup(host, subsystem, names)
  if (host && mount.space) return hostCgroup(host, subsystem, [...namesOf(mount.space), ...names])
  const container = kernel.containers[task.container]!
  return walk(dir(Object.fromEntries(Object.entries(cgroupFiles(kernel, container, subsystem)).map(([name, data]) => [name, text(data, 0o644)]))), names)
}

function inProc(kernel: Kernel, task: Task, space: string, [first, ...rest]: readonly string[]): FsNode | undefined {
  if (first === undefined) {
    const entries: Record<string, FsNode> = {}
    for (const p of processesIn(kernel, space)) entries[String(p.pid)] = dir({})
    for (const name of ['cpuinfo', 'meminfo', 'loadavg', 'uptime', 'version', 'cmdline', 'filesystems', 'stat']) entries[name] = text('')
    return dir({ ...entries, mounts: link('self/mounts', 0), self: link(String(spaceOf(kernel, task) === space ? task.pid : (task.outer ?? task.pid)), 0), sys: dir({}), net: link('self/net', 0) })
  }
  if (first === 'self' || first === 'thread-self') return rest.length === 0 ? link(String(spaceOf(kernel, task) === space ? task.pid : (task.outer ?? task.pid)), 0) : ofProcess(kernel, task, seenSelf(kernel, task), rest)
  if (/^\d+$/.test(first)) {
    const target = Number(first) === task.pid && spaceOf(kernel, task) === space ? seenSelf(kernel, task) : processIn(kernel, space, Number(first))
    return target && ofProcess(kernel, task, target, rest)
  }
  if (rest.length > 0 && first !== 'sys') return undefined
  const { setting, machine, now } = kernel
  const kb = (name: string, n: number): string => `${`${name}:`.padEnd(16)}${String(Math.floor(n / 1024)).padStart(8)} kB\n`
  switch (first) {
    case 'mounts':
      return rest.length === 0 ? link('self/mounts', 0) : undefined
    case 'cpuinfo':
      return text(Array.from({ length: setting.cpus }, (_, i) => `processor\t: ${i}\nvendor_id\t: Orrery\nmodel name\t: Virtual CPU\n\n`).join(''))
    case 'meminfo': {
      const used = kernel.host?.used.memory ?? setting.memory * 0.25
      const { memory } = setting
      return text([['MemTotal', memory], ['MemFree', memory * 0.85 - used], ['MemAvailable', memory - used], ['Buffers', memory * 0.01], ['Cached', memory * 0.12], ['SwapCached', 0], ['SwapTotal', 0], ['SwapFree', 0]].map(([name, n]) => kb(name as string, n as number)).join(''))
    }
    case 'loadavg':
      return text(`0.00 0.00 0.00 1/${processesIn(kernel, space).length} ${kernel.lastId}\n`)
    case 'uptime':
      return text(`${((now - setting.bootedAt) / 1e6).toFixed(2)} ${((now - setting.bootedAt) / 1e6).toFixed(2)}\n`)
    case 'version':
      return text(`Linux version ${setting.release} (orrery) #1 SMP\n`)
    case 'cmdline':
    case 'filesystems':
    case 'stat':
      return text('')
    case 'timer_list':
    case 'keys':
    case 'interrupts':
      return { t: 'c', mode: 0o666, uid: 0, gid: 0, mtime: 0, device: '1,3' }
    case 'sys': {
      const values: Readonly<Record<string, string>> = { ...SYSCTLS, 'kernel/hostname': `${task.view?.hostname ?? machine.hostname}\n`, 'kernel/osrelease': `${setting.release}\n`, ...setting.sysctls }
      const path = rest.join('/')
      if (Object.hasOwn(values, path)) return text(values[path]!, 0o644)
      const inside = [...new Set(Object.keys(values).filter((key) => path === '' || key.startsWith(`${path}/`)).map((key) => key.slice(path === '' ? 0 : path.length + 1).split('/')[0]!))]
      return inside.length > 0 ? dir(Object.fromEntries(inside.sort().map((name) => [name, text('')]))) : undefined
    }
    default:
      return undefined
  }
}

const hex16 = (n: number): string => n.toString(16).padStart(16, '0')

function statusText(p: Seen, reader: UserNamespace | undefined): string {
  // Who is root in its own user namespace has all capabilities there.
  const effective = (p.users ? uidSeen(p.users, p.user.uid) : p.user.uid) === 0 ? p.capabilities : 0
  const { uid, gid, groups } = userSeen(reader, p.user)
  return [
    `Name:\t${p.comm}`, 'Umask:\t0022', `State:\t${{ T: 'T (stopped)', S: 'S (sleeping)', R: 'R (running)' }[stateOf(p)]}`, `Tgid:\t${p.pid}`, `Pid:\t${p.pid}`, `PPid:\t${p.ppid}`,
    `Uid:\t${Array(4).fill(uid).join('\t')}`, `Gid:\t${Array(4).fill(gid).join('\t')}`, `Groups:\t${groups.join(' ')} `, `NSpid:\t${(p.nspid.includes(p.pid) ? p.nspid.slice(p.nspid.indexOf(p.pid)) : p.nspid).join('\t')}`,
    `VmRSS:\t${Math.floor(p.memory / 1024)} kB`, 'CapInh:\t0000000000000000', `CapPrm:\t${hex16(effective)}`, `CapEff:\t${hex16(effective)}`, `CapBnd:\t${hex16(p.capabilities)}`, 'CapAmb:\t0000000000000000',
    `NoNewPrivs:\t${p.noNewPrivileges ? 1 : 0}`, `Seccomp:\t${p.seccomp ? 2 : 0}`, `Seccomp_filters:\t${p.seccomp ? 1 : 0}`, '',
  ].join('\n')
}

function ofProcess(kernel: Kernel, task: Task, target: Seen, names: readonly string[]): FsNode | undefined {
  const base = target.task ? kernel.setting.idBase : target.idBase
  const [first, second] = names
  const tables: Readonly<Record<string, () => FsNode | undefined>> = {
    status: () => text(statusText(target, task.view?.users)),
    uid_map: () => text(mapText(target.users?.uids ?? podRange(base)), 0o644),
    gid_map: () => text(mapText(target.users?.gids ?? podRange(base)), 0o644),
    setgroups: () => text(`${target.users?.setgroups ?? 'allow'}\n`, 0o644),
    cmdline: () => text(target.argv.map((word) => `${word}\0`).join('')),
    comm: () => text(`${target.comm}\n`),
    environ: () => text(Object.entries(target.env).map(([k, v]) => `${k}=${v}\0`).join(''), 0o400),
    cgroup: () => text(cgroupText(kernel, task, target)),
    oom_score_adj: () => text(`${target.oomScore}\n`, 0o644),
    oom_score: () => text(`${Math.max(0, Math.min(2000, Math.floor((2000 + 2 * target.oomScore) / 3)))}\n`),
    limits: () => text(limitsText(target.task?.limits)),
    mounts: () => text(target.mounts.filter((m) => !m.hidden).map((m) => `${m.source} ${m.at} ${m.type} ${m.options} 0 0\n`).join('')),
    mountinfo: () => text(mountInfo(target.mounts)),
    stat: () => text(`${target.pid} (${target.comm}) ${stateOf(target)} ${target.ppid}\n`),
    ns: () => namespaceLinks(target, second),
    fd: () => descriptorsOf(task, target, second),
    cwd: () => link(target.cwd, 0),
    root: () => link('/', 0),
    exe: () => link(target.argv[0]?.startsWith('/') ? target.argv[0] : `/bin/${target.comm}`, 0),
    net: () => dir({}),
  }
  if (first === undefined) return dir(Object.fromEntries(Object.keys(tables).sort().map((name) => [name, tables[name]!() ?? dir({})])))
  if (names.length > 1 && first !== 'ns' && first !== 'fd') return undefined
  return Object.hasOwn(tables, first) ? tables[first]!() : undefined
}

function descriptorsOf(task: Task, target: Seen, name: string | undefined): FsNode | undefined {
  const fds = target.task?.fds ?? {}
  if (name === undefined) return dir(Object.fromEntries(Object.keys(fds).map((fd) => [fd, link('/dev/null', 0)])), 0o500)
  return target.task === task && Object.hasOwn(fds, name) ? { t: 'c', mode: 0o620, uid: target.user.uid, gid: target.user.gid, mtime: 0, device: `fd,${name}` } : undefined
}

/** The path as the reader sees it: relative to the root of its own cgroup namespace. */
function cgroupText(kernel: Kernel, task: Task, target: Seen): string {
  if (kernel.setting.cgroups === 'v1') return procCgroup('v1', target.cgroup)
  const reader = seenSelf(kernel, task)
  const isHost = reader.ns('cgroup') === kernel.host?.ns.cgroup
  return procCgroup('v2', isHost ? target.cgroup : target.cgroup === reader.cgroup ? '/' : relative(reader.cgroup, target.cgroup))
}

function relative(from: string, to: string): string {
  const a = namesOf(from)
  const b = namesOf(to)
  let n = 0
  while (n < a.length && a[n] === b[n]) n++
  return `/${[...a.slice(n).map(() => '..'), ...b.slice(n)].join('/')}`
}

function namespaceLinks(target: Seen, name: string | undefined): FsNode | undefined {
  const entries: Record<string, FsNode> = {}
  for (const kind of NAMESPACES) {
    const to = { ...link(`${kind}:[${target.ns(kind)}]`, 0), uid: target.user.uid, gid: target.user.gid }
    entries[kind] = to
    if (kind === 'pid' || kind === 'time') entries[`${kind}_for_children`] = to
  }
  return name === undefined ? dir(entries) : Object.hasOwn(entries, name) ? entries[name] : undefined
}

/** Options of one mount, not of its file system. */
const OF_MOUNT = /^(nosuid|nodev|noexec|relatime)$/
const DISK_DEVICE = '254:0'

/** /proc/N/mountinfo: number, the mount that it lies on, device, place in its file system, place here, options (Documentation/filesystems/proc.rst 3.5). */
function mountInfo(mounts: readonly Mount[]): string {
  const shown = mounts.filter((m) => !m.hidden)
  const minors = new Map<string, number>()
  return shown.map((m, i) => {
    const isDisk = m.type === 'ext4'
    const options = m.options.split(',')
    const below = shown.slice(0, i).filter((o) => o.at === '/' || m.at === o.at || m.at.startsWith(`${o.at}/`))
    const parent = below.reduce<Mount | undefined>((best, o) => (best && best.at.length > o.at.length ? best : o), undefined)
    // A file system is read-only itself only where it was made so; others are mounts of it that are.
    const isOwnRo = options[0] === 'ro' && (m.type === 'sysfs' || options.includes('nr_inodes=1'))
    const shared = m.type === 'cgroup' || m.type === 'tmpfs' || m.type === 'overlay' ? `${m.type} ${m.fs} ${options.at(-1)}` : `${m.type} ${m.source}`
    if (!minors.has(shared)) minors.set(shared, FIRST_MINOR + minors.size)
    const at = isDisk ? DISK_DEVICE : `0:${minors.get(shared)!}`
    const flags = options.filter((o, n) => n === 0 || OF_MOUNT.test(o)).join(',')
    const own = [isOwnRo ? 'ro' : 'rw', ...options.slice(1).filter((o) => !OF_MOUNT.test(o))].join(',')
    return `${FIRST_MOUNT + i} ${parent ? FIRST_MOUNT + shown.indexOf(parent) : OUTSIDE} ${at} ${isDisk ? (m.origin ?? m.from) : m.from} ${m.at} ${flags} - ${m.type} ${m.source} ${own}\n`
  }).join('')
}

const FIRST_MINOR = 58
const FIRST_MOUNT = 366
const OUTSIDE = 228
