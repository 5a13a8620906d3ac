import { cgroupOf } from '../cgroups.ts'
import { normalize, type FsNode } from '../fs.ts'
import type { HostImage, HostState } from '../host.ts'
import type { Descriptor, DockerContainer, Mount, View } from '../machine.ts'
import { withContainerMade, type ContainerConfig } from '../container.ts'
import { DEFAULT_PATH, startProgram } from '../programs.ts'
import { USERS } from '../users.ts'
import { daemonSays, digestOf, dockerContainers, imageFor, nameFrom, needed, statusOf } from './docker-state.ts'
import { freeAddress, networkNamed } from './docker-network.ts'
import type { ToolContext } from './context.ts'

const NOTHING: Descriptor = { k: 'null' }
const DEFAULT_CAPABILITIES = 0xa80425fb
const ALL_CAPABILITIES = 2 ** 41 - 1

interface RunOptions {
  readonly flags: ReadonlySet<string>
  readonly values: ReadonlyMap<string, readonly string[]>
  readonly image: string
  readonly command: readonly string[]
}

const VALUED: Readonly<Record<string, string>> = {
  '-e': 'env', '-v': 'volume', '-p': 'publish', '-w': 'workdir', '-u': 'user', '-h': 'hostname', '-m': 'memory', '-l': 'label', '-c': 'cpu-shares', '--net': 'network',
}
const WITH_VALUE = new Set(['env', 'volume', 'publish', 'workdir', 'user', 'hostname', 'memory', 'label', 'cpu-shares', 'network', 'name', 'entrypoint', 'cpus', 'cpu-period', 'cpu-quota', 'pids-limit', 'pid', 'restart', 'cap-add', 'cap-drop', 'mount', 'tmpfs', 'cgroup-parent', 'memory-swap', 'add-host', 'dns', 'ipc', 'uts', 'ulimit', 'security-opt', 'runtime', 'platform', 'pull', 'log-driver', 'env-file', 'link', 'device', 'group-add', 'stop-signal', 'stop-timeout'])

/** The words of `docker run`: options, image, command. A text: what is wrong. */
export function runOptions(args: readonly string[]): RunOptions | string {
  const flags = new Set<string>()
  const values = new Map<string, string[]>()
  let i = 0
  for (; i < args.length; i++) {
    const word = args[i]!
    if (!word.startsWith('-')) break
    const add = (name: string, value: string | undefined): void => void values.set(name, [...(values.get(name) ?? []), value ?? ''])
    if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s)
      const known = VALUED[`--${name}`] ?? name
      if (WITH_VALUE.has(known)) add(known, value ?? args[++i])
      else flags.add(name === 'interactive' ? 'i' : name === 'tty' ? 't' : name === 'detach' ? 'd' : name)
      continue
    }
    for (let j = 1; j < word.length; j++) {
      const long = VALUED[`-${word[j]!}`]
      if (!long) {
        if (!'itdP'.includes(word[j]!)) return `unknown shorthand flag: '${word[j]!}' in ${word}`
        flags.add(word[j]!)
        continue
      }
      add(long, word.slice(j + 1).replace(/^=/, '') || args[++i])
      break
    }
  }
  return { flags, values, image: args[i] ?? '', command: args.slice(i + 1) }
}

/** docker run and create: a container of the node beside the pods, in cgroup, mounts and namespaces of its own. */
export function run(c: ToolContext, host: HostState, args: readonly string[], verb: 'run' | 'create'): number | undefined {
  const child = c.state['docker'] as string | undefined
  if (child !== undefined) return attached(c, child)
  const wanted = runOptions(args)
  if (typeof wanted === 'string') {
    c.err(`${wanted}\n\nUsage:  docker ${verb} [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker ${verb} --help' for more information\n`)
    return 125
  }
  if (wanted.image === '') {
    c.err(`docker: '${`docker ${verb}`}' requires at least 1 argument\n\nUsage:  docker ${verb} [OPTIONS] IMAGE [COMMAND] [ARG...]\n\nRun 'docker ${verb} --help' for more information\n`)
    return 125
  }
  const image = imageFor(c, host, wanted.image)
  if (typeof image === 'number' || !image) return image
  const made = createContainer(c, wanted, image)
  if (typeof made === 'number') return made
  if (verb === 'create') {
    c.out(`${made.id}\n`)
    return 0
  }
  return start(c, made, !wanted.flags.has('d'), wanted.flags.has('rm'), wanted.flags.has('t'), wanted.flags.has('i'))
}

