import type { Container, ResourceRequirements } from '../../api/container.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { computeQosClass, podRequests } from '../../api/pod-resources.ts'
import { compareQuantities, type ResourceList } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { refusal } from './admission.ts'
import type { PodRow, ResizeCondition } from './state.ts'
import { actorOf, rowKey, type KubeletWorld } from './world.ts'

/** Resizes that wait are tried again this long after the last try (pkg/kubelet/allocation: retryDelay). */
const RETRY = seconds(180)
const RESIZABLE = ['cpu', 'memory']
const NONE: ResourceList = {}

const sameAmount = (a: string | undefined, b: string | undefined): boolean => a === b || (a !== undefined && b !== undefined && compareQuantities(a, b) === 0)

/** Do two declarations ask for the same processor time and memory? */
export function sameResources(a: ResourceRequirements | undefined, b: ResourceRequirements | undefined): boolean {
  if (a === b) return true
  return RESIZABLE.every((name) => sameAmount((a?.requests ?? NONE)[name], (b?.requests ?? NONE)[name]) && sameAmount((a?.limits ?? NONE)[name], (b?.limits ?? NONE)[name]))
}

const pairsSame = (a: readonly Container[] = [], b: readonly Container[] = []): boolean => a === b || a.every((c, i) => sameResources(c.resources, b[i]?.resources))

/** Does nothing differ between two versions of a pod that a resize could change? */
const sameSize = (a: Pod, b: Pod): boolean =>
  a.spec === b.spec || (pairsSame(a.spec.containers, b.spec.containers) && pairsSame(a.spec.initContainers, b.spec.initContainers) && sameResources(a.spec.resources, b.spec.resources))

const sized = (list: readonly Container[] | undefined, by: readonly Container[] | undefined): readonly Container[] | undefined =>
  list?.map((c, i) => (sameResources(c.resources, by?.[i]?.resources) ? c : { ...c, resources: by![i]!.resources! }))

/** The pod as its node has allocated it (allocation_manager.go: UpdatePodFromAllocation). */
function asAllocated(pod: Pod, allocated: Pod): Pod {
  const { initContainers } = pod.spec
  const init = sized(initContainers, allocated.spec.initContainers)
  const { resources } = allocated.spec
  return { ...pod, spec: { ...pod.spec, containers: sized(pod.spec.containers, allocated.spec.containers)!, ...(init ? { initContainers: init } : {}), ...(resources ? { resources } : {}) } }
}

/** A new version of a pod in the kubelet's hands. What it asks for is not what it has until that has been allocated. */
export function observed(row: PodRow, pod: Pod): PodRow {
  const { desired, ...rest } = row
  if (row.isStatic || (!desired && row.pod.spec === pod.spec)) return { ...rest, pod }
  if (desired?.spec === pod.spec) return { ...row, pod: { ...pod, spec: row.pod.spec }, desired: pod }
  return sameSize(pod, row.pod) ? { ...rest, pod } : { ...row, pod: asAllocated(pod, row.pod), desired: pod }
}

const without = <K extends 'pending' | 'progress'>(row: PodRow, which: K): PodRow => {
  const { [which]: _gone, ...left } = row.resizing ?? {}
  const { resizing: _all, ...rest } = row
  return Object.keys(left).length > 0 ? { ...rest, resizing: left } : rest
}

const condition = (before: ResizeCondition | undefined, reason: string, message: string, generation: number, now: Micros): ResizeCondition => ({
  ...(reason ? { reason } : {}), ...(message ? { message } : {}), generation, since: before && (before.reason ?? '') === reason ? before.since : now, probed: now,
})

/** What a resize event says: the sentence and what the containers should have (pkg/kubelet/events, resize.go). */
function sentence(what: string, pod: Pod, generation: number, error = ''): string {
  const list = (containers: readonly Container[]): readonly object[] => containers.map((c) => ({ name: c.name, resources: inGoOrder(c.resources) }))
  const { initContainers = [], containers } = pod.spec
  return `${what}: ${JSON.stringify({ ...(initContainers.length > 0 ? { initContainers: list(initContainers) } : {}), containers: list(containers), generation, ...(error ? { error } : {}) })}`
}

const sortedList = (list: ResourceList): ResourceList => Object.fromEntries(Object.keys(list).sort().map((name) => [name, list[name]!]))
const inGoOrder = (r: ResourceRequirements | undefined): ResourceRequirements => ({ ...(r?.limits ? { limits: sortedList(r.limits) } : {}), ...(r?.requests ? { requests: sortedList(r.requests) } : {}) })

/** The pod's declared resources have changed: an allocation is looked for, or a wish that was taken back is forgotten (kubelet.go: HandlePodUpdates). */
export function sizeChanged(world: KubeletWorld, ctx: EventContext, row: PodRow, was: Pod): void {
  if (!row.isStatic && !row.desired && row.resizing?.pending) world.put(without(row, 'pending'))
  if (row.isStatic || !row.desired || sameSize(was, row.desired)) return
  const key = rowKey(row.node, row.pod)
  const node = world.node(row)
  if (!node.resizes?.includes(key)) world.nodes.set(node.name, { ...node, resizes: [...(node.resizes ?? []), key] })
  retryResizes(world, ctx, row.node)
}

const increases = ({ desired, pod }: PodRow): boolean => {
  const [next, old] = [podRequests(desired ?? pod), podRequests(pod)]
  return next.memory > old.memory || next.milliCpu > old.milliCpu
}

