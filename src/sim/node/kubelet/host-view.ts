import { parseImageName } from '../../api/image-name.ts'
import { podRequests } from '../../api/pod-resources.ts'
import { allContainers } from '../../api/pod.ts'
import type { Micros } from '../../engine/time.ts'
import { diskOf } from '../../client/storage/disks.ts'
import { quotaOf, sharesOf } from '../linux/cgroups.ts'
import { directory, file, IMAGE_TIME, link, withPath, type FsNode, type RegularFile } from '../linux/fs.ts'
import { foreign, netnsOf, ofForeign, type HostContainer, type HostImage, type HostPod, type HostProcess, type HostState, type HostUnit } from '../linux/host.ts'
import { Kernel } from '../linux/kernel.ts'
import type { Credentials, Machine, Mount } from '../linux/machine.ts'
import { HOST_NAMESPACES, NAMESPACES, type NamespaceKind } from '../linux/namespaces.ts'
import { containerSpace, HOST_SPACE, hostPid, namespaceOf, shimPid } from '../linux/processes.ts'
import { LOCAL } from '../../images/registry.ts'
import { rootOf } from '../linux/rootfs.ts'
import { clockText } from '../linux/tools/clock.ts'
import { qosOf } from './files.ts'
import { settingOf } from './linux.ts'
import type { NodeRow, PodRow } from './state.ts'
import { heldCpu } from './cpu-limit.ts'
import { containerUsage, nodeUsage } from './usage.ts'
import { podMemoryLimit } from './allocatable.ts'
import { criLine, logFiles, rotationsOf } from './log-rotation.ts'
import { amountForPods } from './configured-node.ts'
import { MOST_PIDS } from './consumption.ts'
import { nodeRoot } from './volumes.ts'
import { pluginOf } from './volume-paths.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

const ROOT = { uid: 0, gid: 0, groups: [0] }
const ALL_CAPABILITIES = 2 ** 41 - 1

/** All of a node as a pod of it sees it at `at`, without the pod's own processes. Nothing is kept: it is worked out from the pods' rows. */
export function hostView(world: KubeletWorld, name: string, at: Micros, looking: PodRow): HostState {
  const node = world.nodes.get(name)!
  const rows = [...world.byNode.keys(name)].map((key) => world.pods.get(key)!)
  const laid = rows.map((row) => ({ row, machine: row.machine && (row.uid === looking.uid ? row.machine : runTo(world, row, at)) }))
  const machines = new Map(laid.map(({ row, machine }) => [`${row.node} ${row.pod.metadata.namespace}/${row.pod.metadata.name}`, machine]))
  const pods = laid.flatMap(({ row, machine }) => (machine && row.sandbox.id ? [podOf(world, row, machine, at)] : []))
  const units = unitsOf(node, rows)
  const processes: HostProcess[] = [...daemons(node)]
  laid.forEach(({ row, machine }) => {
    if (machine && row.sandbox.state === 'ready') processes.push(...processesOf(world, row, machine).filter((p) => !p.of || row.uid !== looking.uid))
  })
  const trees: Record<string, FsNode | undefined> = {}
  const mounts = nodeMounts(node, pods, world.cgroups)
  return {
    name, address: node.address, processes: processes.map((p) => (p.of || p.comm === 'pause' ? p : { ...p, mounts })).sort((a, b) => a.pid - b.pid), pods, units, images: node.images.map((i) => ({ ...i, digest: i.digest.slice(i.digest.indexOf('@') + 1) })), mounts, ns: HOST_NAMESPACES, cgroups: world.cgroups, cpus: Math.ceil(node.milliCpu / 1000),
    allocatable: { ...amountForPods(world.flags, node), pids: MOST_PIDS }, used: nodeUsage(world, name, at),
    image: (image) => imageOf(world, node, image),
    root: (fs) => {
      const [pod, inner] = ofForeign(fs)
      if (pod !== '') {
        const machine = machines.get(pod)
        return inner === 'host' ? nodeRoot(world, name) : (machine?.roots[inner] ?? world.disks.get(inner))
      }
      return (trees[inner] ??= inner === 'pods' ? podsFolder(pods) : inner === 'logs' ? logsFolder(pods) : inner === 'links' ? logLinks(pods) : inner === 'manifests' ? manifestFolder(node) : undefined)
    },
  }
}

