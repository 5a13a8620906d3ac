import { directory, file, link, namesOf, type FsNode } from './fs.ts'
import type { Kernel, Task } from './kernel.ts'
import type { ContainerState } from './machine.ts'
import { cgroupFiles, procCgroup } from './cgroups.ts'

const SYSCTLS: Readonly<Record<string, string>> = {
  'kernel/hostname': '', 'kernel/pid_max': '4194304\n', 'kernel/osrelease': '', 'kernel/shmmax': '18446744073692774399\n', 'net/ipv4/ip_forward': '1\n', 'net/ipv4/ip_local_port_range': '32768\t60999\n',
  'net/core/somaxconn': '4096\n', 'vm/overcommit_memory': '1\n', 'vm/max_map_count': '262144\n', 'fs/file-max': '9223372036854775807\n', 'net/ipv4/tcp_syncookies': '1\n', 'net/ipv4/ping_group_range': '0\t2147483647\n', 'net/ipv4/ip_unprivileged_port_start': '0\n',
}

export const NAMESPACES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'] as const
export type NamespaceKind = (typeof NAMESPACES)[number]

const dir = (entries: Readonly<Record<string, FsNode>>, mode = 0o555): FsNode => directory(entries, mode, 0)
const text = (data: string, mode = 0o444): FsNode => file(data, mode, 0)

/** The number of the namespace of a kind that a process of a container is in (the inode that /proc/N/ns shows). */
export function namespaceOf(kernel: Kernel, container: string, kind: NamespaceKind): number {
  const { namespaces } = kernel.setting
  return namespaces[`${container}/${kind}`] ?? namespaces[`pod/${kind}`] ?? namespaces[kind] ?? 4_026_531_840
}

/** A node of /proc, /sys or another file system that the kernel makes up when it is looked at. */
export function pseudoNode(kernel: Kernel, task: Task, type: string, path: string): FsNode | undefined {
  const names = namesOf(path)
  if (type === 'proc') return inProc(kernel, task, names.slice(1))
  if (type === 'cgroup2' || type === 'cgroup') return walk(cgroupTree(kernel, task, type, path), names.slice(type === 'cgroup2' ? 3 : 4))
  if (type === 'sysfs') return walk(dir({ fs: dir({ cgroup: dir({}) }), kernel: dir({}), class: dir({ net: dir({ eth0: dir({}), lo: dir({}) }) }), devices: dir({}), firmware: dir({}) }), names.slice(1))
  return names.length <= 2 ? dir({}, 0o755) : undefined
}

function walk(root: FsNode, names: readonly string[]): FsNode | undefined {
  let node: FsNode | undefined = root
  for (const name of names) node = node?.t === 'd' && Object.hasOwn(node.entries, name) ? node.entries[name] : undefined
  return node
}

function cgroupTree(kernel: Kernel, task: Task, type: string, path: string): FsNode {
  const container = kernel.containers[task.container]!
  const subsystem = type === 'cgroup' ? (namesOf(path)[3] ?? 'cpu') : ''
  return dir(Object.fromEntries(Object.entries(cgroupFiles(kernel, container, subsystem)).map(([name, data]) => [name, text(data, 0o644)])))
}

