import type { Container } from '../../api/container.ts'
import { isSidecar } from '../../api/pod.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds } from '../../engine/time.ts'
import { CLUSTER_DOMAIN, SYNC_FREQUENCY } from '../../flags/kubelet.ts'
import { nextAddress } from '../kwok/pod-ip.ts'
import { USERS_OF_A_POD } from '../linux/user-namespaces.ts'
import { newMachine } from '../linux/pod-machine.ts'
import { hostNames } from './files.ts'
import { hexId } from './linux.ts'
import { missingPullSecrets } from './puller.ts'
import { followObjects, refreshVolumes } from './refresh.ts'
import { resizeAction, resizeProgress } from './resize.ts'
import { resizeInPlace } from './resizing.ts'
import { report, reportSandbox } from './reporter.ts'
import { shouldStart } from './restart.ts'
import { startContainerOp } from './starting.ts'
import type { Op, PodRow, Work } from './state.ts'
import { isStarted, phaseOf, podStatus } from './status.ts'
import { beginStopping, requestEnd } from './termination.ts'
import { jittered, NO_RUNTIME, type KubeletWorld } from './world.ts'
import { setUpVolume } from './volumes.ts'

const ERROR_BACKOFF = seconds(10)
const FIRST_REMOUNT = ms(500)
const RECONCILER = ms(200)
const LONGEST_REMOUNT = seconds(122)

const NEW_WORK: Work = { kind: 'sync', ops: [], stage: 'op', changed: false, failed: false, otherError: false, stopping: {} }

/** Asks for a sync: at once, or when the one under way is over (pkg/kubelet, pod_workers.go: UpdatePod). */
export function requestSync(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.work) return row.pending ? row : world.put({ ...row, pending: true })
  return row.life === 'sync' ? sync(world, ctx, row) : row
}

/** One sync of a pod (pkg/kubelet, kubelet.go: SyncPod): status first, then volumes, then what the runtime has to do. */
export function sync(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  let row = given
  if (row.timer) ctx.cancel(row.timer)
  row = world.put({ ...row, timer: 0, pending: false, pleg: false })
  // It waits for news of a runtime that is down (pod_workers.go: cache.GetNewerThan).
  if (!row.end && !world.node(row).runtime && (row.blocked || row.sandbox.attempt > 0)) return world.put({ ...row, blocked: true })
  const deadline = row.pod.spec.activeDeadlineSeconds
  if (deadline !== undefined && !row.end && ctx.now >= row.startTime + seconds(deadline)) {
    const message = 'Pod was active on the node longer than the specified deadline'
    world.aboutPod(ctx, row, 'Normal', 'DeadlineExceeded', message)
    row = { ...row, end: { grace: seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30), reason: 'DeadlineExceeded', message, deleted: false, since: ctx.now } }
  }
  row = report(world, ctx, resizeProgress(world, ctx, row))
  const status = podStatus(row, world.node(row).address, ctx.now)
  const computed = row.end?.reason ? 'Failed' : phaseOf(row.pod, [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])], false)
  if (computed === 'Succeeded' || computed === 'Failed') return requestEnd(world, ctx, row, row.end ?? { grace: seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30), deleted: false, since: ctx.now })
  const node = world.node(row)
  if (!node.podCIDR && !row.pod.spec.hostNetwork) {
    world.aboutPod(ctx, row, 'Warning', 'NetworkNotReady', 'network is not ready: container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized')
    return world.put({ ...row, timer: world.later(ctx, row, jittered(ctx, seconds(1)), 'sync') })
  }
  row = world.put({ ...row, work: { ...NEW_WORK, stage: 'volumes' } })
  return mountVolumes(world, ctx, row, true)
}