const first = (values: RunOptions['values'], name: string): string | undefined => values.get(name)?.[0]

/** The network of a container: the bridge's, the node's, none, or another container's. */
function networkOf(c: ToolContext, wanted: string): View['network'] | number {
  if (wanted === 'host') return { kind: 'host', ip: c.kernel.machine.ip }
  if (wanted === 'none') return { kind: 'empty', ip: '' }
  if (wanted.startsWith('container:')) {
    const other = needed(c, wanted.slice('container:'.length))
    if (typeof other === 'number') return 125
    if (statusOf(c, other).state !== 'running') return daemonSays(c, `cannot join network of a non running container: ${other.id}`, 125)
    return { kind: 'own', ip: other.ip }
  }
  const known = networkNamed(c, wanted === '' || wanted === 'default' ? 'bridge' : wanted)
  return known ? { kind: 'own', ip: freeAddress(c, known) } : daemonSays(c, `network ${wanted} not found`, 125)
}

const bytes = (text: string): number => {
  const m = /^(\d+)([bkmg]?)$/i.exec(text)
  return m ? Number(m[1]) * { b: 1, '': 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 }[m[2]!.toLowerCase() as 'b']! : Number.NaN
}

export function createContainer(c: ToolContext, { flags, values, command }: RunOptions, image: HostImage): DockerContainer | number {
  const id = digestOf(`${c.kernel.machine.firstPid} ${c.now} ${c.kernel.lastId++}`)
  const given = first(values, 'name')
  const free = nameFrom(id)
  const name = given ?? (dockerContainers(c).some((d) => d.name === free) ? `${free}${Object.keys(c.kernel.docker).length}` : free)
  const taken = dockerContainers(c).find((d) => d.name === name)
  if (taken) return daemonSays(c, `Conflict. The container name "/${name}" is already in use by container "${taken.id}". You have to remove (or rename) that container to be able to reuse that name.`, 125)
  const network = first(values, 'network') ?? 'bridge'
  const view = networkOf(c, network)
  if (typeof view === 'number') return view
  const { config } = image
  const entrypoint = values.has('entrypoint') ? [first(values, 'entrypoint')!].filter(Boolean) : (config.entrypoint ?? [])
  const cmd = command.length > 0 ? command : values.has('entrypoint') ? [] : (config.cmd ?? [])
  const argv = [...entrypoint, ...cmd]
  if (argv.length === 0) return daemonSays(c, 'no command specified', 125)
  const ports = (values.get('publish') ?? []).map((p) => {
    const m = /^(?:\d+\.\d+\.\d+\.\d+:)?(?:(\d+):)?(\d+)(?:\/(tcp|udp))?$/.exec(p)
    return m ? { host: Number(m[1] ?? 32_768 + Object.keys(c.kernel.docker).length), container: Number(m[2]), protocol: m[3] ?? 'tcp' } : undefined
  })
  if (ports.some((p) => !p)) return daemonSays(c, `invalid containerPort: ${values.get('publish')!.join(' ')}`, 125)
  const memory = first(values, 'memory')
  if (memory !== undefined && Number.isNaN(bytes(memory))) return daemonSays(c, `invalid size: '${memory}'`, 125)
  const container = `docker:${id.slice(0, 12)}`
  const hostname = first(values, 'hostname') ?? id.slice(0, 12)
  const env: Record<string, string> = { PATH: DEFAULT_PATH, HOSTNAME: hostname, ...(flags.has('t') ? { TERM: 'xterm' } : {}), HOME: '/root' }
  for (const word of [...(config.env ?? []), ...(values.get('env') ?? [])]) env[word.split('=')[0]!] = word.includes('=') ? word.slice(word.indexOf('=') + 1) : (c.task.env[word] ?? '')
  const [user = '', group] = (first(values, 'user') ?? config.user ?? '').split(':')
  const uid = /^\d+$/.test(user) ? Number(user) : Number(Object.entries(USERS).find(([, text]) => text === user)?.[0] ?? 0)
  const gid = Number(group ?? (uid === 0 ? 0 : uid)) || 0
  const quota = first(values, 'cpu-quota') === undefined ? (first(values, 'cpus') === undefined ? 0 : Math.round(Number(first(values, 'cpus')) * 1000)) : Math.round((Number(first(values, 'cpu-quota')) / Number(first(values, 'cpu-period') ?? 100_000)) * 1000)
  const binds = values.get('volume') ?? []
  const mounts = bindMounts(c, binds)
  if (typeof mounts === 'number') return mounts
  const workingDir = first(values, 'workdir') ?? config.workingDir ?? '/'
  const isPrivileged = flags.has('privileged')
  const made: ContainerConfig = {
    name: container, id, argv, env, cwd: workingDir === '' ? '/' : workingDir, user: { uid, gid, groups: [gid] }, root: image.root, mounts, readOnlyRoot: flags.has('read-only'), milliCpuRequest: Math.round((Number(first(values, 'cpu-shares') ?? 1024) * 1000) / 1024), milliCpuLimit: quota,
    ...(memory === undefined ? {} : { memoryLimit: bytes(memory) }), oomScore: 0, oomGroup: false, capabilities: isPrivileged ? ALL_CAPABILITIES : DEFAULT_CAPABILITIES, noNewPrivileges: false, seccomp: !isPrivileged, privileged: isPrivileged, cgroup: `/system.slice/docker-${id}.scope`,
    cgroups: c.kernel.setting.cgroups, ports: ports.map((p) => p!.container), terminationPath: '', layers: 30,
  }
  const machine = withContainerMade({ ...c.kernel.machine, now: c.now, containers: {}, roots: {} }, made)
  const state = machine.containers[container]!
  c.kernel.containers[container] = { ...state, cpu: cgroupOf(made.milliCpuRequest, quota), ...(first(values, 'pids-limit') ? { pidsLimit: Number(first(values, 'pids-limit')) } : {}), mounts: [...state.mounts.filter((m) => m.type !== 'cgroup2' || m.at !== ''), ...names(c, view!.ip, hostname, container)] }
  for (const [fs, tree] of Object.entries(machine.roots)) if (fs !== 'cgroup-root') c.kernel.roots[fs] = tree
  const d: DockerContainer = {
    id, name, container, image: image.reference, digest: image.digest, argv, createdAt: c.now, ip: view!.ip, network, ports: ports.map((p) => p!), binds, labels: Object.fromEntries((values.get('label') ?? []).map((l) => [l.split('=')[0]!, l.slice(l.indexOf('=') + 1)])), workingDir, entrypoint, cmd,
  }
  c.kernel.docker[id] = d
  return d
}

