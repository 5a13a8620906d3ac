import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
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

/** Attempts by pod key, the last 500. */
export class Attempts {
  readonly table: Table<Attempt>
  readonly #ring: Table<string>

  constructor(engine: Engine, name: string) {
    this.table = engine.table<Attempt>(`${name}/attempts`)
    this.#ring = engine.table<string>(`${name}/attempt-ring`)
  }

  record(pod: string, number: number, at: Micros, d: Decision): void {
    const slot = `${number % KEPT_ATTEMPTS}`
    const former = this.#ring.get(slot)
    if (former !== undefined && this.table.get(former)?.number === number - KEPT_ATTEMPTS) this.table.delete(former)
    this.#ring.set(slot, pod)
    this.table.set(pod, {
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
    total: scores!.totals[i]!,
  }))
  if (only !== undefined) passed.push({ node: only, rejectedBy: null, reasons: [], scores: {}, total: 0 })
  passed.sort((a, b) => b.total - a.total || (a.node < b.node ? -1 : 1))
  const refused = rejected.map(([node, r]): NodeVerdict => ({ node, rejectedBy: r.plugin, reasons: r.reasons, scores: {}, total: 0 }))
  return [...passed, ...refused.sort((a, b) => (a.node < b.node ? -1 : 1))]
}
