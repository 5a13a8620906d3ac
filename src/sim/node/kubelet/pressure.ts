import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { EVICTION_MAX_POD_GRACE_PERIOD, EVICTION_PRESSURE_TRANSITION_PERIOD, IMAGE_GC_HIGH_THRESHOLD } from '../../flags/kubelet.ts'
import { observe, podConsumption, storageExcess } from './consumption.ts'
import { nextTrouble } from './foresight.ts'
import { collectImages, freeImages, removeDeadContainers } from './garbage.ts'
import { armRotation } from './log-rotation.ts'
import { armAges, collectOldImages, COLLECTS_EVERY } from './image-ages.ts'
import { evictionMessage, isCritical, ranked, type Candidate } from './ranking.ts'
import type { NodeRow, PodRow, Pressure } from './state.ts'
import { requestEnd } from './termination.ts'
import { byUrgency, CONDITION_OF, isMet, RESOURCE_OF, thresholdsOf, type Observations, type Threshold } from './thresholds.ts'
import { actorOf, rowKey, type KubeletWorld } from './world.ts'

/** The eviction manager looks this often (eviction_manager.go: monitoringInterval). */
const LOOKS_EVERY = seconds(10)
const CLEANUP_POLL = seconds(1)
const CLEANUP_LIMIT = seconds(30)
/** Grace of a pod that is evicted at once. */
const AT_ONCE = seconds(1)

const CALM: Pressure = { since: {}, seen: {}, conditions: [], met: [] }

/** The next of the instants at which a kubelet does something every `period`, behind `now`. */
const nextTick = (node: NodeRow, now: Micros, period: Micros): Micros => now + period - ((((now - node.phase) % period) + period) % period)

/** Puts off or brings forward the next look at what is left on the node. A look that could find nothing is none. */
export function armPressure(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.up || !node.kubelet) return
  const at = nextLook(world, node, ctx.now)
  if (at === node.housekeeping?.at) return
  if (node.housekeeping) ctx.cancel(node.housekeeping.seq)
  const { housekeeping: _old, ...rest } = node
  world.nodes.set(name, at === undefined ? rest : { ...rest, housekeeping: { at, seq: ctx.schedule(at - ctx.now, actorOf(name), 'housekeep', null) } })
}

function nextLook(world: KubeletWorld, node: NodeRow, now: Micros): Micros | undefined {
  const { pressure } = node
  if (pressure?.evicting) return now + CLEANUP_POLL
  if (pressure && Object.keys(pressure.since).length > 0) return nextTick(node, now, LOOKS_EVERY)
  const trouble = nextTrouble(world, node, now, nextTick(node, now, LOOKS_EVERY), LOOKS_EVERY)
  // Conditions end some time after what caused them.
  const ends = (pressure?.conditions ?? []).map((c) => nextTick(node, (pressure!.seen[c] ?? now) + world.flags.get(EVICTION_PRESSURE_TRANSITION_PERIOD) - 1, LOOKS_EVERY))
  const all = [...(trouble === undefined ? [] : [trouble]), ...ends]
  return all.length > 0 ? Math.max(now + 1, Math.min(...all)) : undefined
}

/** One look of the eviction manager (eviction_manager.go: synchronize). */
export function housekeep(world: KubeletWorld, ctx: EventContext, name: string): void {
  const { housekeeping: _now, ...node } = world.nodes.get(name)!
  world.nodes.set(name, node)
  if (isCleaningUp(world, ctx, node)) return armPressure(world, ctx, name)
  const seen = observe(world, name, ctx.now)
  const graced = remember(world, ctx, name, seen)
  const written = evictWriters(world, ctx, name)
  const evicted = written.length > 0 ? written : reclaim(world, ctx, name, graced, seen)
  if (evicted.length > 0) set(world, name, { evicting: { pods: evicted, since: ctx.now } })
  armPressure(world, ctx, name)
}

function set(world: KubeletWorld, name: string, change: Partial<Pressure>): void {
  const node = world.nodes.get(name)!
  world.nodes.set(name, { ...node, pressure: { ...CALM, ...node.pressure, ...change } })
}

/** While an evicted pod is cleared away nobody else is looked for, for half a minute at most (waitForPodsCleanup). */
function isCleaningUp(world: KubeletWorld, ctx: EventContext, { name, pressure }: NodeRow): boolean {
  const evicting = pressure?.evicting
  if (!evicting) return false
  const left = evicting.pods.filter(({ key, uid }) => world.pods.get(key)?.uid === uid && !['terminated', 'finished'].includes(world.pods.get(key)!.life))
  if (left.length > 0 && ctx.now - evicting.since < CLEANUP_LIMIT) return true
  const { evicting: _done, ...rest } = pressure
  world.nodes.set(name, { ...world.nodes.get(name)!, pressure: rest })
  return false
}

