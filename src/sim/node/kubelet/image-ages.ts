import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { IMAGE_MAXIMUM_GC_AGE } from '../../flags/kubelet.ts'
import { inUse, isPinned, removeImages, type Entry } from './garbage.ts'
import type { NodeRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** The collector looks this often (kubelet.go: ImageGCPeriod). */
export const COLLECTS_EVERY = seconds(300)

/** The last of the instants at which a kubelet does something every `period`, at `at` or before. */
const lastTick = ({ phase }: NodeRow, at: Micros): Micros => at - ((((at - phase) % COLLECTS_EVERY) + COLLECTS_EVERY) % COLLECTS_EVERY)

/**
 * When each image that no container uses is too old. The collector knows only in which of its rounds it has seen an image in use
 * last, and waits as long after the kubelet's own start (image_gc_manager.go: freeOldImages).
 */
function ends(world: KubeletWorld, node: NodeRow): readonly { readonly image: Entry; readonly at: Micros }[] {
  const age = world.flags.get(IMAGE_MAXIMUM_GC_AGE)
  if (age === 0) return []
  const used = inUse(world, node.name, true)
  return node.images.filter((i) => !used.has(i.reference) && !isPinned(i.reference)).map((image) => {
    const seen = image.usedAt === undefined ? -Infinity : lastTick(node, image.usedAt)
    return { image, at: age + Math.max(node.bootedAt, seen >= (image.since ?? -Infinity) ? seen : -Infinity) }
  })
}

/** When the first image is too old; undefined when none will be by itself. */
function nextTooOld(world: KubeletWorld, node: NodeRow): Micros | undefined {
  const all = ends(world, node)
  return all.length === 0 ? undefined : Math.min(...all.map(({ at }) => at))
}

export function collectOldImages(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)!
  const old = ends(world, node).filter(({ at }) => at < ctx.now).map(({ image }) => image)
  if (old.length > 0) removeImages(world, ctx, node, old)
}

/** Images that nobody uses are looked at when the first of them is too old, if one can be. */
export function armAges(world: KubeletWorld, ctx: EventContext, name: string): void {
  if (world.flags.get(IMAGE_MAXIMUM_GC_AGE) === 0) return
  const node = world.nodes.get(name)
  const due = node?.up && node.kubelet ? nextTooOld(world, node) : undefined
  if (due === undefined) return
  const at = lastTick(node!, Math.max(due, ctx.now)) + COLLECTS_EVERY
  if (node!.ages !== undefined && node!.ages <= at) return
  world.nodes.set(name, { ...node!, ages: at })
  ctx.schedule(at - ctx.now, actorOf(name), 'collect-images', null)
}
