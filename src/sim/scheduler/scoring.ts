import type { Column, Kept } from './kept.ts'
import type { Cycle, Feasible, Plugin, ScoreAll, ScoreEach } from './plugin.ts'
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

/** What a local plugin says about each node, as it is kept. */
interface Steady {
  readonly text: string
  readonly column: Column<number>
  readonly weight: number
}

export function scoreNodes(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible): ScoreTable {
  const { places, kept } = feasible
  const plugins: string[] = []
  const lists: WeightedScores[] = []
  const skipped: string[] = []
  const steady: Steady[] = []
  for (const { plugin, weight } of scorers) {
    const run = plugin.preScore?.(cycle, feasible)
    if (!run) {
      skipped.push(plugin.name)
      continue
    }
    plugins.push(plugin.name)
    if ('constant' in run) lists.push(run.constant * weight)
    else if (plugin.local && 'score' in run && !run.normalise) {
      const column = remembered(plugin, run, kept)
      steady.push({ text: `${plugin.name} ${run.keep ?? ''} ${weight}`, column, weight })
      lists.push((i) => column.at(places[i]!) * weight)
    } else lists.push(normalised(plugin, run, feasible, weight))
  }
  return new ScoreTable(plugins, lists, sums(lists, steady, feasible), skipped.sort(), feasible)
}

/** The totals. What is kept of single plugins and needs no other node to be judged by is kept as a sum too. */
function sums(lists: readonly WeightedScores[], steady: readonly Steady[], { places, kept }: Feasible): readonly number[] {
  const n = places.length
  let base = 0
  for (const list of lists) if (typeof list === 'number') base += list
  const totals = new Array<number>(n)
  if (steady.length === 0) totals.fill(base)
  else {
    const sum = kept.column(`sum ${steady.map(({ text }) => text).join()}`, (_, place) => steady.reduce((total, { column, weight }) => total + column.at(place) * weight, 0))
    for (let i = 0; i < n; i++) totals[i] = base + sum.at(places[i]!)
  }
  for (const list of lists) if (typeof list === 'object') for (let i = 0; i < n; i++) totals[i]! += list[i]!
  return totals
}

/** Scores that mean something only beside those of the other nodes. */
function normalised(plugin: Plugin, run: ScoreEach | ScoreAll, feasible: Feasible, weight: number): WeightedScores {
  const scores = 'scoreAll' in run ? run.scoreAll(feasible) : scoreEach(plugin, run, feasible)
  if (isUniform(scores)) {
    const one = [scores[0]!]
    run.normalise?.(one)
    return one[0]! * weight
  }
  run.normalise?.(scores)
  if (weight !== 1) for (let i = 0; i < scores.length; i++) scores[i]! *= weight
  return scores
}

function scoreEach(plugin: Plugin, run: ScoreEach, { places, kept }: Feasible): number[] {
  const scores = new Array<number>(places.length)
  if (plugin.local) {
    const column = remembered(plugin, run, kept)
    for (let i = 0; i < scores.length; i++) scores[i] = column.at(places[i]!)
  } else {
    const { nodes } = kept.lineup
    for (let i = 0; i < scores.length; i++) scores[i] = run.score(nodes[places[i]!]!)
  }
  return scores
}

const remembered = ({ name }: Plugin, run: ScoreEach, kept: Kept): Column<number> =>
  kept.column(run.keep === undefined ? name : `${name} ${run.keep}`, (node) => run.score(node))

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