/** The volume manager: all volumes are set up, or tried again after 0.5, 1, 2 … s. */
export function mountVolumes(world: KubeletWorld, ctx: EventContext, given: PodRow, first = false): PodRow {
  let row = given
  const volumes = row.pod.spec.volumes ?? []
  let next = Infinity
  let ready = true
  for (const volume of volumes) {
    const state = row.volumes[volume.name]
    if (state?.ready) continue
    if (first && state && !state.ready) {
      ready = false
      continue
    }
    const made = setUpVolume(world, ctx, row, volume)
    if ('error' in made && made.awaited) {
      ready = false
      if (made.error) world.aboutPod(ctx, row, 'Warning', 'FailedMount', made.error)
      row = { ...row, volumes: { ...row.volumes, [volume.name]: { ready: false, tries: 0 } } }
    } else if ('error' in made) {
      ready = false
      if (!state) {
        // The reconciler comes to it a moment later; what is missing then is told.
        row = { ...row, volumes: { ...row.volumes, [volume.name]: { ready: false, tries: 0 } } }
        next = Math.min(next, RECONCILER)
        continue
      }
      const tries = (state?.tries ?? 0) + 1
      world.aboutPod(ctx, row, 'Warning', 'FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${made.error}`)
      row = { ...row, volumes: { ...row.volumes, [volume.name]: { ready: false, tries } } }
      next = Math.min(next, Math.min(FIRST_REMOUNT * 2 ** (tries - 1), LONGEST_REMOUNT))
    } else row = { ...row, volumes: { ...row.volumes, [volume.name]: { ready: true, tries: 0 } } }
  }
  if (!ready) {
    if (next !== Infinity) world.later(ctx, row, next, 'mount')
    return world.put(row)
  }
  return begin(world, ctx, row)
}

/** Volumes are there: secrets for pulling, then the actions of this sync one after another. */
function begin(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  let row = given
  if (row.machine) row = refreshVolumes(world, ctx, row)
  else followObjects(world, ctx, row)
  const missing = missingPullSecrets(world, row)
  if (missing.length > 0) world.aboutPod(ctx, row, 'Warning', 'FailedToRetrieveImagePullSecret', `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`)
  const ops = actionsOf(row)
  if (ops[0]?.op === 'stop-all') world.aboutPod(ctx, row, 'Normal', 'SandboxChanged', 'Pod sandbox changed, it will be killed and re-created.')
  row = world.put({ ...row, work: { ...row.work!, stage: 'op', ops } })
  return nextOp(world, ctx, row)
}

/** What this sync has to do (kuberuntime_manager.go: computePodActions). */
export function actionsOf(row: PodRow): readonly Op[] {
  const { spec } = row.pod
  const init = spec.initContainers ?? []
  const start = (c: Container, isInit = false): Op => ({ op: 'start', container: c.name, init: isInit })
  if (row.sandbox.state !== 'ready') {
    const running = Object.values(row.containers).filter((c) => c.run?.state === 'running').map((c) => c.name)
    const policy = spec.restartPolicy ?? 'Always'
    const ever = Object.values(row.containers).some((c) => c.run)
    const isAgain = row.sandbox.attempt > 0
    if (isAgain && ever && policy === 'Never') return []
    const apps = spec.containers.filter((c) => policy !== 'OnFailure' || !(row.containers[c.name]?.run?.state === 'exited' && row.containers[c.name]!.run!.ended!.code === 0))
    const first = init[0]
    return [...(isAgain ? [{ op: 'stop-all', containers: running } as const] : []), { op: 'sandbox' }, ...(first ? [start(first, true)] : apps.map((c) => start(c)))]
  }
  const ops: Op[] = []
  for (const c of (spec.ephemeralContainers ?? []) as readonly Container[]) if (!row.containers[c.name]?.run) ops.push(start(c))
  const initialized = initActions(row, init, ops, start)
  if (!initialized) return ops
  for (const c of spec.containers) {
    const state = row.containers[c.name]
    if (state?.run?.state === 'running') {
      const kill = probeVerdict(row, c)
      if (kill) {
        const restart = (c.restartPolicy ?? spec.restartPolicy ?? 'Always') !== 'Never'
        ops.push({ op: 'kill', container: c.name, message: `Container ${c.name} failed ${kill} probe${restart ? ', will be restarted' : ''}`, grace: graceAfter(row, c, kill) })
        if (restart) ops.push(start(c))
      } else if (resizeAction(row, c) === 'restart') ops.push(restartResized(row, c), start(c))
    } else if (shouldStart(row, c)) ops.push(start(c))
  }
  return withResizes(row, ops)
}

const restartResized = (row: PodRow, c: Container): Op => ({ op: 'kill', container: c.name, message: `Container ${c.name} resize requires restart`, grace: seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30) })

