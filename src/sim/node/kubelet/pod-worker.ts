import type { Container } from '../../api/container.ts'
import { keyOf } from '../../api/meta.ts'
import { isSidecar } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, minutes, ms, seconds, type Micros } from '../../engine/time.ts'
import { backoffAfter } from './backoff.ts'
import { armProbes, unhealthy, type ProbeDue } from './prober.ts'
import { beginPull, type Pulled } from './puller.ts'
import { report } from './reporter.ts'
import { withContainer, type ContainerRow, type PodRow } from './state.ts'
import { isStarted } from './status.ts'
import { stopContainer, type Exited } from './stopping.ts'
import { actorOf, containerNamed, processFor, type KubeletWorld } from './world.ts'

/** A container that ran this long before it ended is not held back. */
const FORGIVEN_AFTER = minutes(10)

/** Starts whatever is next: init containers in order, then the others, one at a time (kuberuntime: SyncPod). */
export function advance(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.stopping || row.sandbox !== 'ready') return report(world, ctx, row)
  const busy = Object.values(row.containers).some((c) => c.doing === 'pull' || c.doing === 'create')
  if (busy) return report(world, ctx, row)
  const next = nextContainer(row, ctx.now)
  return next ? report(world, ctx, beginPull(world, ctx, row, next)) : report(world, ctx, row)
}

/** The container that is to be started now, if any. */
function nextContainer(row: PodRow, now: Micros): Container | undefined {
  for (const container of row.pod.spec.initContainers ?? []) {
    const state = row.containers[container.name]!
    if (wantsStart(state, now)) return container
    const passed = isSidecar(container) ? isStarted(container, state) : state.over === true && state.state.terminated?.exitCode === 0
    if (!passed) return undefined
  }
  return row.pod.spec.containers.find((container) => wantsStart(row.containers[container.name]!, now))
}

const wantsStart = (state: ContainerRow, now: Micros): boolean =>
  !state.over && !state.doing && !state.state.running && (state.pulls?.next ?? 0) <= now && (state.crash?.next ?? 0) <= now

/** The image is there (or is not): create and start the container. */
export function pulled(world: KubeletWorld, ctx: EventContext, row: PodRow, { container: name }: Pulled): PodRow {
  const container = containerNamed(row.pod, name)!
  const state = row.containers[name]!
  world.aboutContainer(ctx, row, container, 'Normal', 'Created', 'Container created')
  ctx.note('kubelet.creates', { pod: row.pod.metadata.name, node: row.node, container: name })
  ctx.schedule(ms(40) + ctx.random.below(60_000), actorOf(row.node), 'started', { pod: keyOf(row.pod), container: name })
  return world.put(withContainer(row, { ...state, doing: 'create' }))
}

function hex(ctx: EventContext): string {
  let id = ''
  for (let i = 0; i < 8; i++) id += ctx.random.below(0x1_0000_0000).toString(16).padStart(8, '0')
  return id
}

/** The container's process runs. Its end, if it has one, and its probes' verdicts are scheduled. */
export function started(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string): PodRow {
  const container = containerNamed(row.pod, name)!
  const before = row.containers[name]!
  const id = `containerd://${hex(ctx)}`
  world.aboutContainer(ctx, row, container, 'Normal', 'Started', 'Container started')
  ctx.note('kubelet.started', { pod: row.pod.metadata.name, node: row.node, container: name })
  const again = before.state.terminated !== undefined || before.lastState?.terminated !== undefined
  const state: ContainerRow = {
    ...before,
    doing: undefined,
    id,
    state: { running: { startedAt: formatTime(ctx.now) } },
    ...(before.state.terminated ? { lastState: { terminated: before.state.terminated } } : {}),
    restarts: again ? before.restarts + 1 : before.restarts,
    startedAt: ctx.now,
    verdicts: {},
  }
  const next = world.put(withContainer(row, state))
  const { run } = processFor(container)
  if (run.end) {
    const exit: Exited = { pod: keyOf(row.pod), container: name, id, code: run.end.code, reason: run.end.code === 0 ? 'Completed' : 'Error' }
    ctx.schedule(run.end.at + ms(5), actorOf(row.node), 'exited', exit)
  }
  armProbes(world, ctx, next, container, ['startup', 'readiness', 'liveness'])
  return advance(world, ctx, next)
}