function runTo(world: KubeletWorld, row: PodRow, at: Micros): Machine {
  const { host: _none, ...setting } = settingOf(world, row)
  const kernel = new Kernel(row.machine!, setting)
  kernel.run(at, 5_000)
  return kernel.freeze()
}

/** An image of the node's store by its name, a part of it, or its digest. */
function imageOf(world: KubeletWorld, node: NodeRow, name: string): HostImage | undefined {
  const parsed = parseImageName(name)
  const reference = parsed && (parsed.tag ? `${parsed.repository}:${parsed.tag}` : `${parsed.repository}@${parsed.digest}`)
  const entry = node.images.find((i) => i.reference === reference) ?? (/^(sha256:)?[0-9a-f]{4,64}$/.test(name) ? node.images.find((i) => i.digest.slice(i.digest.indexOf('@') + 1).replace('sha256:', '').startsWith(name.replace('sha256:', ''))) : undefined)
  const found = entry && world.registry.on(node.name).resolve(entry.reference, [LOCAL])
  if (!entry || !found?.found) return undefined
  const { image } = found
  const ports = (image.config?.exposedPorts ?? []).map((p) => Number.parseInt(p, 10))
  const told = [...(image.config?.env ?? []).map((e) => `ENV ${e}`), ...(image.config?.entrypoint ? [`ENTRYPOINT ${JSON.stringify(image.config.entrypoint)}`] : []), ...(image.config?.cmd ? [`CMD ${JSON.stringify(image.config.cmd)}`] : [])]
  const history = image.history ?? [...found.layers.map((size, i) => ({ createdBy: i === 0 ? '/bin/sh -c #(nop) ADD file in / ' : 'RUN /bin/sh -c … # buildkit', size, at: IMAGE_TIME })), ...told.map((createdBy) => ({ createdBy: `${createdBy} # buildkit`, size: 0, at: IMAGE_TIME }))]
  return { reference: entry.reference, digest: entry.digest.slice(entry.digest.indexOf('@') + 1), size: entry.size, config: image.config ?? {}, root: rootOf(image, ports), history }
}

// ---- processes

const daemon = (pid: number, ppid: number, argv: readonly string[], unit: string, startedAt: Micros, memory: number, comm?: string): HostProcess => ({
  pid, ppid, argv, comm: comm ?? argv[0]!.slice(argv[0]!.lastIndexOf('/') + 1).slice(0, 15), user: ROOT, env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }, cwd: '/', startedAt, sleeping: true, memory, listens: [], nspid: [pid], space: HOST_SPACE,
  ns: HOST_NAMESPACES, cgroup: unit, oomScore: unit.includes('kubelet') || unit.includes('containerd') ? -999 : 0, capabilities: ALL_CAPABILITIES, noNewPrivileges: false, seccomp: false, mounts: [], hostname: '', network: { kind: 'host', ip: '' },
})

/** Numbers of the daemons that can be stopped. */
export const DAEMONS = { kubelet: 871, containerd: 612 } as const

const KUBELET_COMMAND = ['/usr/bin/kubelet', '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf', '--kubeconfig=/etc/kubernetes/kubelet.conf', '--config=/var/lib/kubelet/config.yaml', '--container-runtime-endpoint=unix:///run/containerd/containerd.sock']

function daemons(node: NodeRow): readonly HostProcess[] {
  const at = node.bootedAt
  const list = [
    daemon(1, 0, ['/sbin/init'], '/init.scope', at, 12 << 20, 'systemd'),
    daemon(2, 0, ['[kthreadd]'], '/', at, 0, 'kthreadd'),
    daemon(142, 1, ['/usr/lib/systemd/systemd-journald'], '/system.slice/systemd-journald.service', at, 15 << 20),
    daemon(178, 1, ['/usr/lib/systemd/systemd-udevd'], '/system.slice/systemd-udevd.service', at, 8 << 20),
    daemon(498, 1, ['/usr/sbin/sshd', '-D'], '/system.slice/ssh.service', at, 7 << 20),
    ...(node.runtime ? [daemon(DAEMONS.containerd, 1, ['/usr/bin/containerd'], '/system.slice/containerd.service', at, 60 << 20)] : []),
    ...(node.kubelet && node.up ? [daemon(DAEMONS.kubelet, 1, [...KUBELET_COMMAND, `--hostname-override=${node.name}`], '/system.slice/kubelet.service', at, 90 << 20)] : []),
  ]
  return list.map((p) => ({ ...p, hostname: node.hostName, network: { kind: 'host', ip: node.address } }))
}