/** Changes in place come behind init containers and before the regular ones are started. */
function withResizes(row: PodRow, ops: readonly Op[]): readonly Op[] {
  const { initContainers = [], containers } = row.pod.spec
  const behind = [...initContainers.filter(isSidecar), ...containers].filter((c) => resizeAction(row, c) === 'update').map((c) => c.name)
  if (behind.length === 0) return ops
  const at = ops.findIndex((op) => op.op === 'start' && !op.init)
  const cut = at < 0 ? ops.length : at
  return [...ops.slice(0, cut), { op: 'resize', containers: behind }, ...ops.slice(cut)]
}

const probeVerdict = (row: PodRow, c: Container): 'liveness' | 'startup' | undefined => {
  const verdicts = row.containers[c.name]?.verdicts
  return c.livenessProbe && verdicts?.liveness === false ? 'liveness' : c.startupProbe && verdicts?.startup === false ? 'startup' : undefined
}

const graceAfter = (row: PodRow, c: Container, kind: 'liveness' | 'startup'): number =>
  seconds(c[kind === 'liveness' ? 'livenessProbe' : 'startupProbe']?.terminationGracePeriodSeconds ?? row.pod.spec.terminationGracePeriodSeconds ?? 30)

/** Init containers: sidecars that fell over are started, the first one that is not done is next (computeInitContainerActions). */
function initActions(row: PodRow, init: readonly Container[], ops: Op[], start: (c: Container, isInit?: boolean) => Op): boolean {
  const appsBegan = row.pod.spec.containers.some((c) => row.containers[c.name]?.run)
  for (const c of init) {
    const state = row.containers[c.name]
    const run = state?.run
    if (isSidecar(c)) {
      if (run?.state === 'running') {
        const kill = probeVerdict(row, c)
        if (kill) ops.push({ op: 'kill', container: c.name, message: `Container ${c.name} failed ${kill} probe, will be restarted`, grace: graceAfter(row, c, kill) }, start(c, true))
        else if (resizeAction(row, c) === 'restart') ops.push(restartResized(row, c), start(c, true))
        if (!appsBegan && !isStarted(c, state)) return false
        continue
      }
      ops.push(start(c, true))
      if (appsBegan) continue
      return false
    }
    if (appsBegan) continue
    if (run?.state === 'exited' && run.ended!.code === 0) continue
    if (run?.state === 'running') return false
    if (shouldStart(row, c)) ops.push(start(c, true))
    return false
  }
  return true
}

/** Does the next operation, or ends the sync. */
export function nextOp(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const { work } = row
  if (!work) return row
  const [op, ...rest] = work.ops
  if (row.life !== 'sync' || (row.end && work.stage !== 'stopping')) return finishSync(world, ctx, row)
  if (!op) return finishSync(world, ctx, row)
  const here = world.put({ ...row, work: { ...work, ops: rest, stage: op.op === 'stop-all' || op.op === 'kill' ? 'stopping' : 'op', ...(op.op === 'kill' ? { killed: [...(work.killed ?? []), op.container] } : op.op === 'stop-all' ? { killed: op.containers } : {}) } })
  switch (op.op) {
    case 'sandbox':
      world.later(ctx, here, ms(120) + ctx.random.below(250_000), 'sandbox')
      return here
    case 'start':
      return startContainerOp(world, ctx, here, op.container)
    case 'resize':
      return nextOp(world, ctx, resizeInPlace(world, ctx, here, op.containers))
    case 'kill':
      return beginStopping(world, ctx, here, [{ name: op.container, message: op.message, grace: op.grace }])
    case 'stop-all':
      return beginStopping(world, ctx, here, op.containers.map((name) => ({ name, message: `Stopping container ${name}`, grace: seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30) })))
  }
}

