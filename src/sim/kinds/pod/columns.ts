import { since } from '../../api/human-duration.ts'
import { isPodTerminal, isSidecar, type Pod } from '../../api/pod.ts'
import type { ContainerStatus } from '../../api/pod-status.ts'
import { parseTime, type Micros } from '../../engine/time.ts'
import { ageColumn, nameColumn, textColumn } from '../define.ts'
import type { Column } from '../definition.ts'

/** What the READY, STATUS and RESTARTS columns of a pod say. */
export interface PodSummary {
  readonly ready: number
  readonly total: number
  readonly reason: string
  readonly restarts: number
  /** When the container that restarted last had ended. */
  readonly lastRestart: string | undefined
}

interface Tally {
  restarts: number
  last: string | undefined
}

function count(tally: Tally, status: ContainerStatus): void {
  tally.restarts += status.restartCount
  const ended = status.lastState?.terminated?.finishedAt
  if (ended && (parseTime(tally.last) ?? -1) < (parseTime(ended) ?? -1)) tally.last = ended
}

function terminatedReason(t: { readonly reason?: string; readonly signal?: number; readonly exitCode: number }): string {
  return t.reason || (t.signal ? `Signal:${t.signal}` : `ExitCode:${t.exitCode}`)
}

interface InitOutcome {
  readonly ready: number
  readonly reason: string | undefined
  readonly all: Tally
  readonly sidecars: Tally
}

function initContainers(pod: Pod): InitOutcome {
  const all: Tally = { restarts: 0, last: undefined }
  const sidecars: Tally = { restarts: 0, last: undefined }
  const specs = pod.spec.initContainers ?? []
  let ready = 0
  const statuses = pod.status?.initContainerStatuses ?? []
  for (let i = 0; i < statuses.length; i++) {
    const s = statuses[i]!
    const spec = specs.find((c) => c.name === s.name)
    const sidecar = spec !== undefined && isSidecar(spec)
    count(all, s)
    if (sidecar) count(sidecars, s)
    if (s.state?.terminated && s.state.terminated.exitCode === 0) continue
    if (sidecar && s.started) {
      if (s.ready) ready++
      continue
    }
    const waiting = s.state?.waiting?.reason
    const reason = s.state?.terminated
      ? `Init:${terminatedReason(s.state.terminated)}`
      : waiting && waiting !== 'PodInitializing'
        ? `Init:${waiting}`
        : `Init:${i}/${specs.length}`
    return { ready, reason, all, sidecars }
  }
  return { ready, reason: undefined, all, sidecars }
}

const summaries = new WeakMap<Pod, PodSummary>()

/** printers/internalversion: printPod. Remembered by identity. */
export function summarisePod(pod: Pod): PodSummary {
  let summary = summaries.get(pod)
  if (!summary) summaries.set(pod, (summary = summarise(pod)))
  return summary
}

function summarise(pod: Pod): PodSummary {
  const conditions = pod.status?.conditions ?? []
  let reason = pod.status?.reason || (pod.status?.phase ?? '')
  if (conditions.some((c) => c.type === 'PodScheduled' && c.reason === 'SchedulingGated')) reason = 'SchedulingGated'
  const init = initContainers(pod)
  const total = pod.spec.containers.length + (pod.spec.initContainers ?? []).filter(isSidecar).length
  let { ready } = init
  let tally = init.all
  if (init.reason) reason = init.reason
  if (!init.reason || conditions.find((c) => c.type === 'Initialized')?.status === 'True') {
    tally = init.sidecars
    const main = mainContainers(pod, reason, tally)
    ready += main.ready
    reason = main.reason
  }
  if (pod.metadata.deletionTimestamp) {
    if (pod.status?.reason === 'NodeLost') reason = 'Unknown'
    else if (!isPodTerminal(pod)) reason = 'Terminating'
  }
  return { ready, total, reason, restarts: tally.restarts, lastRestart: tally.last }
}

function mainContainers(pod: Pod, before: string, tally: Tally): { readonly ready: number; readonly reason: string } {
  let reason = before
  let ready = 0
  let errorReason = ''
  const statuses = pod.status?.containerStatuses ?? []
  for (let i = statuses.length - 1; i >= 0; i--) {
    const s = statuses[i]!
    count(tally, s)
    if (s.state?.waiting?.reason) reason = s.state.waiting.reason
    else if (s.state?.terminated) {
      reason = terminatedReason(s.state.terminated)
      if (s.state.terminated.exitCode !== 0) errorReason = reason
    } else if (s.ready && s.state?.running) ready++
  }
  if (reason === 'Completed') {
    const podReady = pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')
    if (ready > 0 && podReady) reason = 'Running'
    else if (errorReason) reason = errorReason
    else if (ready > 0) reason = 'NotReady'
  }
  return { ready, reason }
}

function restartsCell(pod: Pod, now: Micros): string {
  const { restarts, lastRestart } = summarisePod(pod)
  return restarts !== 0 && lastRestart ? `${restarts} (${since(lastRestart, now)} ago)` : String(restarts)
}

function gatesCell(pod: Pod): string {
  const gates = pod.spec.readinessGates ?? []
  if (gates.length === 0) return '<none>'
  const good = gates.filter((g) => pod.status?.conditions?.find((c) => c.type === g.conditionType)?.status === 'True')
  return `${good.length}/${gates.length}`
}

export const podColumns: readonly Column<Pod>[] = [
  nameColumn,
  textColumn('Ready', (p) => `${summarisePod(p).ready}/${summarisePod(p).total}`),
  textColumn('Status', (p) => summarisePod(p).reason),
  { name: 'Restarts', type: 'string', cell: restartsCell },
  ageColumn,
  textColumn('IP', (p) => p.status?.podIPs?.[0]?.ip || '<none>', 1),
  textColumn('Node', (p) => p.spec.nodeName || '<none>', 1),
  textColumn('Nominated Node', (p) => p.status?.nominatedNodeName || '<none>', 1),
  textColumn('Readiness Gates', gatesCell, 1),
]
