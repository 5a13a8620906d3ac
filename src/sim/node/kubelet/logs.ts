import type { Pod } from '../../api/pod.ts'
import { badRequest, type Status } from '../../api/status.ts'
import { formatMicroTime, parseTime, seconds, type Micros } from '../../engine/time.ts'
import { linesUntil } from '../runtime/process.ts'
import type { PodRow } from './state.ts'
import { containerNamed, processFor } from './world.ts'

export interface LogOptions {
  readonly container?: string
  readonly tailLines?: number
  readonly sinceSeconds?: number
  readonly previous?: boolean
  readonly timestamps?: boolean
}

/** A container's log, computed from its process; refusals in the kubelet's words. */
export function containerLog(pod: Pod, row: PodRow | undefined, options: LogOptions, now: Micros): string | Status {
  const names = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].map((c) => c.name)
  const name = options.container || pod.spec.containers[0]!.name
  if (!options.container && pod.spec.containers.length > 1)
    return badRequest(`a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]`)
  const container = containerNamed(pod, name)
  if (!container) return badRequest(`container ${name} is not valid for pod ${pod.metadata.name}`)
  const state = row?.containers[name]
  const waiting = state?.state.waiting
  const last = state?.state.terminated ?? state?.lastState?.terminated
  if (options.previous && !state?.lastState?.terminated) return badRequest(`previous terminated container "${name}" in pod "${pod.metadata.name}" not found`)
  if (!state || (waiting && !last)) return badRequest(`container "${name}" in pod "${pod.metadata.name}" is waiting to start: ${waiting?.message && /Image/.test(waiting.reason ?? '') ? 'trying and failing to pull image' : (waiting?.reason ?? 'ContainerCreating')}`)
  const running = !options.previous && state.state.running
  const startedAt = running ? state.startedAt! : (parseTime((options.previous ? state.lastState?.terminated : last)?.startedAt) ?? 0)
  const until = running ? now : (parseTime((options.previous ? state.lastState?.terminated : last)?.finishedAt) ?? now)
  let lines = linesUntil(processFor(container), Math.max(until - startedAt, 0) + (running ? 0 : seconds(1)))
  if (options.sinceSeconds !== undefined) lines = lines.filter((line) => startedAt + line.at >= now - seconds(options.sinceSeconds!))
  if (options.tailLines !== undefined) lines = options.tailLines === 0 ? [] : lines.slice(-options.tailLines)
  return lines.map(({ at, text }) => `${options.timestamps ? `${formatMicroTime(startedAt + at)} ` : ''}${text}\n`).join('')
}
