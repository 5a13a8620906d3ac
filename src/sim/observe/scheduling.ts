import type { AttemptState, QueuedPodState, SchedulingQueueState } from '../../workers/protocol.ts'
import type { Micros } from '../engine/time.ts'
import type { Timeline } from '../engine/timeline.ts'
import { verdicts } from '../scheduler/attempts.ts'
import { listenedTo } from '../scheduler/hints.ts'
import { priorityOf } from '../scheduler/pod-info.ts'
import { dueAt, type Place, type QueuedPod } from '../scheduler/queue.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

/** In the order in which pods come to their turn. */
const PLACES: readonly Place[] = ['in flight', 'active', 'backoff', 'error-backoff', 'unschedulable', 'gated']
const SHOWN = 100

/** What the scheduler knows of a pod ("default/web-1"): its last attempt node by node, its place in the queue, what would help; null: nothing. */
export function attemptView(scheduler: Scheduler, timeline: Timeline, pod: string): AttemptState | null {
  const attempt = scheduler.attempts.of(pod)
  const queued = scheduler.queue.pods.get(pod)
  const remedies = scheduler.remedies(pod)
  if (!attempt && !queued && remedies.length === 0) return null
  const former = attempt !== undefined && attempt.at < configuredAt(timeline)
  const profile = former ? undefined : scheduler.profileOf(pod)
  return {
    pod,
    at: attempt?.at ?? null,
    former,
    nodes: attempt ? verdicts(attempt) : [],
    examined: attempt?.nodes ?? 0,
    feasible: attempt?.feasible ?? 0,
    filters: profile?.filters.map(({ name }) => name) ?? [],
    weights: Object.fromEntries((profile?.scorers ?? []).map(({ plugin, weight }) => [plugin.name, weight])),
    preemption: scheduler.preemptions.table.get(pod) ?? null,
    plugins: attempt?.scores?.plugins ?? [],
    scoredFrom: attempt?.scores?.nodes[0] ?? null,
    chosen: attempt?.chosen ?? null,
    message: attempt?.message ?? '',
    queued: queued ? placeOf(pod, queued) : null,
    remedies,
  }
}

/** When the scheduler was last given a file on the path behind the cursor; what it decided before went by other plugins and weights. */
function configuredAt(timeline: Timeline): Micros {
  const given = timeline.commands().filter(({ actor, what, index }) => actor === 'scheduler' && what === 'configure' && index <= timeline.index)
  return given.at(-1)?.at ?? 0
}

/** The scheduling queue as it is: how many pods are where, and the first of each place in the order of their turns. */
export function schedulingQueue(scheduler: Scheduler): SchedulingQueueState {
  const { queue } = scheduler
  const counts = Object.fromEntries(PLACES.map((place) => [place, queue.count(place)])) as SchedulingQueueState['counts']
  const pods = PLACES.flatMap((place) => inTurn(queue.keys(place).map((key) => [key, queue.pods.get(key)!] as const)).slice(0, SHOWN))
  return { counts, pods: pods.map(([key, row]) => placeOf(key, row)) }
}

type Entry = readonly [key: string, row: QueuedPod]

/** Those in an ordered list as they stand there; the others by priority and age. */
function inTurn(entries: readonly Entry[]): readonly Entry[] {
  const turn = ([, a]: Entry, [, b]: Entry): number => (a.order !== undefined && b.order !== undefined ? (a.order < b.order ? -1 : 1) : priorityOf(b.pod) - priorityOf(a.pod) || a.since - b.since)
  return [...entries].sort(turn)
}

const placeOf = (key: string, row: QueuedPod): QueuedPodState => ({
  pod: key,
  place: row.place,
  priority: priorityOf(row.pod),
  since: row.since,
  attempts: row.attempts,
  objectors: row.objectors,
  due: dueAt(row) ?? null,
  wokenBy: row.place === 'unschedulable' ? listenedTo(row.objectors) : [],
  gates: row.place === 'gated' ? (row.pod.spec.schedulingGates ?? []).map(({ name }) => name) : [],
})