function processesOf(world: KubeletWorld, row: PodRow, machine: Machine): readonly HostProcess[] {
  const setting = settingOf(world, row)
  const pause = row.sandbox.pid
  const shim = shimPid(machine)
  const node = world.node(row)
  const key = `${row.node} ${row.pod.metadata.namespace}/${row.pod.metadata.name}`
  const kernel = new Kernel(machine, setting)
  const ns = (container: string): Readonly<Record<NamespaceKind, number>> => Object.fromEntries(NAMESPACES.map((kind) => [kind, namespaceOf(kernel, container, kind)])) as Record<NamespaceKind, number>
  const space = (container: string): string => {
    const own = containerSpace(machine, container)
    return own === HOST_SPACE ? own : `@${key}|${own === 'pod' ? '' : container}`
  }
  const { hostNetwork } = row.pod.spec
  const network = { kind: hostNetwork ? 'host' : 'own', ip: machine.ip } as const
  const first = daemon(shim, 1, ['/usr/bin/containerd-shim-runc-v2', '-namespace', 'k8s.io', '-id', row.sandbox.id ?? '', '-address', '/run/containerd/containerd.sock'], '/system.slice/containerd.service', machine.now, 12 << 20, 'containerd-shim')
  const { idBase } = row.sandbox
  const ids = idBase === undefined ? {} : { idBase }
  const outside = (user: Credentials): Credentials => (idBase === undefined ? user : { uid: user.uid + idBase, gid: user.gid + idBase, groups: user.groups.map((g) => g + idBase) })
  const found: HostProcess[] = [
    { ...first, oomScore: -998, hostname: node.hostName, network: { kind: 'host', ip: node.address }, startedAt: row.startTime },
    { ...daemon(pause, shim, ['/pause'], `${podCgroup(world, row)}/${scope(world, row.sandbox.id ?? '')}`, row.startTime, 500_000), user: outside({ uid: 65_535, gid: 65_535, groups: [65_535] }), ...ids, nspid: machine.hostPid ? [pause] : [pause, 1], space: machine.hostPid ? HOST_SPACE : `@${key}|${machine.sharedPid ? '' : 'POD'}`, ns: ns('pause'), oomScore: -998, capabilities: 0, noNewPrivileges: true, hostname: machine.hostname, network },
  ]
  for (const task of machine.processes) {
    if (task.exit !== undefined) continue
    const c = machine.containers[task.container]!
    const pid = hostPid(machine, task.id)
    found.push({
      pid, ppid: task.parent === 0 ? shim : hostPid(machine, task.parent), argv: task.argv, comm: task.comm, user: outside(task.user), ...ids, env: task.env, cwd: task.cwd, startedAt: task.startedAt, sleeping: task.wait !== null, memory: task.memory || 1_048_576, listens: task.listens,
      nspid: machine.hostPid ? [pid] : [pid, ...(task.outer === undefined ? [] : [task.outer]), task.pid], space: space(task.container), ns: { ...ns(task.container), ...task.view?.ns }, cgroup: c.cgroup, oomScore: c.oomScore, capabilities: task.view?.capabilities ?? c.capabilities,
      noNewPrivileges: c.noNewPrivileges, seccomp: c.seccomp, mounts: (task.view?.mounts ?? c.mounts).map((m) => fromOutside(m, key, space(task.container), c.cgroup)), hostname: task.view?.hostname ?? machine.hostname, network, of: { pod: key, id: task.id },
    })
  }
  return found
}

/** A pod's mount as somebody of the node has it who has entered its mount namespace. */
const fromOutside = (m: Mount, pod: string, space: string, cgroup: string): Mount => ({ ...m, fs: m.fs === '' || m.fs === 'host' ? m.fs : foreign(pod, m.fs), ...(m.type === 'proc' ? { space } : m.type === 'cgroup2' || m.type === 'cgroup' ? { space: cgroup } : {}) })