/** /etc/hosts and /etc/hostname of a container. */
function names(c: ToolContext, ip: string, hostname: string, container: string): readonly Mount[] {
  const text = (data: string): FsNode => ({ t: 'f', mode: 0o644, uid: 0, gid: 0, mtime: c.now, data })
  const fs = `names:${container}`
  c.kernel.roots[fs] = { t: 'd', mode: 0o755, uid: 0, gid: 0, mtime: c.now, entries: { hosts: text(`127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n${ip}\t${hostname}\n`), hostname: text(`${hostname}\n`), 'resolv.conf': text('nameserver 10.0.0.2\n') } }
  return ['hosts', 'hostname', 'resolv.conf'].map((name) => ({ at: `/etc/${name}`, fs, from: `/${name}`, readOnly: false, type: 'ext4', source: '/dev/vda1', options: 'rw,relatime' }))
}

/** -v: a folder of the node, or a named volume, which docker keeps under /var/lib/docker/volumes. */
function bindMounts(c: ToolContext, binds: readonly string[]): readonly Mount[] | number {
  const mounts: Mount[] = []
  for (const bind of binds) {
    const [a = '', b = '', mode = ''] = bind.split(':')
    const target = b === '' ? a : b
    if (!target.startsWith('/')) return daemonSays(c, `invalid volume specification: '${bind}': invalid mount config for type "bind": invalid mount path: '${target}' mount path must be absolute`, 125)
    const readOnly = mode.split(',').includes('ro')
    const common = { at: normalize(target), readOnly, type: 'ext4', source: '/dev/vda1', options: readOnly ? 'ro,relatime' : 'rw,relatime' }
    if (a.startsWith('/') && b !== '') {
      const path = normalize(a)
      c.kernel.makeFolder(c.task, path)
      const place = c.kernel.placeOf(c.task, path)
      if (place) mounts.push({ ...common, fs: place.fs, from: place.from })
      continue
    }
    const fs = `docker-volume:${b === '' ? digestOf(bind + c.now).slice(0, 12) : a}`
    c.kernel.roots[fs] ??= { t: 'd', mode: 0o755, uid: 0, gid: 0, mtime: c.now, entries: {} }
    mounts.push({ ...common, fs, from: '/' })
  }
  return mounts
}

