import type { CgroupView, NodeAnatomy } from '../../../workers/protocol-anatomy.ts'
import type { Micros } from '../../engine/time.ts'
import { podRequests } from '../../api/pod-resources.ts'
import { qosOf } from '../../node/kubelet/files.ts'
import { machineNow } from '../../node/kubelet/linux.ts'
import { guestOf } from '../../node/kubelet/runtime-handler.ts'
import type { NodeRow, PodRow } from '../../node/kubelet/state.ts'
import { containerNamed, type KubeletWorld } from '../../node/kubelet/world.ts'
import { kubeletWeightOf, sharesOf } from '../../node/linux/cgroups.ts'
import type { HostProcess } from '../../node/linux/host.ts'
import { isActive, nodeCgroups, pathsOf, podFigures } from './cgroups.ts'
import { imageOf, namesOfContainers } from './layers.ts'
import { HOST_NAMESPACES, NAMESPACES } from '../../node/linux/namespaces.ts'
import { kernelOf } from './pod.ts'
import { usageOf } from './usage.ts'

/** The inside of a node: its pods with what they share with it, and the cgroup tree down to them. Null for a node without a kubelet of ours. */
export function nodeAnatomy(world: KubeletWorld, name: string, now: Micros): NodeAnatomy | null {
  const node = world.nodes.get(name)
  if (!node) return null
  const rows = world.byNode.keys(name).map((key) => world.pods.get(key)!).filter(isActive)
  return {
    node: name, up: node.up, kernel: kernelOf(world, node),
    namespaces: NAMESPACES.map((kind) => ({ kind, inode: HOST_NAMESPACES[kind] })),
    pods: rows.map((row) => podLine(world, row, now)),
    processes: hostProcesses(world, name, now),
    images: node.images.map(({ reference, size }) => ({ reference, bytes: size, usedBy: rows.reduce((sum, row) => sum + usesOf(world, row, reference), 0) })),
    cgroups: treeOf(world, node, rows),
  }
}

const MOST_PROCESSES = 400
const MOST_COMMAND = 100

/** All processes of the node as its root sees them, as a tree: daemons, shims, and what runs in the pods. */
function hostProcesses(world: KubeletWorld, name: string, now: Micros): NodeAnatomy['processes'] {
  const all = world.hostView(name, now, NOBODY).processes
  const children = new Map<number, HostProcess[]>()
  const known = new Set(all.map(({ pid }) => pid))
  for (const process of all) {
    const parent = known.has(process.ppid) && process.ppid !== process.pid ? process.ppid : 0
    children.set(parent, [...(children.get(parent) ?? []), process])
  }
  const rows: NodeAnatomy['processes'][number][] = []
  const add = (parent: number, depth: number, pod: string | null): void => {
    for (const process of children.get(parent) ?? []) {
      const own = podOf(process) ?? pod
      rows.push({ pid: process.pid, inside: process.nspid.length > 1 ? process.nspid.at(-1)! : null, depth, command: process.argv.join(' ').slice(0, MOST_COMMAND) || process.comm, pod: own })
      add(process.pid, depth + 1, own)
    }
  }
  add(0, 0, null)
  return rows.slice(0, MOST_PROCESSES)
}

/** Nobody's pod looks: nothing is left out. */
const NOBODY = { uid: '' } as PodRow

/** The pod of a process, as a store key. */
const podOf = ({ of }: HostProcess): string | null => (of ? `pods/${of.pod.slice(of.pod.indexOf(' ') + 1)}` : null)

function podLine(world: KubeletWorld, given: PodRow, now: Micros): NodeAnatomy['pods'][number] {
  const machine = machineNow(world, given, now)
  const row: PodRow = machine ? { ...given, machine } : given
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace } = row.pod.spec
  const containers = namesOfContainers(row).flatMap((name) => {
    const run = row.containers[name]?.run
    if (!run) return []
    const use = usageOf(world, row, name, now)
    return [{ name, state: run.state, processes: machine?.processes.filter((p) => p.container === name && p.exit === undefined).length ?? 0, cpu: use?.cpu ?? 0, memory: use?.memory ?? 0 }]
  })
  const qos = qosOf(row.pod)
  return {
    key: `pods/${row.pod.metadata.namespace}/${row.pod.metadata.name}`, qos, ip: row.ip ?? '', guest: guestOf(world, row.pod) ?? null,
    host: [...(world.cgroups === 'v1' ? ['cgroup'] : []), ...(hostNetwork ? ['net', 'uts'] : []), ...(hostIPC ? ['ipc'] : []), ...(hostPID ? ['pid'] : [])], sharedPid: shareProcessNamespace ?? false, containers,
    cpuWeight: kubeletWeightOf(sharesOf(qos === 'BestEffort' ? 0 : podRequests(row.pod).milliCpu)),
    cpu: containers.reduce((sum, c) => sum + c.cpu, 0), memory: containers.reduce((sum, c) => sum + c.memory, 0),
  }
}

const usesOf = (world: KubeletWorld, row: PodRow, reference: string): number =>
  Object.keys(row.containers).filter((name) => {
    const container = containerNamed(row.pod, name)
    return container !== undefined && imageOf(world, row.node, container)?.reference === reference
  }).length

/** Guaranteed pods lie beside the classes, the others below theirs. */
function treeOf(world: KubeletWorld, node: NodeRow, rows: readonly PodRow[]): readonly CgroupView[] {
  const podsOf = (qos: string, depth: number): readonly CgroupView[] =>
    rows.filter((row) => qosOf(row.pod) === qos).map((row) => {
      const { pod: path } = pathsOf(world.cgroups, qos, row.uid)
      return { path, label: path.slice(path.lastIndexOf('/') + 1), depth, kind: 'pod', of: `${row.pod.metadata.namespace}/${row.pod.metadata.name}`, figures: podFigures(world, row.pod) }
    })
  return nodeCgroups(world, node).flatMap((view) => (view.kind === 'qos' ? [view, ...podsOf(view.of, 3)] : view.kind === 'kubepods' ? [view, ...podsOf('Guaranteed', 2)] : [view]))
}
