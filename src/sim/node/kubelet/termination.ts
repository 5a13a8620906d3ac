import { isSidecar, gracePeriodOf } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import { Kernel } from '../linux/kernel.ts'
import { runHook } from './hooks.ts'
import { advanced, lookAhead, settingOf } from './linux.ts'
import { containerEnded, EXIT_SHOWS } from './ending.ts'
import { report } from './reporter.ts'
import type { PodRow, Stopping } from './state.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

const SHORTEST_GRACE = seconds(2)

type End = NonNullable<PodRow['end']>

/** The pod is to end (pod_workers.go: the worker goes to terminating once the sync under way is over). */
export function requestEnd(world: KubeletWorld, ctx: EventContext, given: PodRow, end: End): PodRow {
  let row = given
  if (row.life !== 'sync') {
    // A second wish can only shorten the time that is left for what has not begun yet.
    return end.deleted && !row.end?.deleted ? world.put({ ...row, end: { ...row.end!, deleted: true } }) : row
  }
  row = world.put({ ...row, end: row.end ? { ...row.end, deleted: row.end.deleted || end.deleted, grace: end.deleted ? Math.min(row.end.grace, end.grace) : row.end.grace } : end })
  if (row.work && row.work.stage !== 'volumes') return row
  if (row.timer) ctx.cancel(row.timer)
  const { work: _waiting, ...rest } = row
  return terminating(world, ctx, world.put({ ...rest, timer: 0, life: 'terminating' }))
}

/** Stops all containers and then the sandbox (kubelet.go: SyncTerminatingPod; kuberuntime: killPodWithSyncResult). */
function terminating(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  const row = report(world, ctx, withEnds(world, ctx, given))
  ctx.note('kubelet.stops', { pod: row.pod.metadata.name, node: row.node, seconds: Math.round((row.end?.grace ?? 0) / 1_000_000) })
  const running = Object.values(row.containers).filter((c) => c.run?.state === 'running').map((c) => c.name)
  const begun = world.put({ ...row, work: { kind: 'terminating', ops: [], stage: 'stopping', changed: false, failed: false, otherError: false, stopping: {} } })
  if (running.length === 0) return allStopped(world, ctx, begun)
  return beginStopping(world, ctx, begun, running.map((name) => ({ name, message: `Stopping container ${name}`, grace: row.end?.grace ?? gracePeriodOf(row.pod) * 1_000_000 })))
}

/** A kubelet that is back goes on with the end of a pod where it stands: the rest is stopped anew, and what nobody heard is said again. */
export function resumeEnd(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.life === 'sync' || row.work) return row
  if (row.life !== 'terminating') return report(world, ctx, row)
  const runs = Object.values(row.containers).some((c) => c.run?.state === 'running')
  if (runs || row.sandbox.state === 'ready') return terminating(world, ctx, row)
  world.later(ctx, row, clearing(ctx), 'terminated')
  return row
}

/** Containers whose processes have ended already are not running any more. */
function withEnds(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  let row = advanced(world, ctx, given)
  for (const name of Object.keys(row.containers)) {
    const ended = row.machine?.containers[name]?.ended
    if (ended && row.containers[name]!.run?.state === 'running' && ended.at + EXIT_SHOWS <= ctx.now) row = containerEnded(world, ctx, row, name)
  }
  return row
}

/** Tells containers to stop: events at once, hooks, TERM in order, KILL when the time is over (killContainer). */
export function beginStopping(world: KubeletWorld, ctx: EventContext, given: PodRow, list: readonly { readonly name: string; readonly message: string; readonly grace: Micros }[]): PodRow {
  let row = given
  const stopping: Record<string, Stopping> = {}
  for (const { name, message, grace } of list) {
    const run = row.containers[name]?.run
    if (run?.state !== 'running') continue
    world.aboutContainer(ctx, row, name, 'Normal', 'Killing', message)
    stopping[name] = { id: run.id, phase: 'waiting', deadline: ctx.now + grace, grace }
  }
  row = world.put({ ...row, work: { ...row.work!, stage: 'stopping', stopping: { ...row.work!.stopping, ...stopping } } })
  if (Object.keys(stopping).length === 0) return afterStop(world, ctx, row)
  for (const name of Object.keys(stopping)) {
    const container = containerNamed(row.pod, name)
    const hook = container?.lifecycle?.preStop
    if (hook && stopping[name]!.grace > 0) {
      row = world.put({ ...row, work: { ...row.work!, stopping: { ...row.work!.stopping, [name]: { ...stopping[name]!, phase: 'hook' } } } })
      row = world.put(runHook(world, ctx, row, container!, hook, 'preStop'))
      world.later(ctx, row, stopping[name]!.grace, 'hook-timeout', { container: name, id: stopping[name]!.id })
    }
  }
  return sendTerms(world, ctx, row)
}

