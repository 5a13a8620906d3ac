import type { EventContext } from '../../engine/engine.ts'
import type { Micros } from '../../engine/time.ts'
import { IMAGE_GC_HIGH_THRESHOLD, IMAGE_GC_LOW_THRESHOLD, IMAGE_MINIMUM_GC_AGE } from '../../flags/kubelet.ts'
import { LOCAL } from '../../images/registry.ts'
import { storedImage } from './puller.ts'
import { reportSoon } from './machine-report.ts'
import type { NodeRow, PodRow } from './state.ts'
import type { Observation } from './thresholds.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** Containers of a pod that have ended and whose pod goes on or is over: their layers and logs can go (kuberuntime_gc.go). */
export function removeDeadContainers(world: KubeletWorld, name: string): void {
  for (const key of world.byNode.keys(name)) {
    const row = world.pods.get(key)!
    const { machine } = row
    if (!machine) continue
    const dead = Object.keys(row.containers).filter((c) => row.containers[c]!.run?.state === 'exited' && machine.roots[`root:${c}`])
    if (dead.length === 0 && !row.previousLogs) continue
    const roots = { ...machine.roots }
    for (const c of dead) delete roots[`root:${c}`]
    const { previousLogs: _gone, ...rest } = row
    world.put({ ...rest, machine: dead.length > 0 ? { ...machine, roots } : machine })
  }
}

/** References of images that containers of the node have; with `dead` those of containers that have ended too. */
export function inUse(world: KubeletWorld, name: string, dead: boolean): ReadonlySet<string> {
  const used = new Set<string>()
  const add = (row: PodRow): void => {
    for (const [container, { run, before }] of Object.entries(row.containers)) {
      if (run && (dead || run.state !== 'exited')) used.add(run.reference)
      if (before && dead) used.add(before.reference)
      // What a sync is about to start has its image pulled already.
      const image = run ? undefined : world.registry.on(name).resolve(containerNamed(row.pod, container)?.image ?? '', [LOCAL])
      if (image?.found) used.add(image.reference)
    }
  }
  for (const key of world.byNode.keys(name)) add(world.pods.get(key)!)
  return used
}

/** An image that nobody pulled is the runtime's own (pause): it is pinned. */
export const isPinned = (reference: string): boolean => /(^|\/)pause:/.test(reference)

export type Entry = NodeRow['images'][number]

/**
 * Deletes images that no container uses, those first that have been unused for longest, until `bytes` are free
 * (image_gc_manager.go: freeSpace). Gives back how many were freed.
 */
export function freeImages(world: KubeletWorld, ctx: EventContext, name: string, bytes: number, dead: boolean): number {
  const node = world.nodes.get(name)!
  const used = inUse(world, name, dead)
  const youngest = ctx.now - world.flags.get(IMAGE_MINIMUM_GC_AGE)
  const lastUse = (i: Entry): Micros => i.usedAt ?? 0
  const order = node.images.filter((i) => !used.has(i.reference) && !isPinned(i.reference)).sort((a, b) => lastUse(a) - lastUse(b) || (a.since ?? 0) - (b.since ?? 0))
  const gone: Entry[] = []
  let freed = 0
  for (const image of order) {
    if (freed >= bytes) break
    if ((image.since ?? -Infinity) > youngest) continue
    gone.push(image)
    freed += image.size
  }
  if (gone.length > 0) removeImages(world, ctx, node, gone)
  return freed
}

export function removeImages(world: KubeletWorld, ctx: EventContext, node: NodeRow, gone: readonly Entry[]): void {
  const { name } = node
  const images = node.images.filter((i) => !gone.includes(i))
  const left = new Set(images.flatMap((i) => storedImage(world, name, i.reference)?.layers ?? []))
  world.nodes.set(name, { ...node, images, layers: node.layers.filter((layer) => left.has(layer)) })
  reportSoon(world, ctx, name)
  ctx.note('kubelet.imagesRemoved', { node: name, images: gone.map((i) => i.reference).join(', ') })
}

/** "9.6 GiB": sizes as messages about disks have them (image_gc_manager.go: formatSize). */
function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let [n, unit] = [bytes, 0]
  while (n >= 1024 && unit < 4) {
    n /= 1024
    unit++
  }
  return unit === 0 ? `${bytes} B` : `${n.toFixed(1)} ${units[unit]}`
}

/** When the disk that holds images is fuller than the high threshold, images go until it is at the low one (GarbageCollect). */
export function collectImages(world: KubeletWorld, ctx: EventContext, name: string, { available, capacity }: Observation): void {
  const [high, low] = [world.flags.get(IMAGE_GC_HIGH_THRESHOLD), world.flags.get(IMAGE_GC_LOW_THRESHOLD)]
  const percent = 100 - Math.floor((available * 100) / capacity)
  if (percent < high) return
  const wanted = Math.floor((capacity * (100 - low)) / 100) - available
  const freed = freeImages(world, ctx, name, wanted, true)
  if (freed < wanted) {
    world.aboutNode(ctx, name, 'Warning', 'FreeDiskSpaceFailed', `Insufficient free disk space on the node's image filesystem (${percent}% of ${sizeText(capacity)} used). Failed to free sufficient space by deleting unused images (freed ${freed} bytes). Investigate disk usage, as it could be used by active images, logs, volumes, or other data.`)
  }
}
