import type { Pod } from '../../api/pod.ts'
import type { NodeSelectorTerm } from '../../api/scheduling.ts'
import { hasRequiredNodeAffinity, preferredNodeAffinity, requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import { normaliseByMax, type Plugin } from '../plugin.ts'
import { unresolvable } from '../rejection.ts'

const NAME = 'NodeAffinity'
const MISMATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector")
const CONFLICT = unresolvable(NAME, 'pod affinity terms conflict')

/** Nodes that the terms name by metadata.name; undefined when some term leaves the name open. */
function namedNodes(pod: Pod): ReadonlySet<string> | undefined {
  const terms = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? []
  if (terms.length === 0) return undefined
  const names = new Set<string>()
  for (const term of terms) {
    const named = namesOf(term)
    if (!named) return undefined
    for (const name of named) names.add(name)
  }
  return names
}

function namesOf({ matchFields = [] }: NodeSelectorTerm): readonly string[] | undefined {
  let names: readonly string[] | undefined
  for (const { key, operator, values = [] } of matchFields) {
    if (key === 'metadata.name' && operator === 'In') names = names ? names.filter((n) => values.includes(n)) : values
  }
  return names
}

/** `nodeSelector` and node affinity (plugins/nodeaffinity). */
export const nodeAffinity: Plugin = {
  name: NAME,
  weight: 2,
  preFilter({ pod }) {
    if (!hasRequiredNodeAffinity(pod)) return undefined
    const nodes = namedNodes(pod)
    if (nodes?.size === 0) return CONFLICT
    return { nodes, filter: ({ node }) => (requiredNodeAffinityMatches(pod, node) ? undefined : MISMATCH) }
  },
  preScore({ pod }) {
    const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
    if (!terms) return undefined
    return { score: ({ node }) => preferredNodeAffinity(terms, node), normalise: (scores) => normaliseByMax(scores, false) }
  },
}
