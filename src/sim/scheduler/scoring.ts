import type { Numbers } from './columns.ts'
import type { Kept } from './kept.ts'
import type { Cycle, Feasible, Plugin, ScoreEach, ScoreGroups, ScoreRun } from './plugin.ts'
import { ScoreTable, type Steady, type WeightedScores } from './score-table.ts'

/** Weighted scores of the feasible nodes: `weighted[plugin][node]`, in the order of `plugins` and `nodes`. */
export interface Scores {
  readonly nodes: readonly string[]
  readonly plugins: readonly string[]
  readonly weighted: readonly (readonly number[])[]
  /** Plugins that had nothing to say about this pod. */
  readonly skipped: readonly string[]
}

/** A plugin that scores, and how much its score counts. */
export interface Scorer {
  readonly plugin: Plugin
  readonly weight: number
}

/** What the scorers of a profile say of pods of one shape, as far as it can be known beforehand; by scorer. */
export interface Scoring {
  /** The facts that it holds for, and whose scorers they are. */
  readonly facts: number
  readonly scorers: readonly Scorer[]
  /** What the local ones answered at PreScore. */
  readonly runs: readonly (ScoreRun | undefined)[]
  /** Those that judge a node without looking at the others; and all of them together, weighted. */
  readonly steady: readonly (Steady | undefined)[]
  readonly sum: Numbers | undefined
  /** Who takes part, by the set of those who have nothing to say: thousands of attempts share these lists. */
  readonly casts: Map<number, Cast>
}

interface Cast {
  readonly plugins: readonly string[]
  readonly skipped: readonly string[]
}

/** Scores feasible nodes. Local plugins are asked once for all pods of a shape, the others for each pod. */
export function scoreNodes(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible): ScoreTable {
  const scoring = scoringOf(scorers, cycle, feasible)
  const lists: WeightedScores[] = []
  let absent = 0
  for (let i = 0; i < scorers.length; i++) {
    const { plugin, weight } = scorers[i]!
    const run = plugin.local ? scoring.runs[i] : plugin.preScore?.(cycle, feasible)
    if (!run) absent |= 1 << i
    else if ('constant' in run) lists.push(run.constant * weight)
    else lists.push(scoring.steady[i] ?? normalised(plugin, run, feasible, weight))
  }
  const { plugins, skipped } = castOf(scoring, absent)
  addUp(lists, scoring.sum, feasible)
  return new ScoreTable(plugins, lists, skipped, feasible)
}

function scoringOf(scorers: readonly Scorer[], cycle: Cycle, feasible: Feasible): Scoring {
  const { kept } = feasible
  const { facts } = cycle.snapshot
  if (kept.scoring?.facts === facts && kept.scoring.scorers === scorers) return kept.scoring
  const runs = scorers.map(({ plugin }) => (plugin.local ? plugin.preScore?.(cycle, feasible) : undefined))
  const steady = scorers.map(({ plugin, weight }, i): Steady | undefined => {
    const run = runs[i]
    return run && 'score' in run && !run.normalise ? { key: keyOf(plugin, run), numbers: remembered(plugin, run, kept), weight } : undefined
  })
  return (kept.scoring = { facts, scorers, runs, steady, sum: sumOf(steady, kept), casts: new Map() })
}

/** What needs no other node to be judged by is kept as a sum too, under a text of all that goes into it. */
function sumOf(steady: Scoring['steady'], kept: Kept): Numbers | undefined {
  const parts = steady.filter((part) => part !== undefined)
  if (parts.length === 0) return undefined
  const text = parts.map(({ key, weight }) => `${key} ${weight}`).join()
  return kept.numbers(`sum ${text}`, (_, place) => {
    let total = 0
    for (const { numbers, weight } of parts) total += numbers.at(place) * weight
    return total
  })
}

function castOf({ scorers, casts }: Scoring, absent: number): Cast {
  let cast = casts.get(absent)
  if (!cast) {
    const named = (said: boolean): string[] => scorers.filter((_, i) => ((absent & (1 << i)) === 0) === said).map(({ plugin }) => plugin.name)
    casts.set(absent, (cast = { plugins: named(true), skipped: named(false).sort() }))
  }
  return cast
}

/** Writes the totals into the room that `kept` has for them. */
function addUp(lists: readonly WeightedScores[], sum: Numbers | undefined, feasible: Feasible): void {
  const { count, kept: { totals } } = feasible
  let base = 0
  for (const list of lists) if (typeof list === 'number') base += list
  if (sum) putDown(sum, base, feasible)
  else totals.fill(base, 0, count)
  for (const list of lists) if (typeof list === 'object') add(list, totals, count)
}

function add(list: Exclude<WeightedScores, number>, totals: Float64Array, count: number): void {
  if ('groups' in list) {
    const { scores, groups: { of } } = list
    for (let i = 0; i < count; i++) totals[i]! += scores[of[i]!]!
  } else if (!('numbers' in list)) for (let i = 0; i < count; i++) totals[i]! += list[i]!
}

function putDown(numbers: Numbers, more: number, { places, count, kept: { totals } }: Feasible): void {
  const known = numbers.known()
  for (let i = 0; i < count; i++) {
    const place = places[i]!
    let number = known[place]!
    if (Number.isNaN(number)) number = numbers.at(place)
    totals[i] = more + number
  }
}

/** Scores that mean something only beside those of the other nodes. */
function normalised(plugin: Plugin, run: ScoreEach | ScoreGroups, feasible: Feasible, weight: number): WeightedScores {
  const scores = 'groups' in run ? run.scores : scoreEach(plugin, run, feasible)
  if (isUniform(scores)) scores.length = 1
  run.normalise?.(scores)
  for (let i = 0; i < scores.length; i++) scores[i]! *= weight
  return scores.length === 1 ? scores[0]! : 'groups' in run ? { groups: run.groups, scores } : scores
}

function scoreEach(plugin: Plugin, run: ScoreEach, { places, count, kept }: Feasible): number[] {
  const scores = new Array<number>(count)
  if (plugin.local) {
    const numbers = remembered(plugin, run, kept)
    for (let i = 0; i < scores.length; i++) scores[i] = numbers.at(places[i]!)
  } else {
    const { nodes } = kept.lineup
    for (let i = 0; i < scores.length; i++) scores[i] = run.score(nodes[places[i]!]!)
  }
  return scores
}

const keyOf = ({ name }: Plugin, { keep }: ScoreEach): string => (keep === undefined ? name : `${name} ${keep}`)

const remembered = (plugin: Plugin, run: ScoreEach, kept: Kept): Numbers =>
  kept.numbers(keyOf(plugin, run), (node) => run.score(node), plugin.ignoresPods ? 'renewals' : 'changes')

function isUniform(scores: readonly number[]): boolean {
  const first = scores[0]
  for (let i = 1; i < scores.length; i++) if (scores[i] !== first) return false
  return true
}
