import { base64Encode } from '../../../api/base64.ts'
import { formatMicroTime } from '../../../engine/time.ts'
import type { HostContainer, HostPod, HostState } from '../host.ts'
import { containerSpec, PAUSE_IMAGE, sandboxSpec } from '../oci-spec.ts'
import { options, type ToolContext } from './context.ts'
import { nodeOf } from './node-tools.ts'

const NO_SOCKET = 'ctr: failed to dial "/run/containerd/containerd.sock": connection error: desc = "transport: error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"'
/** The namespace of containerd in which the CRI keeps everything. */
const OF_KUBERNETES = 'k8s.io'
const CRI = 'io.cri-containerd'

type Json = Readonly<Record<string, unknown>>

/** A container as containerd knows it: a sandbox's pause, or one of a pod's. */
interface Known {
  readonly id: string
  readonly image: string
  readonly pid: number
  readonly pod: HostPod
  readonly container?: HostContainer
}

const known = (host: HostState): readonly Known[] =>
  host.pods.flatMap((pod): readonly Known[] => [{ id: pod.id, image: PAUSE_IMAGE, pid: pod.ready ? pod.pid : 0, pod }, ...pod.containers.map((container) => ({ id: container.id, image: container.image, pid: container.state === 'running' ? container.pid : 0, pod, container }))]).sort((a, b) => (a.id < b.id ? -1 : 1))

/** Columns as Go's tabwriter makes them for ctr: four blanks apart, the last one padded too. */
function table(rows: readonly (readonly string[])[], gap: number): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)))
  return rows.map((row) => `${row.map((cell, i) => cell.padEnd(widths[i]! + gap)).join('')}\n`).join('')
}

/** ctr: containerd's own client. What belongs to pods is in the namespace k8s.io; without -n it looks into "default", where nothing is. */
export function ctr(c: ToolContext): number {
  const host = nodeOf(c, NO_SOCKET)
  if (typeof host === 'number') return host
  if (!host.units.some((u) => u.name === 'containerd.service' && u.active)) return c.fail(NO_SOCKET)
  const { values, rest } = leading(c.args)
  const inside = (values.get('n') ?? 'default') === OF_KUBERNETES
  const [group = '', verb = '', ...args] = rest
  switch (`${ALIASES[group] ?? group} ${VERBS[verb] ?? verb}`) {
    case 'containers ls':
      return containers(c, inside ? host : undefined, args)
    case 'containers info':
      return info(c, inside ? host : undefined, args)
    case 'tasks ls':
      return tasks(c, inside ? host : undefined, args)
    case 'tasks ps':
      return processes(c, inside ? host : undefined, args)
    case 'images ls':
      return images(c, inside ? host : undefined, args)
    case 'namespaces ls':
      c.out(table([['NAME', 'LABELS'], ['k8s.io', '']], 1))
      return 0
    case 'version ':
      c.out('Client:\n  Version:  v2.1.4\n  Revision: \n  Go version: go1.24.6\n\nServer:\n  Version:  v2.1.4\n  Revision: \n')
      return 0
    default:
      return c.fail(`ctr ${[group, verb].join(' ').trim()}: not modelled here; there are containers ls|info, tasks ls|ps, images ls, namespaces ls and version. The kubelet's containers are in the namespace k8s.io (ctr -n k8s.io …)`)
  }
}

const ALIASES: Readonly<Record<string, string>> = { c: 'containers', container: 'containers', t: 'tasks', task: 'tasks', i: 'images', image: 'images', ns: 'namespaces', namespace: 'namespaces' }
const VERBS: Readonly<Record<string, string>> = { list: 'ls', inspect: 'info' }

/** Options before the command: -n and --namespace, --address. */
function leading(words: readonly string[]): { readonly values: ReadonlyMap<string, string>; readonly rest: readonly string[] } {
  const values = new Map<string, string>()
  let i = 0
  for (; i < words.length && words[i]!.startsWith('-'); i++) {
    const [name, given] = words[i]!.replace(/^-+/, '').split('=') as [string, string?]
    values.set(name === 'namespace' ? 'n' : name, given ?? words[++i] ?? '')
  }
  return { values, rest: words.slice(i) }
}

const isQuiet = (args: readonly string[]): boolean => options(args, '').flags.has('q') || args.includes('--quiet')

function containers(c: ToolContext, host: HostState | undefined, args: readonly string[]): number {
  const rows = host ? known(host) : []
  if (isQuiet(args)) for (const { id } of rows) c.out(`${id}\n`)
  else c.out(table([['CONTAINER', 'IMAGE', 'RUNTIME'], ...rows.map((k) => [k.id, k.image, 'io.containerd.runc.v2'])], 4))
  return 0
}