/** A preStop hook is over, or its time: the container gets TERM now. */
export function preStopDone(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string, error: string | undefined): PodRow {
  const state = row.work?.stopping[name]
  if (state?.phase !== 'hook') return row
  if (error !== undefined) world.aboutContainer(ctx, row, name, 'Warning', 'FailedPreStopHook', 'PreStopHook failed')
  return sendTerms(world, ctx, world.put({ ...row, work: { ...row.work!, stopping: { ...row.work!.stopping, [name]: { ...state, phase: 'waiting' } } } }))
}

/** Is it this container's turn? Sidecars wait for the others, and for the sidecars behind them (kuberuntime_termination_order.go). */
function isTurn(row: PodRow, name: string): boolean {
  const init = row.pod.spec.initContainers ?? []
  const at = init.findIndex((c) => c.name === name && isSidecar(c))
  if (at < 0 || row.work?.kind !== 'terminating') return true
  const behind = [...row.pod.spec.containers.map((c) => c.name), ...init.slice(at + 1).filter(isSidecar).map((c) => c.name)]
  return behind.every((other) => row.containers[other]?.run?.state !== 'running')
}

function sendTerms(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  let row = given
  const { stopping } = row.work!
  const due = Object.keys(stopping).filter((name) => stopping[name]!.phase === 'waiting' && isTurn(row, name))
  if (due.length === 0) return row
  row = advanced(world, ctx, row)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  const next: Record<string, Stopping> = { ...stopping }
  for (const name of due) {
    const state = stopping[name]!
    const deadline = row.end?.grace === 0 ? ctx.now + SHORTEST_GRACE : Math.max(state.deadline, ctx.now + SHORTEST_GRACE)
    next[name] = { ...state, phase: 'term', deadline }
    const main = kernel.containers[name]?.main
    if (main !== undefined) kernel.signal(main, stopSignal(row, name))
    world.later(ctx, row, deadline - ctx.now, 'kill-now', { container: name, id: state.id })
    // What has ended by itself meanwhile is found at the next look.
    if (kernel.containers[name]?.ended) world.later(ctx, row, ms(20), 'look')
  }
  return lookAhead(world, ctx, { ...row, machine: kernel.freeze(), work: { ...row.work!, stopping: next } })
}

function stopSignal(row: PodRow, name: string): string {
  return (containerNamed(row.pod, name)?.lifecycle?.stopSignal ?? 'SIGTERM').replace(/^SIG/, '')
}

/** The time is over: SIGKILL. */
export function killNow(world: KubeletWorld, ctx: EventContext, given: PodRow, name: string, id: string): PodRow {
  const state = given.work?.stopping[name]
  if (state?.id !== id || given.containers[name]?.run?.state !== 'running') return given
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  const main = kernel.containers[name]?.main
  if (main !== undefined) kernel.signal(main, 'KILL')
  return lookAhead(world, ctx, { ...row, machine: kernel.freeze() })
}

/** A container that was being stopped has ended. */
export function stopped(world: KubeletWorld, ctx: EventContext, given: PodRow, name: string): PodRow {
  let row = containerEnded(world, ctx, given, name)
  const { [name]: _done, ...stopping } = row.work!.stopping
  row = world.put({ ...row, work: { ...row.work!, stopping } })
  if (Object.keys(stopping).length > 0) return sendTerms(world, ctx, row)
  return afterStop(world, ctx, row)
}

function afterStop(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.work?.kind === 'terminating') return allStopped(world, ctx, row)
  if (row.sandbox.state !== 'ready' && row.work?.ops.some((op) => op.op === 'sandbox')) return world.steps.nextOp(world, ctx, world.put({ ...row, reasons: {} }))
  return world.steps.nextOp(world, ctx, world.put({ ...row, work: { ...row.work!, stage: 'op', changed: true } }))
}

function allStopped(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const wait = row.sandbox.state === 'ready' ? ms(60) + ctx.random.below(140_000) : ms(5)
  world.later(ctx, row, wait, 'sandbox-stopped')
  return row
}

/** The sandbox is gone: the pod's last status, and then what is left is cleared away. */
export function sandboxStopped(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  if (given.work?.kind !== 'terminating') return given
  const { work: _over, ...rest } = given
  const row = report(world, ctx, world.put({ ...rest, sandbox: { ...given.sandbox, state: given.sandbox.state === 'none' ? 'none' : 'stopped' }, life: 'terminating' }))
  world.later(ctx, row, clearing(ctx), 'terminated')
  return row
}

/** Unmounting and removing cgroups takes this long. */
const clearing = (ctx: EventContext): Micros => ms(350) + ctx.random.below(500_000)

/** Volumes are unmounted, cgroups removed: nothing of the pod is left on the node (kubelet.go: SyncTerminatedPod). */
export function terminated(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.life !== 'terminating') return row
  return report(world, ctx, world.put({ ...row, life: 'terminated' }))
}

/** A process of the node kills one of the pod's. */
export function withSignal(world: KubeletWorld, ctx: EventContext, given: PodRow, id: number, signal: string): PodRow {
  const row = advanced(world, ctx, given)
  const kernel = new Kernel(row.machine!, settingOf(world, row))
  kernel.now = Math.max(kernel.now, ctx.now)
  kernel.signal(id, signal)
  return lookAhead(world, ctx, { ...row, machine: kernel.freeze() })
}

