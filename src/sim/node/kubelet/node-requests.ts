import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import type { Image, ImageConfig } from '../../images/image.ts'
import { sizeOf } from '../../images/registry.ts'
import { DAEMONS } from './host-view.ts'
import type { GroupLimit } from '../linux/cgroup-writes.ts'
import type { Answer, Asked } from '../linux/machine.ts'
import { advanced, lookAhead } from './linux.ts'
import { addImage } from './puller.ts'
import type { PodRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** What a process that sees the node asks of it. */
export type NodeRequest =
  | { readonly do: 'signal'; readonly pid: number; readonly signal: string }
  /** A container is told to end, and killed when it has not after ten seconds. */
  | { readonly do: 'stop'; readonly pid: number }
  | { readonly do: 'unit'; readonly unit: 'kubelet' | 'containerd'; readonly action: 'start' | 'stop' | 'restart' }
  | { readonly do: 'pull'; readonly image: string }
  | ({ readonly do: 'cgroup' } & GroupLimit)
  | { readonly do: 'remove-image'; readonly image: string }
  /** A built image becomes one that every node can pull. */
  | { readonly do: 'push-image'; readonly reference: string }
  /** An image that was built, committed or given another name; its tree lies in the asking machine under `fs`. */
  | { readonly do: 'store-image'; readonly reference: string; readonly digest: string; readonly fs: string; readonly config: ImageConfig; readonly history: NonNullable<Image['history']> }

/** systemd starts the kubelet again after this time (RestartSec of kubeadm's unit), containerd after five seconds. */
const RESTARTS = { kubelet: seconds(10), containerd: seconds(5) } as const
const STOP_GRACE = seconds(10)
/** Bytes that a registry sends in a second. */
const RATE = 40_000_000
const DONE: Answer = { ok: true, status: 0, body: '' }

interface Reply {
  readonly answer: Answer
  readonly after: Micros
}

/** Carries a request out as events of the node's kubelet, so that each is a step of its own. */
export function nodeRequest(world: KubeletWorld, ctx: EventContext, row: PodRow, question: Asked): Reply {
  const request = JSON.parse(question.path) as NodeRequest
  const actor = actorOf(ctx.instance)
  switch (request.do) {
    case 'signal':
      signal(ctx, request.pid, request.signal)
      break
    case 'stop':
      ctx.schedule(0, actor, 'kill', { pid: request.pid, signal: 'TERM' })
      ctx.schedule(STOP_GRACE, actor, 'kill', { pid: request.pid, signal: 'KILL' })
      break
    case 'unit':
      if (request.action !== 'start') ctx.schedule(ms(20), actor, `stop-${request.unit}`)
      if (request.action !== 'stop') ctx.schedule(request.action === 'start' ? ms(20) : ms(300), actor, `start-${request.unit}`)
      break
    case 'remove-image':
      ctx.schedule(0, actor, 'remove-images', [request.image])
      break
    case 'push-image': {
      const built = world.registry.push(ctx.instance, request.reference)
      if (!built) return { answer: { ok: false, status: 0, body: '' }, after: ms(200) }
      return { answer: DONE, after: ms(300) + Math.floor((sizeOf(built.image.layers) * 1_000_000) / RATE) }
    }
    case 'store-image':
      store(world, ctx, row, request)
      break
    case 'cgroup':
      setGroup(world, ctx, request)
      break
    case 'pull':
      return pull(world, ctx, request.image)
  }
  return { answer: DONE, after: ms(1) }
}

function store(world: KubeletWorld, ctx: EventContext, row: PodRow, { reference, digest, fs, config, history }: Extract<NodeRequest, { do: 'store-image' }>): void {
  const contents = row.machine?.roots[fs]
  const node = world.nodes.get(ctx.instance)!
  if (!contents) return
  const repository = reference.slice(0, reference.lastIndexOf(':'))
  const layers = history.map((h) => h.size).filter((size) => size > 0)
  world.registry.keep(node.name, { reference, digest, image: { repository, tags: [], layers, program: { kind: 'shell' }, config, contents, history } })
  const entry = { reference, digest: `${repository}@${digest}`, size: sizeOf(layers) }
  world.nodes.set(node.name, { ...node, images: [...node.images.filter((i) => i.reference !== reference), entry] })
}

/** The kernel's own limits of a container; the kubelet writes its ones again when it next changes them. */
function setGroup(world: KubeletWorld, ctx: EventContext, { path, cpu, memoryLimit, pidsLimit }: GroupLimit): void {
  for (const key of [...world.byNode.keys(ctx.instance)]) {
    const before = world.pods.get(key)!
    const found = Object.values(before.machine?.containers ?? {}).find((c) => c.cgroup === path && !c.ended)
    if (!found) continue
    const row = advanced(world, ctx, before)
    const { memoryLimit: had, ...state } = row.machine!.containers[found.name]!
    const { cpuQuota, ...shared } = state.cpu
    const quota = cpu === undefined || (cpu.cpuQuota === undefined && cpu.cpuShares !== undefined) ? cpuQuota : cpu.cpuQuota
    const memory = memoryLimit === undefined ? had : (memoryLimit ?? undefined)
    const changed = { ...state, cpu: { ...shared, ...cpu, ...(quota === undefined ? {} : { cpuQuota: quota }) }, ...(memory === undefined ? {} : { memoryLimit: memory }), ...(pidsLimit === undefined ? {} : { pidsLimit }) }
    lookAhead(world, ctx, { ...row, machine: { ...row.machine!, containers: { ...row.machine!.containers, [found.name]: changed } } })
    return
  }
}

function signal(ctx: EventContext, pid: number, name: string): void {
  const actor = actorOf(ctx.instance)
  const daemon = Object.entries(DAEMONS).find(([, number]) => number === pid)?.[0] as keyof typeof RESTARTS | undefined
  if (daemon === undefined) ctx.schedule(0, actor, 'kill', { pid, signal: name })
  else if (['KILL', 'TERM', 'INT', 'QUIT', 'ABRT', 'SEGV'].includes(name)) {
    ctx.schedule(ms(1), actor, `stop-${daemon}`)
    ctx.schedule(RESTARTS[daemon], actor, `start-${daemon}`)
  }
}

function pull(world: KubeletWorld, ctx: EventContext, image: string): Reply {
  const found = world.registry.resolve(image)
  if (!found.found) return { answer: { ok: false, status: 0, body: found.message }, after: ms(400) }
  const node = world.nodes.get(ctx.instance)!
  const has = node.images.some((i) => i.reference === found.reference)
  addImage(world, ctx, node, found)
  return { answer: { ok: true, status: 0, body: `${found.repository}@${found.digest}` }, after: has ? ms(300) : ms(500) + Math.floor((sizeOf(found.layers) * 1_000_000) / RATE) }
}
