import { keyOf } from '../../api/meta.ts'
import { allContainers, type Pod } from '../../api/pod.ts'
import { badRequest, type Status } from '../../api/status.ts'
import { formatMicroTime, parseTime, seconds, type Micros } from '../../engine/time.ts'
import { machineNow, type LogLine } from './linux.ts'
import { currentLines } from './log-rotation.ts'
import type { PodRow } from './state.ts'
import { containerNamed, rowKey, type KubeletWorld } from './world.ts'

export interface LogOptions {
  readonly container?: string
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly sinceTime?: string
  readonly limitBytes?: number
  readonly previous?: boolean
  readonly timestamps?: boolean
}

/** What GET pods/log answers; the API server's complaint where the kubelet cannot be reached. */
export function podLog(world: KubeletWorld, pod: Pod, options: LogOptions, now: Micros): string | Status {
  const { nodeName } = pod.spec
  const node = nodeName ? world.nodes.get(nodeName) : undefined
  if (nodeName && !node?.up) return badRequest(`Get "https://${nodeName}:10250/containerLogs/${keyOf(pod)}": dial tcp: connect: no route to host`)
  if (nodeName && !node?.kubelet) return badRequest(`Get "https://${node!.address}:10250/containerLogs/${keyOf(pod)}": dial tcp ${node!.address}:10250: connect: connection refused`)
  return containerLog(world, pod, nodeName ? world.pods.get(rowKey(nodeName, pod)) : undefined, options, now)
}

/** A container's log as it stands now; refusals in the kubelet's words (pkg/kubelet: validateContainerLogStatus). */
export function containerLog(world: KubeletWorld, pod: Pod, row: PodRow | undefined, options: LogOptions, now: Micros): string | Status {
  const names = allContainers(pod.spec).map((c) => c.name)
  const name = options.container || pod.spec.containers[0]!.name
  if (!options.container && pod.spec.containers.length > 1) return badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`)
  if (!containerNamed(pod, name)) return badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`)
  const state = row?.containers[name]
  const reason = row?.reasons[name]
  const isPull = /^(ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError)$/.test(reason?.reason ?? '')
  const run = state?.run
  if (options.previous) {
    const before = run?.state === 'exited' && reason?.reason === 'CrashLoopBackOff' ? run : state?.before
    if (!before) return badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`)
    const log = before === run ? row?.machine?.containers[name]?.log : row?.previousLogs?.[before.id]
    return log === undefined ? `unable to retrieve container logs for ${before.id}` : text(currentLines(row, name, before.id, log), options, now)
  }
  if (!run || run.state === 'created') {
    const why = isPull ? 'trying and failing to pull image' : (reason?.reason ?? ((pod.spec.initContainers?.length ?? 0) > 0 ? 'PodInitializing' : 'ContainerCreating'))
    return badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${why}`)
  }
  if (run.startedAt === undefined) return badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${reason?.reason ?? 'RunContainerError'}`)
  const machine = row && machineNow(world, row, now)
  const found = machine?.containers[name]
  return text(currentLines(row, name, run.id, found?.log ?? null, found?.ended === undefined), options, now)
}

function text(all: readonly LogLine[], options: LogOptions, now: Micros): string {
  let lines = all
  const since = options.sinceTime === undefined ? (options.sinceSeconds === undefined ? undefined : now - seconds(options.sinceSeconds)) : parseTime(options.sinceTime)
  if (since !== undefined) lines = lines.filter((line) => line.at >= since)
  if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines)
  const shown = lines.map(({ at, text: line }) => `${options.timestamps ? `${formatMicroTime(at)} ` : ''}${line}\n`).join('')
  return options.limitBytes === undefined ? shown : shown.slice(0, options.limitBytes)
}
