import { compileSelector, matches, selectorText as textOf, type LabelSelector, type Selector } from '../api/labels.ts'
import type { Container, ContainerPort } from '../api/container.ts'
import type { StringMap } from '../api/meta.ts'
import { isSidecar, type Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import { podNonZeroRequests, podRequests, type PodRequests } from '../api/pod-resources.ts'
import type { Affinity, PodAffinityTerm } from '../api/scheduling.ts'

/** A host port that a pod takes: address ("0.0.0.0" for all), protocol, number. */
export interface HostPort {
  readonly ip: string
  readonly protocol: string
  readonly port: number
}

/** A compiled (anti-)affinity term: in which namespaces which pods, and the label that makes a topology. */
export interface AffinityTerm {
  readonly namespaces: ReadonlySet<string>
  readonly namespaceSelector: Selector
  readonly selector: Selector
  readonly topologyKey: string
  readonly weight: number
  /** All of it as a text: equal texts, equal terms. */
  readonly text: string
}

export interface NonZero {
  readonly milliCpu: number
  readonly memory: number
}

/** What scheduling needs of a pod, worked out once (kube-scheduler: framework/types.go, PodInfo). Pods with the same needs share one. */
export interface PodInfo {
  readonly requests: PodRequests
  /** Requests for scoring, where a container without a request counts 100m and 200Mi. */
  readonly nonZero: NonZero
  /** The same from the containers alone: the LeastAllocated scorer does not look at pod-level requests of the pod it places. */
  readonly nonZeroOfContainers: NonZero
  readonly ports: readonly HostPort[]
  readonly requiredAffinity: readonly AffinityTerm[]
  readonly requiredAntiAffinity: readonly AffinityTerm[]
  readonly preferredAffinity: readonly AffinityTerm[]
  readonly preferredAntiAffinity: readonly AffinityTerm[]
  readonly hasAffinity: boolean
}

const known = new WeakMap<Pod, PodInfo>()

export function podInfo(pod: Pod): PodInfo {
  const { affinity } = pod.spec
  if (affinity?.podAffinity === undefined && affinity?.podAntiAffinity === undefined) return needsOf(pod)
  let info = known.get(pod)
  if (!info) known.set(pod, (info = withTerms(pod, affinity)))
  return info
}

const NO_TERMS: readonly AffinityTerm[] = []

interface KnownNeeds extends PodInfo {
  readonly spec: PodSpec
}

/** By list of containers, which a pod keeps from version to version while the rest of its spec is filled in. */
const knownNeeds = new WeakMap<readonly Container[], KnownNeeds>()

/** By a single container's resources, which the pods of one template share. */
const simpleNeeds = new WeakMap<object, KnownNeeds>()

/** What a pod with one plain container and nothing else needs depends on this object alone. */
function simpleKey({ containers, initContainers, overhead, resources }: PodSpec): object | undefined {
  const only = containers.length === 1 ? containers[0]! : undefined
  return only && !initContainers && !overhead && !resources && !only.ports?.some((p) => p.hostPort) ? only.resources : undefined
}

/** What a pod needs, its affinity to other pods left away. */
function needsOf(pod: Pod): PodInfo {
  const { spec } = pod
  const simple = simpleKey(spec)
  const shared = simple && simpleNeeds.get(simple)
  if (shared) return shared
  const before = knownNeeds.get(spec.containers)
  const same = before && before.spec.initContainers === spec.initContainers && before.spec.overhead === spec.overhead && before.spec.resources === spec.resources
  if (same) return before
  const nonZero = podNonZeroRequests(pod)
  const needs: KnownNeeds = {
    spec,
    requests: podRequests(pod),
    nonZero,
    nonZeroOfContainers: spec.resources ? podNonZeroRequests({ ...pod, spec: { ...spec, resources: undefined } }) : nonZero,
    ports: hostPorts(pod),
    requiredAffinity: NO_TERMS, requiredAntiAffinity: NO_TERMS, preferredAffinity: NO_TERMS, preferredAntiAffinity: NO_TERMS,
    hasAffinity: false,
  }
  knownNeeds.set(spec.containers, needs)
  if (simple) simpleNeeds.set(simple, needs)
  return needs
}

function withTerms(pod: Pod, { podAffinity, podAntiAffinity }: Affinity): PodInfo {
  const { requests, nonZero, nonZeroOfContainers, ports } = needsOf(pod)
  const compile = (terms: readonly PodAffinityTerm[] | undefined): readonly AffinityTerm[] => (terms?.length ? terms.map((t) => affinityTerm(pod, t, 0)) : NO_TERMS)
  const weigh = (terms: typeof podAffinity): readonly AffinityTerm[] =>
    (terms?.preferredDuringSchedulingIgnoredDuringExecution ?? []).map((t) => affinityTerm(pod, t.podAffinityTerm, t.weight))
  return {
    requests, nonZero, nonZeroOfContainers, ports, hasAffinity: true,
    requiredAffinity: compile(podAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    requiredAntiAffinity: compile(podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution),
    preferredAffinity: weigh(podAffinity),
    preferredAntiAffinity: weigh(podAntiAffinity),
  }
}

/** Without namespaces and namespaceSelector a term is about the pod's own namespace. */
function affinityTerm(pod: Pod, term: PodAffinityTerm, weight: number): AffinityTerm {
  const own = !term.namespaces?.length && term.namespaceSelector === undefined
  return withText({
    namespaces: new Set(own ? [pod.metadata.namespace ?? ''] : term.namespaces),
    namespaceSelector: compileSelector(term.namespaceSelector),
    selector: compileSelector(withLabelKeys(pod, term)),
    topologyKey: term.topologyKey,
    weight,
  })
}

const selectorText = (selector: Selector): string => (selector.nothing ? '!' : textOf(selector))

/** The term with its text. */
export function withText(term: Omit<AffinityTerm, 'text'>): AffinityTerm {
  const { namespaces, namespaceSelector, selector, topologyKey, weight } = term
  const names = namespaces.size === 1 ? [...namespaces][0]! : [...namespaces].sort().join(',')
  return { namespaces, namespaceSelector, selector, topologyKey, weight, text: `${topologyKey} ${weight} [${names}] [${selectorText(namespaceSelector)}] [${selectorText(selector)}]` }
}

/** The API server merges matchLabelKeys into the selector of stored pods; doing it again changes nothing. */
function withLabelKeys(pod: Pod, { labelSelector, matchLabelKeys = [], mismatchLabelKeys = [] }: PodAffinityTerm): LabelSelector | undefined {
  if (!labelSelector || (matchLabelKeys.length === 0 && mismatchLabelKeys.length === 0)) return labelSelector
  const extra = [
    ...matchLabelKeys.map((key) => ({ key, operator: 'In' })),
    ...mismatchLabelKeys.map((key) => ({ key, operator: 'NotIn' })),
  ].flatMap(({ key, operator }) => (pod.metadata.labels?.[key] === undefined ? [] : [{ key, operator, values: [pod.metadata.labels[key]] }]))
  return { ...labelSelector, matchExpressions: [...(labelSelector.matchExpressions ?? []), ...extra] }
}

/** Is `pod` one that the term speaks of? `namespaceLabels` are those of the pod's namespace. */
export const termSelects = (term: AffinityTerm, pod: Pod, namespaceLabels: StringMap | undefined): boolean =>
  (term.namespaces.has(pod.metadata.namespace ?? '') || (namespaceLabels !== undefined && matches(term.namespaceSelector, namespaceLabels))) &&
  matches(term.selector, pod.metadata.labels)

/** Host ports of containers and sidecars (scheduler/util: GetHostPorts). */
function hostPorts(pod: Pod): readonly HostPort[] {
  const ports: HostPort[] = []
  const take = (p: ContainerPort): void => {
    if (p.hostPort && p.hostPort > 0) ports.push({ ip: p.hostIP || '0.0.0.0', protocol: p.protocol || 'TCP', port: p.hostPort })
  }
  for (const c of pod.spec.initContainers ?? []) if (isSidecar(c)) c.ports?.forEach(take)
  for (const c of pod.spec.containers) c.ports?.forEach(take)
  return ports.length ? ports : NO_PORTS
}
const NO_PORTS: readonly HostPort[] = []

/** Do two host ports exclude each other? An address for all excludes every address. */
export const portsConflict = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')

export const priorityOf = (pod: Pod): number => pod.spec.priority ?? 0
