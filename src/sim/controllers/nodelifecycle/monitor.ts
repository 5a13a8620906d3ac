import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { get, NODES, PODS, update } from '../../client/request.ts'
import { formatTime, ms, type Micros } from '../../engine/time.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import type { KubeObject } from '../../api/meta.ts'
import { uidOf } from '../../api/meta.ts'
import { findCondition } from '../../api/conditions.ts'
import type { Pod } from '../../api/pod.ts'
import type { Node, NodeCondition } from '../../kinds/node/node.ts'
import type { NodeHeartbeats } from '../setup.ts'
import { NODE_MONITOR_GRACE_PERIOD, NODE_MONITOR_PERIOD, NODE_STARTUP_GRACE_PERIOD, UNHEALTHY_ZONE_THRESHOLD } from '../../flags/kube-controller-manager.ts'
import { deadline, nextTick, observe, readyOf, unknownStatus, type Health } from './health.ts'
import { hasTaint, NOT_READY, swapTaints, UNREACHABLE } from './taints.ts'
import { zoneOf, zoneState, type QueuedTaint, type Zone } from './zones.ts'

export const MONITOR = 'monitor'
export const EVICT = 'evict'
const EXCLUDED = 'node.kubernetes.io/exclude-disruption'
const TRIES = 5

/**
 * One look at all nodes, at a tick of the monitor's period, and only when something may have changed: new and gone nodes, silent
 * kubelets, taints by readiness, zones in disruption (node_lifecycle_controller.go: monitorNodeHealth).
 */
export function monitor(ctx: ControllerContext, heartbeats: NodeHeartbeats): ReconcileResult {
  const nodes = ctx.lister<Node>('nodes').list()
  const { now } = ctx
  register(ctx, nodes)
  const zones = new Map<string, { ready: number; notReady: number }>()
  let wake: Micros | undefined
  for (const node of nodes) {
    const silent = ctx.once(() => !heartbeats.beating(node.metadata.name))
    const looked = silent ? lookAt(ctx, node, now) : { node, ready: readyOf(node), next: undefined }
    if (looked.next !== undefined && (wake === undefined || looked.next < wake)) wake = looked.next
    if (!(EXCLUDED in (node.metadata.labels ?? {}))) {
      const zone = zones.get(zoneOf(node)) ?? { ready: 0, notReady: 0 }
      zones.set(zoneOf(node), zone)
      if (looked.ready?.status === 'True') zone.ready++
      else zone.notReady++
    }
    if (looked.ready) afterLook(ctx, looked.node, readyOf(node), looked.ready)
  }
  disruption(ctx, nodes, zones)
  if (ctx.once(() => pendingTaints(ctx))) ctx.enqueueAfter(EVICT, ms(100) - (ctx.now % ms(100)))
  return wake === undefined ? undefined : { after: Math.max(wake - ctx.now, nextTick(ctx.flag(NODE_MONITOR_PERIOD), ctx.now)) }
}

const pendingTaints = (ctx: ControllerContext): boolean => ctx.state<QueuedTaint>('taint-queue').values().some((q) => !q.done)

function register(ctx: ControllerContext, nodes: readonly Node[]): void {
  const known = ctx.once(() => ctx.state<string>('known').keys().map((name) => [name, ctx.state<string>('known').get(name)!] as const))
  const names = new Set(known.map(([name]) => name))
  for (const node of nodes) {
    const { name } = node.metadata
    if (names.has(name)) continue
    ctx.event(nodeReference(name, uidOf(node)), 'Normal', 'RegisteredNode', `Node ${name} event: Registered Node ${name} in Controller`)
    ctx.note('node.registered', { node: name })
    remember(ctx, name, uidOf(node))
    reachable(ctx, node)
  }
  const present = new Set(nodes.map((node) => node.metadata.name))
  for (const [name, uid] of known) {
    if (present.has(name)) continue
    ctx.event(nodeReference(name, uid), 'Normal', 'RemovingNode', `Node ${name} event: Removing Node ${name} from Controller`)
    ctx.note('node.removed', { node: name })
    ctx.once(() => {
      ctx.state('known').delete(name)
      ctx.state('health').delete(name)
      ctx.state('taint-queue').delete(name)
      return null
    })
  }
}

function remember(ctx: ControllerContext, name: string, uid: string): void {
  ctx.once(() => {
    ctx.state<string>('known').set(name, uid)
    return null
  })
}

const nodeReference = (name: string, uid: string): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, uid } })

interface Looked {
  readonly node: Node
  readonly ready: NodeCondition | undefined
  /** When the node must be looked at again if nothing happens. */
  readonly next: Micros | undefined
}

