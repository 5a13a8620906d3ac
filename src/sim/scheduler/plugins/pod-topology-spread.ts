import { matches } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import type { Cycle, Feasible, FilterRun, Plugin, ScoreRun } from '../plugin.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import type { Sum } from '../tallies.ts'
import { constraintsOf, countedPods, hasAllKeys, honours, scopeOf, type Constraint, type PodTopologySpreadArgs } from './spread-constraints.ts'
import { SpreadScores } from './spread-scores.ts'

const NAME = 'PodTopologySpread'
const SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)")

/** The pods of each domain of one constraint, and what a trial added or took away. */
class Domains {
  readonly constraint: Constraint
  readonly #sum: Sum
  readonly #trial: Map<string, number> | undefined
  #lowest: number | undefined

  constructor(constraint: Constraint, sum: Sum, trial?: Map<string, number>) {
    this.constraint = constraint
    this.#sum = sum
    this.#trial = trial
  }

  count(value: string): number {
    return (this.#sum.values.get(value) ?? 0) + (this.#trial?.get(value) ?? 0)
  }

  /** The fewest pods in a domain; 0 while there are fewer domains than minDomains. */
  get minimum(): number {
    return (this.#lowest ??= this.#least())
  }

  onTrial(): Domains {
    return new Domains(this.constraint, this.#sum, new Map(this.#trial))
  }

  shift(value: string, by: 1 | -1): void {
    if (!this.#trial) throw new Error('pods come and go on trial only: clone() first')
    this.#trial.set(value, (this.#trial.get(value) ?? 0) + by)
    this.#lowest = undefined
  }

  #least(): number {
    if (this.#sum.values.size < this.constraint.minDomains) return 0
    let lowest = 0x7fffffff
    for (const [value, n] of this.#sum.values) {
      const now = this.#trial ? n + (this.#trial.get(value) ?? 0) : n
      if (now < lowest) lowest = now
    }
    return lowest
  }
}

class SpreadFilter implements FilterRun {
  readonly #pod: Pod
  readonly #domains: readonly Domains[]
  /** By domain: is the pod one of those that are counted? */
  readonly #self: readonly number[]

  constructor(pod: Pod, domains: readonly Domains[]) {
    this.#pod = pod
    this.#domains = domains
    this.#self = domains.map(({ constraint }) => (matches(constraint.selector, pod.metadata.labels) ? 1 : 0))
  }

  filter({ node }: NodeInfo) {
    for (let i = 0; i < this.#domains.length; i++) {
      const domains = this.#domains[i]!
      const { key, maxSkew } = domains.constraint
      const value = node.metadata.labels?.[key]
      if (value === undefined) return NO_LABEL
      if (domains.count(value) + this.#self[i]! - domains.minimum > maxSkew) return SKEWED
    }
    return undefined
  }

  add(other: Pod, node: NodeInfo): void {
    this.#shift(other, node, 1)
  }

  remove(other: Pod, node: NodeInfo): void {
    this.#shift(other, node, -1)
  }

  clone(): FilterRun {
    return new SpreadFilter(this.#pod, this.#domains.map((d) => d.onTrial()))
  }

  #shift(other: Pod, { node }: NodeInfo, by: 1 | -1): void {
    if (other.metadata.namespace !== this.#pod.metadata.namespace || !hasAllKeys(node, this.#domains.map((d) => d.constraint))) return
    for (const domains of this.#domains) {
      const { constraint } = domains
      if (matches(constraint.selector, other.metadata.labels) && honours(this.#pod, constraint, node)) domains.shift(node.metadata.labels![constraint.key]!, by)
    }
  }
}

function preFilter(cycle: Cycle, args: PodTopologySpreadArgs): FilterRun | undefined {
  const { pod, snapshot } = cycle
  const constraints = constraintsOf(cycle, 'DoNotSchedule', args)
  if (constraints.length === 0) return undefined
  return new SpreadFilter(pod, constraints.map((c) => new Domains(c, snapshot.tallies.byLabel(countedPods(pod, c), c.key, scopeOf(pod, c, constraints)))))
}

function preScore(cycle: Cycle, feasible: Feasible, args: PodTopologySpreadArgs): ScoreRun | undefined {
  const { pod } = cycle
  const { kept } = feasible
  const constraints = constraintsOf(cycle, 'ScheduleAnyway', args)
  if (constraints.length === 0) return undefined
  const known = kept.about.get(constraints)
  if (known instanceof SpreadScores && known.namespace === pod.metadata.namespace) return known.among(feasible)
  // Nodes without a zone may still be spread by host name, but only under the system's own constraints.
  const needAll = (pod.spec.topologySpreadConstraints?.length ?? 0) > 0 || args.defaultingType === 'List'
  const scores = new SpreadScores(cycle, constraints, needAll, kept)
  kept.about.set(constraints, scores)
  return scores.among(feasible)
}

/** Spreads pods over zones and hosts (plugins/podtopologyspread). */
export const podTopologySpread = (args: PodTopologySpreadArgs): Plugin => ({
  name: NAME,
  preFilter: (cycle) => preFilter(cycle, args),
  preScore: (cycle, feasible) => preScore(cycle, feasible, args),
})