/** A process ended: over for good, or to be started again, at once the first time and with back-off then. */
export function exited(world: KubeletWorld, ctx: EventContext, row: PodRow, { container: name, id, code, reason }: Exited): PodRow {
  const state = row.containers[name]
  if (!state?.state.running || state.id !== id) return row
  const container = containerNamed(row.pod, name)!
  const finished: ContainerRow['state'] = {
    terminated: { exitCode: code, reason, startedAt: state.state.running.startedAt, finishedAt: formatTime(ctx.now), containerID: id },
  }
  ctx.note('kubelet.exited', { pod: row.pod.metadata.name, node: row.node, container: name, code })
  const base: ContainerRow = { ...state, doing: undefined, state: finished, verdicts: {} }
  if (row.stopping || !isRestarted(row, container, code)) return advance(world, ctx, world.put(withContainer(row, { ...base, over: true })))
  const ranLong = ctx.now - (state.startedAt ?? 0) >= FORGIVEN_AFTER
  const failures = ranLong ? 0 : (state.crash?.failures ?? 0)
  const wait = failures === 0 ? ms(900) + ctx.random.below(500_000) : backoffAfter(failures)
  const crash = { failures: failures + 1, next: ctx.now + wait }
  ctx.schedule(wait, actorOf(row.node), 'again', { pod: keyOf(row.pod) })
  if (failures > 0) ctx.schedule(ms(900) + ctx.random.below(400_000), actorOf(row.node), 'crash-loop', { pod: keyOf(row.pod), container: name, id })
  return report(world, ctx, world.put(withContainer(row, { ...base, crash })))
}

/** The sync after a crash finds that the container must wait: now its status says CrashLoopBackOff. */
export function crashLoop(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string, id: string): PodRow {
  const state = row.containers[name]
  const terminated = state?.state.terminated
  if (!state?.crash || !terminated || state.id !== id || state.doing || state.crash.next <= ctx.now) return row
  const container = containerNamed(row.pod, name)!
  const { metadata } = row.pod
  const full = `${metadata.name}_${metadata.namespace}(${row.uid})`
  world.aboutContainer(ctx, row, container, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${full}`)
  const delay = backoffAfter(state.crash.failures - 1) / 1_000_000
  ctx.note('kubelet.crashLoop', { pod: metadata.name, node: row.node, container: name, seconds: delay })
  const text = delay >= 60 ? `${Math.floor(delay / 60)}m${delay % 60}s` : `${delay}s`
  const waiting = { reason: 'CrashLoopBackOff', message: `back-off ${text} restarting failed container=${name} pod=${full}` }
  return report(world, ctx, world.put(withContainer(row, { ...state, state: { waiting }, lastState: { terminated } })))
}

function isRestarted(row: PodRow, container: Container, code: number): boolean {
  const isInit = (row.pod.spec.initContainers ?? []).some((c) => c.name === container.name)
  if (isSidecar(container)) return true
  const policy = row.pod.spec.restartPolicy ?? 'Always'
  if (isInit) return code !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && code !== 0)
}

/** A probe changes its verdict: readiness moves the endpoint, a failed startup or liveness probe ends the container. */
export function probed(world: KubeletWorld, ctx: EventContext, row: PodRow, due: ProbeDue): PodRow {
  const state = row.containers[due.container]
  if (!state?.state.running || state.id !== due.id || row.stopping) return row
  const container = containerNamed(row.pod, due.container)!
  const { kind, flip } = due
  const names = { pod: row.pod.metadata.name, node: row.node, container: due.container, probe: kind }
  if (flip.firstFailure) world.aboutContainer(ctx, row, container, 'Warning', 'Unhealthy', unhealthy({ ...due, flip: { ...flip, why: flip.firstFailure.why } }))
  ctx.note(flip.ok ? 'kubelet.probeOk' : 'kubelet.probeFails', { ...names, why: flip.why })
  const verdicts = { ...state.verdicts, [kind]: flip.ok }
  if (!flip.ok && kind !== 'readiness') {
    world.aboutContainer(ctx, row, container, 'Normal', 'Killing', `Container ${due.container} failed ${kind} probe, will be restarted`)
    const grace = seconds(container[kind === 'liveness' ? 'livenessProbe' : 'startupProbe']?.terminationGracePeriodSeconds ?? row.pod.spec.terminationGracePeriodSeconds ?? 30)
    return report(world, ctx, world.put(withContainer(row, stopContainer(ctx, row, container, { ...state, verdicts }, grace))))
  }
  const next = world.put(withContainer(row, { ...state, verdicts }))
  armProbes(world, ctx, next, container, kind === 'startup' ? ['readiness', 'liveness'] : [kind])
  return advance(world, ctx, next)
}