/** A silent node: Unknown when its grace period is over, else a time to come again. */
function lookAt(ctx: ControllerContext, cached: Node, now: Micros): Looked {
  const { name } = cached.metadata
  const lease = ctx.lister<Lease>('leases').get('kube-node-lease', name)
  const period = ctx.flag(NODE_MONITOR_PERIOD)
  const patience = { period, grace: ctx.flag(NODE_MONITOR_GRACE_PERIOD), startupGrace: ctx.flag(NODE_STARTUP_GRACE_PERIOD) }
  let node = cached
  for (let i = 0; i < TRIES; i++) {
    const current = node
    const health = ctx.once(() => {
      const table = ctx.state<Health>('health')
      const seen = observe(current, lease, table.get(name), period, now)
      table.set(name, seen)
      return seen
    })
    const due = deadline(current, health, patience)
    if (now < due) return { node: current, ready: readyOf(current), next: due }
    const status = unknownStatus(current, now)
    if (!status) return { node: current, ready: readyOf(current), next: undefined }
    ctx.note('node.unknown', { node: name })
    const answer = ctx.call<Node>(update(NODES, { ...current, status }, 'status'))
    if (!isStatus(answer)) return { node: answer, ready: readyOf(answer), next: undefined }
    ctx.sleep(ms(20))
    const fresh = ctx.call<Node>(get(NODES, undefined, name))
    if (isStatus(fresh)) break
    node = fresh
  }
  return { node, ready: undefined, next: now + nextTick(period, now) }
}

/** Taints follow readiness; pods of a node that has just been lost are not ready any more. */
function afterLook(ctx: ControllerContext, node: Node, observed: NodeCondition | undefined, current: NodeCondition): void {
  if (current.status === 'True') reachable(ctx, node)
  else {
    const [wanted, opposite] = current.status === 'False' ? [NOT_READY, UNREACHABLE] : [UNREACHABLE, NOT_READY]
    if (hasTaint(node, { key: opposite, effect: 'NoExecute' })) swapTaints(ctx, node, [{ key: wanted, effect: 'NoExecute' }], [{ key: opposite, effect: 'NoExecute' }])
    else queueTaint(ctx, node, wanted)
  }
  if (current.status === 'True' || observed?.status !== 'True') return
  const { name } = node.metadata
  ctx.event(nodeReference(name, uidOf(node)), 'Normal', 'NodeNotReady', `Node ${name} status is now: NodeNotReady`)
  markPodsNotReady(ctx, name, ctx.lister<Pod>('pods').by('node', name))
}

function queueTaint(ctx: ControllerContext, node: Node, key: string): void {
  const tainted = hasTaint(node, { key, effect: 'NoExecute' })
  ctx.once(() => {
    const table = ctx.state<QueuedTaint>('taint-queue')
    const { name } = node.metadata
    const known = table.get(name)
    // Queued and done stays done as long as the taint is there.
    if (!known || known.uid !== uidOf(node) || (known.done && !tainted)) table.set(name, { uid: uidOf(node), zone: zoneOf(node), done: tainted })
    return null
  })
}

/** The node is well: NoExecute taints by readiness go. */
function reachable(ctx: ControllerContext, node: Node): void {
  const stale = [UNREACHABLE, NOT_READY].map((key) => ({ key, effect: 'NoExecute' as const })).filter((taint) => hasTaint(node, taint))
  if (stale.length > 0) swapTaints(ctx, node, [], stale)
  ctx.once(() => {
    ctx.state('taint-queue').delete(node.metadata.name)
    ctx.state('health').delete(node.metadata.name)
    return null
  })
}

/** Sets Ready to False in the pods of a node that was lost (util/node: MarkPodsNotReady). */
export function markPodsNotReady(ctx: ControllerContext, node: string, pods: readonly Pod[]): void {
  const at = formatTime(ctx.now)
  const affected = pods.filter((pod) => findCondition(pod.status?.conditions, 'Ready')?.status === 'True')
  if (affected.length === 0) return
  ctx.note('node.podsNotReady', { node, count: affected.length })
  const answers = ctx.all<Pod>(
    affected.map((pod) => {
      const conditions = (pod.status?.conditions ?? []).map((c) => (c.type === 'Ready' ? { ...c, status: 'False' as const, lastTransitionTime: at } : c))
      return update(PODS, { ...pod, status: { ...pod.status, conditions } }, 'status')
    }),
  )
  answers.forEach((answer, i) => {
    if (!isNotFound(answer)) ctx.event(affected[i]!, 'Warning', 'NodeNotReady', 'Node is not ready')
  })
}

/** How bad each zone is; when all nodes are lost nobody is evicted, because the fault is likelier here (handleDisruption). */
function disruption(ctx: ControllerContext, nodes: readonly Node[], zones: ReadonlyMap<string, { readonly ready: number; readonly notReady: number }>): void {
  const states = new Map([...zones].map(([name, { ready, notReady }]) => [name, { state: zoneState(ready, notReady, ctx.flag(UNHEALTHY_ZONE_THRESHOLD)), nodes: ready + notReady }]))
  const all = states.size > 0 && [...states.values()].every(({ state }) => state === 'FullDisruption')
  const was = ctx.once(() => {
    const known = ctx.state<Zone>('zones').values()
    return known.length > 0 && known.every(({ state }) => state === 'FullDisruption')
  })
  if (all && !was) {
    ctx.note('node.masterDisruption', { count: nodes.length })
    for (const node of nodes) reachable(ctx, node)
  }
  const { now } = ctx
  ctx.once(() => {
    const table = ctx.state<Zone>('zones')
    for (const name of [...table.keys()]) if (!states.has(name)) table.delete(name)
    for (const [name, { state, nodes: count }] of states) {
      const known = table.get(name)
      if (known?.state !== state || known.nodes !== count) table.set(name, { state, nodes: count, next: known?.next ?? 0 })
    }
    if (was && !all) for (const name of [...ctx.state('health').keys()]) ctx.state<Health>('health').set(name, { ...ctx.state<Health>('health').get(name)!, probe: now })
    return null
  })
}
