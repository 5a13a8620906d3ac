import type { Container } from '../../api/container.ts'
import { keyOf } from '../../api/meta.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { resolveImage, sizeOf, type Resolved } from '../../images/index.ts'
import { backoffAfter } from './backoff.ts'
import { report } from './reporter.ts'
import { withContainer, type ContainerRow, type NodeRow, type PodRow } from './state.ts'
import { actorOf, containerNamed, type KubeletWorld } from './world.ts'

/** Payload of the event in which a pull ends. `took`: µs of the pull, and with the waiting before it. */
export interface Pulled {
  readonly pod: string
  readonly container: string
  readonly took?: readonly [Micros, Micros]
}

/** Bytes a microsecond that a node gets from a registry: 40 MB/s, give or take. */
const BANDWIDTH = 40
const HANDSHAKE = ms(400)

/** Sees to the image of a container (pkg/kubelet/images: EnsureImageExists) and then goes on to create it. */
export function beginPull(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container): PodRow {
  const node = world.nodes.get(row.node)!
  const image = resolveImage(container.image ?? '')
  const state = row.containers[container.name]!
  const present = image.found && node.images.some((i) => i.reference === image.reference)
  const policy = container.imagePullPolicy ?? 'IfNotPresent'
  if (present && policy !== 'Always') {
    world.aboutContainer(ctx, row, container, 'Normal', 'Pulled', `Container image "${container.image}" already present on machine and can be accessed by the pod`)
    ctx.schedule(ms(20) + ctx.random.below(40_000), actorOf(row.node), 'pulled', { pod: keyOf(row.pod), container: container.name } satisfies Pulled)
    return world.put(withContainer(row, { ...state, doing: 'pull', pulls: undefined, ...imageOf(image) }))
  }
  if (policy === 'Never') return neverPulled(world, ctx, row, container, state)
  world.aboutContainer(ctx, row, container, 'Normal', 'Pulling', `Pulling image "${container.image}"`)
  ctx.note('kubelet.pulls', { pod: row.pod.metadata.name, node: row.node, image: container.image ?? '' })
  const from = Math.max(ctx.now, node.pullingUntil)
  const took = image.found ? pullTime(ctx, node, image, present) : HANDSHAKE + ctx.random.below(600_000)
  world.nodes.set(node.name, { ...node, pullingUntil: from + took })
  const data: Pulled = { pod: keyOf(row.pod), container: container.name, took: [took, from + took - ctx.now] }
  ctx.schedule(from + took - ctx.now, actorOf(row.node), image.found ? 'pulled' : 'pull-failed', data)
  return world.put(withContainer(row, { ...state, doing: 'pull' }))
}

const imageOf = (image: Resolved): Pick<ContainerRow, 'imageID' | 'reference'> =>
  image.found ? { imageID: `${image.repository}@${image.digest}`, reference: image.reference } : {}

/** Only the layers that the node has not got are fetched. */
function pullTime(ctx: EventContext, node: NodeRow, image: Extract<Resolved, { found: true }>, present: boolean): Micros {
  if (present) return HANDSHAKE + ctx.random.below(200_000)
  const missing = image.layers.filter((size) => !node.layers.includes(layerId(image, size)))
  return HANDSHAKE + ctx.random.below(300_000) + Math.round(sizeOf(missing) / BANDWIDTH)
}

/** Layers of equal size in images of one registry are taken for the same layer, as shared bases are. */
const layerId = (image: Extract<Resolved, { found: true }>, size: number): string => `${image.repository.split('/')[0]}:${size}`

/** An image as the node's store lists it; undefined for one that does not resolve. */
export function storedImage(name: string): NodeRow['images'][number] | undefined {
  const image = resolveImage(name)
  return image.found ? { reference: image.reference, digest: `${image.repository}@${image.digest}`, size: sizeOf(image.layers) } : undefined
}