// ---- pods

const scope = (world: KubeletWorld, id: string): string => (world.cgroups === 'v2' ? `cri-containerd-${id}.scope` : id)

function podCgroup(world: KubeletWorld, row: PodRow): string {
  const qos = qosOf(row.pod)
  if (world.cgroups === 'v1') return `/kubepods${qos === 'Guaranteed' ? '' : `/${qos.toLowerCase()}`}/pod${row.uid}`
  const kind = qos === 'Guaranteed' ? '' : `-${qos.toLowerCase()}`
  return `/kubepods.slice${kind ? `/kubepods${kind}.slice` : ''}/kubepods${kind}-pod${row.uid.replaceAll('-', '_')}.slice`
}

function podOf(world: KubeletWorld, row: PodRow, machine: Machine, at: Micros): HostPod {
  const { metadata, spec } = row.pod
  const key = `${row.node} ${metadata.namespace}/${metadata.name}`
  const sums = allContainers(spec).filter((c) => spec.containers.includes(c))
  const milli = podRequests(row.pod).milliCpu
  const held = sums.map((c) => heldCpu(world, c))
  const quota = held.includes(undefined) ? undefined : quotaOf(held.reduce<number>((sum, cpu) => sum + cpu!, 0))
  const memoryLimit = podMemoryLimit(row.pod)
  const kernel = new Kernel(machine, settingOf(world, row))
  const containers: HostContainer[] = []
  for (const state of Object.values(row.containers)) {
    for (const run of [state.before, state.run]) {
      if (!run) continue
      const live = run === state.run ? machine.containers[state.name] : undefined
      const ended = run.ended ?? (live?.ended ? { at: live.ended.at, code: live.ended.code, reason: live.ended.oom ? 'OOMKilled' : live.ended.code === 0 ? 'Completed' : 'Error' } : undefined)
      containers.push({
        name: state.name, id: run.id.replace(/^.*:\/\//, ''), attempt: run.attempt, state: ended ? 'exited' : run.state, createdAt: run.createdAt, ...(run.startedAt === undefined ? {} : { startedAt: run.startedAt }), ...(ended ? { ended } : {}),
        image: run.reference, imageDigest: run.imageID.slice(run.imageID.indexOf('@') + 1), pid: live && !ended ? hostPid(machine, live.main) : 0, argv: machine.processes.find((p) => p.id === live?.main)?.argv ?? [], env: live?.env ?? {}, cgroup: live?.cgroup ?? '',
        cpu: live?.cpu ?? { cpuShares: 2, cpuPeriod: 100_000 }, ...(live?.memoryLimit === undefined ? {} : { memoryLimit: live.memoryLimit }), mounts: live?.mounts ?? [], usage: containerUsage(world, row, state.name, at) ?? { cpu: 0, memory: 0 },
        ...(rotationsOf(row, state.name, run.id).length > 0 ? { rotations: rotationsOf(row, state.name, run.id) } : {}), log: live ? live.log : (row.previousLogs?.[run.id] ?? null), ...(live ? { made: live, wanted: containerNamed(row.pod, state.name)?.image ?? run.reference } : {}),
      })
    }
  }
  return {
    key, name: metadata.name, namespace: metadata.namespace ?? 'default', uid: row.uid, id: row.sandbox.id ?? '', attempt: row.sandbox.attempt - 1, ready: row.sandbox.state === 'ready', createdAt: row.startTime, pid: row.sandbox.pid, ip: spec.hostNetwork ? '' : machine.ip, hostNetwork: spec.hostNetwork ?? false,
    labels: metadata.labels ?? {}, annotations: metadata.annotations ?? {}, qos: qosOf(row.pod), handler: spec.runtimeClassName ?? '', cgroup: podCgroup(world, row), cpu: { cpuShares: sharesOf(milli), cpuPeriod: 100_000, ...(quota === undefined ? {} : { cpuQuota: quota }) }, ...(memoryLimit === undefined ? {} : { memoryLimit }),
    ns: Object.fromEntries(NAMESPACES.map((kind) => [kind, namespaceOf(kernel, 'pause', kind)])) as Record<NamespaceKind, number>, link: (row.sandbox.inode % 900) + 5, containers,
    subPaths: allContainers(spec).flatMap((c) => (c.volumeMounts ?? []).flatMap((m, index) => (m.subPath || m.subPathExpr ? [{ volume: m.name, container: c.name, index }] : []))),
    volumes: (spec.volumes ?? []).flatMap((v) => {
      const plugin = pluginOf(v)
      if (!plugin) return []
      const mounted = Object.values(machine.containers).flatMap((c) => c.mounts).find((m) => m.fs === `volume:${v.name}`)
      const disk = world.mounts?.get(`${row.node} ${metadata.namespace}/${metadata.name}`)?.volumes[v.name]?.fs
      return [{ name: v.name, plugin, fs: mounted || machine.roots[`volume:${v.name}`] ? `volume:${v.name}` : disk ? (diskOf(disk) ?? disk) : `volume:${v.name}` }]
    }),
  }
}

// ---- files

const PODS_DIR = '/var/lib/kubelet/pods'
const plain = (at: string, type: string, source: string, options: string, more: Partial<Mount> = {}): Mount => ({ at, fs: '', from: '/', readOnly: false, type, source, options, ...more })

/** The node's table of mounts: its own ones, those of pods, and a few folders that are made up when looked at (hidden). */
function nodeMounts(node: NodeRow, pods: readonly HostPod[], cgroups: 'v1' | 'v2'): readonly Mount[] {
  const rw = 'rw,nosuid,nodev,noexec,relatime'
  const mounts: Mount[] = [
    plain('/', 'ext4', '/dev/vda1', 'rw,relatime,discard', { fs: 'host' }),
    plain('/sys', 'sysfs', 'sysfs', rw), plain('/proc', 'proc', 'proc', rw, { space: HOST_SPACE }),
    ...(cgroups === 'v2' ? [plain('/sys/fs/cgroup', 'cgroup2', 'cgroup2', `${rw},nsdelegate,memory_recursiveprot`, { space: HOST_SPACE })] : ['systemd', 'cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids'].map((s) => plain(`/sys/fs/cgroup/${s}`, 'cgroup', 'cgroup', `${rw},${s}`, { space: HOST_SPACE }))),
    { ...plain(PODS_DIR, 'ext4', '/dev/vda1', 'rw,relatime', { fs: foreign('', 'pods'), readOnly: true }), hidden: true },
    { ...plain('/var/log/pods', 'ext4', '/dev/vda1', 'rw,relatime', { fs: foreign('', 'logs'), readOnly: true }), hidden: true },
    { ...plain('/var/log/containers', 'ext4', '/dev/vda1', 'rw,relatime', { fs: foreign('', 'links'), readOnly: true }), hidden: true },
    ...(Object.keys(node.manifests).length > 0 ? [{ ...plain('/etc/kubernetes/manifests', 'ext4', '/dev/vda1', 'rw,relatime', { fs: foreign('', 'manifests'), readOnly: true }), hidden: true } as Mount] : []),
  ]
  for (const pod of pods) {
    if (!pod.ready) continue
    for (const v of pod.volumes) {
      const at = `${PODS_DIR}/${pod.uid}/volumes/kubernetes.io~${v.plugin}/${v.name}${v.plugin === 'csi' ? '/mount' : ''}`
      const m = pod.containers.flatMap((c) => c.mounts).find((x) => x.fs === v.fs)
      if (m) mounts.push({ ...plain(at, m.type, m.source, m.options.replace(/^ro/, 'rw'), { fs: v.fs.startsWith('disk/') ? v.fs : foreign(pod.key, v.fs) }), ...(m.type === 'ext4' && v.plugin !== 'csi' ? { hidden: true } : {}) })
    }
    const task = `/run/containerd/io.containerd.runtime.v2.task/k8s.io`
    mounts.push(plain(`/run/containerd/io.containerd.grpc.v1.cri/sandboxes/${pod.id}/shm`, 'tmpfs', 'shm', 'rw,nosuid,nodev,noexec,relatime,size=65536k', { fs: foreign(pod.key, 'shm') }))
    for (const c of pod.containers) {
      const root = c.state === 'running' ? c.mounts[0] : undefined
      if (root) mounts.push(plain(`${task}/${c.id}/rootfs`, 'overlay', 'overlay', root.options, { fs: foreign(pod.key, root.fs) }))
    }
    if (!pod.hostNetwork) mounts.push({ ...plain(`/run/netns/${netnsOf(pod.id)}`, 'nsfs', 'nsfs', 'rw') })
  }
  return mounts
}

/** Volumes that are an emptyDir or are made in one: the kubelet notes when it is ready. */
const EMPTY_DIRS: ReadonlySet<string> = new Set(['empty-dir', 'configmap', 'secret', 'projected', 'downward-api'])

function podsFolder(pods: readonly HostPod[]): FsNode {
  let tree: FsNode = directory({}, 0o750, 0)
  for (const pod of pods) {
    const at = pod.createdAt
    const dir = (entries: Readonly<Record<string, FsNode>> = {}, mode = 0o750): FsNode => directory(entries, mode, at)
    const plugins: Record<string, Record<string, FsNode>> = {}
    for (const v of pod.volumes) (plugins[`kubernetes.io~${v.plugin}`] ??= {})[v.name] = v.plugin === 'csi' ? dir({ mount: dir() }) : dir({}, 0o755)
    const containers = Object.fromEntries([...new Set(pod.containers.map((c) => c.name))].map((name) => [name, dir({ [(pod.containers.find((c) => c.name === name)?.id ?? '').slice(0, 8)]: file('', 0o666, at) })]))
    const subpaths = subPathsOf(pod, at)
    const wrapped = Object.fromEntries(pod.volumes.filter((v) => EMPTY_DIRS.has(v.plugin)).map((v) => [v.plugin === 'empty-dir' ? v.name : `wrapped_${v.name}`, dir({ ready: file('', 0o644, at) })]))
    tree = withPath(tree, `/${pod.uid}`, dir({ ...(subpaths ? { 'volume-subpaths': subpaths } : {}), containers: dir(containers), 'etc-hosts': file('', 0o644, at), plugins: dir(Object.keys(wrapped).length > 0 ? { 'kubernetes.io~empty-dir': dir(wrapped) } : {}), volumes: dir(Object.fromEntries(Object.entries(plugins).map(([name, entries]) => [name, dir(entries, 0o755)]))) }), at)
  }
  return tree
}

/** volume-subpaths/<volume>/<container>/<number of the mount>: where the kubelet binds a subPath. */
function subPathsOf(pod: HostPod, at: Micros): FsNode | undefined {
  let tree: FsNode | undefined
  for (const { volume, container, index } of pod.subPaths) tree = withPath(tree ?? directory({}, 0o750, at), `/${volume}/${container}/${index}`, file('', 0o644, at), at)
  return tree
}

/** A file whose text is made when it is read. */
class LazyFile implements RegularFile {
  readonly t = 'f' as const
  readonly uid = 0
  readonly gid = 0
  readonly mode = 0o640
  readonly mtime: Micros
  readonly #make: () => string
  #text: string | undefined

  constructor(mtime: Micros, make: () => string) {
    this.mtime = mtime
    this.#make = make
  }

  get data(): string {
    return (this.#text ??= this.#make())
  }
}

/** What is in the folder of one run's log. */
const filesOfLog = (c: HostContainer): readonly (readonly [string, FsNode])[] => logFiles(c.log, c.attempt, c.rotations ?? []).map(({ name, lines, at }) => [name, new LazyFile(at ?? c.log?.at ?? c.createdAt, () => lines.map(criLine).join(''))])

function logsFolder(pods: readonly HostPod[]): FsNode {
  const folders: Record<string, FsNode> = {}
  for (const pod of pods) {
    const names = [...new Set(pod.containers.map((c) => c.name))]
    folders[`${pod.namespace}_${pod.name}_${pod.uid}`] = directory(Object.fromEntries(names.map((name) => [name, directory(Object.fromEntries(pod.containers.filter((c) => c.name === name && c.startedAt !== undefined).flatMap(filesOfLog)), 0o755, pod.createdAt)])), 0o755, pod.createdAt)
  }
  return directory(folders, 0o755, 0)
}

const logLinks = (pods: readonly HostPod[]): FsNode => directory(Object.fromEntries(pods.flatMap((pod) => pod.containers.filter((c) => c.startedAt !== undefined).map((c) => [`${pod.name}_${pod.namespace}_${c.name}-${c.id}.log`, link(`/var/log/pods/${pod.namespace}_${pod.name}_${pod.uid}/${c.name}/${c.attempt}.log`, c.createdAt)]))), 0o755, 0)

const manifestFolder = (node: NodeRow): FsNode => directory(Object.fromEntries(Object.entries(node.manifests).map(([name, pod]) => [name, file(`${JSON.stringify(pod, null, 2)}\n`, 0o600, node.bootedAt)])), 0o755, node.bootedAt)

// ---- units

const klog = (level: 'I' | 'E', at: Micros, where: string, text: string): string => `${level}${clockText(at, '%m%d %H:%M:%S')}.${String(((at % 1_000_000) + 1_000_000) % 1_000_000).padStart(6, '0')} ${String(DAEMONS.kubelet).padStart(7)} ${where}] ${text}`

/** What the kubelet has logged of a pod: that it came, what the PLEG saw, and why it is not synced now. */
function journalOf(row: PodRow): HostUnit['journal'] {
  const pod = `${row.pod.metadata.namespace}/${row.pod.metadata.name}`
  const lines = [{ at: row.addedAt, text: klog('I', row.addedAt, 'kubelet.go:2539', `"SyncLoop ADD" source="${row.isStatic ? 'file' : 'api'}" pods=["${pod}"]`) }]
  for (const { run, before } of Object.values(row.containers)) {
    for (const r of [before, run]) {
      const event = (at: Micros, type: string): void => void lines.push({ at, text: klog('I', at, 'kubelet.go:2571', `"SyncLoop (PLEG): event for pod" pod="${pod}" event={"ID":"${row.uid}","Type":"${type}","Data":"${r!.id.replace(/^.*:\/\//, '')}"}`) })
      if (r?.startedAt !== undefined) event(r.startedAt, 'ContainerStarted')
      if (r?.ended) event(r.ended.at, 'ContainerDied')
    }
  }
  for (const [container, { reason, message }] of Object.entries(row.reasons)) {
    const at = row.containers[container]?.run?.ended?.at ?? row.addedAt
    if (!container.startsWith('pull ')) lines.push({ at, text: klog('E', at, 'pod_workers.go:1324', `"Error syncing pod, skipping" err="failed to \\"StartContainer\\" for \\"${container}\\" with ${reason}: ${JSON.stringify(JSON.stringify(message)).slice(1, -1)}" pod="${pod}" podUID="${row.uid}"`) })
  }
  return lines
}

function unitsOf(node: NodeRow, rows: readonly PodRow[]): readonly HostUnit[] {
  const at = node.bootedAt
  const line = (when: Micros, text: string): { at: Micros; text: string } => ({ at: when, text })
  const unit = (name: string, description: string, active: boolean, pid: number, command: string, journal: HostUnit['journal'] = []): HostUnit => ({ name, description, active, since: at, pid, command, journal })
  return [
    unit('containerd.service', 'containerd container runtime', node.runtime, DAEMONS.containerd, '/usr/bin/containerd', [line(at, 'Started containerd.service - containerd container runtime.'), ...(node.runtime ? [] : [line(at, 'containerd.service: Deactivated successfully.')])]),
    unit('kubelet.service', 'kubelet: The Kubernetes Node Agent', node.kubelet && node.up, DAEMONS.kubelet, `${KUBELET_COMMAND.join(' ')} --hostname-override=${node.name}`, [line(at, 'Started kubelet.service - kubelet: The Kubernetes Node Agent.'), line(at, klog('I', at, 'server.go:1295', `"Started kubelet"`)), ...rows.flatMap(journalOf).sort((a, b) => a.at - b.at)]),
    unit('ssh.service', 'OpenBSD Secure Shell server', true, 498, '/usr/sbin/sshd -D'),
    unit('systemd-journald.service', 'Journal Service', true, 142, '/usr/lib/systemd/systemd-journald'),
    unit('systemd-udevd.service', 'Rule-based Manager for Device Events and Files', true, 178, '/usr/lib/systemd/systemd-udevd'),
  ]
}
