/** What the page is told of the scheduler's decisions. Part of the wire (protocol.ts). */

import type { RoomMade } from '../sim/index.ts'
import type { Sentence } from './protocol.ts'

/** The scheduler's last attempt for a pod. */
export interface AttemptState {
  readonly pod: string
  readonly at: number
  readonly nodes: readonly {
    readonly node: string
    /** Plugin that refused and its reasons; null when it passed. */
    readonly rejectedBy: string | null
    readonly reasons: readonly string[]
    /** plugin → weighted score */
    readonly scores: Readonly<Record<string, number>>
    readonly total: number
  }[]
  readonly plugins: readonly string[]
  /** Plugin → how much its score, which is from 0 to 100, counts. */
  readonly weights: Readonly<Record<string, number>>
  /** The last time that others had to go for this pod: where that was possible, the chosen node first. */
  readonly preemption: RoomMade | null
  readonly chosen: string | null
  readonly message: string
  /** What would let the pod be scheduled, each tried on a copy of the cluster; the least demanding first. */
  readonly remedies: readonly { readonly node: string; readonly conditions: readonly Sentence[] }[]
}
