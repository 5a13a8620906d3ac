/** What the page is told of the scheduler's decisions. Part of the wire (protocol.ts). */

import type { QueuePlace, RoomMade } from '../sim/index.ts'
import type { Sentence } from './protocol.ts'

export type { QueuePlace } from '../sim/index.ts'

/** What the scheduler knows of a pod: its last attempt, its place in the queue, and what would help it. */
export interface AttemptState {
  readonly pod: string
  /** When it was last tried; null: never. */
  readonly at: number | null
  /** It was decided with an earlier configuration: its filters and weights are not known any more. */
  readonly former: boolean
  /** Of a large cluster some; `examined` and `feasible` count all. */
  readonly nodes: readonly NodeVerdictState[]
  readonly examined: number
  readonly feasible: number
  /** The filters of the pod's profile, in the order in which they are asked. */
  readonly filters: readonly string[]
  readonly plugins: readonly string[]
  /** Plugin → how much its score, which is from 0 to 100, counts. */
  readonly weights: Readonly<Record<string, number>>
  /** The node that was scored first: among equals the place in that order decides. */
  readonly scoredFrom: string | null
  /** The last time that others had to go for this pod: where that was possible, the chosen node first. */
  readonly preemption: RoomMade | null
  readonly chosen: string | null
  readonly message: string
  readonly queued: QueuedPodState | null
  /** What would let the pod be scheduled, each tried on a copy of the cluster; the least demanding first. Node '': one that is not there yet. */
  readonly remedies: readonly { readonly node: string; readonly conditions: readonly Sentence[] }[]
}

export interface NodeVerdictState {
  readonly node: string
  /** Plugin that refused and its reasons; null when it passed. */
  readonly rejectedBy: string | null
  readonly reasons: readonly string[]
  /** plugin → weighted score */
  readonly scores: Readonly<Record<string, number>>
  readonly total: number
}

/** A pod in the scheduling queue. */
export interface QueuedPodState {
  readonly pod: string
  readonly place: QueuePlace
  readonly priority: number
  readonly since: number
  readonly attempts: number
  /** Plugins that refused it, whose hints decide what wakes it. */
  readonly objectors: readonly string[]
  /** When time alone brings it back at the latest; null: only an event does, or it is its turn. */
  readonly due: number | null
  /** What may wake it: changes of these resources, as far as the plugins' hints find that they help. */
  readonly wokenBy: readonly { readonly resource: string; readonly actions: readonly string[] }[]
  readonly gates: readonly string[]
}

/** The scheduling queue: how many pods are where, and the first of each place in the order of their turns. */
export interface SchedulingQueueState {
  readonly counts: Readonly<Record<QueuePlace, number>>
  readonly pods: readonly QueuedPodState[]
}