/** The sandbox is there: pause runs, the network namespace has an address, and the API server is told so. */
export function sandboxReady(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const node = world.node(row)
  if (!row.work) return row
  if (!node.runtime) {
    world.aboutPod(ctx, row, 'Warning', 'FailedCreatePodSandBox', `Failed to create pod sandbox: ${NO_RUNTIME}`)
    return finishSync(world, ctx, world.put({ ...row, blocked: true, work: { ...row.work, ops: [], failed: true, otherError: true } }))
  }
  const host = row.pod.spec.hostNetwork
  const used = new Set(world.byNode.keys(row.node).map((key) => world.pods.get(key)!.ip))
  const address = host ? undefined : nextAddress(node.podCIDR!, node.lastAddress, (ip) => used.has(ip))
  const ip = host ? node.address : address?.ip
  const pid = node.lastPid + 17
  const inode = node.lastInode + 24
  world.nodes.set(row.node, { ...node, ...(address ? { lastAddress: address.number } : {}), lastPid: pid + 300, lastInode: inode })
  ctx.note('kubelet.sandbox', { pod: row.pod.metadata.name, node: row.node, ip: ip ?? '' })
  const old = row.machine
  const fresh = newMachine({ now: ctx.now, firstPid: pid, ip: ip ?? '', hostname: hostNames(row.pod, node, world.flags.get(CLUSTER_DOMAIN)).shown, network: host ? 'host' : 'own', sharedPid: row.pod.spec.shareProcessNamespace ?? false, hostPid: row.pod.spec.hostPID ?? false })
  const volumes = Object.fromEntries(Object.entries(old?.roots ?? {}).filter(([fs]) => fs.startsWith('volume:')))
  const next = world.put({
    ...row,
    sandbox: { state: 'ready', attempt: row.sandbox.attempt + 1, id: hexId(ctx), pid, inode, ...(row.pod.spec.hostUsers === false ? { idBase: row.sandbox.idBase ?? freeIds(world, row.node) } : {}) },
    ...(ip ? { ip } : {}),
    machine: { ...fresh, roots: volumes },
    work: { ...row.work, changed: true },
  })
  return nextOp(world, ctx, reportSandbox(world, ctx, next))
}

/** The first range of 65,536 users that no pod of the node has; the node's own users keep the lowest one (pkg/kubelet/userns). */
function freeIds(world: KubeletWorld, node: string): number {
  const taken = new Set(world.byNode.keys(node).map((key) => world.pods.get(key)!.sandbox.idBase))
  let base = USERS_OF_A_POD
  while (taken.has(base)) base += USERS_OF_A_POD
  return base
}

/** The end of a sync: when the next one is due (pod_workers.go: completeWork). */
export function finishSync(world: KubeletWorld, ctx: EventContext, given: PodRow): PodRow {
  const { work, ...rest } = given
  if (!work) return given
  let row = world.put({ ...rest })
  if (row.end) return requestEnd(world, ctx, row, row.end)
  if (work.failed) {
    const backoff = work.backoffUntil !== undefined && !work.otherError ? Math.min(Math.max(0, work.backoffUntil - ctx.now), world.flags.get(SYNC_FREQUENCY)) : ERROR_BACKOFF
    row = world.put({ ...row, timer: world.later(ctx, row, jittered(ctx, backoff), 'sync') })
    if (work.changed && !row.pending) row = plegSoon(world, ctx, row, world.nextRelist(row, ctx.now))
  } else if (work.changed) row = plegSoon(world, ctx, row, ctx.now + ms(10) + ctx.random.below(20_000))
  if (row.pod.spec.activeDeadlineSeconds !== undefined && !work.failed) world.later(ctx, row, Math.max(row.startTime + seconds(row.pod.spec.activeDeadlineSeconds) - ctx.now, 0) + ms(300), 'sync')
  return row.pending ? sync(world, ctx, row) : row
}

/** The PLEG will have news of the pod at `at`: then it is synced. */
export function plegSoon(world: KubeletWorld, ctx: EventContext, row: PodRow, at: number): PodRow {
  if (row.pleg) return row
  world.later(ctx, row, at - ctx.now, 'pleg')
  return world.put({ ...row, pleg: true })
}
