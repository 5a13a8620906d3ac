import type { Container } from '../../api/container.ts'
import { allContainers, type Pod } from '../../api/pod.ts'
import { podResourceList, specRequests } from '../../api/pod-resources.ts'
import { value } from '../../api/quantity.ts'
import type { Micros } from '../../engine/time.ts'
import { LOCAL } from '../../images/registry.ts'
import { treeSize, type FsNode } from '../linux/fs.ts'
import { rootOf } from '../linux/rootfs.ts'
import { amountAt, loadAge } from './load.ts'
import type { NodeRow, PodRow } from './state.ts'
import type { Observations } from './thresholds.ts'
import { containerUsage, loadIn, nodeUsage, SYSTEM_MEMORY, wholePages } from './usage.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** What the system of a node takes of its disk, how many inodes and processes it has, and what one inode stands for. */
const SYSTEM = { disk: 6 * 1024 ** 3, inodes: 250_000, pids: 140 }
export const BYTES_PER_INODE = 16_384
const INODES_PER_LAYER = 1_200
export const MOST_PIDS = 32_768

const sizes = new WeakMap<FsNode, { readonly bytes: number; readonly inodes: number }>()

/** Bytes and inodes of a tree; parts that are shared with an earlier version are not walked again. */
export function sizeOf(node: FsNode): { readonly bytes: number; readonly inodes: number } {
  if (node.t !== 'd') return { bytes: treeSize(node), inodes: 1 }
  const known = sizes.get(node)
  if (known) return known
  let [bytes, inodes] = [0, 1]
  for (const child of Object.values(node.entries)) {
    const size = sizeOf(child)
    bytes += size.bytes
    inodes += size.inodes
  }
  const size = { bytes, inodes }
  sizes.set(node, size)
  return size
}

const NOTHING = { bytes: 0, inodes: 0 }

/** What a container has written: its own layer, and its log. */
export interface Written {
  readonly root: { readonly bytes: number; readonly inodes: number }
  readonly logs: number
}

function logSize(row: PodRow, name: string): number {
  let size = 0
  for (let chunk = row.machine?.containers[name]?.log ?? null; chunk; chunk = chunk.before) size += chunk.text.length + 40
  return size
}

/** What a container has written into its own layer and to its log until `at`. */
export function writtenBy(world: KubeletWorld, row: PodRow, container: Container, at: Micros): Written {
  const tree = row.machine?.roots[`root:${container.name}`]
  const image = world.registry.on(row.node).resolve(container.image ?? '', [LOCAL])
  const lower = image.found ? sizeOf(rootOf(image.image, (container.ports ?? []).map((p) => p.containerPort))) : NOTHING
  const upper = tree ? sizeOf(tree) : NOTHING
  const run = row.containers[container.name]?.run
  const load = loadIn(world, row, container)
  const declared = load.disk && run?.state === 'running' ? amountAt(load.disk, loadAge(load, run.startedAt ?? at, at)) : 0
  return { root: { bytes: Math.max(0, upper.bytes - lower.bytes) + declared, inodes: Math.max(0, upper.inodes - lower.inodes) }, logs: logSize(row, container.name) }
}

/** Bytes in each of a pod's volumes that lie on the node's disk: emptyDirs and files of objects. */
export function localVolumes(row: PodRow): ReadonlyMap<string, { readonly bytes: number; readonly inodes: number }> {
  const found = new Map<string, { readonly bytes: number; readonly inodes: number }>()
  for (const v of row.pod.spec.volumes ?? []) {
    const tree = row.machine?.roots[`volume:${v.name}`]
    if (tree && v.emptyDir && v.emptyDir.medium !== 'Memory') found.set(v.name, sizeOf(tree))
  }
  return found
}

export interface Consumption {
  readonly memory: number
  readonly disk: number
  readonly inodes: number
  readonly pids: number
  /** Per running container, in the order of the spec. */
  readonly containers: readonly { readonly name: string; readonly memory: number; readonly disk: number }[]
}

