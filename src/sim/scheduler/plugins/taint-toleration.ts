import { MAX_SCORE, normaliseByMax, type Plugin } from '../plugin.ts'
import { unresolvable } from '../rejection.ts'
import { toleratesAny, untoleratedTaint } from '../../api/tolerations.ts'

const NAME = 'TaintToleration'
const TAINTED = unresolvable(NAME, 'node(s) had untolerated taint(s)')

/** Taints keep pods away; those of effect PreferNoSchedule lower the score (plugins/tainttoleration). */
export const taintToleration: Plugin = {
  name: NAME,
  local: true,
  ignoresPods: true,
  preFilter: ({ pod }) => ({ filter: ({ node }) => (untoleratedTaint(node.spec.taints, pod.spec.tolerations) ? TAINTED : undefined) }),
  preScore: ({ pod, snapshot }) => {
    if (snapshot.discouraged === 0) return { constant: MAX_SCORE }
    const helpful = (pod.spec.tolerations ?? []).filter((t) => !t.effect || t.effect === 'PreferNoSchedule')
    return {
      score({ node }) {
        let n = 0
        if (node.spec.taints) for (const taint of node.spec.taints) if (taint.effect === 'PreferNoSchedule' && !toleratesAny(helpful, taint)) n++
        return n
      },
      normalise: (scores) => normaliseByMax(scores, true),
    }
  },
}