function inProc(kernel: Kernel, task: Task, [first, ...rest]: readonly string[]): FsNode | undefined {
  const seen = [...kernel.tasks.values()].filter((t) => t.exit === undefined && (kernel.machine.sharedPid || kernel.machine.hostPid || t.container === task.container))
  if (first === undefined) {
    const entries: Record<string, FsNode> = {}
    for (const t of seen) entries[String(t.pid)] = dir({})
    for (const name of ['cpuinfo', 'meminfo', 'loadavg', 'uptime', 'version', 'cmdline', 'filesystems', 'stat']) entries[name] = text('')
    return dir({ ...entries, mounts: link('self/mounts', 0), self: link(String(task.pid), 0), sys: dir({}), net: link('self/net', 0) })
  }
  if (first === 'self' || first === 'thread-self') return rest.length === 0 ? link(String(task.pid), 0) : ofProcess(kernel, task, task, rest)
  if (/^\d+$/.test(first)) {
    const target = seen.find((t) => String(t.pid) === first)
    return target && ofProcess(kernel, task, target, rest)
  }
  if (rest.length > 0 && first !== 'sys') return undefined
  const { setting, machine, now } = kernel
  const kb = (n: number): string => `${Math.floor(n / 1024)} kB`.padStart(16)
  switch (first) {
    case 'mounts':
      return rest.length === 0 ? link('self/mounts', 0) : undefined
    case 'cpuinfo':
      return text(Array.from({ length: setting.cpus }, (_, i) => `processor\t: ${i}\nvendor_id\t: Orrery\nmodel name\t: Virtual CPU\n\n`).join(''))
    case 'meminfo':
      return text(`MemTotal:  ${kb(setting.memory)}\nMemFree:   ${kb(setting.memory * 0.6)}\nMemAvailable:${kb(setting.memory * 0.75)}\nSwapTotal: ${kb(0)}\nSwapFree:  ${kb(0)}\n`)
    case 'loadavg':
      return text(`0.00 0.00 0.00 1/${seen.length} ${kernel.lastId}\n`)
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
      const values: Readonly<Record<string, string>> = { ...SYSCTLS, 'kernel/hostname': `${machine.hostname}\n`, 'kernel/osrelease': `${setting.release}\n`, ...setting.sysctls }
      const path = rest.join('/')
      if (values[path] !== undefined) return text(values[path], 0o644)
      const inside = [...new Set(Object.keys(values).filter((key) => path === '' || key.startsWith(`${path}/`)).map((key) => key.slice(path === '' ? 0 : path.length + 1).split('/')[0]!))]
      return inside.length > 0 ? dir(Object.fromEntries(inside.sort().map((name) => [name, text('')]))) : undefined
    }
    default:
      return undefined
  }
}

const hex16 = (n: number): string => n.toString(16).padStart(16, '0')

function statusText(kernel: Kernel, target: Task, container: ContainerState): string {
  const effective = target.user.uid === 0 ? container.capabilities : 0
  const parent = kernel.tasks.get(target.parent)?.pid ?? 0
  return [
    `Name:\t${target.comm}`, 'Umask:\t0022', `State:\t${target.wait ? 'S (sleeping)' : 'R (running)'}`, `Tgid:\t${target.pid}`, `Pid:\t${target.pid}`, `PPid:\t${parent}`,
    `Uid:\t${Array(4).fill(target.user.uid).join('\t')}`, `Gid:\t${Array(4).fill(target.user.gid).join('\t')}`, `Groups:\t${target.user.groups.join(' ')} `, `NSpid:\t${kernel.machine.firstPid + target.id}\t${target.pid}`,
    `VmRSS:\t${Math.floor((target.memory || 1_048_576) / 1024)} kB`, 'CapInh:\t0000000000000000', `CapPrm:\t${hex16(effective)}`, `CapEff:\t${hex16(effective)}`, `CapBnd:\t${hex16(container.capabilities)}`, 'CapAmb:\t0000000000000000',
    `NoNewPrivs:\t${container.noNewPrivileges ? 1 : 0}`, `Seccomp:\t${container.seccomp ? 2 : 0}`, `Seccomp_filters:\t${container.seccomp ? 1 : 0}`, '',
  ].join('\n')
}

const LIMITS = [
  ['Max cpu time', 'unlimited', 'unlimited', 'seconds'], ['Max file size', 'unlimited', 'unlimited', 'bytes'], ['Max data size', 'unlimited', 'unlimited', 'bytes'], ['Max stack size', '8388608', 'unlimited', 'bytes'],
  ['Max core file size', '0', 'unlimited', 'bytes'], ['Max resident set', 'unlimited', 'unlimited', 'bytes'], ['Max processes', '96365', '96365', 'processes'], ['Max open files', '20000', '20000', 'files'], ['Max locked memory', '8388608', '8388608', 'bytes'],
  ['Max address space', 'unlimited', 'unlimited', 'bytes'], ['Max file locks', 'unlimited', 'unlimited', 'locks'], ['Max pending signals', '96365', '96365', 'signals'], ['Max msgqueue size', '819200', '819200', 'bytes'], ['Max nice priority', '0', '0', ''],
  ['Max realtime priority', '0', '0', ''], ['Max realtime timeout', 'unlimited', 'unlimited', 'us'],
] as const

