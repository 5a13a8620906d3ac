import type { Rejection } from './rejection.ts'

/** "2 Insufficient cpu, 1 node(s) …": how often each reason occurs, sorted as texts, so that "11 …" comes before "2 …". */
function histogram(reasons: Iterable<string>): string {
  const counts = new Map<string, number>()
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  return [...counts].map(([reason, n]) => `${n} ${reason}`).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(', ')
}

export interface Misfit {
  readonly nodes: number
  /** The pod was refused as a whole. */
  readonly preFilter?: Rejection
  readonly rejected: ReadonlyMap<string, Rejection>
  /** The reason of every node that is not in `rejected`. */
  readonly absent?: string
  /** What came of trying to make room. */
  readonly postFilter?: string
}

/** Why a pod fits nowhere, as the event and the condition say it (framework/types.go: FitError.Error). */
export function misfitMessage({ nodes, preFilter, rejected, absent, postFilter }: Misfit): string {
  const parts = [`0/${nodes} nodes are available:`]
  if (preFilter) parts.push(`${preFilter.reasons.join(', ')}.`)
  else {
    const reasons: string[] = []
    for (const r of rejected.values()) reasons.push(...r.reasons)
    if (absent !== undefined) for (let i = rejected.size; i < nodes; i++) reasons.push(absent)
    if (reasons.length) parts.push(`${histogram(reasons)}.`)
  }
  if (postFilter) parts.push(postFilter)
  return parts.join(' ')
}

export const NO_NODES = 'no nodes available to schedule pods'
