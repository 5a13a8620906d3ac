import { podResourceList } from '../../api/pod-resources.ts'
import { value } from '../../api/quantity.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { IMAGE_GC_HIGH_THRESHOLD } from '../../flags/kubelet.ts'
import { imageBytes, observe, podConsumption } from './consumption.ts'
import { amountAt, highest, loadAge, type Curve, type Load } from './load.ts'
import type { NodeRow, PodRow } from './state.ts'
import { amountIn, isMet, thresholdsOf, type Observations, type Threshold } from './thresholds.ts'
import { loadIn, SYSTEM_MEMORY } from './usage.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** So far ahead is looked; then the node is looked at again. */
const HORIZON = seconds(1800)
/** What the node's own programs take of its disk. */
const SYSTEM_DISK = 6 * 1024 ** 3

interface Moving {
  readonly row: PodRow
  readonly load: Load
  readonly startedAt: Micros
  readonly memoryLimit: number
}

const isConstant = (curve: Curve | undefined): boolean => curve === undefined || curve.kind === 'constant'

/** The loads of a node that change with time, and what all of them could come to together. */
function loads(world: KubeletWorld, node: NodeRow): { readonly moving: readonly Moving[]; readonly memory: number; readonly disk: number } {
  const moving: Moving[] = []
  let memory = SYSTEM_MEMORY + (node.extra?.memory ?? 0)
  let disk = SYSTEM_DISK + imageBytes(node) + (node.extra?.disk ?? 0)
  for (const key of world.byNode.keys(node.name)) {
    const row = world.pods.get(key)!
    for (const [name, { run }] of Object.entries(row.containers)) {
      const container = run?.state === 'running' ? containerNamed(row.pod, name) : undefined
      if (!container) continue
      const load = loadIn(world, row, container)
      const limit = value(container.resources?.limits?.['memory'] ?? '0')
      const memoryLimit = limit > 0 ? limit : Infinity
      memory += Math.min(highest(load.memory), memoryLimit)
      if (load.disk) disk += highest(load.disk)
      if (!isConstant(load.memory) || !isConstant(load.disk)) moving.push({ row, load, startedAt: run!.startedAt ?? 0, memoryLimit })
    }
  }
  return { moving, memory, disk }
}

/** Can the node become short of anything at all, whatever its loads do? Quickly said for nearly all. */
function isPossible(world: KubeletWorld, node: NodeRow, thresholds: readonly Threshold[], all: { readonly memory: number; readonly disk: number }): boolean {
  const most = (signal: string, capacity: number): number => Math.max(0, ...thresholds.filter((t) => t.signal === signal).map((t) => amountIn(t.amount, capacity)))
  const { extra } = node
  if (all.memory > node.memory - most('memory.available', node.memory)) return true
  if (all.memory - SYSTEM_MEMORY - (extra?.memory ?? 0) > node.memory - most('allocatableMemory.available', node.memory)) return true
  if (all.disk > node.disk - Math.max(most('nodefs.available', node.disk), most('imagefs.available', node.disk), node.disk * (1 - world.flags.get(IMAGE_GC_HIGH_THRESHOLD) / 100))) return true
  return (extra?.inodes ?? 0) > 0 || (extra?.pids ?? 0) > 0 || thresholds.some((t) => t.signal === 'pid.available')
}

/** What a moving load adds between two instants. */
function growth({ load, startedAt, memoryLimit }: Moving, curve: Curve | undefined, from: Micros, to: Micros, isMemory: boolean): number {
  if (!curve) return 0
  const at = (t: Micros): number => amountAt(curve, loadAge(load, startedAt, t))
  return isMemory ? Math.min(at(to), memoryLimit) - at(from) : at(to) - at(from)
}

const less = (o: Observations['memory.available'], by: number): Observations['memory.available'] => ({ ...o, available: Math.max(0, o.available - by) })

/** The node as it will be at `to`, when nothing starts or ends. */
function ahead(seen: Observations, moving: readonly Moving[], from: Micros, to: Micros): Observations {
  let [memory, disk] = [0, 0]
  for (const m of moving) {
    memory += growth(m, m.load.memory, from, to, true)
    disk += growth(m, m.load.disk, from, to, false)
  }
  const [fs, images] = [less(seen['nodefs.available'], disk), less(seen['imagefs.available'], disk)]
  return { ...seen, 'memory.available': less(seen['memory.available'], memory), 'allocatableMemory.available': less(seen['allocatableMemory.available'], memory), 'nodefs.available': fs, 'imagefs.available': images }
}

/** How much each writing pod may still write: bytes until its limit. */
function allowances(world: KubeletWorld, moving: readonly Moving[], now: Micros): ReadonlyMap<Moving, number> {
  const left = new Map<Moving, number>()
  for (const m of moving) {
    if (!m.load.disk) continue
    const limit = podResourceList(m.row.pod, 'limits')['ephemeral-storage']
    if (limit !== undefined) left.set(m, value(limit) - (podConsumption(world, m.row, now)?.disk ?? 0))
  }
  return left
}

/** The first of the instants `first`, `first + step` … at which the node will be short of something, or a pod has written too much; the horizon's end while that is possible. */
export function nextTrouble(world: KubeletWorld, node: NodeRow, now: Micros, first: Micros, step: Micros): Micros | undefined {
  const all = loads(world, node)
  const thresholds = thresholdsOf(world.flags)
  const writing = all.moving.filter((m) => m.load.disk)
  const possible = isPossible(world, node, thresholds, all)
  const left = writing.length > 0 ? allowances(world, writing, now) : undefined
  if (!possible && !left?.size) return undefined
  const seen = observe(world, node.name, now)
  for (let t = first; t <= now + HORIZON; t += step) {
    const then = possible ? ahead(seen, all.moving, now, t) : seen
    if (possible && thresholds.some((threshold) => isMet(threshold, then, false))) return t
    if (left) for (const [m, bytes] of left) if (growth(m, m.load.disk, now, t, false) > bytes) return t
    if (all.moving.length === 0) return undefined
  }
  return first + Math.floor((now + HORIZON - first) / step) * step
}
