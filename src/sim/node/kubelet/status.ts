import { findCondition } from '../../api/conditions.ts'
import type { Container, ResourceRequirements } from '../../api/container.ts'
import type { ContainerState, ContainerStatus, PodCondition, PodStatus } from '../../api/pod-status.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { podResourceList, qosClass } from '../../api/pod-resources.ts'
import type { ResourceList } from '../../api/quantity.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import { resizeConditions } from './resize-conditions.ts'
import { restartsAfter, shouldStart } from './restart.ts'
import type { ContainerRow, PodRow, Run } from './state.ts'

type Phase = NonNullable<PodStatus['phase']>

export const UNKNOWN = 'The container could not be located when the pod was terminated'
const USED_TO_RUN = 'The container could not be located when the pod was deleted.  The container used to be Running'
const EPOCH = '1970-01-01T00:00:00Z'

const isTerminal = (phase: string | undefined): boolean => phase === 'Succeeded' || phase === 'Failed'

function stateOf(run: Run): ContainerState {
  const startedAt = run.startedAt === undefined ? EPOCH : formatTime(run.startedAt)
  if (run.state === 'running') return { running: { startedAt } }
  if (run.state === 'created') return { waiting: {} }
  const { at, code, reason, message } = run.ended!
  return { terminated: { exitCode: code, reason, ...(message ? { message } : {}), startedAt, finishedAt: formatTime(at), containerID: run.id } }
}

/** Has the container passed its startup probe? Without one it counts as started while it runs. */
export const isStarted = (container: Container, row: ContainerRow | undefined): boolean => row?.run?.state === 'running' && (!container.startupProbe || row.verdicts.startup === true)

/** Is the container ready: running, started, and its readiness probe (if it has one) content? */
export const isReady = (container: Container, row: ContainerRow | undefined): boolean => isStarted(container, row) && (container.readinessProbe ? row!.verdicts.readiness === true : true)

/** What a container has: as allocated, and while it runs as the runtime was last told (convertContainerStatusResources). */
function actualResources({ resources = {} }: Container, run: Run): ResourceRequirements {
  if (run.state !== 'running' || run.resources === resources || !run.resources) return resources
  const has = run.resources
  const mixed = (list: ResourceList | undefined, now: ResourceList | undefined): ResourceList | undefined =>
    list && Object.fromEntries(Object.keys(list).map((name) => [name, (name === 'cpu' || name === 'memory' ? now?.[name] : undefined) ?? list[name]!]))
  const [limits, requests] = [mixed(resources.limits, has.limits), mixed(resources.requests, has.requests)]
  return { ...resources, ...(limits ? { limits } : {}), ...(requests ? { requests } : {}) }
}

interface PodLevel {
  readonly resources: ResourceRequirements
  readonly allocatedResources?: ResourceList
}

const ofSpec = new WeakMap<Pod['spec'], { readonly waiting: PodLevel; readonly running: PodLevel }>()
const filled = (list: ResourceList): boolean => Object.keys(list).length > 0

/** The pod as a whole: what is allocated, and what its cgroup has (convertToAPIPodLevelResourcesStatus). */
function podResources({ pod, containers }: PodRow, isRunning: boolean): PodLevel {
  const known = ofSpec.get(pod.spec) ?? remember(pod)
  const behind = isRunning && pod.spec.containers.some((c) => containers[c.name]?.run?.state === 'running' && containers[c.name]!.run!.resources !== c.resources)
  if (!behind) return isRunning ? known.running : known.waiting
  const actual: Pod = { ...pod, spec: { ...pod.spec, containers: pod.spec.containers.map((c) => ({ ...c, resources: containers[c.name]?.run ? actualResources(c, containers[c.name]!.run!) : c.resources })) } }
  return { ...known.running, resources: remember(actual).running.resources }
}

function remember(pod: Pod): { readonly waiting: PodLevel; readonly running: PodLevel } {
  const [requests, limits] = [podResourceList(pod, 'requests'), podResourceList(pod, 'limits')]
  const everyone = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]
  // A pod's cgroup has a limit when all of its containers have one.
  const enforced = Object.fromEntries(Object.entries(limits).filter(([name]) => pod.spec.resources?.limits?.[name] !== undefined || everyone.every((c) => c.resources?.limits?.[name] !== undefined)))
  const level = (own: ResourceList): PodLevel => ({
    ...(filled(requests) ? { allocatedResources: requests } : {}),
    resources: { ...(filled(own) ? { limits: own } : {}), ...(filled(requests) ? { requests } : {}) },
  })
  const both = { waiting: level(limits), running: level(enforced) }
  ofSpec.set(pod.spec, both)
  return both
}

