import { matches } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import type { Kept, Labels, Numbered } from '../kept.ts'
import { groupsOf } from '../node-groups.ts'
import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE, type Cycle, type Feasible, type FilterRun, type Plugin, type ScoreRun } from '../plugin.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import type { Sum } from '../tallies.ts'
import { naturalLogarithm } from './logarithm.ts'
import { constraintsOf, countedPods, HOSTNAME, hasAllKeys, honours, scopeOf, type Constraint, type PodTopologySpreadArgs } from './spread-constraints.ts'

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

/** Go's math.Round for numbers that are not negative. */
const round = (x: number): number => Math.floor(x + 0.5)

const IGNORED = -1

/** By place: how many such pods are on the node, where each node is a domain of its own, or the number of its domain; IGNORED when it has no domain. */
function columnOf({ pod, snapshot }: Cycle, c: Constraint, kept: Kept): Labels {
  if (c.key === HOSTNAME) {
    const sort = countedPods(pod, c)
    const counts = snapshot.tallies.byNode(sort)
    return kept.labels(sort, ({ node, name }) => (node.metadata.labels?.[HOSTNAME] === undefined ? IGNORED : counts.get(name) ?? 0))
  }
  const domains = kept.domains(c.key)
  return kept.labels(domains, ({ node }) => {
    const value = node.metadata.labels?.[c.key]
    return value === undefined ? IGNORED : domains.number(value)
  })
}

/** How many values of a label some nodes have, all those without it together one. */
function domainsAmong(column: Labels, places: readonly number[], domains: Numbered<string>): number {
  const none = domains.number('')
  const seen = new Set<number>()
  for (const place of places) {
    const domain = column.at(place)
    seen.add(domain === IGNORED ? none : domain)
  }
  return seen.size
}

/** One constraint's part in the score. */
interface Part {
  readonly column: Labels
  /** The pods of a domain by its number; undefined where each node is its own. */
  readonly pods?: (domain: number) => number
  readonly weight: number
  readonly maxSkew: number
}

function rawScore(parts: readonly Part[], place: number): number {
  let score = 0
  for (const { column, pods, weight, maxSkew } of parts) {
    const kept = column.at(place)
    if (kept !== IGNORED) score += (pods ? pods(kept) : kept) * weight + (maxSkew - 1)
  }
  return round(score)
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

function preScore(cycle: Cycle, feasible: Feasible, args: PodTopologySpreadArgs): ScoreRun | undefined {
  const constraints = constraintsOf(cycle, 'ScheduleAnyway', args)
  if (constraints.length === 0) return undefined
  // Nodes without a zone may still be spread by host name, but only under the system's own constraints.
  const { pod, snapshot } = cycle
  const needAll = (pod.spec.topologySpreadConstraints?.length ?? 0) > 0 || args.defaultingType === 'List'
  const { places, kept } = feasible
  const columns = constraints.map((c) => columnOf(cycle, c, kept))
  const groups = groupsOf(kept.together(columns), places)
  const takes = (place: number): boolean => !needAll || columns.every((column) => column.at(place) !== IGNORED)
  const taking = needAll ? groups.examples.filter(takes) : groups.examples
  const nodes = needAll ? places.filter(takes).length : places.length
  const parts = constraints.map((c, i): Part => {
    const column = columns[i]!
    if (c.key === HOSTNAME) return { column, weight: naturalLogarithm(nodes + 2), maxSkew: c.maxSkew }
    const domains = kept.domains(c.key)
    const sum = snapshot.tallies.byLabel(countedPods(pod, c), c.key, scopeOf(pod, c, needAll ? constraints : []))
    return { column, pods: (domain) => sum.values.get(domains.values[domain]!) ?? 0, weight: naturalLogarithm(domainsAmong(column, taking, domains) + 2), maxSkew: c.maxSkew }
  })
  return { groups, scores: groups.examples.map((place) => (takes(place) ? rawScore(parts, place) : IGNORED)), normalise }
}

/** Spreads pods over zones and hosts (plugins/podtopologyspread). */
export const podTopologySpread = (args: PodTopologySpreadArgs): Plugin => ({
  name: NAME,
  preFilter: (cycle) => preFilter(cycle, args),
  preScore: (cycle, feasible) => preScore(cycle, feasible, args),
})
