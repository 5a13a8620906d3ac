import { EVERYTHING, compileSelector, matches, type Selector } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import type { TopologySpreadConstraint } from '../../api/scheduling.ts'
import type { NodeInfo } from '../node-info.ts'
import { hasRequiredNodeAffinity, requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import { MAX_SCORE, type Cycle, type FilterRun, type Plugin, type ScoreRun } from '../plugin.ts'
import { unresolvable, unschedulable } from '../rejection.ts'
import { untoleratedTaint } from '../../api/tolerations.ts'
import { defaultSelector } from './default-selector.ts'
import { naturalLogarithm } from './logarithm.ts'

const NAME = 'PodTopologySpread'
const HOSTNAME = 'kubernetes.io/hostname'
const SKEWED = unschedulable(NAME, "node(s) didn't match pod topology spread constraints")
const NO_LABEL = unresolvable(NAME, "node(s) didn't match pod topology spread constraints (missing required label)")

/** The constraints that hold for pods without their own (v1 defaults: List of PodTopologySpreadArgs, defaultingType System). */
const SYSTEM_DEFAULTS: readonly TopologySpreadConstraint[] = [
  { maxSkew: 3, topologyKey: HOSTNAME, whenUnsatisfiable: 'ScheduleAnyway' },
  { maxSkew: 5, topologyKey: 'topology.kubernetes.io/zone', whenUnsatisfiable: 'ScheduleAnyway' },
]

interface Constraint {
  readonly maxSkew: number
  readonly key: string
  readonly selector: Selector
  readonly minDomains: number
  readonly honourAffinity: boolean
  readonly honourTaints: boolean
}

function compile(pod: Pod, c: TopologySpreadConstraint, selector: Selector): Constraint {
  const own = (c.matchLabelKeys ?? []).flatMap((key) => {
    const value = pod.metadata.labels?.[key]
    return value === undefined ? [] : [{ key, operator: '=' as const, values: [value] }]
  })
  return {
    maxSkew: c.maxSkew,
    key: c.topologyKey,
    selector: own.length && !selector.nothing ? { nothing: false, requirements: [...own, ...selector.requirements] } : selector,
    minDomains: c.minDomains ?? 1,
    honourAffinity: c.nodeAffinityPolicy !== 'Ignore',
    honourTaints: c.nodeTaintsPolicy === 'Honor',
  }
}

function constraintsOf({ pod, objects }: Cycle, action: TopologySpreadConstraint['whenUnsatisfiable']): readonly Constraint[] {
  const own = pod.spec.topologySpreadConstraints
  if (own?.length) return own.filter((c) => c.whenUnsatisfiable === action).map((c) => compile(pod, c, compileSelector(c.labelSelector)))
  if (action === 'DoNotSchedule') return []
  const selector = defaultSelector(pod, objects)
  return selector === EVERYTHING ? [] : SYSTEM_DEFAULTS.map((c) => compile(pod, c, selector))
}

const hasAllKeys = (node: NodeInfo, constraints: readonly Constraint[]): boolean =>
  constraints.every((c) => node.node.metadata.labels?.[c.key] !== undefined)

/** Does a node count for a constraint (nodeAffinityPolicy, nodeTaintsPolicy)? */
const counts = (pod: Pod, c: Constraint, { node }: NodeInfo): boolean =>
  (!c.honourAffinity || requiredNodeAffinityMatches(pod, node)) && (!c.honourTaints || !untoleratedTaint(node.spec.taints, pod.spec.tolerations))

const isEmpty = (s: Selector): boolean => !s.nothing && s.requirements.length === 0
const NONE: ReadonlyMap<string, number> = new Map()

/** Matching pods by node. An empty selector counts none, as countPodsMatchSelector has it. */
const matchingPods = ({ pod, snapshot }: Cycle, { selector }: Constraint): ReadonlyMap<string, number> =>
  isEmpty(selector) ? NONE : snapshot.matching(pod.metadata.namespace ?? '', selector)

class SpreadFilter implements FilterRun {
  readonly #pod: Pod
  readonly #constraints: readonly Constraint[]
  readonly #domains: readonly Map<string, number>[]
  readonly #lowest: (number | undefined)[]

  constructor(pod: Pod, constraints: readonly Constraint[], domains: readonly Map<string, number>[]) {
    this.#pod = pod
    this.#constraints = constraints
    this.#domains = domains
    this.#lowest = constraints.map(() => undefined)
  }

  filter({ node }: NodeInfo) {
    for (let i = 0; i < this.#constraints.length; i++) {
      const c = this.#constraints[i]!
      const value = node.metadata.labels?.[c.key]
      if (value === undefined) return NO_LABEL
      const self = matches(c.selector, this.#pod.metadata.labels) ? 1 : 0
      if ((this.#domains[i]!.get(value) ?? 0) + self - this.#minimum(i) > c.maxSkew) return SKEWED
    }
    return undefined
  }

  add(other: { readonly pod: Pod }, node: NodeInfo): void {
    this.#shift(other.pod, node, 1)
  }

  remove(other: { readonly pod: Pod }, node: NodeInfo): void {
    this.#shift(other.pod, node, -1)
  }

  clone(): FilterRun {
    return new SpreadFilter(this.#pod, this.#constraints, this.#domains.map((d) => new Map(d)))
  }

  /** The fewest pods in a domain; 0 while there are fewer domains than minDomains. */
  #minimum(i: number): number {
    const domains = this.#domains[i]!
    if (domains.size < this.#constraints[i]!.minDomains) return 0
    let lowest = this.#lowest[i]
    if (lowest === undefined) {
      lowest = 0x7fffffff
      for (const n of domains.values()) if (n < lowest) lowest = n
      this.#lowest[i] = lowest
    }
    return lowest
  }

  #shift(other: Pod, node: NodeInfo, by: 1 | -1): void {
    if (other.metadata.namespace !== this.#pod.metadata.namespace || !hasAllKeys(node, this.#constraints)) return
    this.#constraints.forEach((c, i) => {
      if (!matches(c.selector, other.metadata.labels) || !counts(this.#pod, c, node)) return
      const value = node.node.metadata.labels![c.key]!
      this.#domains[i]!.set(value, (this.#domains[i]!.get(value) ?? 0) + by)
      this.#lowest[i] = undefined
    })
  }
}

function preFilter(cycle: Cycle): FilterRun | undefined {
  const { pod, snapshot } = cycle
  const constraints = constraintsOf(cycle, 'DoNotSchedule')
  if (constraints.length === 0) return undefined
  const domains = constraints.map(() => new Map<string, number>())
  const perNode = constraints.map((c) => matchingPods(cycle, c))
  for (const info of snapshot.nodes) {
    if (!hasAllKeys(info, constraints)) continue
    constraints.forEach((c, i) => {
      if (!counts(pod, c, info)) return
      const value = info.node.metadata.labels![c.key]!
      domains[i]!.set(value, (domains[i]!.get(value) ?? 0) + (perNode[i]!.get(info.name) ?? 0))
    })
  }
  return new SpreadFilter(pod, constraints, domains)
}

/** Go's math.Round for numbers that are not negative. */
const round = (x: number): number => Math.floor(x + 0.5)

/** How many pods the domains hold in which the feasible nodes lie. */
function domainCounts(cycle: Cycle, c: Constraint, feasible: readonly NodeInfo[], complete: ((n: NodeInfo) => boolean) | undefined): Map<string, number> {
  const { pod, snapshot } = cycle
  const domains = new Map<string, number>()
  const most = snapshot.values(c.key).length
  for (let i = 0; i < feasible.length && domains.size < most; i++) {
    const info = feasible[i]!
    if (!complete || complete(info)) domains.set(info.node.metadata.labels?.[c.key] ?? '', 0)
  }
  if (!complete && !c.honourTaints && !(c.honourAffinity && hasRequiredNodeAffinity(pod))) {
    // Every node counts, so that the sums which are kept anyway will do.
    if (isEmpty(c.selector)) return domains
    const sums = snapshot.matchingBy(c.key, pod.metadata.namespace ?? '', c.selector)
    for (const value of domains.keys()) domains.set(value, sums.get(value) ?? 0)
    return domains
  }
  for (const [name, n] of matchingPods(cycle, c)) {
    const info = snapshot.get(name)
    if (!info || (complete && !complete(info)) || !counts(pod, c, info)) continue
    const value = info.node.metadata.labels?.[c.key] ?? ''
    const known = domains.get(value)
    if (known !== undefined) domains.set(value, known + n)
  }
  return domains
}

function preScore(cycle: Cycle, feasible: readonly NodeInfo[]): ScoreRun | undefined {
  const constraints = constraintsOf(cycle, 'ScheduleAnyway')
  if (constraints.length === 0) return undefined
  // Nodes without a zone may still be spread by host name, but only under the system's own constraints.
  const needAll = (cycle.pod.spec.topologySpreadConstraints?.length ?? 0) > 0
  const complete = needAll ? (info: NodeInfo): boolean => hasAllKeys(info, constraints) : undefined
  const taking = complete ? feasible.filter(complete).length : feasible.length
  const parts = constraints.map((c) => {
    const perNode = matchingPods(cycle, c)
    const byHost = c.key === HOSTNAME
    const domains = byHost ? undefined : domainCounts(cycle, c, feasible, complete)
    return { key: c.key, maxSkew: c.maxSkew, perNode, domains, weight: naturalLogarithm((domains?.size ?? taking) + 2) }
  })
  const IGNORED = -1
  return {
    score(info) {
      if (complete && !complete(info)) return IGNORED
      const { labels } = info.node.metadata
      let score = 0
      for (let i = 0; i < parts.length; i++) {
        const { key, maxSkew, perNode, domains, weight } = parts[i]!
        const value = labels?.[key]
        if (value === undefined) continue
        const n = domains ? domains.get(value) : perNode.get(info.name)
        score += (n ?? 0) * weight + (maxSkew - 1)
      }
      return round(score)
    },
    normalise(scores) {
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
    },
  }
}

/** Spreads pods over zones and hosts (plugins/podtopologyspread). */
export const podTopologySpread: Plugin = { name: NAME, weight: 2, preFilter, preScore }
