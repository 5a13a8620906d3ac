import { matches, type Selector } from '../../api/labels.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE, type Cycle, type FilterRun, type Objects, type Plugin, type ScoreRun } from '../plugin.ts'
import { podInfo, termSelects, type AffinityTerm, type PodInfo } from '../pod-info.ts'
import { unresolvable, unschedulable } from '../rejection.ts'

const NAME = 'InterPodAffinity'
const NO_AFFINITY = unresolvable(NAME, "node(s) didn't match pod affinity rules")
const ANTI = unschedulable(NAME, "node(s) didn't match pod anti-affinity rules")
const EXISTING_ANTI = unschedulable(NAME, "node(s) didn't satisfy existing pods anti-affinity rules")
/** HardPodAffinityWeight: what another pod's required affinity is worth. */
const HARD_WEIGHT = 1

/** How often a topology, "key=value", is counted. */
type Counts = Map<string, number>

function bump(counts: Counts, node: NodeInfo, key: string, by: number): void {
  const value = node.node.metadata.labels?.[key]
  if (value === undefined) return
  const pair = `${key}=${value}`
  const n = (counts.get(pair) ?? 0) + by
  if (n === 0) counts.delete(pair)
  else counts.set(pair, n)
}

const usesNamespaces = ({ requirements, nothing }: Selector): boolean => nothing || requirements.length > 0

/** The pod's own terms with their namespace selectors resolved to names. */
function resolve(terms: readonly AffinityTerm[], objects: Objects): readonly AffinityTerm[] {
  return terms.map((term) => {
    if (!usesNamespaces(term.namespaceSelector) || term.namespaceSelector.nothing) return term
    const names = objects.list<KubeObject>('namespaces').filter((ns) => matches(term.namespaceSelector, ns.metadata.labels))
    return { ...term, namespaces: new Set([...term.namespaces, ...names.map((ns) => ns.metadata.name)]), namespaceSelector: { requirements: [], nothing: true } }
  })
}

const NO_LABELS: StringMap = Object.freeze({})
const namespaceLabels = (pod: Pod, objects: Objects): StringMap =>
  objects.get<KubeObject>('namespaces', undefined, pod.metadata.namespace ?? '')?.metadata.labels ?? NO_LABELS

const matchesAll = (terms: readonly AffinityTerm[], pod: Pod, labels: StringMap): boolean => terms.length > 0 && terms.every((t) => termSelects(t, pod, labels))

interface Wishes {
  readonly pod: Pod
  readonly affinity: readonly AffinityTerm[]
  readonly antiAffinity: readonly AffinityTerm[]
  readonly labels: StringMap
}

class AffinityFilter implements FilterRun {
  readonly #wishes: Wishes
  readonly #existingAnti: Counts
  readonly #affinity: Counts
  readonly #anti: Counts

  constructor(wishes: Wishes, existingAnti: Counts, affinity: Counts, anti: Counts) {
    this.#wishes = wishes
    this.#existingAnti = existingAnti
    this.#affinity = affinity
    this.#anti = anti
  }

  get idle(): boolean {
    return this.#existingAnti.size === 0 && this.#wishes.affinity.length === 0 && this.#wishes.antiAffinity.length === 0
  }

