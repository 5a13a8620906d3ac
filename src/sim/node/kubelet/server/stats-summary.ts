import { allContainers } from '../../../api/pod.ts'
import { value } from '../../../api/quantity.ts'
import type { Volume } from '../../../api/volume.ts'
import { formatTime, type Micros } from '../../../engine/time.ts'
import { BYTES_PER_INODE, imageBytes, MOST_PIDS, observe, sizeOf, writtenBy } from '../consumption.ts'
import { spentBy } from '../spent.ts'
import type { NodeRow, PodRow } from '../state.ts'
import { containerUsage, DAEMON_CPU, nodeUsage, wholePages } from '../usage.ts'
import { rowKey, type KubeletWorld } from '../world.ts'

type Json = Readonly<Record<string, unknown>>

interface Used {
  /** Thousandths of a core now, and µs of processor time until now. */
  readonly cpu: number
  readonly spent: Micros
  readonly memory: number
}

/** Containers of a pod that run at `at`, in the order of the spec, with what they use. */
export function runningIn(world: KubeletWorld, row: PodRow, at: Micros): readonly (Used & { readonly name: string; readonly startedAt: Micros })[] {
  return allContainers(row.pod.spec).flatMap(({ name }) => {
    const use = containerUsage(world, row, name, at)
    return use ? [{ name, startedAt: row.containers[name]!.run!.startedAt!, cpu: use.cpu, memory: use.memory, spent: spentBy(world, row, name, at).usage }] : []
  })
}

export const sumOf = (list: readonly Used[]): Used => ({ cpu: list.reduce((n, u) => n + u.cpu, 0), spent: list.reduce((n, u) => n + u.spent, 0), memory: list.reduce((n, u) => n + u.memory, 0) })

/** Pods of a node that have a sandbox, in order. */
export const podsOn = (world: KubeletWorld, node: string): readonly PodRow[] => world.byNode.keys(node).map((key) => world.pods.get(key)!).filter((row) => row.sandbox.state === 'ready')

/** What the whole node has used since it booted: its pods as they run now, and its own programs. */
export function nodeSpent(world: KubeletWorld, { name, bootedAt }: NodeRow, at: Micros): Micros {
  return podsOn(world, name).reduce((sum, row) => sum + sumOf(runningIn(world, row, at)).spent, Math.round(((at - bootedAt) * DAEMON_CPU) / 1000))
}

const cpuStats = (time: string, { cpu, spent }: Used): Json => ({ time, usageNanoCores: Math.round(cpu * 1_000_000), usageCoreNanoSeconds: spent * 1000 })
const memoryStats = (time: string, memory: number, limit?: number): Json => ({ time, ...(limit === undefined ? {} : { availableBytes: Math.max(0, limit - memory) }), usageBytes: memory, workingSetBytes: memory, rssBytes: memory, pageFaults: 0, majorPageFaults: 0 })
const swapStats = (time: string): Json => ({ time, swapAvailableBytes: 0, swapUsageBytes: 0 })

interface Room {
  readonly available: number
  readonly capacity: number
  readonly inodesFree: number
  readonly inodes: number
}

const fsStats = (time: string, room: Room, bytes: number, inodes?: number): Json => ({
  time, availableBytes: room.available, capacityBytes: room.capacity, usedBytes: bytes, inodesFree: room.inodesFree, inodes: room.inodes, ...(inodes === undefined ? {} : { inodesUsed: inodes }),
})

/** GET /stats/summary: what the node, its pods, their containers and volumes use (pkg/kubelet/server/stats, summary.go). */
export function statsSummary(world: KubeletWorld, name: string, at: Micros): Json {
  const node = world.nodes.get(name)!
  const time = formatTime(at)
  const seen = observe(world, name, at)
  const [fs, inodes] = [seen['nodefs.available'], seen['nodefs.inodesFree']]
  const room: Room = { available: fs.available, capacity: fs.capacity, inodesFree: inodes.available, inodes: inodes.capacity }
  const use = nodeUsage(world, name, at)
  const pids = seen['pid.available']
  return {
    node: {
      nodeName: name,
      startTime: formatTime(node.bootedAt),
      cpu: cpuStats(time, { ...use, spent: nodeSpent(world, node, at) }),
      memory: memoryStats(time, use.memory, node.memory),
      fs: fsStats(time, room, fs.capacity - fs.available, inodes.capacity - inodes.available),
      runtime: { imageFs: fsStats(time, room, imageBytes(node)), containerFs: fsStats(time, room, imageBytes(node)) },
      rlimit: { time, maxpid: MOST_PIDS, curproc: pids.capacity - pids.available },
      swap: swapStats(time),
    },
    pods: podsOn(world, name).map((row) => podStats(world, row, room, at)),
  }
}

