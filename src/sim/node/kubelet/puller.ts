import type { Container } from '../../api/container.ts'
import type { KubeObject } from '../../api/meta.ts'
import { base64Decode } from '../../api/base64.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { MAX_PARALLEL_IMAGE_PULLS, REGISTRY_BURST, REGISTRY_PULL_QPS, SERIALIZE_IMAGE_PULLS } from '../../flags/kubelet.ts'
import { LOCAL, sizeOf, type Account, type Resolved } from '../../images/registry.ts'
import { goDuration, nextBackoff } from './restart.ts'
import { reportSoon } from './machine-report.ts'
import type { NodeRow, PodRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

type Found = Extract<Resolved, { found: true }>

/** What becomes of the image of a container: there, being pulled (event `pulled` follows), or refused. */
export type Ensured = { readonly image: Found } | { readonly pulling: true } | { readonly reason: string; readonly message: string }

/** Bytes a microsecond that a node gets from a registry: 40 MB/s, give or take. */
const BANDWIDTH = 40
const HANDSHAKE = ms(400)
/** The registry is asked whether the tag still stands for the image that the node has; slow enough for registryPullQPS. */
const MANIFEST = ms(205)

/** Sees to the image of a container (pkg/kubelet/images, image_manager.go: EnsureImageExists). */
export function ensureImage(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container): Ensured {
  const node = world.node(row)
  const name = container.image ?? ''
  const event = (type: 'Normal' | 'Warning', reason: string, message: string): void => world.aboutContainer(ctx, row, container.name, type, reason, message)
  const image = world.registry.resolve(name, accountsOf(world, row))
  if (!image.found && image.why === 'invalid-name') {
    event('Warning', 'InspectFailed', image.message)
    return refuse(world, ctx, row, container, 'InvalidImageName', image.message)
  }
  const stored = node.images.find((i) => i.reference === image.reference)
  const policy = container.imagePullPolicy ?? 'IfNotPresent'
  if (stored && policy !== 'Always') {
    const found = world.registry.on(row.node).resolve(name, [LOCAL])
    // What was pulled with somebody's secret is not for those who have none: they have to try for themselves (pullmanager: MustAttemptImagePull).
    if (found.found && (image.found || !found.image.accounts)) {
      event('Normal', 'Pulled', `Container image "${name}" already present on machine and can be accessed by the pod`)
      return { image: found }
    }
  }
  if (policy === 'Never') {
    const message = `Container image "${name}" is not present with pull policy of Never`
    event('Warning', 'ErrImageNeverPull', message)
    return refuse(world, ctx, row, container, 'ErrImageNeverPull', message)
  }
  const backoff = row.backoffs[`image ${name}`]
  if (backoff && ctx.now - backoff.since < backoff.delay) {
    const message = `Back-off pulling image "${name}"`
    event('Normal', 'BackOff', message)
    const before = row.reasons[`pull ${container.name}`]?.message
    return refuse(world, ctx, row, container, 'ImagePullBackOff', before ? `${message}: ErrImagePull: ${before}` : message)
  }
  event('Normal', 'Pulling', `Pulling image "${name}"`)
  ctx.note('kubelet.pulls', { pod: row.pod.metadata.name, node: row.node, image: name })
  const from = startOfPull(world, node, ctx.now)
  const tokens = pullTokens(world, node, from)
  if (tokens && tokens.left < 0) {
    world.later(ctx, row, from - ctx.now, 'pulled', { container: container.name, took: 0, waited: from - ctx.now, exceeded: true })
    return { pulling: true }
  }
  const isQueued = (node.pulling?.[image.reference] ?? 0) > ctx.now
  const took = image.found ? pullTime(ctx, node, image, stored?.digest === digestIn(image) || isQueued) : ms(40) + ctx.random.below(600_000)
  world.nodes.set(node.name, { ...node, ...(tokens ? { pullTokens: tokens } : {}), pullingUntil: Math.max(node.pullingUntil, from + took), ...(image.found && !isQueued ? { pulling: { ...node.pulling, [image.reference]: from + took } } : {}) })
  world.later(ctx, row, from + took - ctx.now, 'pulled', { container: container.name, took, waited: from + took - ctx.now })
  return { pulling: true }
}

/** What registryPullQPS leaves once a pull has begun at `from`; less than nothing when it may not begin (flowcontrol: TryAccept). */
function pullTokens(world: KubeletWorld, { pullTokens: before }: NodeRow, from: Micros): NodeRow['pullTokens'] {
  const [qps, burst] = [world.flags.get(REGISTRY_PULL_QPS), world.flags.get(REGISTRY_BURST)]
  if (qps === 0) return undefined
  const left = before ? Math.min(burst, before.left + (Math.max(0, from - before.at) * qps) / 1_000_000) : burst
  return { at: from, left: left - 1 }
}

/** When the next pull may begin: after all others, or where they go side by side once fewer than the most are under way. */
function startOfPull(world: KubeletWorld, node: NodeRow, now: Micros): Micros {
  if (world.flags.get(SERIALIZE_IMAGE_PULLS)) return Math.max(now, node.pullingUntil)
  const most = world.flags.get(MAX_PARALLEL_IMAGE_PULLS)
  const ends = Object.values(node.pulling ?? {}).filter((end) => end > now).sort((a, b) => a - b)
  return most === null || ends.length < most ? now : ends[ends.length - most]!
}

function refuse(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, reason: string, message: string): Ensured {
  world.aboutContainer(ctx, row, container.name, 'Warning', 'Failed', `Error: ${reason}`)
  return { reason, message }
}

/** Only the layers that the node has not got are fetched. */
function pullTime(ctx: EventContext, node: NodeRow, image: Found, present: boolean): Micros {
  if (present) return MANIFEST + ctx.random.below(20_000)
  if (image.image.takes !== undefined) return image.image.takes + ctx.random.below(200_000)
  const missing = image.layers.filter((size) => !node.layers.includes(layerId(image, size)))
  return HANDSHAKE + ctx.random.below(300_000) + Math.round(sizeOf(missing) / BANDWIDTH)
}

/** Layers of equal size in images of one registry are taken for the same layer, as shared bases are. */
export const layerId = (image: Found, size: number): string => `${image.repository.split('/')[0]}:${size}`

/** An image as the node's store lists it; undefined for one that does not resolve. */
export function storedImage(world: KubeletWorld, node: string, name: string): { readonly entry: NodeRow['images'][number]; readonly layers: readonly string[] } | undefined {
  const image = world.registry.on(node).resolve(name, [LOCAL])
  return image.found ? { entry: { reference: image.reference, digest: digestIn(image), size: sizeOf(image.layers) }, layers: image.layers.map((l) => layerId(image, l)) } : undefined
}

const digestIn = (image: Found): string => `${image.repository}@${image.digest}`

/** The node has what a registry has sent; what it had under the reference, if that was another content, is no more. */
export function addImage(world: KubeletWorld, ctx: EventContext, node: NodeRow, image: Found): void {
  const entry = { reference: image.reference, digest: digestIn(image), size: sizeOf(image.layers), since: ctx.now }
  world.registry.pulled(node.name, image.reference)
  if (node.images.some((i) => i.reference === entry.reference && i.digest === entry.digest)) {
    world.nodes.set(node.name, node)
    return
  }
  const layers = [...new Set([...node.layers, ...image.layers.map((l) => layerId(image, l))])]
  world.nodes.set(node.name, { ...node, layers, images: [...node.images.filter((i) => i.reference !== entry.reference), entry] })
  reportSoon(world, ctx, node.name)
}

/** How a pull went: µs of it alone and with waiting, or that it was one too many. */
export interface PullEnd {
  readonly took: Micros
  readonly waited: Micros
  readonly exceeded?: boolean
}

/** The pull is over: the node has the image now, or the registry has refused. */
export function finishPull(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container, { took, waited, exceeded = false }: PullEnd): { readonly row: PodRow; readonly image?: Found } {
  const name = container.image ?? ''
  const image = world.registry.resolve(name, accountsOf(world, row))
  const names = { pod: row.pod.metadata.name, node: row.node, image: name }
  if (!image.found || exceeded) {
    const message = exceeded || image.found ? 'pull QPS exceeded' : image.message
    world.aboutContainer(ctx, row, container.name, 'Warning', 'Failed', `Failed to pull image "${name}": ${message}`)
    world.aboutContainer(ctx, row, container.name, 'Warning', 'Failed', 'Error: ErrImagePull')
    ctx.note('kubelet.pullFailed', names)
    const key = `image ${name}`
    const backoff = nextBackoff(row.backoffs[key], ctx.now)
    ctx.note('kubelet.pullBackoff', { ...names, seconds: goDuration(backoff.delay) })
    return { row: { ...row, backoffs: { ...row.backoffs, [key]: backoff }, reasons: { ...row.reasons, [container.name]: { reason: 'ErrImagePull', message }, [`pull ${container.name}`]: { reason: 'ErrImagePull', message } } } }
  }
  const node = world.node(row)
  const { [image.reference]: _done, ...pulling } = node.pulling ?? {}
  addImage(world, ctx, { ...node, pulling }, image)
  world.aboutContainer(ctx, row, container.name, 'Normal', 'Pulled', `Successfully pulled image "${name}" in ${millis(took)} (${millis(waited)} including waiting). Image size: ${sizeOf(image.layers)} bytes.`)
  ctx.note('kubelet.pulled', { ...names, seconds: millis(took) })
  return { row, image }
}

/** A duration as Go rounds it to milliseconds: "1.204s", "604ms". */
function millis(duration: Micros): string {
  const n = Math.round(duration / 1000)
  return n < 1000 ? `${n}ms` : `${n / 1000}s`
}

interface Secret extends KubeObject {
  readonly data?: Readonly<Record<string, string>>
}

/** Names and passwords of the pod's pull secrets. */
export function accountsOf(world: KubeletWorld, row: PodRow): readonly Account[] {
  const accounts: Account[] = []
  for (const { name } of row.pod.spec.imagePullSecrets ?? []) {
    const secret = world.reader.get('secrets', row.pod.metadata.namespace, name ?? '') as Secret | undefined
    const text = base64Decode(secret?.data?.['.dockerconfigjson'] ?? '')
    for (const m of (text ?? '').matchAll(/"([^"]+)"\s*:\s*\{[^{}]*"username"\s*:\s*"([^"]*)"[^{}]*"password"\s*:\s*"([^"]*)"/g)) accounts.push({ registry: m[1]!, user: m[2]!, password: m[3]! })
  }
  return accounts
}

/** Pull secrets that do not exist are told of at every sync. */
export function missingPullSecrets(world: KubeletWorld, row: PodRow): readonly string[] {
  return (row.pod.spec.imagePullSecrets ?? []).map((s) => s.name ?? '').filter((name) => name !== '' && !world.reader.get('secrets', row.pod.metadata.namespace, name))
}
