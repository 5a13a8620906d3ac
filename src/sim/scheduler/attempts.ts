import type { Engine } from '../engine/engine.ts'
import type { Derived, Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import type { Decision } from './decide.ts'
import type { Rejection } from './rejection.ts'
import type { Scores } from './scoring.ts'

/** The last attempt to place a pod, as it is kept for whoever asks why. Of a large cluster only some nodes are kept. */
export interface Attempt {
  readonly pod: string
  readonly at: Micros
  readonly number: number
  readonly chosen: string | null
  readonly message: string
  /** How many nodes there were, and how many of them would do. */
  readonly nodes: number
  readonly feasible: number
  readonly scores?: Scores | undefined
  /** The single node that passed, which is then not scored. */
  readonly only?: string | undefined
  readonly rejected: readonly (readonly [node: string, rejection: Rejection])[]
  readonly victims: readonly string[]
}

/** One node's part of an attempt, ready to be shown. */
export interface NodeVerdict {
  readonly node: string
  /** The plugin that refused it; null when it passed. */
  readonly rejectedBy: string | null
  readonly reasons: readonly string[]
  /** Plugin → weighted score. */
  readonly scores: Readonly<Record<string, number>>
  readonly total: number
}

const NONE: readonly never[] = []
const KEPT_ATTEMPTS = 500
const SMALL_CLUSTER = 100
/** Of a large cluster's nodes so many are kept; of a small one all. */
const KEPT_NODES = 20

const SLOTS = Array.from({ length: KEPT_ATTEMPTS }, (_, i) => `${i}`)

/** In which slot the attempt of a pod is. */
class SlotsByPod implements Derived<Attempt> {
  readonly #slots = new Map<string, string>()

  get(pod: string): string | undefined {
    return this.#slots.get(pod)
  }

  apply(slot: string, from: Attempt | undefined, to: Attempt | undefined): void {
    if (from && this.#slots.get(from.pod) === slot) this.#slots.delete(from.pod)
    if (to) this.#slots.set(to.pod, slot)
  }
}

/** The last 500 attempts in a ring of slots, of each pod only its last. */
export class Attempts {
  readonly #ring: Table<Attempt>
  readonly #slots: SlotsByPod

  constructor(engine: Engine, name: string) {
    this.#ring = engine.table<Attempt>(`${name}/attempts`)
    this.#slots = this.#ring.derive(new SlotsByPod())
  }

  /** The last attempt to place a pod ("ns/name"), while it is among the last 500. */
  of(pod: string): Attempt | undefined {
    const slot = this.#slots.get(pod)
    return slot === undefined ? undefined : this.#ring.get(slot)
  }

  forget(pod: string): void {
    const slot = this.#slots.get(pod)
    if (slot !== undefined) this.#ring.delete(slot)
  }

  record(pod: string, number: number, at: Micros, d: Decision): void {
    const slot = SLOTS[number % KEPT_ATTEMPTS]!
    if (this.#slots.get(pod) !== slot) this.forget(pod)
    this.#ring.set(slot, {
      pod, at, number,
      chosen: d.node ?? null,
      message: d.message ?? '',
      nodes: d.nodes,
      feasible: d.feasibleNodes,
      scores: d.scores && (d.nodes <= SMALL_CLUSTER ? d.scores.plain() : d.scores.some(KEPT_NODES)),
      only: d.feasibleNodes === 1 ? d.feasible[0] : undefined,
      rejected: d.rejected.size === 0 ? NONE : d.rejected.first(d.nodes <= SMALL_CLUSTER ? SMALL_CLUSTER : KEPT_NODES),
      victims: d.preemption && 'node' in d.preemption ? d.preemption.victims.map((v) => v.metadata.name) : NONE,
    })
  }
}

/** The verdicts on all kept nodes: those that passed by falling score, then the others by name. */
export function verdicts({ scores, only, rejected }: Attempt): readonly NodeVerdict[] {
  const passed: NodeVerdict[] = (scores?.nodes ?? []).map((node, i) => ({
    node, rejectedBy: null, reasons: [],
    scores: Object.fromEntries(scores!.plugins.map((plugin, p) => [plugin, scores!.weighted[p]![i]!])),
    total: scores!.weighted.reduce((total, list) => total + list[i]!, 0),
  }))
  if (only !== undefined) passed.push({ node: only, rejectedBy: null, reasons: [], scores: {}, total: 0 })
  passed.sort((a, b) => b.total - a.total || (a.node < b.node ? -1 : 1))
  const refused = rejected.map(([node, r]): NodeVerdict => ({ node, rejectedBy: r.plugin, reasons: r.reasons, scores: {}, total: 0 }))
  return [...passed, ...refused.sort((a, b) => (a.node < b.node ? -1 : 1))]
}
