import type { Labels, NodeGroups, Numbered } from '../columns.ts'
import type { Kept } from '../kept.ts'
import { MAX_SCORE, type Cycle, type Feasible, type ScoreGroups } from '../plugin.ts'
import type { Scope, Sort, Tallies } from '../tallies.ts'
import { naturalLogarithm } from './logarithm.ts'
import { countedPods, HOSTNAME, scopeOf, type Constraint } from './spread-constraints.ts'

/** Go's math.Round for numbers that are not negative. */
const round = (x: number): number => Math.floor(x + 0.5)

const IGNORED = -1

/** One constraint's part in the score. */
interface Part {
  readonly constraint: Constraint
  readonly sort: Sort
  readonly scope: Scope
  /** By place: how many such pods are on the node, where each node is a domain of its own, or the number of its domain; IGNORED when it has no domain. */
  readonly column: Labels
  readonly domains?: Numbered<string>
}

function partOf({ pod, snapshot: { tallies } }: Cycle, constraint: Constraint, complete: readonly Constraint[], kept: Kept): Part {
  const { key } = constraint
  const sort = countedPods(pod, constraint)
  const scope = scopeOf(pod, constraint, complete)
  if (key === HOSTNAME) {
    const column = kept.labels(sort, ({ node, name }) => (node.metadata.labels?.[HOSTNAME] === undefined ? IGNORED : tallies.byNode(sort).get(name) ?? 0))
    return { constraint, sort, scope, column }
  }
  const domains = kept.domains(key)
  const column = kept.labels(domains, ({ node }) => {
    const value = node.metadata.labels?.[key]
    return value === undefined ? IGNORED : domains.number(value)
  }, 'renewals')
  return { constraint, sort, scope, column, domains }
}

function normalise(scores: number[]): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = 0
  for (const s of scores) {
    if (s === IGNORED) continue
    if (s < min) min = s
    if (s > max) max = s
  }
  for (let i = 0; i < scores.length; i++) {
    const s = scores[i]!
    scores[i] = s === IGNORED ? 0 : max === 0 ? MAX_SCORE : Math.trunc((MAX_SCORE * (max + min - s)) / max)
  }
}

/** Scores by the constraints that pods of one shape in one namespace share. */
export class SpreadScores {
  readonly namespace: string | undefined
  readonly #parts: readonly Part[]
  readonly #groups: Labels
  /** Nodes that lack the label of one of the constraints do not take part. */
  readonly #needAll: boolean
  readonly #tallies: Tallies

  constructor(cycle: Cycle, constraints: readonly Constraint[], needAll: boolean, kept: Kept) {
    this.namespace = cycle.pod.metadata.namespace
    this.#parts = constraints.map((c) => partOf(cycle, c, needAll ? constraints : [], kept))
    this.#groups = kept.together(this.#parts.map(({ column }) => column))
    this.#needAll = needAll
    this.#tallies = cycle.snapshot.tallies
  }

  /** Nodes with as many pods in the same domains are alike, and thousands of nodes make a few groups. */
  among(feasible: Feasible): ScoreGroups {
    const groups = this.#groups.groups(feasible)
    const { examples } = groups
    const takes = examples.map((place) => !this.#needAll || this.#parts.every(({ column }) => column.at(place) !== IGNORED))
    const nodes = this.#needAll ? countOf(groups, takes, feasible.count) : feasible.count
    const sums = new Array<number>(examples.length).fill(0)
    for (const part of this.#parts) this.#add(part, examples, takes, nodes, sums)
    return { groups, scores: sums.map((sum, group) => (takes[group] ? round(sum) : IGNORED)), normalise }
  }

  #add({ constraint, column, domains, sort, scope }: Part, examples: readonly number[], takes: readonly boolean[], nodes: number, sums: number[]): void {
    const { key, maxSkew } = constraint
    const values = domains && this.#tallies.byLabel(sort, key, scope).values
    const weight = naturalLogarithm((domains ? domainsAmong(column, domains, examples, takes) : nodes) + 2)
    for (let group = 0; group < sums.length; group++) {
      const label = column.at(examples[group]!)
      if (label === IGNORED) continue
      const pods = domains ? (values!.get(domains.values[label]!) ?? 0) : label
      sums[group]! += pods * weight + (maxSkew - 1)
    }
  }
}

/** How many of the first `n` nodes take part. */
function countOf({ of }: NodeGroups, takes: readonly boolean[], n: number): number {
  let count = 0
  for (let i = 0; i < n; i++) if (takes[of[i]!]) count++
  return count
}

/** How many values of a label the nodes that take part have, all those without it together one. */
function domainsAmong(column: Labels, domains: Numbered<string>, examples: readonly number[], takes: readonly boolean[]): number {
  const none = domains.number('')
  const seen = new Set<number>()
  for (let group = 0; group < examples.length; group++) {
    const domain = column.at(examples[group]!)
    if (takes[group]) seen.add(domain === IGNORED ? none : domain)
  }
  return seen.size
}