/** Takes down what is short since when, and which conditions the node has; gives back the thresholds whose grace is over. */
function remember(world: KubeletWorld, ctx: EventContext, name: string, seen: Observations): readonly Threshold[] {
  const before = world.nodes.get(name)!.pressure ?? CALM
  const all = thresholdsOf(world.flags)
  const met = all.filter((t) => isMet(t, seen, before.met.includes(t.id)))
  const since = Object.fromEntries(met.map((t) => [t.id, before.since[t.id] ?? ctx.now]))
  const now = new Set(met.map((t) => CONDITION_OF[t.signal]))
  const last: Record<string, Micros> = { ...before.seen }
  for (const condition of now) last[condition] = ctx.now
  const period = world.flags.get(EVICTION_PRESSURE_TRANSITION_PERIOD)
  const conditions = Object.keys(last).sort().filter((c) => ctx.now - last[c]! < period)
  const graced = met.filter((t) => ctx.now - since[t.id]! >= t.grace)
  if (met.length > 0 || Object.keys(before.since).length > 0 || before.conditions.length > 0) {
    set(world, name, { since, seen: Object.fromEntries(conditions.map((c) => [c, last[c]!])), conditions, met: graced.map((t) => t.id) })
  }
  if (conditions.join() !== before.conditions.join()) ctx.schedule(ctx.random.below(LOOKS_EVERY), actorOf(name), 'report-pressure', null)
  return graced
}

/** A pod that has just been found to have written too much. */
export function evictWriter(world: KubeletWorld, ctx: EventContext, row: PodRow): void {
  const message = active(row) ? storageExcess(world, row, ctx.now) : undefined
  if (message !== undefined) evict(world, ctx, row, message, AT_ONCE, false)
}

const active = (row: PodRow): boolean => row.life === 'sync' && !row.end && !row.rejected

/** Pods that have written more than they may go first (localStorageEviction). */
function evictWriters(world: KubeletWorld, ctx: EventContext, name: string): readonly { readonly key: string; readonly uid: string }[] {
  const rows = world.byNode.keys(name).map((key) => world.pods.get(key)!).filter(active)
  return rows.flatMap((row) => {
    const message = storageExcess(world, row, ctx.now)
    return message !== undefined && evict(world, ctx, row, message, AT_ONCE, false) ? [{ key: rowKey(name, row.pod), uid: row.uid }] : []
  })
}

/** Wins back what is short: dead containers and unused images where that helps, else one pod. */
function reclaim(world: KubeletWorld, ctx: EventContext, name: string, graced: readonly Threshold[], seen: Observations): readonly { readonly key: string; readonly uid: string }[] {
  const [first] = byUrgency(graced)
  if (!first) return []
  const resource = RESOURCE_OF[first.signal]
  world.aboutNode(ctx, name, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`)
  ctx.note('kubelet.reclaims', { node: name, resource })
  if (CONDITION_OF[first.signal] === 'DiskPressure') {
    removeDeadContainers(world, name)
    freeImages(world, ctx, name, Number.MAX_SAFE_INTEGER, false)
    const after = observe(world, name, ctx.now)
    if (!thresholdsOf(world.flags).some((t) => isMet(t, after, true))) return []
  }
  const candidates: readonly Candidate[] = world.byNode.keys(name).map((key) => world.pods.get(key)!).filter(active).map((row) => ({ row, use: podConsumption(world, row, ctx.now) }))
  for (const candidate of ranked(candidates, resource)) {
    const { row } = candidate
    const most = world.flags.get(EVICTION_MAX_POD_GRACE_PERIOD)
    const grace = first.grace === 0 ? AT_ONCE : seconds(Math.min(most, row.pod.spec.terminationGracePeriodSeconds ?? most))
    if (evict(world, ctx, row, evictionMessage(resource, candidate, graced, seen), grace, true)) return [{ key: rowKey(name, row.pod), uid: row.uid }]
  }
  return []
}

/** Evicts a pod, unless it is critical. `disrupts`: its status names the node's pressure as the cause. */
function evict(world: KubeletWorld, ctx: EventContext, row: PodRow, message: string, grace: Micros, disrupts: boolean): boolean {
  if (isCritical(row.pod, row.isStatic)) return false
  ctx.note('kubelet.evicts', { pod: row.pod.metadata.name, node: row.node, why: message.trim() })
  world.aboutPod(ctx, row, 'Warning', 'Evicted', message)
  requestEnd(world, ctx, row, { grace, reason: 'Evicted', message, deleted: false, since: ctx.now, evicted: true, ...(disrupts ? { conditionReason: 'TerminationByKubelet' } : {}) })
  return true
}

/** The disk of images is looked at every five minutes, while it is nearly full. */
export function armCollection(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.up || !node.kubelet || node.collects) return
  const { available, capacity } = observe(world, name, ctx.now)['imagefs.available']
  if (100 - Math.floor((available * 100) / capacity) < world.flags.get(IMAGE_GC_HIGH_THRESHOLD)) return
  world.nodes.set(name, { ...node, collects: true })
  ctx.schedule(nextTick(node, ctx.now, COLLECTS_EVERY) - ctx.now, actorOf(name), 'collect-images', null)
}

export function collect(world: KubeletWorld, ctx: EventContext, name: string): void {
  const { collects: _now, ages, ...node } = world.nodes.get(name)!
  world.nodes.set(name, ages !== undefined && ages > ctx.now ? { ...node, ages } : node)
  collectOldImages(world, ctx, name)
  collectImages(world, ctx, name, observe(world, name, ctx.now)['imagefs.available'])
  armCollection(world, ctx, name)
  armAges(world, ctx, name)
  armPressure(world, ctx, name)
}

/** Plans all looks anew, because what they go by has changed. */
export function armLooks(world: KubeletWorld, ctx: EventContext, name: string): void {
  armPressure(world, ctx, name)
  armCollection(world, ctx, name)
  armAges(world, ctx, name)
  armRotation(world, ctx, name)
}
