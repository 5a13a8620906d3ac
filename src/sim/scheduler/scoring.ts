import type { Cycle, Feasible, Plugin, ScoreEach } from './plugin.ts'
import { ScoreTable, type WeightedScores } from './score-table.ts'

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

/** `names` gives the names of the feasible nodes, in their order. */
export function scoreNodes(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible, names: () => readonly string[]): ScoreTable {
  const plugins: string[] = []
  const lists: WeightedScores[] = []
  const skipped: string[] = []
  for (const { plugin, weight } of scorers) {
    const run = plugin.preScore?.(cycle, feasible)
    if (!run) {
      skipped.push(plugin.name)
      continue
    }
    plugins.push(plugin.name)
    lists.push('constant' in run ? run.constant * weight : scoreEach(plugin, run, feasible, weight))
  }
  const { nodes } = feasible
  return new ScoreTable(plugins, lists, sums(lists, nodes.length), skipped.sort(), names, (i) => nodes[i]!.name)
}

function sums(lists: readonly WeightedScores[], n: number): readonly number[] {
  let base = 0
  for (const list of lists) if (typeof list === 'number') base += list
  const totals = new Array<number>(n).fill(base)
  for (const list of lists) if (typeof list !== 'number') for (let i = 0; i < n; i++) totals[i]! += list[i]!
  return totals
}

function scoreEach(plugin: Plugin, run: ScoreEach, feasible: Feasible, weight: number): WeightedScores {
  const scores = plugin.local ? rememberedScores(plugin, run, feasible) : freshScores(run, feasible)
  if (isUniform(scores)) {
    const one = [scores[0]!]
    run.normalise?.(one)
    return one[0]! * weight
  }
  run.normalise?.(scores)
  if (weight !== 1) for (let i = 0; i < scores.length; i++) scores[i]! *= weight
  return scores
}

function rememberedScores({ name }: Plugin, run: ScoreEach, { nodes, places, kept }: Feasible): number[] {
  const column = kept.column(run.keep === undefined ? name : `${name} ${run.keep}`, (node) => run.score(node, 0))
  const scores = new Array<number>(nodes.length)
  for (let i = 0; i < nodes.length; i++) scores[i] = column.at(places[i]!, nodes[i]!)
  return scores
}

function freshScores(run: ScoreEach, { nodes, places }: Feasible): number[] {
  const scores = new Array<number>(nodes.length)
  for (let i = 0; i < nodes.length; i++) scores[i] = run.score(nodes[i]!, places[i]!)
  return scores
}

function isUniform(scores: readonly number[]): boolean {
  const first = scores[0]
  for (let i = 1; i < scores.length; i++) if (scores[i] !== first) return false
  return true
}

/** Room for the heap; what is in it means nothing between two calls. */
let heap = new Int32Array(128)

/**
 * The place of the winner: the root of a binary max-heap built over the nodes in scoring order, which is how kube-scheduler
 * breaks ties (schedule_one.go: newSortedNodeScores).
 */
export function heapRoot(totals: readonly number[]): number {
  const n = totals.length
  if (n === 0) return -1
  if (heap.length < n) heap = new Int32Array(2 * n)
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
