import type { ContainerView, KernelView, MountView, NamespaceBand, PodAnatomy } from '../../../workers/protocol-anatomy.ts'
import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import type { Micros } from '../../engine/time.ts'
import { qosOf } from '../../node/kubelet/files.ts'
import { machineNow, NODE_RELEASE, settingOf } from '../../node/kubelet/linux.ts'
import { guestOf } from '../../node/kubelet/runtime-handler.ts'
import type { NodeRow, PodRow } from '../../node/kubelet/state.ts'
import { containerNamed, rowKey, type KubeletWorld } from '../../node/kubelet/world.ts'
import { Kernel } from '../../node/linux/kernel.ts'
import type { Mount } from '../../node/linux/machine.ts'
import { HOST_NAMESPACES, type NamespaceKind } from '../../node/linux/namespaces.ts'
import { namespaceOf } from '../../node/linux/processes.ts'
import { podCgroups } from './cgroups.ts'
import { changesOf, configOf, imageOf, layersOf, namesOfContainers, roleOf, usersOfLayers } from './layers.ts'
import { processesOf } from './processes.ts'
import { usageOf } from './usage.ts'

/** The order of the drawing: shared by a pod first, then a container's own, then the node's. */
const ORDER: readonly NamespaceKind[] = ['net', 'uts', 'ipc', 'pid', 'mnt', 'cgroup', 'user', 'time']

/** The row of a pod in its node's kubelet; undefined where none has it in its hands. */
export function rowOf(world: KubeletWorld, pod: Pod | undefined): PodRow | undefined {
  const node = pod?.spec.nodeName
  const row = node ? world.pods.get(rowKey(node, pod)) : undefined
  return row?.uid === pod?.metadata.uid || row?.isStatic ? row : undefined
}

export function kernelOf(world: KubeletWorld, node: NodeRow, pod?: Pod): KernelView {
  return { release: NODE_RELEASE, cgroups: world.cgroups, cpus: Math.ceil(node.milliCpu / 1000), memory: node.memory, guest: (pod && guestOf(world, pod)) ?? null }
}

/** The inside of a pod at `now`, as its node's kernel has it; null where no kubelet runs it. */
export function podAnatomy(world: KubeletWorld, pod: Pod | undefined, now: Micros): PodAnatomy | null {
  const given = rowOf(world, pod)
  if (!given) return null
  const machine = machineNow(world, given, now)
  const row: PodRow = machine ? { ...given, machine } : given
  const node = world.node(row)
  const names = namesOfContainers(row)
  const processes = processesOf(row, machine)
  const users = usersOfLayers(world, row.node)
  const alive = names.filter((name) => machine?.containers[name] && row.containers[name]?.run?.state === 'running')
  return {
    pod: `${row.pod.metadata.namespace}/${row.pod.metadata.name}`, node: row.node, qos: qosOf(row.pod), ip: row.ip ?? '', hostname: machine?.hostname ?? '', kernel: kernelOf(world, node, row.pod),
    columns: [
      { name: row.node, detail: NODE_RELEASE, kind: 'node' },
      ...(row.sandbox.state === 'ready' ? [{ name: 'pause', detail: '', kind: 'pause' as const }, ...alive.map((name) => ({ name, detail: containerNamed(row.pod, name)?.image ?? '', kind: 'container' as const }))] : []),
    ],
    bands: row.sandbox.state === 'ready' && machine ? bandsOf(world, row, alive) : [],
    processes,
    containers: names.map((name) => containerView(world, row, containerNamed(row.pod, name)!, users, now)),
    cgroups: podCgroups(world, row, node, now, (container) => processes.filter((p) => p.container === container).length),
  }
}

/** For each kind of namespace: which of node, pause and containers are in the same one. */
function bandsOf(world: KubeletWorld, row: PodRow, containers: readonly string[]): readonly NamespaceBand[] {
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  const isGuest = guestOf(world, row.pod) !== undefined
  const bands: NamespaceBand[] = []
  for (const kind of ORDER) {
    const numbers = [HOST_NAMESPACES[kind], ...['pause', ...containers].map((name) => inodeOf(kernel, name, kind))]
    // A guest's kernel shares nothing with the node's; its first namespaces only have the same numbers.
    if (isGuest) bands.push({ kind, inode: HOST_NAMESPACES[kind], columns: [0], scope: 'node' })
    for (const inode of new Set(isGuest ? numbers.slice(1) : numbers)) {
      const columns = numbers.flatMap((number, column) => (number === inode && !(isGuest && column === 0) ? [column] : []))
      bands.push({ kind, inode, columns, scope: columns[0] === 0 ? 'node' : columns.length > 1 ? 'pod' : 'own' })
    }
  }
  return bands
}

/** The pause process has the pod's namespaces, and a pid namespace of its own where the containers have theirs. */
const inodeOf = (kernel: Kernel, name: string, kind: NamespaceKind): number => namespaceOf(kernel, name, kind)

function containerView(world: KubeletWorld, row: PodRow, container: Container, users: ReadonlyMap<string, readonly string[]>, now: Micros): ContainerView {
  const { name } = container
  const run = row.containers[name]?.run
  const image = imageOf(world, row.node, container)
  const state = run ? row.machine?.containers[name] : undefined
  const self = `${row.pod.metadata.name}/${name}`
  return {
    name, role: roleOf(row, name), state: run?.state ?? 'none', id: run?.id ?? '', image: container.image ?? '', digest: image?.digest ?? '', attempt: run?.attempt ?? 0,
    config: image ? configOf(image) : [],
    layers: image ? layersOf(image, users, self) : [],
    ...(image && state ? changesOf(row, container, image) : { changes: [], moreChanges: 0 }),
    mounts: state ? state.mounts.map((mount) => mountView(container, mount)) : [],
    usage: usageOf(world, row, name, now),
  }
}

/** Files that the kubelet and the runtime lay into every container. */
const POD_FS = /^(?:pod-files|messages:.*|shm)$/

function mountView(container: Container, { at, fs, type, source, readOnly }: Mount): MountView {
  const volume = container.volumeMounts?.find(({ mountPath }) => mountPath.replace(/\/+$/, '') === at)?.name ?? null
  return { at, type, source, readOnly, volume, kind: volume !== null ? 'volume' : POD_FS.test(fs) ? 'pod' : 'kernel' }
}
