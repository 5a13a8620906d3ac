import { matches, type Selector } from '../../api/labels.ts'
import type { Container } from '../../api/container.ts'
import { value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { LOCAL } from '../../images/registry.ts'
import { Kernel } from '../linux/kernel.ts'
import { heldCpu } from './cpu-limit.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import { amountAt, loadAge, loadOf, nextAbove, type Load } from './load.ts'
import type { PodRow } from './state.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** What a pod's containers use, as metrics.k8s.io has it. CPU in thousandths of a core, memory in thousandths of a byte. */
export interface PodUsage {
  readonly name: string
  readonly at: Micros
  readonly window: Micros
  readonly containers: readonly { readonly name: string; readonly usage: Readonly<Record<string, number>> }[]
}

/** The metrics server scrapes kubelets this often; a pod younger than that has no metrics. */
const SCRAPED_EVERY = seconds(15)

/** The load of one of a pod's containers, as declared or usual for its image. */
export function loadIn(world: KubeletWorld, row: PodRow, container: Container): Load {
  const { annotations } = row.pod.metadata
  const known = loads.get(container)
  if (known && known.annotations === annotations && known.world === world) return known.load
  const image = world.registry.on(row.node).resolve(container.image ?? '', [LOCAL])
  const load = loadOf(row.pod, container, image.found ? image.image : undefined)
  if (world.registry.isUntouched) loads.set(container, { annotations, world, load })
  return load
}

const loads = new WeakMap<Container, { readonly annotations: unknown; readonly world: KubeletWorld; readonly load: Load }>()

/** A running container's use at `at`: its load, held down by its CPU limit. */
export function containerUsage(world: KubeletWorld, row: PodRow, name: string, at: Micros): { readonly cpu: number; readonly memory: number } | undefined {
  const container = containerNamed(row.pod, name)
  const run = row.containers[name]?.run
  if (!container || run?.state !== 'running' || run.startedAt === undefined || run.startedAt > at) return undefined
  const load = loadIn(world, row, container)
  const age = loadAge(load, run.startedAt, at)
  const cpu = Math.min(amountAt(load.cpu, age), heldCpu(world, container) ?? Infinity)
  return { cpu, memory: wholePages(amountAt(load.memory, age)) }
}

/** Memory is given in pages, and disks are written in blocks, of 4 KiB. */
export const wholePages = (bytes: number): number => Math.ceil(bytes / 4096) * 4096

/** The metrics of a namespace's pods at the last scrape before `now`, or `exact`ly then. */
export function podMetrics(world: KubeletWorld, namespace: string | undefined, selector: Selector | undefined, now: Micros, exact = false): readonly PodUsage[] {
  const at = exact ? now : now - (now % SCRAPED_EVERY)
  const found: PodUsage[] = []
  for (const key of world.pods.keys()) {
    const row = world.pods.get(key)!
    const { metadata } = row.pod
    if (namespace !== undefined && metadata.namespace !== namespace) continue
    if (selector && !matches(selector, metadata.labels)) continue
    const containers: { name: string; usage: Record<string, number> }[] = []
    for (const name of Object.keys(row.containers)) {
      const use = containerUsage(world, row, name, at)
      if (use) containers.push({ name, usage: { cpu: use.cpu, memory: use.memory * 1000 } })
    }
    if (containers.length > 0) found.push({ name: metadata.name, at, window: SCRAPED_EVERY, containers })
  }
  return found
}

/** Thousandths of a core, and bytes, that a node's own programs take. */
export const DAEMON_CPU = 60
export const SYSTEM_MEMORY = 450 * 1024 ** 2

/** What a node uses in all: its pods and its own daemons. */
export function nodeUsage(world: KubeletWorld, node: string, now: Micros): { readonly cpu: number; readonly memory: number } {
  let cpu = DAEMON_CPU
  let memory = SYSTEM_MEMORY + (world.nodes.get(node)?.extra?.memory ?? 0)
  for (const key of world.byNode.keys(node)) {
    const row = world.pods.get(key)!
    for (const name of Object.keys(row.containers)) {
      const use = containerUsage(world, row, name, now)
      cpu += use?.cpu ?? 0
      memory += use?.memory ?? 0
    }
  }
  return { cpu, memory }
}

/**
 * A declared load that outgrows the container's memory limit meets the kernel's OOM killer then; nothing is asked before.
 * Called when the container starts and when the declaration changes.
 */
export function armMemory(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container): void {
  const limit = container.resources?.limits?.['memory']
  const { run } = row.containers[container.name] ?? {}
  if (limit === undefined || run?.state !== 'running') return
  const load = loadIn(world, row, container)
  const startedAt = run.startedAt ?? ctx.now
  const age = loadAge(load, startedAt, ctx.now)
  const at = nextAbove(load.memory, value(limit), age)
  // Where the load has not begun yet, its first age is that of its beginning.
  const ahead = Math.max(0, Math.max(startedAt, load.since ?? 0) - ctx.now)
  if (at !== undefined) world.later(ctx, row, Math.max(ahead + at - age, ms(50)), 'oom', { container: container.name, id: run.id })
}

/** Is the container's memory above its limit now? A declaration may have changed since the end was foreseen. */
function isOverLimit(world: KubeletWorld, row: PodRow, name: string, now: Micros): boolean {
  const limit = containerNamed(row.pod, name)?.resources?.limits?.['memory']
  const used = containerUsage(world, row, name, now)
  return limit !== undefined && used !== undefined && used.memory > value(limit)
}

/** The container's memory is used up: all its processes are killed (cgroup v2: memory.oom.group). */
export function outOfMemory(world: KubeletWorld, ctx: EventContext, given: PodRow, name: string, id: string): PodRow {
  if (given.containers[name]?.run?.id !== id || given.containers[name].run.state !== 'running' || !isOverLimit(world, given, name, ctx.now)) return given
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  const container = kernel.containers[name]
  const task = container && kernel.tasks.get(container.main)
  if (!container || !task) return given
  kernel.containers[name] = { ...container, oomKilled: true }
  kernel.signal(task.id, 'KILL')
  ctx.note('kubelet.oom', { pod: row.pod.metadata.name, node: row.node, container: name })
  return lookAhead(world, ctx, { ...row, machine: kernel.freeze() })
}