/** The pull is over and well: the node has the image now. */
export function finishPull(world: KubeletWorld, ctx: EventContext, row: PodRow, { container: name, took }: Pulled): PodRow {
  const container = containerNamed(row.pod, name)!
  const image = resolveImage(container.image ?? '')
  const node = world.nodes.get(row.node)!
  if (!image.found || !took) return row
  const stored = storedImage(container.image!)!
  const has = node.images.some((i) => i.reference === image.reference)
  const layers = [...new Set([...node.layers, ...image.layers.map((l) => layerId(image, l))])]
  world.nodes.set(node.name, { ...node, layers, images: has ? node.images : [...node.images, stored] })
  world.aboutContainer(ctx, row, container, 'Normal', 'Pulled', `Successfully pulled image "${container.image}" in ${goSeconds(took[0])} (${goSeconds(took[1])} including waiting). Image size: ${stored.size} bytes.`)
  ctx.note('kubelet.pulled', { pod: row.pod.metadata.name, node: row.node, image: container.image ?? '', seconds: goSeconds(took[0]) })
  return world.put(withContainer(row, { ...row.containers[name]!, pulls: undefined, ...imageOf(image) }))
}

/** A duration as Go rounds it to milliseconds: "1.204s", "604ms". */
function goSeconds(duration: Micros): string {
  const millis = Math.round(duration / 1000)
  return millis < 1000 ? `${millis}ms` : `${millis / 1000}s`
}

/** The registry does not know it: ErrImagePull now, ImagePullBackOff at the next sync, and again after the back-off. */
export function pullFailed(world: KubeletWorld, ctx: EventContext, row: PodRow, { container: name }: Pulled): PodRow {
  const container = containerNamed(row.pod, name)!
  const state = row.containers[name]!
  const message = refusal(container.image ?? '')
  world.aboutContainer(ctx, row, container, 'Warning', 'Failed', `Failed to pull image "${container.image}": ${message}`)
  world.aboutContainer(ctx, row, container, 'Warning', 'Failed', 'Error: ErrImagePull')
  ctx.note('kubelet.pullFailed', { pod: row.pod.metadata.name, node: row.node, image: container.image ?? '' })
  const failures = (state.pulls?.failures ?? 0) + 1
  const wait = backoffAfter(failures) + ms(1000) + ctx.random.below(3_000_000)
  ctx.schedule(ms(900) + ctx.random.below(500_000), actorOf(row.node), 'pull-backoff', { pod: keyOf(row.pod), container: name })
  ctx.schedule(wait, actorOf(row.node), 'again', { pod: keyOf(row.pod) })
  const waiting = { reason: 'ErrImagePull', message }
  return report(world, ctx, world.put(withContainer(row, { ...state, doing: undefined, state: { waiting }, pulls: { failures, next: ctx.now + wait } })))
}

export function pullBackoff(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string): PodRow {
  const container = containerNamed(row.pod, name)!
  const state = row.containers[name]
  if (!state?.pulls || state.doing || row.stopping || state.state.running) return row
  const image = container.image ?? ''
  world.aboutContainer(ctx, row, container, 'Normal', 'BackOff', `Back-off pulling image "${image}"`)
  world.aboutContainer(ctx, row, container, 'Warning', 'Failed', 'Error: ImagePullBackOff')
  ctx.note('kubelet.pullBackoff', { pod: row.pod.metadata.name, node: row.node, image, seconds: backoffAfter(state.pulls.failures) / 1_000_000 })
  const waiting = { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${refusal(image)}` }
  return report(world, ctx, world.put(withContainer(row, { ...state, state: { waiting } })))
}

function neverPulled(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, state: ContainerRow): PodRow {
  const message = `Container image "${container.image}" is not present with pull policy of Never`
  world.aboutContainer(ctx, row, container, 'Warning', 'ErrImageNeverPull', message)
  world.aboutContainer(ctx, row, container, 'Warning', 'Failed', 'Error: ErrImageNeverPull')
  const wait = ms(12_000) + ctx.random.below(3_000_000)
  ctx.schedule(wait, actorOf(row.node), 'again', { pod: keyOf(row.pod) })
  return world.put(withContainer(row, { ...state, state: { waiting: { reason: 'ErrImageNeverPull', message } }, pulls: { failures: 1, next: ctx.now + wait } }))
}

/** containerd's words for a reference that does not resolve. */
function refusal(image: string): string {
  const resolved = resolveImage(image)
  if (resolved.found) return ''
  if (resolved.why === 'invalid-name') return `failed to parse image name "${image}": invalid reference format`
  const { reference } = resolved
  return `rpc error: code = NotFound desc = failed to pull and unpack image "${reference}": failed to resolve image: ${reference}: not found`
}
