import { uidOf } from '../../api/meta.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { LARGE_CLUSTER_SIZE_THRESHOLD, NODE_EVICTION_RATE, SECONDARY_NODE_EVICTION_RATE } from '../../flags/kube-controller-manager.ts'
import type { Node } from '../../kinds/node/node.ts'
import { readyOf } from './health.ts'
import { NOT_READY, swapTaints, UNREACHABLE } from './taints.ts'
import { taintInterval, type QueuedTaint, type Zone } from './zones.ts'

const PERIOD = ms(100)

/** Gives queued nodes their NoExecute taint, as fast as their zone's state allows (doNoExecuteTaintingPass). */
export function taintingPass(ctx: ControllerContext): ReconcileResult {
  const queue = ctx.once(() => ctx.state<QueuedTaint>('taint-queue').keys().map((name) => [name, ctx.state<QueuedTaint>('taint-queue').get(name)!] as const))
  let wake: Micros | undefined
  for (const [name, entry] of queue) {
    if (entry.done) continue
    const { now } = ctx
    const ready = ctx.once(() => turn(ctx, entry.zone, now))
    if (ready > now) {
      if (ready < Number.MAX_SAFE_INTEGER) wake = Math.min(wake ?? ready, ready)
      continue
    }
    const node = ctx.lister<Node>('nodes').get(undefined, name)
    const done = !node || uidOf(node) !== entry.uid || taint(ctx, node)
    if (!done) wake = now + PERIOD
    ctx.once(() => {
      if (done) ctx.state<QueuedTaint>('taint-queue').set(name, { ...entry, done })
      return null
    })
  }
  return wake === undefined ? undefined : { after: Math.max(PERIOD - (ctx.now % PERIOD), wake - ctx.now) }
}

/** When the zone's next taint may be given; takes the token when that is now. MAX_SAFE_INTEGER: none is given. */
function turn(ctx: ControllerContext, name: string, now: Micros): Micros {
  const zones = ctx.state<Zone>('zones')
  const all = zones.values()
  const zone = zones.get(name)
  const interval = taintInterval(zone, all.length > 0 && all.every(({ state }) => state === 'FullDisruption'), {
    primary: ctx.flag(NODE_EVICTION_RATE), secondary: ctx.flag(SECONDARY_NODE_EVICTION_RATE), large: ctx.flag(LARGE_CLUSTER_SIZE_THRESHOLD),
  })
  if (interval === undefined) return Number.MAX_SAFE_INTEGER
  if (zone && zone.next > now) return zone.next
  zones.set(name, { state: zone?.state ?? 'Initial', nodes: zone?.nodes ?? 0, next: now + interval })
  return now
}

function taint(ctx: ControllerContext, node: Node): boolean {
  const { status } = readyOf(node) ?? {}
  if (status === undefined) return false
  if (status === 'True') return true
  const [wanted, opposite] = status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY]
  return swapTaints(ctx, node, [{ key: wanted, effect: 'NoExecute' }], [{ key: opposite, effect: 'NoExecute' }])
}