/** What is told of a container that was removed with its evicted pod as soon as it had ended (kubelet_pods.go: convertToAPIContainerStatuses). */
function removedStatus(before: ContainerStatus, container: Container, waiting: string): ContainerStatus {
  if (!before.state?.running) return before
  const { containerID: _id, resources: _has, allocatedResources: _given, user: _who, ...rest } = before
  const unknown: ContainerState = { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: USED_TO_RUN, startedAt: null as unknown as undefined, finishedAt: null as unknown as undefined } }
  return { ...rest, state: { waiting: { reason: waiting } }, lastState: unknown, ready: false, started: false, restartCount: (before.restartCount ?? 0) + 1, image: container.image ?? '', imageID: '' }
}

function containerStatus(row: PodRow, container: Container, isInit: boolean, isRemoved: boolean): ContainerStatus {
  const { pod } = row
  if (isRemoved) {
    const told = row.wanted ?? row.sent
    const before = [...(told?.initContainerStatuses ?? []), ...(told?.containerStatuses ?? [])].find((s) => s.name === container.name)
    if (before) return removedStatus(before, container, (pod.spec.initContainers?.length ?? 0) > 0 ? 'PodInitializing' : 'ContainerCreating')
  }
  const known = row.containers[container.name]
  const run = known?.run
  const hasInit = (pod.spec.initContainers?.length ?? 0) > 0
  const waiting: ContainerState = { waiting: { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' } }
  let state = run ? stateOf(run) : (known?.lost?.state ?? waiting)
  let lastState = run ? (known.before ? stateOf(known.before) : (known.lost?.lastState ?? {})) : (known?.lost?.lastState ?? {})
  const reason = row.reasons[container.name]
  const doneInit = isInit && run?.state === 'exited' && run.ended!.code === 0
  if (reason && !doneInit && shouldStart(row, container)) {
    if (state.terminated) lastState = state
    state = { waiting: { reason: reason.reason, message: reason.message } }
  }
  const mounts = (container.volumeMounts ?? []).map((m) => ({ name: m.name, mountPath: m.mountPath, ...(m.readOnly ? { readOnly: true, recursiveReadOnly: m.recursiveReadOnly === 'Enabled' ? 'Enabled' : 'Disabled' } : {}) }))
  const ready = isInit && !isSidecar(container) ? run?.state === 'exited' && run.ended!.code === 0 : isReady(container, known)
  const ephemeral = pod.spec.ephemeralContainers?.some((c) => c.name === container.name) ?? false
  return {
    name: container.name,
    state,
    lastState,
    ready: ephemeral ? false : ready,
    restartCount: run?.attempt ?? known?.lost?.restarts ?? 0,
    image: run?.reference ?? container.image ?? '',
    imageID: run?.imageID ?? '',
    ...(run ? { containerID: run.id } : {}),
    ...(ephemeral ? {} : { started: isStarted(container, known) }),
    ...(run ? { resources: actualResources(container, run), ...(container.resources?.requests ? { allocatedResources: container.resources.requests } : {}) } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    ...(run && run.state !== 'created' && run.startedAt !== undefined ? { user: { linux: { uid: run.user.uid, gid: run.user.gid, supplementalGroups: run.user.groups } } } : {}),
  }
}

/** The phase (pkg/kubelet, kubelet_pods.go: getPhase). */
export function phaseOf(pod: Pod, info: readonly ContainerStatus[], isOver: boolean): Phase {
  const status = (name: string): ContainerStatus | undefined => info.find((s) => s.name === name)
  let pendingInit = 0
  let failedForGood = 0
  let pendingSidecars = 0
  let running = 0
  let waiting = 0
  let stopped = 0
  let stoppedForGood = 0
  let succeeded = 0
  for (const c of pod.spec.initContainers ?? []) {
    const s = status(c.name)
    if (isSidecar(c)) {
      if (s?.state?.running) {
        running++
        if (!s.started) pendingSidecars++
      } else if (s?.state?.waiting && !s.lastState?.terminated) {
        pendingSidecars++
        waiting++
      }
      continue
    }
    const ended = s?.state?.terminated ?? (s?.state?.waiting ? s.lastState?.terminated : undefined)
    if (!ended) pendingInit++
    else if (ended.exitCode !== 0) {
      if (!restartsAfter(pod, c, ended.exitCode ?? 1)) failedForGood++
    }
  }
  for (const c of pod.spec.containers) {
    const s = status(c.name)
    if (s?.state?.running) running++
    else if (s?.state?.terminated) {
      stopped++
      const code = s.state.terminated.exitCode ?? 0
      if (!restartsAfter(pod, c, code)) stoppedForGood++
      if (code === 0) succeeded++
    } else if (s?.lastState?.terminated) {
      stopped++
      if (!restartsAfter(pod, c, s.lastState.terminated.exitCode ?? 0)) stoppedForGood++
    } else waiting++
  }
  if (failedForGood > 0) return 'Failed'
  if (pendingInit > 0 || (pendingSidecars > 0 && !hasBegun(pod, info)) || waiting > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (stopped === 0) return 'Pending'
  if (!isOver && stopped !== stoppedForGood) return 'Running'
  return stopped === succeeded ? 'Succeeded' : 'Failed'
}

/** Has any regular container ever started? */
const hasBegun = (pod: Pod, info: readonly ContainerStatus[]): boolean =>
  pod.spec.containers.some((c) => {
    const s = info.find((i) => i.name === c.name)
    return s?.state?.running !== undefined || s?.state?.terminated !== undefined || s?.lastState?.terminated !== undefined
  })

interface Wanted {
  readonly type: string
  readonly status: boolean
  readonly reason?: string
  readonly message?: string
}

/** The conditions that belong to the kubelet, in its order; what others wrote stays behind them. */
function conditionsOf(row: PodRow, phase: Phase, statuses: readonly ContainerStatus[], init: readonly ContainerStatus[], now: Micros): readonly PodCondition[] {
  const { spec, metadata, status } = row.pod
  const old = (row.wanted ?? row.sent)?.conditions ?? status?.conditions ?? []
  const unready = spec.containers.filter((c) => !statuses.find((s) => s.name === c.name)?.ready).map((c) => c.name)
  const sidecarsUnready = (spec.initContainers ?? []).filter((c) => isSidecar(c) && !init.find((s) => s.name === c.name)?.ready).map((c) => c.name)
  const uninitialized = (spec.initContainers ?? []).filter((c) => {
    const s = init.find((i) => i.name === c.name)
    return isSidecar(c) ? !(s?.started || s?.state?.terminated) : !s?.ready
  }).map((c) => c.name)
  const containers: Omit<Wanted, 'type'> =
    phase === 'Succeeded' ? { status: false, reason: 'PodCompleted' }
      : phase === 'Failed' ? { status: false, reason: 'PodFailed' }
        : unready.length + sidecarsUnready.length > 0 ? { status: false, reason: 'ContainersNotReady', message: `containers with unready status: [${[...sidecarsUnready, ...unready].join(' ')}]` }
          : { status: true }
  const gates = (spec.readinessGates ?? []).map((g) => g.conditionType).filter((type) => findCondition(status?.conditions, type)?.status !== 'True')
  const gateTexts = gates.map((type) => (findCondition(status?.conditions, type) ? `the status of pod readiness gate "${type}" is not "True", but ${findCondition(status?.conditions, type)!.status}` : `corresponding condition of pod readiness gate "${type}" does not exist.`))
  const ready: Omit<Wanted, 'type'> = containers.status && gates.length > 0 ? { status: false, reason: 'ReadinessGatesNotReady', message: gateTexts.join(', ') } : containers
  const hasStartedApps = statuses.some((s) => s.state?.running || s.state?.terminated || s.lastState?.terminated)
  const initialized: Omit<Wanted, 'type'> =
    phase === 'Succeeded' ? { status: true, reason: 'PodCompleted' }
      : uninitialized.length > 0 && !(hasStartedApps && statuses.length > 0) ? { status: false, reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${uninitialized.join(' ')}]` }
        : { status: true }
  const wanted: readonly Wanted[] = [
    { type: 'PodReadyToStartContainers', status: row.sandbox.state === 'ready' },
    { type: 'Initialized', ...initialized },
    { type: 'Ready', ...ready },
    { type: 'ContainersReady', ...containers },
  ]
  const at = formatTime(now)
  const mine = wanted.map(({ type, status: isTrue, reason, message }): PodCondition => {
    const before = findCondition(old, type)
    const value = isTrue ? 'True' : 'False'
    return {
      type, observedGeneration: metadata.generation, status: value, lastProbeTime: null as unknown as undefined, lastTransitionTime: before?.status === value ? before.lastTransitionTime : at,
      ...(reason ? { reason } : {}), ...(message ? { message } : {}),
    }
  })
  const scheduled = { type: 'PodScheduled', status: 'True', lastProbeTime: null as unknown as undefined, lastTransitionTime: formatTime(row.startTime) } as PodCondition
  const theirs = row.isStatic ? [scheduled] : (status?.conditions ?? []).filter((c) => !wanted.some((w) => w.type === c.type) && c.type !== 'PodResizePending' && c.type !== 'PodResizeInProgress')
  return [...(row.resizing && !isTerminal(phase) ? resizeConditions(row) : []), ...mine, ...theirs.map((c) => (c.type === 'PodScheduled' ? { ...c, observedGeneration: metadata.generation } : c))]
}

/** A container that cannot be found any more when its pod is over. */
const lost = (s: ContainerStatus): ContainerStatus => (s.state?.terminated ? s : { ...s, state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown', message: UNKNOWN, startedAt: null as unknown as undefined, finishedAt: null as unknown as undefined } } })

/** The status that the kubelet reports of a pod (pkg/kubelet: generateAPIPodStatus, status: mergePodStatus, TerminatePod). */
export function podStatus(row: PodRow, hostIP: string, now: Micros): PodStatus {
  const { pod } = row
  const over = row.life !== 'sync' && row.sandbox.state !== 'ready' && !row.work?.ops.length && Object.values(row.containers).every((c) => c.run?.state !== 'running')
  const isRemoved = over && row.end?.evicted === true
  let init = (pod.spec.initContainers ?? []).map((c) => containerStatus(row, c, true, isRemoved))
  let statuses = pod.spec.containers.map((c) => containerStatus(row, c, false, isRemoved)).sort((a, b) => (a.name < b.name ? -1 : 1))
  const ephemeral = ((pod.spec.ephemeralContainers ?? []) as readonly Container[]).map((c) => containerStatus(row, c, false, false))
  const stopping = row.life === 'terminating' || row.life === 'terminated' || row.life === 'finished'
  const previous = (row.wanted ?? row.sent)?.phase ?? pod.status?.phase ?? 'Pending'
  const computed = row.rejected || row.end?.reason ? 'Failed' : isTerminal(previous) ? (previous as Phase) : phaseOf(pod, [...init, ...statuses], stopping && over && !row.isStatic)
  const conditions = conditionsOf(row, computed, statuses, init, now)
  // A terminal phase is held back while containers could still be running.
  const mayRun = !row.rejected && (row.life === 'sync' || row.life === 'terminating') && !over
  let phase: Phase = isTerminal(computed) && mayRun && !isTerminal(previous) ? (previous as Phase) : computed
  if (row.life === 'terminated' || row.life === 'finished') {
    const hasInit = (pod.spec.initContainers?.length ?? 0) > 0
    const begun = !hasInit || statuses.some((s) => !s.state?.waiting || s.lastState?.terminated)
    if (begun) statuses = statuses.map(lost)
    const lastInit = init.map((s) => !s.state?.waiting || s.lastState?.terminated !== undefined).lastIndexOf(true)
    init = init.map((s, i) => (i <= lastInit ? lost(s) : s))
    if (!isTerminal(phase) && !row.isStatic) phase = 'Failed'
  }
  const why = isTerminal(phase) ? (row.rejected ?? (row.end?.reason ? { reason: row.end.reason, message: row.end.message ?? '' } : undefined)) : undefined
  const ip = pod.spec.hostNetwork ? hostIP : row.ip
  if (row.rejected) return { observedGeneration: pod.metadata.generation, phase: 'Failed', conditions: (pod.status?.conditions ?? []), reason: row.rejected.reason, message: row.rejected.message, startTime: formatTime(row.startTime), qosClass: qosClass(pod) } as PodStatus
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: row.end?.conditionReason && isTerminal(phase) ? [...conditions, { type: 'DisruptionTarget', observedGeneration: pod.metadata.generation, status: 'True', lastProbeTime: null as unknown as undefined, lastTransitionTime: formatTime(row.end.since), reason: 'TerminationByKubelet', message: row.end.conditionMessage ?? row.end.message }] as readonly PodCondition[] : conditions,
    ...(why ? { reason: why.reason, message: why.message } : {}),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
    startTime: formatTime(row.startTime),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: statuses,
    ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
    qosClass: qosClass(pod),
    ...podResources(row, phase === 'Running'),
  }
}