/** What a pod uses at `at`; undefined for one that has no statistics yet. */
export function podConsumption(world: KubeletWorld, row: PodRow, at: Micros): Consumption | undefined {
  const running = allContainers(row.pod.spec).filter((c) => row.containers[c.name]?.run?.state === 'running')
  if (row.sandbox.state !== 'ready' && running.length === 0) return undefined
  let [memory, disk, inodes] = [0, 0, 0]
  const containers = running.map((c) => {
    const use = containerUsage(world, row, c.name, at)?.memory ?? 0
    const { root, logs } = writtenBy(world, row, c, at)
    memory += use
    const size = wholePages(root.bytes) + wholePages(logs)
    disk += size
    inodes += root.inodes
    return { name: c.name, memory: use, disk: size }
  })
  for (const volume of localVolumes(row).values()) {
    disk += wholePages(volume.bytes)
    inodes += volume.inodes
  }
  return { memory, disk, inodes, pids: (row.machine?.processes.length ?? 0) + 1, containers }
}

/** What a pod asks for of a resource that can run short. */
export function requestOf(pod: Pod, resource: 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'): number {
  const asked = specRequests(pod)
  return resource === 'memory' ? asked.memory : resource === 'ephemeral-storage' ? asked.ephemeralStorage : 0
}

/** Bytes of the images that a node has: a layer's id ends with its size, and layers that images share are there once. */
export function imageBytes({ layers }: NodeRow): number {
  const known = ofLayers.get(layers)
  if (known !== undefined) return known
  let sum = 0
  for (const id of layers) sum += Number(id.slice(id.lastIndexOf(':') + 1)) || 0
  ofLayers.set(layers, sum)
  return sum
}

const ofLayers = new WeakMap<NodeRow['layers'], number>()

/** How much of everything is left on a node at `at` (pkg/kubelet/eviction: makeSignalObservations). Images lie on the node's one disk. */
export function observe(world: KubeletWorld, name: string, at: Micros): Observations {
  const node = world.nodes.get(name)!
  const extra = node.extra ?? {}
  let disk = SYSTEM.disk + wholePages(imageBytes(node)) + (extra.disk ?? 0)
  let inodes = SYSTEM.inodes + node.layers.length * INODES_PER_LAYER + (extra.inodes ?? 0)
  let pids = SYSTEM.pids + (extra.pids ?? 0)
  for (const key of world.byNode.keys(name)) {
    const use = podConsumption(world, world.pods.get(key)!, at)
    disk += use?.disk ?? 0
    inodes += use?.inodes ?? 0
    pids += use?.pids ?? 0
  }
  const left = (capacity: number, used: number): { readonly available: number; readonly capacity: number } => ({ available: Math.max(0, capacity - used), capacity })
  const used = nodeUsage(world, name, at).memory
  const [fs, nodes] = [left(node.disk, disk), left(Math.floor(node.disk / BYTES_PER_INODE), inodes)]
  return {
    'memory.available': left(node.memory, used), 'allocatableMemory.available': left(node.memory, used - SYSTEM_MEMORY - (extra.memory ?? 0)), 'nodefs.available': fs, 'nodefs.inodesFree': nodes, 'imagefs.available': fs, 'imagefs.inodesFree': nodes, 'pid.available': left(MOST_PIDS, pids),
  }
}

/** Why a pod must go for what it has written: a volume, the pod or a container above its limit (localStorageEviction). */
export function storageExcess(world: KubeletWorld, row: PodRow, at: Micros): string | undefined {
  const volumes = localVolumes(row)
  for (const v of row.pod.spec.volumes ?? []) {
    const limit = v.emptyDir?.sizeLimit
    if (limit !== undefined && value(limit) > 0 && (volumes.get(v.name)?.bytes ?? 0) - 4096 > value(limit)) return `Usage of EmptyDir volume "${v.name}" exceeds the limit "${limit}". `
  }
  const limit = podResourceList(row.pod, 'limits')['ephemeral-storage']
  if (limit === undefined) return undefined
  const use = podConsumption(world, row, at)
  if (use && use.disk > value(limit)) return `Pod ephemeral local storage usage exceeds the total limit of containers ${limit}. `
  for (const { name, disk } of use?.containers ?? []) {
    const own = containerNamed(row.pod, name)?.resources?.limits?.['ephemeral-storage']
    if (own !== undefined && value(own) > 0 && row.pod.spec.containers.some((c) => c.name === name) && disk > value(own)) return `Container ${name} exceeded its local ephemeral storage limit "${own}". `
  }
  return undefined
}
