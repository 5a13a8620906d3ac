import type { Cycle, Feasible, Plugin, ScoreEach } from './plugin.ts'

/** Weighted scores of the feasible nodes: `weighted[plugin][node]`, in the order of `plugins` and `nodes`. */
export interface Scores {
  readonly nodes: readonly string[]
  readonly plugins: readonly string[]
  readonly weighted: readonly (readonly number[])[]
  readonly totals: readonly number[]
  /** Plugins that had nothing to say about this pod. */
  readonly skipped: readonly string[]
}

/** A plugin that scores, and how much its score counts. */
export interface Scorer {
  readonly plugin: Plugin
  readonly weight: number
}

/** `names` are those of the feasible nodes, in their order. */
export function scoreNodes(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible, names: readonly string[]): Scores {
  const plugins: string[] = []
  const weighted: (readonly number[])[] = []
  const skipped: string[] = []
  const n = feasible.nodes.length
  const totals = new Array<number>(n).fill(0)
  for (const { plugin, weight } of scorers) {
    const run = plugin.preScore?.(cycle, feasible)
    if (!run) {
      skipped.push(plugin.name)
      continue
    }
    const constant = 'constant' in run
    const scores = constant ? feasible.kept.constant(run.constant * weight, n) : scoreEach(plugin, run, feasible, weight)
    if (!constant || run.constant !== 0) for (let i = 0; i < n; i++) totals[i]! += scores[i]!
    plugins.push(plugin.name)
    weighted.push(scores)
  }
  return { nodes: names, plugins, weighted, totals, skipped: skipped.sort() }
}

function scoreEach({ name, local }: Plugin, run: ScoreEach, { nodes, places, kept }: Feasible, weight: number): readonly number[] {
  const scores = new Array<number>(nodes.length).fill(0)
  if (local) {
    const column = kept.column(`${name} ${run.keep ?? ''}`, (node) => run.score(node, 0))
    for (let i = 0; i < nodes.length; i++) scores[i] = column.at(places[i]!, nodes[i]!)
  } else for (let i = 0; i < nodes.length; i++) scores[i] = run.score(nodes[i]!, places[i]!)
  run.normalise?.(scores)
  if (weight !== 1) for (let i = 0; i < scores.length; i++) scores[i]! *= weight
  return scores
}

/**
 * The place of the winner: the root of a binary max-heap built over the nodes in scoring order, which is how kube-scheduler
 * breaks ties (schedule_one.go: newSortedNodeScores).
 */
export function heapRoot(totals: readonly number[]): number {
  const n = totals.length
  if (n === 0) return -1
  const heap = new Int32Array(n)
  for (let i = 0; i < n; i++) heap[i] = i
  for (let top = (n >> 1) - 1; top >= 0; top--) {
    const sinking = heap[top]!
    const total = totals[sinking]!
    let at = top
    for (let child = 2 * at + 1; child < n; child = 2 * at + 1) {
      if (child + 1 < n && totals[heap[child + 1]!]! > totals[heap[child]!]!) child++
      if (totals[heap[child]!]! <= total) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = sinking
  }
  return heap[0]!
}
