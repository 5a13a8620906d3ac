import type { Container } from '../../api/container.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms } from '../../engine/time.ts'
import { LOCAL, type Resolved } from '../../images/registry.ts'
import { startContainer, withContainerMade } from '../linux/pod-machine.ts'
import { configure } from './config.ts'
import { runHook } from './hooks.ts'
import { advanced, hexId, lookAhead, settingOf } from './linux.ts'
import { armProbes } from './prober.ts'
import { ensureImage, finishPull, type PullEnd } from './puller.ts'
import { MAX_CONTAINER_RESTART_PERIOD } from '../../flags/kubelet.ts'
import { goDuration, inBackoff, nextBackoff } from './restart.ts'
import { withContainer, type PodRow, type Run } from './state.ts'
import { armPressure } from './pressure.ts'
import { beginStopping } from './termination.ts'
import { armMemory } from './usage.ts'
import { containerNamed, NO_RUNTIME, podText, type KubeletWorld } from './world.ts'

type Found = Extract<Resolved, { found: true }>

/** A start that did not work: the reason is kept, init containers end the sync, others let it go on. */
function failed(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string, reason: string, message: string, backoffUntil?: number): PodRow {
  const work = row.work!
  const until = backoffUntil === undefined ? work.backoffUntil : Math.min(work.backoffUntil ?? Infinity, backoffUntil)
  const isInit = row.pod.spec.initContainers?.some((c) => c.name === name) ?? false
  const next = world.put({
    ...row,
    reasons: { ...row.reasons, [name]: { reason, message } },
    work: { ...work, failed: true, otherError: work.otherError || backoffUntil === undefined, ...(until === undefined ? {} : { backoffUntil: until }), ...(isInit ? { ops: [] } : {}) },
  })
  return isInit ? world.steps.finishSync(world, ctx, next) : world.steps.nextOp(world, ctx, next)
}

/** Starts one container: back-off, image, create, start, postStart (kuberuntime_container.go: startContainer). */
export function startContainerOp(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string): PodRow {
  const container = containerNamed(row.pod, name)
  if (!container) return world.steps.nextOp(world, ctx, row)
  // The sync knows the runs that had ended when it began.
  const state = row.containers[name]
  const run = row.work?.killed?.includes(name) ? state?.before : state?.run
  if (run?.state === 'exited') {
    const since = run.ended!.at
    const backoff = row.backoffs[name]
    const longest = world.flags.get(MAX_CONTAINER_RESTART_PERIOD)
    if (inBackoff(backoff, since, ctx.now, longest)) {
      const full = podText(row.pod)
      world.aboutContainer(ctx, row, name, 'Warning', 'BackOff', `Back-off restarting failed container ${name} in pod ${full}`)
      const delay = goDuration(backoff!.delay)
      ctx.note('kubelet.crashLoop', { pod: row.pod.metadata.name, node: row.node, container: name, seconds: delay })
      return failed(world, ctx, row, name, 'CrashLoopBackOff', `back-off ${delay} restarting failed container=${name} pod=${full}`, since + backoff!.delay)
    }
    row = world.put({ ...row, backoffs: { ...row.backoffs, [name]: nextBackoff(backoff, since, longest) } })
  }
  if (!world.node(row).runtime) {
    world.aboutContainer(ctx, row, name, 'Warning', 'InspectFailed', `Failed to inspect image "": ${NO_RUNTIME}`)
    world.aboutContainer(ctx, row, name, 'Warning', 'Failed', 'Error: ImageInspectError')
    return failed(world, ctx, row, name, 'ImageInspectError', `Failed to inspect image "": ${NO_RUNTIME}`)
  }
  const ensured = ensureImage(world, ctx, row, container)
  if ('pulling' in ensured) return row
  if ('reason' in ensured) return failed(world, ctx, row, name, ensured.reason, ensured.message)
  world.later(ctx, row, ms(20) + ctx.random.below(40_000), 'create', { container: name })
  return row
}

const without = <T>(of: Readonly<Record<string, T>> | undefined, key: string | undefined): Record<string, T> => {
  if (!of || key === undefined) return { ...of }
  const { [key]: _gone, ...rest } = of
  return rest
}

/** Event `pulled`: the image is there, or the registry has refused. */
export function pulled(world: KubeletWorld, ctx: EventContext, row: PodRow, { container: name, ...end }: PullEnd & { container: string }): PodRow {
  const container = containerNamed(row.pod, name)
  if (!container || !row.work || row.work.kind !== 'sync') return row
  const done = finishPull(world, ctx, row, container, end)
  const next = world.put(done.row)
  if (!done.image) return failed(world, ctx, next, name, 'ErrImagePull', next.reasons[name]!.message)
  return create(world, ctx, next, name)
}

