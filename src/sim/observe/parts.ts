import type { ComponentState, LoopSummary } from '../../workers/protocol.ts'
import type { ControllerRunner } from '../client/controller-runner.ts'
import type { ApiServer } from '../apiserver/server.ts'
import type { Scheduler } from '../scheduler/scheduler.ts'

type IsStopped = (component: string) => boolean

/** The four parts of the control plane. */
export function componentStates({ store, hub }: ApiServer, runners: readonly ControllerRunner[], scheduler: Scheduler, isStopped: IsStopped): readonly ComponentState[] {
  const stopped = runners.filter(({ controller }) => isStopped(controller.name)).length
  const queued = runners.reduce((sum, { queue }) => sum + queue.rows.size, 0)
  const busy = runners.find(({ queue }) => queue.busy > 0)
  const inHand = busy?.queue.rows.keys().find((key) => busy.queue.rows.get(key)!.processing)
  return [
    { name: 'apiserver', running: true, figures: { watches: hub.open.size, objects: store.objects.size }, busy: null, queued: 0 },
    { name: 'etcd', running: true, figures: { revision: store.revision }, busy: null, queued: 0 },
    { name: 'controllers', running: true, figures: { controllers: runners.length, ...(stopped > 0 ? { stopped } : {}) }, busy: busy ? `${busy.controller.name}: ${inHand ?? ''}` : null, queued },
    { name: 'scheduler', running: !isStopped('scheduler'), ...scheduler.state() },
  ]
}

/** Keys that wait for a worker now; those that are to come later do not. */
const waitingIn = ({ rows }: ControllerRunner['queue']): number => rows.keys().reduce((sum, key) => sum + (rows.get(key)!.dirty ? 1 : 0), 0)

/** All controllers by name, with what waits in their queues. */
export function loopSummaries(runners: readonly ControllerRunner[], isStopped: IsStopped): readonly LoopSummary[] {
  const list = runners.map(({ controller, queue }) => ({ controller: controller.name, stopped: isStopped(controller.name), queued: waitingIn(queue), processing: queue.busy }))
  return list.sort((a, b) => (a.controller < b.controller ? -1 : 1))
}
