import { keyOf } from '../api/meta.ts'
import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import { priorityOf } from './pod-info.ts'
import type { Candidate, Preemption } from './preemption.ts'

/** A node on which evicting would have made room, by the numbers that candidates are compared by, in that order. */
export interface RoomOn {
  readonly node: string
  /** Budgets that the evictions would violate. */
  readonly violations: number
  readonly highest: number
  readonly sum: number
  /** When the longest running of the most important victims began. */
  readonly earliest: string
  readonly victims: readonly { readonly pod: string; readonly priority: number }[]
}

/** The last time that others had to go for a pod: the node that was chosen comes first. */
export interface RoomMade {
  readonly at: Micros
  readonly candidates: readonly RoomOn[]
}

const KEPT = 200
const KEPT_CANDIDATES = 20
/** What a sum of priorities is lifted by for each pod, so that more pods never count for less. */
const LIFT = 2_147_483_648

const roomOn = ({ node, violations, highest, sum, earliest, victims }: Candidate): RoomOn => ({
  node, violations, highest, sum: sum - LIFT * victims.length, earliest, victims: victims.map((v) => ({ pod: keyOf(v), priority: priorityOf(v) })),
})

/** Who had to go for which pod and why these, for whoever asks; of the last 200 pods that this happened for. */
export class Preemptions {
  readonly table: Table<RoomMade>

  constructor(engine: Engine, name: string) {
    this.table = engine.table<RoomMade>(`${name}/preemptions`)
  }

  record(pod: string, at: Micros, { node, candidates }: Extract<Preemption, { node: string }>): void {
    const others = candidates.filter((c) => c.node !== node).slice(0, KEPT_CANDIDATES - 1)
    this.table.set(pod, { at, candidates: [...candidates.filter((c) => c.node === node), ...others].map(roomOn) })
    if (this.table.size <= KEPT) return
    const oldest = this.table.keys().reduce((a, b) => (this.table.get(b)!.at < this.table.get(a)!.at ? b : a))
    this.table.delete(oldest)
  }

  forget(pod: string): void {
    if (this.table.size > 0) this.table.delete(pod)
  }
}
