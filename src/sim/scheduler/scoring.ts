import type { NodeInfo } from './node-info.ts'
import type { Cycle, Plugin, ScoreEach } from './plugin.ts'

/** Weighted scores of the feasible nodes: `weighted[plugin][node]`, in the order of `plugins` and `nodes`. */
export interface Scores {
  readonly nodes: readonly string[]
  readonly plugins: readonly string[]
  readonly weighted: readonly (readonly number[])[]
  readonly totals: readonly number[]
  /** Plugins that had nothing to say about this pod. */
  readonly skipped: readonly string[]
}

/** Plugins that take part in scoring though ours never has anything to say (no static bindings to compare by size). */
const NEVER_SCORES: readonly string[] = ['VolumeBinding']

/** `nodes` names the feasible nodes, in their order. */
export function scoreNodes(plugins: readonly Plugin[], cycle: Cycle, feasible: readonly NodeInfo[], nodes: readonly string[]): Scores {
  const names: string[] = []
  const weighted: number[][] = []
  const skipped: string[] = [...NEVER_SCORES]
  const totals = new Array<number>(feasible.length).fill(0)
  for (const { name, weight, preScore } of plugins) {
    if (!preScore) continue
    const run = preScore(cycle, feasible)
    if (!run) {
      skipped.push(name)
      continue
    }
    const scores = 'constant' in run ? new Array<number>(feasible.length).fill(run.constant) : scoreEach(run, feasible)
    for (let i = 0; i < scores.length; i++) totals[i]! += scores[i] = scores[i]! * weight
    names.push(name)
    weighted.push(scores)
  }
  return { nodes, plugins: names, weighted, totals, skipped: skipped.sort() }
}

function scoreEach(run: ScoreEach, feasible: readonly NodeInfo[]): number[] {
  const scores = new Array<number>(feasible.length).fill(0)
  for (let i = 0; i < feasible.length; i++) scores[i] = run.score(feasible[i]!)
  run.normalise?.(scores, feasible)
  return scores
}

/**
 * The place of the winner: the root of a binary max-heap built over the nodes in scoring order, which is how kube-scheduler
 * breaks ties (schedule_one.go: newSortedNodeScores).
 */
export function heapRoot(totals: readonly number[]): number {
  const heap = totals.map((_, i) => i)
  const better = (a: number, b: number): boolean => totals[heap[a]!]! > totals[heap[b]!]!
  for (let top = (heap.length >> 1) - 1; top >= 0; top--) {
    for (let at = top; ; ) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && better(child + 1, child)) child++
      if (!better(child, at)) break
      ;[heap[at], heap[child]] = [heap[child]!, heap[at]!]
      at = child
    }
  }
  return heap[0] ?? -1
}