/** Who is tried first: who asks for no more, priority, QoS class, then who has waited longest (sortPendingResizes). */
function byUrgency(a: PodRow, b: PodRow): number {
  const rank = (row: PodRow): readonly number[] => [increases(row) ? 1 : 0, -(row.pod.spec.priority ?? 0), computeQosClass(row.pod.spec) === 'Guaranteed' ? 0 : 1, row.resizing?.pending?.since ?? Infinity]
  const [x, y] = [rank(a), rank(b)]
  const at = x.findIndex((n, i) => n !== y[i])
  return at < 0 ? 0 : x[at]! < y[at]! ? -1 : 1
}

/** Tries all resizes of a node that wait (allocation_manager.go: retryPendingResizes). */
export function retryResizes(world: KubeletWorld, ctx: EventContext, name: string): void {
  const waiting = world.nodes.get(name)?.resizes
  if (!waiting || waiting.length === 0) return
  const rows = waiting.map((key) => world.pods.get(key)).filter((row) => row?.life === 'sync' && !row.end && row.desired) as PodRow[]
  const left = [...rows].sort(byUrgency).filter((row) => !tryResize(world, ctx, world.fresh(row))).map((row) => rowKey(name, row.pod))
  const { resizes: _old, resizeTimer, ...node } = world.nodes.get(name)!
  if (resizeTimer) ctx.cancel(resizeTimer)
  world.nodes.set(name, left.length > 0 ? { ...node, resizes: left, resizeTimer: ctx.schedule(RETRY, actorOf(name), 'retry-resizes', null) } : node)
}

/** Allocates what a pod asks for, or says why that must wait; true when it waits no more (handlePodResourcesResize). */
function tryResize(world: KubeletWorld, ctx: EventContext, row: PodRow): boolean {
  const desired = row.desired!
  const generation = desired.metadata.generation ?? 0
  const refused = refusal(world, row.node, desired)
  if (refused) {
    const before = row.resizing?.pending
    const message = refused.message.replace(/^Pod was rejected: /, '')
    const pending = condition(before, 'Deferred', message, generation, ctx.now)
    if (before && before.reason === pending.reason && before.generation === generation && before.message === message) return false
    if (!before || before.generation !== generation) world.aboutPod(ctx, row, 'Warning', 'ResizeDeferred', sentence('Pod resize Deferred', desired, generation, message))
    ctx.note('kubelet.resizeDeferred', { pod: row.pod.metadata.name, node: row.node, why: message })
    world.steps.requestSync(world, ctx, world.put({ ...row, resizing: { ...row.resizing, pending } }))
    return false
  }
  const { desired: _allocated, ...rest } = without(row, 'pending')
  const next = world.put({ ...rest, pod: desired, resizing: { progress: condition(undefined, '', '', generation, ctx.now) } })
  world.aboutPod(ctx, next, 'Normal', 'ResizeStarted', sentence('Pod resize started', desired, generation))
  ctx.note('kubelet.resizeStarted', { pod: row.pod.metadata.name, node: row.node })
  world.steps.requestSync(world, ctx, next)
  return true
}

/** Is a container that runs not yet as it was allocated? Ephemeral and plain init containers are never resized. */
const isBehind = (row: PodRow, c: Container): boolean => {
  const run = row.containers[c.name]?.run
  return run?.state === 'running' && run.resources !== c.resources && !sameResources(run.resources, c.resources)
}

/** At the beginning of a sync: has a resize come to its end (kubelet.go: SyncPod)? */
export function resizeProgress(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const { spec, metadata } = row.pod
  const progress = row.resizing?.progress
  if (spec.containers.some((c) => isBehind(row, c)) || spec.initContainers?.some((c) => isSidecar(c) && isBehind(row, c))) {
    return progress ? row : world.put({ ...row, resizing: { ...row.resizing, progress: condition(undefined, '', '', metadata.generation ?? 0, ctx.now) } })
  }
  if (!progress) return row
  world.aboutPod(ctx, row, 'Normal', 'ResizeCompleted', sentence('Pod resize completed', row.pod, progress.generation))
  ctx.note('kubelet.resized', { pod: metadata.name, node: row.node })
  return world.put(without(row, 'progress'))
}

/** What a sync does with a running container that was resized: nothing, a change in place, or a restart (computePodResizeAction). */
export function resizeAction(row: PodRow, c: Container): 'update' | 'restart' | undefined {
  if (!isBehind(row, c)) return undefined
  const has = row.containers[c.name]!.run!.resources
  const changed = RESIZABLE.filter((name) => !sameAmount(has?.requests?.[name], c.resources?.requests?.[name]) || !sameAmount(has?.limits?.[name], c.resources?.limits?.[name]))
  return changed.some((name) => c.resizePolicy?.find((p) => p.resourceName === name)?.restartPolicy === 'RestartContainer') ? 'restart' : 'update'
}

/** The sync could not resize: its condition says why, once (kubelet.go: SyncPod, PodReasonError). */
export function resizeFailed(world: KubeletWorld, ctx: EventContext, row: PodRow, message: string): PodRow {
  const before = row.resizing?.progress
  const generation = before?.generation ?? row.pod.metadata.generation ?? 0
  if (before?.reason === 'Error' && before.message === message) return row
  world.aboutPod(ctx, row, 'Warning', 'ResizeError', sentence('Pod resize error', row.pod, generation, message))
  return { ...row, resizing: { ...row.resizing, progress: condition(before, 'Error', message, generation, ctx.now) } }
}

/** Has a pod come to take less of the node, so that resizes that wait may fit now (kubelet.go: HandlePodReconcile)? */
export function takesLess(before: Pod, now: Pod): boolean {
  const over = (pod: Pod): boolean => pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed'
  if (over(now) && !over(before)) return true
  const [next, old] = [podRequests(now), podRequests(before)]
  return next.memory < old.memory || next.milliCpu < old.milliCpu
}
