import { matches, type Selector } from '../../api/labels.ts'
import type { KubeObject, StringMap } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { NodeInfo } from '../node-info.ts'
import { MAX_SCORE, type Cycle, type Objects, type Plugin, type ScoreRun } from '../plugin.ts'
import { termSelects, withText, type AffinityTerm } from '../pod-info.ts'
import { labelled, podsOfTerms, type Sum } from '../tallies.ts'
import { AffinityFilter, type Wishes } from './affinity-filter.ts'

const NAME = 'InterPodAffinity'
const NO_NAMESPACE: Selector = { requirements: [], nothing: true }

const usesNamespaces = ({ requirements, nothing }: Selector): boolean => nothing || requirements.length > 0

/** The pod's own terms with their namespace selectors resolved to names. */
function resolve(terms: readonly AffinityTerm[], objects: Objects): readonly AffinityTerm[] {
  return terms.map((term) => {
    if (!usesNamespaces(term.namespaceSelector) || term.namespaceSelector.nothing) return term
    const names = objects.list<KubeObject>('namespaces').filter((ns) => matches(term.namespaceSelector, ns.metadata.labels))
    return withText({ ...term, namespaces: new Set([...term.namespaces, ...names.map((ns) => ns.metadata.name)]), namespaceSelector: NO_NAMESPACE })
  })
}

const NO_LABELS: StringMap = Object.freeze({})
const namespaceLabels = (pod: Pod, objects: Objects): StringMap =>
  objects.get<KubeObject>('namespaces', undefined, pod.metadata.namespace ?? '')?.metadata.labels ?? NO_LABELS

function preFilter({ pod, info, snapshot, objects }: Cycle): AffinityFilter | undefined {
  const { tallies } = snapshot
  const wants = info.requiredAffinity.length > 0 || info.requiredAntiAffinity.length > 0
  if (!wants && !tallies.hasTerms('requiredAntiAffinity')) return undefined
  const labels = namespaceLabels(pod, objects)
  const existing = new Map<string, Sum[]>()
  for (const group of tallies.terms('requiredAntiAffinity')) {
    if (!termSelects(group.term, pod, labels)) continue
    const sum = group.sum()
    if (sum.total === 0) continue
    const { topologyKey } = group.term
    existing.set(topologyKey, [...(existing.get(topologyKey) ?? []), sum])
  }
  const affinity = resolve(info.requiredAffinity, objects)
  const antiAffinity = resolve(info.requiredAntiAffinity, objects)
  if (existing.size === 0 && affinity.length === 0 && antiAffinity.length === 0) return undefined
  const sumOf = (terms: readonly AffinityTerm[], key: string): Sum => tallies.byLabel(podsOfTerms(terms), key, labelled(key))
  const wishes: Wishes = { pod, affinity, antiAffinity, labels }
  return new AffinityFilter(wishes, existing, affinity.map((t) => sumOf(affinity, t.topologyKey)), antiAffinity.map((t) => sumOf([t], t.topologyKey)))
}

/** Pods that count for the score, by the values of a label, and how much each of them counts. */
interface Part {
  readonly key: string
  readonly sum: Sum
  readonly weight: number
}

const EXISTING = ['requiredAffinity', 'preferredAffinity', 'preferredAntiAffinity'] as const

/** What the terms of pods that are there already say about the pod. */
function fromOthers(cycle: Cycle, hardWeight: number): readonly Part[] {
  const { pod, snapshot: { tallies }, objects } = cycle
  const parts: Part[] = []
  if (!EXISTING.some((kind) => tallies.hasTerms(kind))) return parts
  const labels = namespaceLabels(pod, objects)
  for (const [kind, weigh] of [
    ['requiredAffinity', () => hardWeight],
    ['preferredAffinity', (t: AffinityTerm) => t.weight],
    ['preferredAntiAffinity', (t: AffinityTerm) => -t.weight],
  ] as const) {
    for (const group of tallies.terms(kind)) {
      if (kind === 'requiredAffinity' && hardWeight === 0) continue
      if (termSelects(group.term, pod, labels)) parts.push({ key: group.term.topologyKey, sum: group.sum(), weight: weigh(group.term) })
    }
  }
  return parts
}

/** What the pod's own preferred terms say about the pods that are there already. */
function fromOwn({ info, snapshot: { tallies }, objects }: Cycle): readonly Part[] {
  const part = (sign: 1 | -1) => (term: AffinityTerm): Part =>
    ({ key: term.topologyKey, sum: tallies.byLabel(podsOfTerms([term]), term.topologyKey, labelled(term.topologyKey)), weight: sign * term.weight })
  return [...resolve(info.preferredAffinity, objects).map(part(1)), ...resolve(info.preferredAntiAffinity, objects).map(part(-1))]
}

function normalise(raw: number[]): void {
  let min = Number.MAX_SAFE_INTEGER
  let max = Number.MIN_SAFE_INTEGER
  for (const s of raw) {
    if (s < min) min = s
    if (s > max) max = s
  }
  for (let i = 0; i < raw.length; i++) raw[i] = max > min ? Math.trunc(MAX_SCORE * ((raw[i]! - min) / (max - min))) : 0
}

function scoreWith(parts: readonly Part[], { node }: NodeInfo): number {
  const labels = node.metadata.labels ?? NO_LABELS
  let score = 0
  for (const { key, sum, weight } of parts) {
    const value = labels[key]
    if (value !== undefined) score += weight * (sum.values.get(value) ?? 0)
  }
  return score
}

/** InterPodAffinityArgs: what another pod's required affinity is worth; whether preferences of others count for pods without any. */
export interface InterPodAffinityArgs {
  readonly hardPodAffinityWeight: number
  readonly ignorePreferredTermsOfExistingPods: boolean
}

/** Pods near or far from other pods (plugins/interpodaffinity). */
export function interPodAffinity({ hardPodAffinityWeight, ignorePreferredTermsOfExistingPods }: InterPodAffinityArgs): Plugin {
  return {
    name: NAME,
    preFilter,
    preScore(cycle): ScoreRun | undefined {
      const { info } = cycle
      const wants = info.preferredAffinity.length > 0 || info.preferredAntiAffinity.length > 0
      if (ignorePreferredTermsOfExistingPods && !wants) return undefined
      const others = fromOthers(cycle, hardPodAffinityWeight)
      const parts = (wants ? [...fromOwn(cycle), ...others] : others).filter(({ sum }) => sum.total > 0)
      return parts.length === 0 ? undefined : { score: (node) => scoreWith(parts, node), normalise }
    },
  }
}