/** This process's descriptors for one in another container: its log stays the log of this one. */
const ownDescriptors = (c: ToolContext): Readonly<Record<number, Descriptor>> =>
  Object.fromEntries(Object.entries(c.task.fds).map(([fd, d]) => [fd, d.k === 'log' ? { ...d, of: d.of ?? c.task.container } : d]))

/** Starts a container's first process; attached, docker waits for its end. */
export function start(c: ToolContext, d: DockerContainer, attach: boolean, remove: boolean, tty: boolean, input: boolean): number | undefined {
  const inner = c.kernel.containers[d.container]!
  const probe = { ...c.task, container: d.container, user: inner.user, cwd: inner.cwd, env: inner.env }
  delete probe.view
  const program = startProgram(c.kernel, probe, d.argv, inner.env)
  if (typeof program === 'string') {
    const why = program.endsWith('not found') ? (d.argv[0]!.includes('/') ? `stat ${d.argv[0]!}: no such file or directory` : 'executable file not found in $PATH') : 'permission denied'
    return daemonSays(c, `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: ${JSON.stringify(d.argv[0])}: ${why}`, 127)
  }
  const given = ownDescriptors(c)
  // -i or -t without being attached: the input stays open, though nobody types.
  const idle = `docker ${d.id}`
  const isOpen = !attach && (input || tty)
  const fds: Readonly<Record<number, Descriptor>> = attach ? (input || tty ? given : { ...given, 0: NOTHING }) : { 0: isOpen ? { k: 'session', id: idle, stream: 'in' } : NOTHING, 1: { k: 'log', stream: 'stdout' }, 2: { k: 'log', stream: 'stderr' } }
  c.kernel.containers[d.container] = { ...inner, ended: undefined, lastPid: 0, log: null, oomKilled: false } as typeof inner
  const task = c.kernel.spawn(undefined, { container: d.container, user: inner.user, cwd: inner.cwd, env: inner.env, fds, ...program, at: c.now, ...(attach && c.task.session !== undefined ? { session: c.task.session } : {}) })
  if (!task) return daemonSays(c, "can't fork: Resource temporarily unavailable", 125)
  if (isOpen) c.kernel.sessions[idle] = { container: d.container, process: task.id, stdin: '', closed: false, stdout: '', stderr: '', ...(tty ? { tty: true } : {}) }
  const hostname = inner.env['HOSTNAME'] ?? ''
  const network: View['network'] = d.network === 'host' ? { kind: 'host', ip: d.ip } : d.network === 'none' ? { kind: 'empty', ip: '' } : { kind: 'own', ip: d.ip }
  task.view = { hostname, network, cgroup: inner.cgroup, ns: namespacesOf(c, d) }
  c.kernel.containers[d.container] = { ...c.kernel.containers[d.container]!, main: task.id }
  const { stopped: _old, ...rest } = c.kernel.docker[d.id]!
  c.kernel.docker[d.id] = { ...rest, startedAt: c.now }
  if (!attach) {
    c.out(`${d.id}\n`)
    return 0
  }
  c.keep({ docker: d.id, main: task.id, remove })
  return c.wait({ for: 'child', ids: [task.id] })
}

