import type { Pod } from '../../api/pod.ts'
import type { NodeAffinity, NodeSelectorTerm } from '../../api/scheduling.ts'
import { hasRequiredNodeAffinity, nodeSelectorMatches, preferredNodeAffinity, requiredNodeAffinityMatches } from '../../client/node-selector.ts'
import { normaliseByMax, type Plugin } from '../plugin.ts'
import { unresolvable } from '../rejection.ts'

const NAME = 'NodeAffinity'
const MISMATCH = unresolvable(NAME, "node(s) didn't match Pod's node affinity/selector")
const ENFORCED = unresolvable(NAME, "node(s) didn't match scheduler-enforced node affinity")
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

/** NodeAffinityArgs: what is asked for every pod of the profile besides its own wishes. */
export interface NodeAffinityArgs {
  readonly addedAffinity?: NodeAffinity
}

/** `nodeSelector` and node affinity (plugins/nodeaffinity). */
export function nodeAffinity({ addedAffinity }: NodeAffinityArgs): Plugin {
  const enforced = addedAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  const liked = addedAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
  return {
    name: NAME,
    local: true,
    ignoresPods: true,
    preFilter({ pod }) {
      if (!enforced && !hasRequiredNodeAffinity(pod)) return undefined
      const nodes = namedNodes(pod)
      if (nodes?.size === 0) return CONFLICT
      return {
        nodes,
        filter({ node }) {
          if (enforced && !nodeSelectorMatches(enforced, node)) return ENFORCED
          return requiredNodeAffinityMatches(pod, node) ? undefined : MISMATCH
        },
      }
    },
    preScore({ pod }) {
      const terms = pod.spec.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution
      if (!terms && liked.length === 0) return undefined
      return {
        score: ({ node }) => preferredNodeAffinity(liked, node) + (terms ? preferredNodeAffinity(terms, node) : 0),
        normalise: (scores) => normaliseByMax(scores, false),
      }
    },
  }
}
