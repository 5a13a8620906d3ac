import { matches, matchesSet, type Operator, type Selector } from '../api/labels.ts'
import type { Pod } from '../api/pod.ts'
import type { NodeSelector, NodeSelectorRequirement, NodeSelectorTerm, PreferredSchedulingTerm } from '../api/scheduling.ts'
import type { Node } from '../kinds/node/node.ts'

const OPERATORS: Readonly<Record<NodeSelectorRequirement['operator'], Operator>> = {
  In: 'in', NotIn: 'notin', Exists: 'exists', DoesNotExist: '!', Gt: 'gt', Lt: 'lt',
}

const compiled = new WeakMap<readonly NodeSelectorRequirement[], Selector>()

function selectorOf(requirements: readonly NodeSelectorRequirement[]): Selector {
  let selector = compiled.get(requirements)
  if (!selector) {
    selector = { nothing: false, requirements: requirements.map((r) => ({ key: r.key, operator: OPERATORS[r.operator], values: r.values ?? [] })) }
    compiled.set(requirements, selector)
  }
  return selector
}

/** One term: all its expressions and fields. An empty term matches no node (component-helpers: nodeaffinity.go). */
export function termMatches(term: NodeSelectorTerm, node: Node): boolean {
  const { matchExpressions = [], matchFields = [] } = term
  if (matchExpressions.length === 0 && matchFields.length === 0) return false
  if (matchExpressions.length > 0 && !matches(selectorOf(matchExpressions), node.metadata.labels)) return false
  return matchFields.every((f) => fieldMatches(f, node.metadata.name))
}

function fieldMatches({ key, operator, values = [] }: NodeSelectorRequirement, name: string): boolean {
  if (key !== 'metadata.name') return false
  if (operator === 'In') return values.includes(name)
  return operator === 'NotIn' && !values.includes(name)
}

export const nodeSelectorMatches = (selector: NodeSelector, node: Node): boolean => selector.nodeSelectorTerms.some((t) => termMatches(t, node))

/** Does a pod ask for certain nodes at all? */
export const hasRequiredNodeAffinity = (pod: Pod): boolean =>
  pod.spec.nodeSelector !== undefined || pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution !== undefined

/** `spec.nodeSelector` and the required node affinity together (nodeaffinity.go: RequiredNodeAffinity). */
export function requiredNodeAffinityMatches(pod: Pod, node: Node): boolean {
  if (!matchesSet(pod.spec.nodeSelector, node.metadata.labels)) return false
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || nodeSelectorMatches(required, node)
}

/** The sum of the weights of the preferred terms that a node matches. */
export function preferredNodeAffinity(terms: readonly PreferredSchedulingTerm[], node: Node): number {
  let score = 0
  for (const term of terms) if (term.weight !== 0 && termMatches(term.preference, node)) score += term.weight
  return score
}