  filter(node: NodeInfo) {
    if (!this.#satisfiesAffinity(node)) return NO_AFFINITY
    const labels = node.node.metadata.labels ?? NO_LABELS
    const taken = (counts: Counts, key: string): boolean => labels[key] !== undefined && (counts.get(`${key}=${labels[key]}`) ?? 0) > 0
    if (this.#anti.size > 0 && this.#wishes.antiAffinity.some((t) => taken(this.#anti, t.topologyKey))) return ANTI
    if (this.#existingAnti.size > 0) for (const key in labels) if (taken(this.#existingAnti, key)) return EXISTING_ANTI
    return undefined
  }

  add(other: PodInfo, node: NodeInfo): void {
    this.countAnti(other, node, 1)
    this.countOwn(other.pod, node, 1)
  }

  remove(other: PodInfo, node: NodeInfo): void {
    this.countAnti(other, node, -1)
    this.countOwn(other.pod, node, -1)
  }

  clone(): FilterRun {
    return new AffinityFilter(this.#wishes, new Map(this.#existingAnti), new Map(this.#affinity), new Map(this.#anti))
  }

  countAnti(other: PodInfo, node: NodeInfo, by: number): void {
    for (const term of other.requiredAntiAffinity) if (termSelects(term, this.#wishes.pod, this.#wishes.labels)) bump(this.#existingAnti, node, term.topologyKey, by)
  }

  countOwn(other: Pod, node: NodeInfo, by: number): void {
    const { affinity, antiAffinity } = this.#wishes
    if (affinity.length && matchesAll(affinity, other, NO_LABELS)) for (const term of affinity) bump(this.#affinity, node, term.topologyKey, by)
    for (const term of antiAffinity) if (termSelects(term, other, NO_LABELS)) bump(this.#anti, node, term.topologyKey, by)
  }

  #satisfiesAffinity(node: NodeInfo): boolean {
    const { affinity, pod } = this.#wishes
    let met = true
    for (const term of affinity) {
      const value = node.node.metadata.labels?.[term.topologyKey]
      if (value === undefined) return false
      if ((this.#affinity.get(`${term.topologyKey}=${value}`) ?? 0) <= 0) met = false
    }
    // The first of a series of pods that want to be together may go anywhere.
    return met || (this.#affinity.size === 0 && matchesAll(affinity, pod, NO_LABELS))
  }
}

function preFilter({ pod, info, snapshot, objects }: Cycle): FilterRun | undefined {
  const wishes: Wishes = {
    pod,
    affinity: resolve(info.requiredAffinity, objects),
    antiAffinity: resolve(info.requiredAntiAffinity, objects),
    labels: namespaceLabels(pod, objects),
  }
  const run = new AffinityFilter(wishes, new Map(), new Map(), new Map())
  for (const node of snapshot.withRequiredAntiAffinity()) for (const other of node.pods) run.countAnti(podInfo(other), node, 1)
  if (wishes.affinity.length || wishes.antiAffinity.length) for (const node of snapshot.nodes) for (const other of node.pods) run.countOwn(other, node, 1)
  return run.idle ? undefined : run
}

type TopologyScores = Map<string, Map<string, number>>

function weigh(scores: TopologyScores, term: AffinityTerm, weight: number, pod: Pod, labels: StringMap, node: NodeInfo): void {
  const value = node.node.metadata.labels?.[term.topologyKey]
  if (value === undefined || !termSelects(term, pod, labels)) return
  let values = scores.get(term.topologyKey)
  if (!values) scores.set(term.topologyKey, (values = new Map()))
  values.set(value, (values.get(value) ?? 0) + weight)
}

function preScore({ pod, info, snapshot, objects }: Cycle): ScoreRun | undefined {
  const wants = info.preferredAffinity.length > 0 || info.preferredAntiAffinity.length > 0
  const nodes = wants ? snapshot.nodes : snapshot.withAffinity()
  if (nodes.length === 0) return undefined
  const labels = namespaceLabels(pod, objects)
  const liked = resolve(info.preferredAffinity, objects)
  const disliked = resolve(info.preferredAntiAffinity, objects)
  const scores: TopologyScores = new Map()
  for (const node of nodes) {
    for (const existing of node.pods) {
      const other = podInfo(existing)
      if (!wants && !other.hasAffinity) continue
      for (const term of liked) weigh(scores, term, term.weight, existing, NO_LABELS, node)
      for (const term of disliked) weigh(scores, term, -term.weight, existing, NO_LABELS, node)
      for (const term of other.requiredAffinity) weigh(scores, term, HARD_WEIGHT, pod, labels, node)
      for (const term of other.preferredAffinity) weigh(scores, term, term.weight, pod, labels, node)
      for (const term of other.preferredAntiAffinity) weigh(scores, term, -term.weight, pod, labels, node)
    }
  }
  if (scores.size === 0) return undefined
  return {
    score({ node }) {
      let score = 0
      for (const [key, values] of scores) score += values.get(node.metadata.labels?.[key] ?? '') ?? 0
      return score
    },
    normalise(raw) {
      let min = Number.MAX_SAFE_INTEGER
      let max = Number.MIN_SAFE_INTEGER
      for (const s of raw) {
        if (s < min) min = s
        if (s > max) max = s
      }
      for (let i = 0; i < raw.length; i++) raw[i] = max > min ? Math.trunc(MAX_SCORE * ((raw[i]! - min) / (max - min))) : 0
    },
  }
}

/** Pods near or far from other pods (plugins/interpodaffinity). */
export const interPodAffinity: Plugin = { name: NAME, weight: 2, preFilter, preScore }
