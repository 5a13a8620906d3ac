import { findCondition } from '../../api/conditions.ts'
import type { Container } from '../../api/container.ts'
import type { ContainerStatus, PodCondition, PodStatus } from '../../api/pod-status.ts'
import { isSidecar, type Pod } from '../../api/pod.ts'
import { qosClass } from '../../api/pod-resources.ts'
import { formatTime, type Micros } from '../../engine/time.ts'
import type { ContainerRow, PodRow } from './state.ts'

/** Is the container ready: running, started, and its readiness probe (if it has one) content? */
export function isReady(container: Container, row: ContainerRow | undefined): boolean {
  if (!row?.state.running || !isStarted(container, row)) return false
  return container.readinessProbe ? row.verdicts.readiness === true : true
}

export const isStarted = (container: Container, row: ContainerRow | undefined): boolean =>
  row?.state.running !== undefined && (!container.startupProbe || row.verdicts.startup === true)

const isDone = (row: ContainerRow | undefined): boolean => row?.over === true && row.state.terminated?.exitCode === 0

/** Have all init containers done their part: sidecars started, the others ended well? */
export const isInitialized = (row: PodRow): boolean =>
  (row.pod.spec.initContainers ?? []).every((c) => (isSidecar(c) ? isStarted(c, row.containers[c.name]) : isDone(row.containers[c.name])))

/** The phase as the kubelet computes it (pkg/kubelet: getPhase). */
export function phaseOf(row: PodRow): NonNullable<PodStatus['phase']> {
  const { spec } = row.pod
  const failedInit = (spec.initContainers ?? []).some((c) => row.containers[c.name]?.over && (row.containers[c.name]?.state.terminated?.exitCode ?? 0) !== 0)
  if (failedInit && spec.restartPolicy === 'Never') return 'Failed'
  const rows = spec.containers.map((c) => row.containers[c.name])
  if (!isInitialized(row) && !row.stopping) return 'Pending'
  const over = rows.every((c) => c?.over)
  if (over) return rows.every((c) => c?.state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed'
  const neverStarted = rows.some((c) => !c?.state.running && !c?.state.terminated && !c?.lastState?.terminated)
  return neverStarted ? 'Pending' : 'Running'
}

function statusOfContainer(pod: Pod, container: Container, row: ContainerRow, isInit: boolean): ContainerStatus {
  const mounts = (container.volumeMounts ?? []).map((m) => ({
    name: m.name,
    mountPath: m.mountPath,
    ...(m.readOnly ? { readOnly: true, recursiveReadOnly: 'Disabled' } : {}),
  }))
  const running = row.state.running !== undefined
  const known = running || row.id !== undefined
  const uid = container.securityContext?.runAsUser ?? pod.spec.securityContext?.runAsUser ?? 0
  const gid = container.securityContext?.runAsGroup ?? pod.spec.securityContext?.runAsGroup ?? 0
  return {
    name: container.name,
    state: row.state,
    lastState: row.lastState ?? {},
    ready: isInit && !isSidecar(container) ? isDone(row) : isReady(container, row),
    restartCount: row.restarts,
    image: known ? (row.reference ?? container.image ?? '') : (container.image ?? ''),
    imageID: known ? (row.imageID ?? '') : '',
    ...(row.id ? { containerID: row.id } : {}),
    started: isStarted(container, row),
    ...(known ? { resources: container.resources ?? {}, ...(container.resources?.requests ? { allocatedResources: container.resources.requests } : {}) } : {}),
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
    ...(known ? { user: { linux: { uid, gid, supplementalGroups: [gid] } } } : {}),
  }
}

interface Wanted {
  readonly type: string
  readonly status: boolean
  readonly reason?: string
  readonly message?: string
}

/** The conditions that belong to the kubelet, in its order; what others wrote stays behind them. */
function conditionsOf(row: PodRow, phase: string, now: Micros): readonly PodCondition[] {
  const { spec, metadata, status } = row.pod
  const old = (row.sent as PodStatus | undefined)?.conditions ?? status?.conditions ?? []
  const unready = spec.containers.filter((c) => !isReady(c, row.containers[c.name])).map((c) => c.name)
  const waiting = (spec.initContainers ?? []).filter((c) => !(isSidecar(c) ? isStarted(c, row.containers[c.name]) : isDone(row.containers[c.name]))).map((c) => c.name)
  const ended = phase === 'Succeeded' || phase === 'Failed'
  const notReady: Omit<Wanted, 'type'> =
    phase === 'Succeeded'
      ? { status: false, reason: 'PodCompleted' }
      : phase === 'Failed'
        ? { status: false, reason: 'PodFailed' }
        : unready.length > 0
          ? { status: false, reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` }
          : { status: true }
  const initialized: Omit<Wanted, 'type'> =
    waiting.length > 0 && phase !== 'Succeeded'
      ? { status: false, reason: 'ContainersNotInitialized', message: `containers with incomplete status: [${waiting.join(' ')}]` }
      : phase === 'Succeeded'
        ? { status: true, reason: 'PodCompleted' }
        : { status: true }
  const wanted: readonly Wanted[] = [
    { type: 'PodReadyToStartContainers', status: row.sandbox === 'ready' && !ended },
    { type: 'Initialized', ...initialized },
    { type: 'Ready', ...notReady },
    { type: 'ContainersReady', ...notReady },
  ]
  const at = formatTime(now)
  const mine = wanted.map(({ type, status: isTrue, reason, message }): PodCondition => {
    const before = findCondition(old, type)
    const value = isTrue ? 'True' : 'False'
    return {
      type,
      observedGeneration: metadata.generation,
      status: value,
      lastProbeTime: null as unknown as undefined,
      lastTransitionTime: before?.status === value ? before.lastTransitionTime : at,
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    }
  })
  const theirs = (status?.conditions ?? []).filter((c) => !wanted.some((w) => w.type === c.type))
  return [...mine, ...theirs.map((c) => (c.type === 'PodScheduled' ? { ...c, observedGeneration: metadata.generation } : c))]
}

/** The status that the kubelet reports of a pod. */
export function podStatus(row: PodRow, hostIP: string, now: Micros): PodStatus {
  const { pod } = row
  const phase = phaseOf(row)
  const of = (containers: readonly Container[] | undefined, isInit: boolean): readonly ContainerStatus[] =>
    (containers ?? []).flatMap((c) => (row.containers[c.name] ? [statusOfContainer(pod, c, row.containers[c.name]!, isInit)] : []))
  const ip = pod.spec.hostNetwork ? (row.sandbox === 'ready' ? hostIP : undefined) : row.ip
  const init = of(pod.spec.initContainers, true)
  return {
    observedGeneration: pod.metadata.generation,
    phase,
    conditions: conditionsOf(row, phase, now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(ip ? { podIP: ip, podIPs: [{ ip }] } : {}),
    startTime: formatTime(row.startTime),
    ...(init.length > 0 ? { initContainerStatuses: init } : {}),
    containerStatuses: of(pod.spec.containers, false),
    qosClass: qosClass(pod),
    resources: {},
  }
}