function ofProcess(kernel: Kernel, task: Task, target: Task, names: readonly string[]): FsNode | undefined {
  const container = kernel.containers[target.container]!
  const [first, second] = names
  const tables: Readonly<Record<string, () => FsNode | undefined>> = {
    status: () => text(statusText(kernel, target, container)),
    cmdline: () => text(target.argv.map((word) => `${word}\0`).join('')),
    comm: () => text(`${target.comm}\n`),
    environ: () => text(Object.entries(target.env).map(([k, v]) => `${k}=${v}\0`).join(''), 0o400),
    cgroup: () => text(procCgroup(kernel, container)),
    oom_score_adj: () => text(`${container.oomScore}\n`, 0o644),
    limits: () => text(`${'Limit'.padEnd(26)}${'Soft Limit'.padEnd(21)}${'Hard Limit'.padEnd(21)}${'Units'.padEnd(10)}\n${LIMITS.map(([a, b, c, d]) => `${a.padEnd(26)}${b.padEnd(21)}${c.padEnd(21)}${d.padEnd(10)}\n`).join('')}`),
    mounts: () => text(container.mounts.map((m) => `${m.source} ${m.at} ${m.type} ${m.options} 0 0\n`).join('')),
    mountinfo: () => text(mountInfo(container)),
    stat: () => text(`${target.pid} (${target.comm}) ${target.wait ? 'S' : 'R'} ${kernel.tasks.get(target.parent)?.pid ?? 0}\n`),
    ns: () => namespaceLinks(kernel, target, second),
    fd: () => (second === undefined ? dir(Object.fromEntries(Object.keys(target.fds).map((fd) => [fd, link('/dev/null', 0)])), 0o500) : target === task && target.fds[Number(second)] ? { t: 'c', mode: 0o620, uid: target.user.uid, gid: target.user.gid, mtime: 0, device: `fd,${second}` } : undefined),
    cwd: () => link(target.cwd, 0),
    root: () => link('/', 0),
    exe: () => link(`/bin/${target.comm}`, 0),
    net: () => dir({}),
  }
  if (first === undefined) return dir(Object.fromEntries(Object.keys(tables).sort().map((name) => [name, tables[name]!() ?? dir({})])))
  if (names.length > 1 && first !== 'ns' && first !== 'fd') return undefined
  return Object.hasOwn(tables, first) ? tables[first]!() : undefined
}

function namespaceLinks(kernel: Kernel, target: Task, name: string | undefined): FsNode | undefined {
  const entries: Record<string, FsNode> = {}
  for (const kind of NAMESPACES) {
    const to = link(`${kind}:[${namespaceOf(kernel, target.container, kind)}]`, 0)
    entries[kind] = to
    if (kind === 'pid' || kind === 'time') entries[`${kind}_for_children`] = to
  }
  return name === undefined ? dir(entries) : entries[name]
}

function mountInfo(container: ContainerState): string {
  return container.mounts.map((m, i) => {
    const flags = m.options.split(',').filter((o) => /^(rw|ro|nosuid|nodev|noexec|relatime)$/.test(o)).join(',')
    const superOptions = m.options.split(',').filter((o) => !/^(nosuid|nodev|noexec|relatime)$/.test(o)).join(',')
    return `${366 + i} ${i === 0 ? 228 : 366} 0:${58 + i} ${m.from} ${m.at} ${flags} - ${m.type} ${m.source} ${superOptions}\n`
  }).join('')
}
