import type { HostContainer, HostPod, HostState } from '../host.ts'
import { formatMicroTime, type Micros } from '../../../engine/time.ts'
import type { LogChunk } from '../machine.ts'
import { startProgram } from '../programs.ts'
import { HOST_SPACE } from '../processes.ts'
import { nodeOf } from './node-tools.ts'
import { options, type ToolContext } from './context.ts'

const VERSION = '1.36.0'
const CONTAINERD = 'v2.1.4'

interface Row {
  readonly pod: HostPod
  readonly container: HostContainer
}

/** crictl: the runtime as the kubelet sees it, in the columns of cri-tools. */
export function crictl(c: ToolContext): number | undefined {
  const host = nodeOf(c, 'validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error')
  if (typeof host === 'number') return host
  if (!host.units.some((u) => u.name === 'containerd.service' && u.active)) return c.fail('validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"')
  const words = c.args
  const verb = words[0] ?? 'help'
  const args = words.slice(1)
  const run = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
  if (run) return run(c, host, args)
  if (verb === 'help' || verb === '--help' || verb === '-h') {
    c.out(`NAME:\n   crictl - client for CRI\n\nUSAGE:\n   crictl [global options] command [command options] [arguments...]\n\nCOMMANDS:\n   ${Object.keys(VERBS).sort().join(', ')}\n`)
    return 0
  }
  c.out(`No help topic for '${verb}'\n`)
  return 3
}

type CrictlVerb = (c: ToolContext, host: HostState, args: readonly string[]) => number | undefined

const rowsOf = (host: HostState): readonly Row[] => host.pods.flatMap((pod) => pod.containers.map((container) => ({ pod, container }))).sort((a, b) => b.container.createdAt - a.container.createdAt)

/** "About an hour ago", as units.HumanDuration has it. */
export function ago(c: ToolContext, at: Micros): string {
  return `${duration(c.now - at)} ago`
}

