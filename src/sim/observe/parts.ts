import type { ControllerRunner } from '../client/controller-runner.ts'
import type { ApiServer } from '../apiserver/server.ts'
import type { Micros } from '../engine/time.ts'
import { verdicts, type NodeVerdict } from '../scheduler/attempts.ts'
import type { Remedy } from '../scheduler/remedies.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

/** The present state of one control-plane part, for its card. */
export interface ComponentState {
  readonly name: 'apiserver' | 'etcd' | 'controllers' | 'scheduler'
  readonly running: boolean
  readonly figures: Readonly<Record<string, string | number>>
  readonly busy: string | null
  readonly queued: number
}

/** One controller in a list of all. */
export interface LoopSummary {
  readonly controller: string
  readonly stopped: boolean
  readonly queued: number
  readonly processing: number
}

/** A scheduling attempt for views: nodes that passed by falling score, then the refused ones. */
export interface AttemptView {
  readonly pod: string
  readonly at: Micros
  readonly nodes: readonly NodeVerdict[]
  readonly plugins: readonly string[]
  readonly chosen: string | null
  readonly message: string
  /** What would let a pod that waits be scheduled, tried on a copy. */
  readonly remedies: readonly Remedy[]
}

type IsStopped = (component: string) => boolean

/** The four parts of the control plane. */
export function componentStates({ store, hub }: ApiServer, runners: readonly ControllerRunner[], scheduler: Scheduler, isStopped: IsStopped): readonly ComponentState[] {
  const queued = runners.reduce((sum, { queue }) => sum + queue.rows.size, 0)
  const busy = runners.find(({ queue }) => queue.busy > 0)
  const inHand = busy?.queue.rows.keys().find((key) => busy.queue.rows.get(key)!.processing)
  return [
    { name: 'apiserver', running: true, figures: { watches: hub.open.size, objects: store.objects.size }, busy: null, queued: 0 },
    { name: 'etcd', running: true, figures: { revision: store.revision }, busy: null, queued: 0 },
    { name: 'controllers', running: true, figures: { controllers: runners.length }, busy: busy ? `${busy.controller.name}: ${inHand ?? ''}` : null, queued },
    { name: 'scheduler', running: !isStopped('scheduler'), ...scheduler.state() },
  ]
}

/** All controllers by name, with what waits in their queues. */
export function loopSummaries(runners: readonly ControllerRunner[], isStopped: IsStopped): readonly LoopSummary[] {
  const list = runners.map(({ controller, queue }) => ({ controller: controller.name, stopped: isStopped(controller.name), queued: queue.rows.size, processing: queue.busy }))
  return list.sort((a, b) => (a.controller < b.controller ? -1 : 1))
}

/** The scheduler's last attempt for a pod ("default/web-1"), node by node. */
export function attemptView(scheduler: Scheduler, pod: string): AttemptView | null {
  const attempt = scheduler.attempts.table.get(pod)
  if (!attempt) return null
  return { pod, at: attempt.at, nodes: verdicts(attempt), plugins: attempt.scores?.plugins ?? [], chosen: attempt.chosen, message: attempt.message, remedies: scheduler.remedies(pod) }
}