/** Namespace numbers of a container: its own, but for what it shares. */
function namespacesOf(c: ToolContext, d: DockerContainer): Readonly<Record<string, number>> {
  const base = 4_026_600_000 + (Number.parseInt(d.id.slice(0, 6), 16) % 50_000) * 8
  const other = d.network.startsWith('container:') ? dockerContainers(c).find((o) => o.name === d.network.slice(10) || o.id.startsWith(d.network.slice(10))) : undefined
  const net = d.network === 'host' ? (c.kernel.host?.ns.net ?? base) : other ? (namespacesOf(c, other)['net'] ?? base) : base
  return { net, uts: base + 1, ipc: base + 2, mnt: base + 3, pid: base + 4, cgroup: base + 5 }
}

/** The end of what `docker run` waited for. */
function attached(c: ToolContext, id: string): number {
  const d = c.kernel.docker[id]
  const code = d ? statusOf(c, d).code : 137
  if (c.state['remove'] === true && d) dropContainer(c, d)
  return code
}

export function dropContainer(c: ToolContext, d: DockerContainer): void {
  for (const task of [...c.kernel.tasks.values()]) if (task.container === d.container) c.kernel.signal(task.id, 'KILL')
  delete c.kernel.docker[d.id]
  delete c.kernel.sessions[`docker ${d.id}`]
  if (statusOf(c, d).state === 'running') return
  delete c.kernel.containers[d.container]
  for (const fs of [`root:${d.container}`, `dev:${d.container}`, `names:${d.container}`]) delete c.kernel.roots[fs]
}

/** docker exec: another process in a running container. */
export function exec(c: ToolContext, args: readonly string[]): number | undefined {
  const child = c.state['child'] as number | undefined
  if (child !== undefined) return c.kernel.reap(child) ?? 0
  const wanted = runOptions(args)
  if (typeof wanted === 'string' || wanted.command.length === 0) {
    c.err("docker: 'docker exec' requires at least 2 arguments\n\nUsage:  docker exec [OPTIONS] CONTAINER COMMAND [ARG...]\n\nRun 'docker exec --help' for more information\n")
    return 1
  }
  const d = needed(c, wanted.image)
  if (typeof d === 'number') return d
  if (statusOf(c, d).state !== 'running') return daemonSays(c, `container ${d.id} is not running`)
  const inner = c.kernel.containers[d.container]!
  const main = c.kernel.tasks.get(inner.main)!
  const env = { ...inner.env, ...Object.fromEntries((wanted.values.get('env') ?? []).map((e) => [e.split('=')[0]!, e.slice(e.indexOf('=') + 1)])) }
  const cwd = first(wanted.values, 'workdir') ?? inner.cwd
  const program = startProgram(c.kernel, { ...c.task, container: d.container, user: inner.user, cwd, env, ...(main.view ? { view: main.view } : {}) }, wanted.command, env)
  if (typeof program === 'string') {
    c.err(`OCI runtime exec failed: exec failed: unable to start container process: exec: ${JSON.stringify(wanted.command[0])}: executable file not found in $PATH\n`)
    return 127
  }
  const made = c.kernel.spawn(undefined, { container: d.container, user: inner.user, cwd, env, fds: wanted.flags.has('d') ? { 0: NOTHING } : ownDescriptors(c), ...program, at: c.now, ...(c.task.session === undefined ? {} : { session: c.task.session }) })
  if (!made) return daemonSays(c, "can't fork: Resource temporarily unavailable")
  if (main.view) made.view = main.view
  made.parent = c.task.id
  if (wanted.flags.has('d')) return 0
  c.keep({ child: made.id })
  return c.wait({ for: 'child', ids: [made.id] })
}