/** Creates the container in the runtime, or tells what is wrong with its configuration. */
export function create(world: KubeletWorld, ctx: EventContext, given: PodRow, name: string): PodRow {
  const container = containerNamed(given.pod, name)
  if (!container || !given.work || given.work.kind !== 'sync') return given
  if (given.end) return world.steps.finishSync(world, ctx, given)
  const image = world.registry.on(given.node).resolve(container.image ?? '', [LOCAL])
  let row = advanced(world, ctx, given)
  const found = image as Found
  const id = hexId(ctx)
  const made = configure(world, ctx, row, container, found, id)
  if ('error' in made) {
    world.aboutContainer(ctx, row, name, 'Warning', 'Failed', `Error: ${made.error}`)
    return failed(world, ctx, row, name, made.kind === 'config' ? 'CreateContainerConfigError' : 'CreateContainerError', made.error)
  }
  world.aboutContainer(ctx, row, name, 'Normal', 'Created', 'Container created')
  ctx.note('kubelet.creates', { pod: row.pod.metadata.name, node: row.node, container: name })
  const before = row.containers[name]
  const attempt = before?.run ? before.run.attempt + 1 : (before?.lost ? before.lost.restarts + (before.lost.state.terminated || before.lost.lastState?.terminated ? 1 : 0) : 0)
  const run: Run = { id: `containerd://${id}`, attempt, state: 'created', createdAt: ctx.now, reference: found.reference, imageID: `${found.repository}@${found.digest}`, user: { uid: made.config.user.uid, gid: made.config.user.gid, groups: made.config.user.groups }, ...(container.resources ? { resources: container.resources } : {}) }
  const old = row.machine?.containers[name]
  const previousLogs = before?.run && old ? { ...without(row.previousLogs, before.before?.id), [before.run.id]: old.log } : row.previousLogs
  const machine = withContainerMade({ ...row.machine!, roots: { ...row.machine!.roots, ...made.roots } }, made.config)
  row = world.put({ ...withContainer(row, { ...before, name, run, ...(before?.run ? { before: before.run } : {}), verdicts: {} }), machine, ...(previousLogs ? { previousLogs } : {}), work: { ...row.work!, changed: true } })
  world.later(ctx, row, ms(40) + ctx.random.below(60_000), 'start', { container: name, argv: made.argv })
  return row
}

/** Starts the process. Its end, if it has one, and its probes' verdicts follow from the machine. */
export function start(world: KubeletWorld, ctx: EventContext, given: PodRow, name: string, argv: readonly string[]): PodRow {
  const container = containerNamed(given.pod, name)
  const state = given.containers[name]
  if (!container || !state?.run || !given.work) return given
  let row = advanced(world, ctx, given)
  const result = startContainer(row.machine!, settingOf(world, row), name, argv, ctx.now)
  if ('code' in result) {
    const message = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${result.message}`
    world.aboutContainer(ctx, row, name, 'Warning', 'Failed', `Error: ${message}`)
    row = world.put(withContainer(row, { ...state, run: { ...state.run, state: 'exited', ended: { at: ctx.now, code: result.code, reason: 'StartError', message } } }))
    return failed(world, ctx, row, name, 'RunContainerError', message)
  }
  world.aboutContainer(ctx, row, name, 'Normal', 'Started', 'Container started')
  ctx.note('kubelet.started', { pod: row.pod.metadata.name, node: row.node, container: name })
  const { [name]: _solved, ...reasons } = row.reasons
  row = { ...withContainer(row, { ...state, run: { ...state.run, state: 'running', startedAt: ctx.now } }), machine: result.machine, reasons }
  row = lookAhead(world, ctx, row)
  const hook = container.lifecycle?.postStart
  if (hook) return runHook(world, ctx, row, container, hook, 'postStart')
  return begun(world, ctx, row, container)
}

/** The container counts as started: probes begin, and the sync goes on. */
function begun(world: KubeletWorld, ctx: EventContext, row: PodRow, container: Container): PodRow {
  armProbes(world, ctx, row, container, ['startup', 'readiness', 'liveness'])
  armMemory(world, ctx, row, container)
  armPressure(world, ctx, row.node)
  const fresh = world.fresh(row)
  const isInit = fresh.pod.spec.initContainers?.some((c) => c.name === container.name) ?? false
  // After an init container that must end the sync is over; behind a sidecar the next one is looked for.
  if (isInit && fresh.work && fresh.work.ops.length === 0) return world.steps.finishSync(world, ctx, fresh)
  return world.steps.nextOp(world, ctx, fresh)
}

/** A postStart hook has come to an end. */
export function postStartDone(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string, error: string | undefined): PodRow {
  const container = containerNamed(row.pod, name)
  if (!container || !row.work) return row
  if (error === undefined) return begun(world, ctx, row, container)
  world.aboutContainer(ctx, row, name, 'Warning', 'FailedPostStartHook', 'PostStartHook failed')
  const next = world.put({ ...row, reasons: { ...row.reasons, [name]: { reason: 'PostStartHookError', message: error } }, work: { ...row.work, failed: true, otherError: true, stage: 'stopping' } })
  return beginStopping(world, ctx, next, [{ name, message: 'FailedPostStartHook', grace: (row.pod.spec.terminationGracePeriodSeconds ?? 30) * 1_000_000 }])
}