function podStats(world: KubeletWorld, row: PodRow, room: Room, at: Micros): Json {
  const { name, namespace } = row.pod.metadata
  const time = formatTime(at)
  const running = runningIn(world, row, at)
  const written = running.map((c) => writtenBy(world, row, allContainers(row.pod.spec).find((x) => x.name === c.name)!, at))
  const whole = sumOf(running)
  const volumes = volumeStats(world, row, room, at)
  const bytes = written.reduce((n, w) => n + wholePages(w.root.bytes) + wholePages(w.logs), 0) + volumes.filter((v) => v.local).reduce((n, v) => n + v.bytes, 0)
  const inodes = written.reduce((n, w) => n + w.root.inodes + 1, 0) + volumes.filter((v) => v.local).reduce((n, v) => n + v.inodes, 0)
  return {
    podRef: { name, namespace: namespace ?? 'default', uid: row.uid },
    startTime: formatTime(row.startTime),
    containers: running.map((c, i) => {
      const limit = allContainers(row.pod.spec).find((x) => x.name === c.name)!.resources?.limits?.['memory']
      return {
        name: c.name, startTime: formatTime(c.startedAt), cpu: cpuStats(time, c), memory: memoryStats(time, c.memory, limit === undefined ? undefined : value(limit)),
        rootfs: fsStats(time, room, wholePages(written[i]!.root.bytes), written[i]!.root.inodes), logs: fsStats(time, room, wholePages(written[i]!.logs), 1), swap: swapStats(time),
      }
    }),
    cpu: cpuStats(time, whole),
    memory: memoryStats(time, whole.memory),
    ...(volumes.length > 0 ? { volume: volumes.map((v) => v.stats) } : {}),
    'ephemeral-storage': fsStats(time, room, bytes, inodes),
    process_stats: { process_count: (row.machine?.processes.filter((p) => p.exit === undefined).length ?? 0) + 1 },
    swap: swapStats(time),
  }
}

interface MeasuredVolume {
  readonly stats: Json
  readonly bytes: number
  readonly inodes: number
  /** It lies on the node's own disk. */
  readonly local: boolean
}

/** Volumes that can be measured: those of the node's disk and memory, and those that a driver has mounted. */
export function volumeStats(world: KubeletWorld, row: PodRow, room: Room, at: Micros): readonly MeasuredVolume[] {
  const time = formatTime(at)
  const mounted = world.mounts?.get(rowKey(row.node, row.pod))?.volumes ?? {}
  const node = world.node(row)
  return (row.pod.spec.volumes ?? []).flatMap((v) => {
    if (v.hostPath) return []
    const disk = mounted[v.name]
    const tree = disk ? world.disks.get(disk.fs) : row.machine?.roots[`volume:${v.name}`]
    if (!tree) return []
    const { bytes, inodes } = sizeOf(tree)
    const capacity = disk && disk.bytes > 0 ? disk.bytes : isInMemory(v) ? limitOf(v, node.memory) : undefined
    const own: Room = capacity === undefined ? room : { capacity, available: Math.max(0, capacity - bytes), inodes: Math.floor(capacity / BYTES_PER_INODE), inodesFree: Math.max(0, Math.floor(capacity / BYTES_PER_INODE) - inodes) }
    const claim = v.persistentVolumeClaim?.claimName ?? (v.ephemeral ? `${row.pod.metadata.name}-${v.name}` : undefined)
    const stats = { ...fsStats(time, own, bytes, inodes), name: v.name, ...(claim === undefined ? {} : { pvcRef: { name: claim, namespace: row.pod.metadata.namespace ?? 'default' } }) }
    return [{ stats, bytes, inodes, local: !disk && v.emptyDir !== undefined && v.emptyDir.medium !== 'Memory' }]
  })
}

const isInMemory = (v: Volume): boolean => v.emptyDir?.medium === 'Memory' || v.secret !== undefined || v.projected !== undefined
const limitOf = (v: Volume, memory: number): number => (v.emptyDir?.sizeLimit === undefined ? memory : value(v.emptyDir.sizeLimit))