export function duration(d: Micros): string {
  const seconds = Math.floor(d / 1_000_000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.round(minutes / 60)
  if (seconds < 1) return 'Less than a second'
  if (seconds === 1) return '1 second'
  if (seconds < 60) return `${seconds} seconds`
  if (minutes === 1) return 'About a minute'
  if (minutes < 60) return `${minutes} minutes`
  if (hours === 1) return 'About an hour'
  if (hours < 48) return `${hours} hours`
  if (hours < 24 * 14) return `${Math.floor(hours / 24)} days`
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`
  return hours < 24 * 365 * 2 ? `${Math.floor(hours / 24 / 30)} months` : `${Math.floor(hours / 24 / 365)} years`
}

/** Columns padded to their widest cell, three blanks between them. */
export function columns(rows: readonly (readonly string[])[], gap = 20, between = 0): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows.map((row) => `${row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(Math.max(widths[i]!, i === 0 ? gap - 3 : 0) + 3 + between))).join('').trimEnd()}\n`).join('')
}

const STATES = { created: 'Created', running: 'Running', exited: 'Exited' } as const
const long = (args: readonly string[]): readonly string[] => args.map((word) => ({ '--all': '-a', '--quiet': '-q', '--name': '-n', '--pod': '-p', '--state': '-s', '--namespace': '-N', '--no-trunc': '-T', '--follow': '-f', '--tail': '-t', '--output': '-o', '--force': '-F', '--timeout': '-w', '--digests': '-d', '--verbose': '-v' })[word.split('=')[0]!]?.concat(word.includes('=') ? word.slice(word.indexOf('=') + 1) : '') ?? word)

function ps(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { flags, values } = options(long(args), 'npsoN')
  const name = values.get('n')
  const chosen = rowsOf(host).filter(({ pod, container }) => (flags.has('a') || values.has('s') || container.state === 'running') && (!name || new RegExp(name).test(container.name)) && (!values.has('p') || pod.id.startsWith(values.get('p')!)) && (!values.has('s') || container.state === values.get('s')!.toLowerCase()) && (!values.has('N') || pod.namespace === values.get('N')))
  const id = (text: string): string => (flags.has('T') ? text : text.slice(0, 13))
  if (flags.has('q')) for (const { container } of chosen) c.out(`${container.id}\n`)
  else c.out(columns([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...chosen.map(({ pod, container: x }) => [id(x.id), flags.has('T') ? x.imageDigest : x.imageDigest.replace('sha256:', '').slice(0, 13), ago(c, x.createdAt), STATES[x.state], x.name, String(x.attempt), id(pod.id), pod.name, pod.namespace])]))
  return 0
}

function pods(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { flags, values } = options(long(args), 'nsoN')
  const chosen = [...host.pods].filter((p) => (!values.has('n') || new RegExp(values.get('n')!).test(p.name)) && (!values.has('N') || p.namespace === values.get('N')) && (!values.has('s') || (p.ready ? 'ready' : 'notready') === values.get('s')!.toLowerCase())).sort((a, b) => b.createdAt - a.createdAt)
  if (flags.has('q')) for (const p of chosen) c.out(`${p.id}\n`)
  else c.out(columns([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...chosen.map((p) => [p.id.slice(0, 13), ago(c, p.createdAt), p.ready ? 'Ready' : 'NotReady', p.name, p.namespace, String(p.attempt), p.handler ? p.handler : '(default)'])]))
  return 0
}

export const megabytes = (n: number): string => (n >= 1e9 ? `${Number((n / 1e9).toPrecision(3))}GB` : n >= 1e6 ? `${Number((n / 1e6).toPrecision(3))}MB` : n >= 1e3 ? `${Number((n / 1e3).toPrecision(3))}kB` : `${n}B`)

function images(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { flags } = options(long(args), 'o')
  const rows = [...host.images].map((image) => ({ ...image, name: image.reference.replace(/[:@][^/]*$/, ''), tag: /:([^/:@]+)$/.exec(image.reference)?.[1] ?? '<none>' })).sort((a, b) => (a.reference < b.reference ? -1 : 1))
  if (flags.has('q')) for (const r of rows) c.out(`${r.digest}\n`)
  else c.out(columns([['IMAGE', 'TAG', ...(flags.has('d') ? ['DIGEST'] : []), 'IMAGE ID', 'SIZE'], ...rows.map((r) => [r.name, r.tag, ...(flags.has('d') ? [r.digest.replace('sha256:', '').slice(0, 13)] : []), r.digest.replace('sha256:', '').slice(0, 13), megabytes(r.size)])]))
  return 0
}

function one<T extends { readonly id: string }>(c: ToolContext, list: readonly T[], id: string, what: 'container' | 'sandbox'): T | number {
  const found = list.filter((x) => x.id.startsWith(id))
  if (id === '') return c.fail(`ID cannot be empty`)
  if (found.length === 0) return c.fail(what === 'container' ? `rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found` : `rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`)
  return found.length > 1 ? c.fail(`found ${found.length} ${what}s with ID prefix "${id}"`) : found[0]!
}

const containersOf = (host: HostState): readonly (HostContainer & { readonly pod: HostPod })[] => rowsOf(host).map(({ pod, container }) => ({ ...container, pod }))

const STATE_NAMES = { created: 'CONTAINER_CREATED', running: 'CONTAINER_RUNNING', exited: 'CONTAINER_EXITED' } as const
const json = (c: ToolContext, value: unknown): number => {
  c.out(`${JSON.stringify(value, null, 2)}\n`)
  return 0
}
const time = (at: Micros | undefined): string => (at === undefined ? '0001-01-01T00:00:00Z' : formatMicroTime(at).replace('Z', '000Z'))

const labelsOf = (pod: HostPod, name?: string): Readonly<Record<string, string>> => ({ ...(name ? { 'io.kubernetes.container.name': name } : pod.labels), 'io.kubernetes.pod.name': pod.name, 'io.kubernetes.pod.namespace': pod.namespace, 'io.kubernetes.pod.uid': pod.uid })

function inspect(c: ToolContext, host: HostState, args: readonly string[]): number {
  const x = one(c, containersOf(host), options(long(args), 'o').rest[0] ?? '', 'container')
  if (typeof x === 'number') return x
  const { pod } = x
  return json(c, {
    status: {
      id: x.id, metadata: { name: x.name, attempt: x.attempt }, state: STATE_NAMES[x.state], createdAt: time(x.createdAt), startedAt: time(x.startedAt), finishedAt: time(x.ended?.at), exitCode: x.ended?.code ?? 0, reason: x.ended?.reason ?? '', message: '',
      image: { image: x.image }, imageRef: `${x.image.replace(/[:@][^/]*$/, '')}@${x.imageDigest}`, labels: labelsOf(pod, x.name), mounts: x.mounts.slice(1).filter((m) => !['proc', 'sysfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2'].includes(m.type) && !m.hidden).map((m) => ({ containerPath: m.at, readonly: m.readOnly })),
      logPath: `/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}/${x.name}/${x.attempt}.log`, resources: { linux: { cpuPeriod: String(x.cpu.cpuPeriod), cpuQuota: String(x.cpu.cpuQuota ?? 0), cpuShares: String(x.cpu.cpuShares), memoryLimitInBytes: String(x.memoryLimit ?? 0) } },
    },
    info: {
      sandboxID: pod.id, pid: x.pid, removing: false, snapshotKey: x.id, snapshotter: 'overlayfs', runtimeType: 'io.containerd.runc.v2',
      runtimeSpec: { process: { args: x.argv, env: Object.entries(x.env).map(([k, v]) => `${k}=${v}`) }, hostname: pod.name, linux: { cgroupsPath: x.cgroup, namespaces: [{ type: 'pid' }, { type: 'ipc', path: `/proc/${pod.pid}/ns/ipc` }, { type: 'uts', path: `/proc/${pod.pid}/ns/uts` }, { type: 'mount' }, { type: 'network', path: `/proc/${pod.pid}/ns/net` }] } },
    },
  })
}

function inspectp(c: ToolContext, host: HostState, args: readonly string[]): number {
  const p = one(c, host.pods, options(long(args), 'o').rest[0] ?? '', 'sandbox')
  if (typeof p === 'number') return p
  return json(c, { status: { id: p.id, metadata: { name: p.name, uid: p.uid, namespace: p.namespace, attempt: p.attempt }, state: p.ready ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY', createdAt: time(p.createdAt), network: { ip: p.ip }, linux: { namespaces: { options: { network: p.hostNetwork ? 'NODE' : 'POD', pid: 'CONTAINER', ipc: 'POD' } } }, labels: labelsOf(p), annotations: p.annotations }, info: { pid: p.ready ? p.pid : 0, processStatus: p.ready ? 'running' : 'deleted', runtimeHandler: p.handler, image: 'registry.k8s.io/pause:3.10.1' } })
}

function inspecti(c: ToolContext, host: HostState, args: readonly string[]): number {
  const id = options(long(args), 'o').rest[0] ?? ''
  const image = host.images.find((i) => i.reference === id || i.reference.endsWith(`/${id}`) || i.reference.endsWith(`/${id}:latest`) || i.digest.replace('sha256:', '').startsWith(id.replace('sha256:', '')))
  if (id === '' || !image) return c.fail(`no such image "${id}" present`)
  return json(c, { status: { id: image.digest, repoTags: [image.reference], repoDigests: [`${image.reference.replace(/[:@][^/]*$/, '')}@${image.digest}`], size: String(image.size), username: '', pinned: image.reference.includes('/pause:') } })
}

function textOfLog(log: LogChunk | null, tail: number | undefined, timestamps: boolean): string {
  const chunks: LogChunk[] = []
  for (let x = log; x; x = x.before) chunks.push(x)
  const lines = chunks.reverse().flatMap((x) => x.text.replace(/\n$/, '').split('\n').map((line) => `${timestamps ? `${time(x.at)} ` : ''}${line}\n`))
  return (tail === undefined || tail < 0 ? lines : lines.slice(lines.length - Math.min(tail, lines.length))).join('')
}

function logs(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { rest, values, flags } = options(long(args), 't')
  const x = one(c, containersOf(host), rest[0] ?? '', 'container')
  if (typeof x === 'number') return x
  c.out(textOfLog(x.log, values.has('t') && /^\d+$/.test(values.get('t')!) ? Number(values.get('t')) : undefined, flags.has('timestamps')))
  return 0
}

function stats(c: ToolContext, host: HostState, args: readonly string[]): number {
  const only = options(long(args), 'po').rest[0]
  const rows = rowsOf(host).filter(({ container }) => container.state === 'running' && (!only || container.id.startsWith(only)))
  c.out(columns([['CONTAINER', 'NAME', 'CPU %', 'MEM', 'DISK', 'INODES', 'SWAP'], ...rows.map(({ container: x }) => [x.id.slice(0, 13), x.name, (x.usage.cpu / 10).toFixed(2), megabytes(x.usage.memory), '8.192kB', '12', '0B'])]))
  return 0
}

/** Runs a command in a container: a process of the node that enters the container's namespaces. */
function exec(c: ToolContext, host: HostState, args: readonly string[]): number | undefined {
  const child = c.state['child'] as number | undefined
  if (child !== undefined) return c.kernel.reap(child) ?? 0
  const at = args.findIndex((word) => !word.startsWith('-'))
  const x = one(c, containersOf(host), args[at] ?? '', 'container')
  if (typeof x === 'number') return x
  if (x.state !== 'running') return c.fail(`rpc error: code = Unknown desc = container is in ${STATE_NAMES[x.state]} state`)
  const target = host.processes.find((p) => p.pid === x.pid)
  const argv = args.slice(at + 1)
  if (!target || argv.length === 0) return c.fail('please specify the command to exec')
  const before = c.task.view
  c.task.view = { ...before, mounts: target.mounts, ns: target.ns, hostname: target.hostname, network: target.network, cgroup: target.cgroup, capabilities: target.capabilities, spaceForChildren: target.space === HOST_SPACE ? HOST_SPACE : target.space }
  const env = { ...x.env }
  const program = startProgram(c.kernel, { ...c.task, cwd: '/' }, argv, env)
  const { container, fds, session } = c.task
  const made = typeof program === 'string' ? undefined : c.kernel.spawn(c.task, { container, user: target.user, cwd: target.cwd, env, fds, ...program, at: c.now, ...(session === undefined ? {} : { session }) })
  c.task.view = before
  if (typeof program === 'string') return c.fail(`exec failed: unable to start container process: exec: ${JSON.stringify(argv[0])}: executable file not found in $PATH`, 127)
  if (!made) return c.fail("can't fork: Resource temporarily unavailable")
  c.keep({ child: made.id })
  return c.wait({ for: 'child', ids: [made.id] })
}

function stop(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { rest } = options(long(args), 'w')
  for (const id of rest) {
    const x = one(c, containersOf(host), id, 'container')
    if (typeof x === 'number') return x
    if (x.pid) c.kernel.tell(c.task, { do: 'stop', pid: x.pid })
    c.out(`${id}\n`)
  }
  return rest.length > 0 ? 0 : c.fail('ID cannot be empty')
}

function remove(c: ToolContext, host: HostState, args: readonly string[]): number {
  const { rest, flags } = options(long(args))
  for (const id of rest) {
    const x = one(c, containersOf(host), id, 'container')
    if (typeof x === 'number') return x
    if (x.state === 'running' && !flags.has('f') && !flags.has('F')) return c.fail(`removing the container "${id}": rpc error: code = Unknown desc = failed to set removing state for container "${x.id}": container is still running`)
    if (x.pid) c.kernel.tell(c.task, { do: 'signal', pid: x.pid, signal: 'KILL' })
    c.out(`${id}\n`)
  }
  return rest.length > 0 ? 0 : c.fail('ID cannot be empty')
}

const VERBS: Readonly<Record<string, CrictlVerb>> = {
  ps, pods, images, img: images, image: images, inspect, inspectp, inspecti, logs, stats, exec, stop, rm: remove,
  version: (c) => {
    c.out(`Version:  0.1.0\nRuntimeName:  containerd\nRuntimeVersion:  ${CONTAINERD}\nRuntimeApiVersion:  v1\n`)
    return 0
  },
  '--version': (c) => {
    c.out(`crictl version v${VERSION}\n`)
    return 0
  },
  info: (c) => json(c, { status: { conditions: [{ type: 'RuntimeReady', status: true, reason: '', message: '' }, { type: 'NetworkReady', status: true, reason: '', message: '' }] }, config: { containerd: { snapshotter: 'overlayfs', defaultRuntimeName: 'runc' }, enableSelinux: false, sandboxImage: 'registry.k8s.io/pause:3.10.1' }, golang: 'go1.25' }),
  pull: (c, _host, args) => {
    const image = options(long(args)).rest[0]
    if (!image) return c.fail('image name cannot be empty')
    const answer = c.askNode({ do: 'pull', image })
    if (!answer) return undefined
    if (!answer.ok) return c.fail(`pulling image: ${answer.body}`)
    c.out(`Image is up to date for ${answer.body}\n`)
    return 0
  },
  rmi: (c, host, args) => {
    const { rest } = options(long(args))
    for (const id of rest) {
      const image = host.images.find((i) => i.reference === id || i.reference.endsWith(`/${id}`) || i.reference.endsWith(`/${id}:latest`) || i.digest.replace('sha256:', '').startsWith(id))
      if (!image) return c.fail(`no such image ${id}`)
      c.kernel.tell(c.task, { do: 'remove-image', image: image.reference })
      c.out(`Deleted: ${image.reference}\n`)
    }
    return 0
  },
}