function tasks(c: ToolContext, host: HostState | undefined, args: readonly string[]): number {
  const rows = (host ? known(host) : []).filter((k) => k.pid > 0)
  if (isQuiet(args)) for (const { id } of rows) c.out(`${id}\n`)
  else c.out(table([['TASK', 'PID', 'STATUS'], ...rows.map((k) => [k.id, String(k.pid), 'RUNNING'])], 4))
  return 0
}

function processes(c: ToolContext, host: HostState | undefined, args: readonly string[]): number {
  const found = host && known(host).find((k) => k.id === args[0] && k.pid > 0)
  if (!host || !found) return c.fail(`ctr: no running task found: task ${args[0] ?? ''} not found`)
  const { cgroup } = host.processes.find((p) => p.pid === found.pid)!
  c.out(table([['PID', 'INFO'], ...host.processes.filter((p) => p.cgroup === cgroup).map((p) => [String(p.pid), '-'])], 4))
  return 0
}

function size(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB']
  let [n, unit] = [bytes, 0]
  for (; n >= 1024 && unit < units.length - 1; unit++) n /= 1024
  return `${n.toFixed(1)} ${units[unit]}`
}

/** Every image under its name, its digest and its id, as the CRI plugin stores it. */
function images(c: ToolContext, host: HostState | undefined, args: readonly string[]): number {
  const rows = new Map<string, readonly string[]>()
  for (const { reference, digest, size: bytes } of host?.images ?? []) {
    const labels = `${CRI}.image=managed${reference.includes('/pause:') ? `,${CRI}.pinned=pinned` : ''}`
    for (const ref of [reference, `${reference.replace(/[:@][^/]*$/, '')}@${digest}`, digest]) if (!rows.has(ref)) rows.set(ref, [ref, 'application/vnd.oci.image.manifest.v1+json', digest, size(bytes), 'linux/amd64', labels])
  }
  const sorted = [...rows.keys()].sort().map((ref) => rows.get(ref)!)
  if (isQuiet(args)) for (const [ref] of sorted) c.out(`${ref}\n`)
  else c.out(table([['REF', 'TYPE', 'DIGEST', 'SIZE', 'PLATFORMS', 'LABELS'], ...sorted], 1))
  return 0
}

const time = (at: number): string => formatMicroTime(at).replace('Z', '000Z')

function info(c: ToolContext, host: HostState | undefined, args: readonly string[]): number {
  const id = args.find((word) => !word.startsWith('-')) ?? ''
  const found = host && known(host).find((k) => k.id === id)
  if (!host || !found) return c.fail(id === '' ? 'ctr: container id must be provided' : `ctr: container ${JSON.stringify(id)} in namespace ${JSON.stringify(host ? OF_KUBERNETES : 'default')}: not found`)
  const { pod, container } = found
  const spec = container ? container.made && containerSpec(host, pod, container, container.made) : sandboxSpec(host, pod)
  if (args.includes('--spec')) c.out(`${JSON.stringify(spec ?? null, null, 4)}\n`)
  else c.out(`${JSON.stringify(record(host, found, spec), null, 4)}\n`)
  return 0
}

function record(host: HostState, { id, image, pod, container }: Known, spec: Json | undefined): Json {
  const at = time(container?.createdAt ?? pod.createdAt)
  const kind = container ? 'container' : 'sandbox'
  const metadata = { ID: id, Name: container ? `${container.name}_${pod.name}_${pod.namespace}_${pod.uid}_${container.attempt}` : `${pod.name}_${pod.namespace}_${pod.uid}_${pod.attempt}`, ...(container ? { SandboxID: pod.id } : {}) }
  return {
    ID: id,
    Labels: { [`${CRI}.kind`]: kind, ...(container ? { 'io.kubernetes.container.name': container.name } : pod.labels), 'io.kubernetes.pod.name': pod.name, 'io.kubernetes.pod.namespace': pod.namespace, 'io.kubernetes.pod.uid': pod.uid },
    Image: image,
    Runtime: { Name: 'io.containerd.runc.v2', Options: { type_url: 'containerd.runc.v1.Options', ...(host.cgroups === 'v2' ? { value: 'SAE=' } : {}) } },
    SnapshotKey: id,
    Snapshotter: 'overlayfs',
    CreatedAt: at,
    UpdatedAt: at,
    Extensions: { [`${CRI}.${kind}.metadata`]: { type_url: `github.com/containerd/cri/pkg/store/${kind}/Metadata`, value: base64Encode(JSON.stringify({ Version: 'v1', Metadata: metadata })) } },
    SandboxID: container ? pod.id : '',
    Spec: spec ?? null,
  }
}
