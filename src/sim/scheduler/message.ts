import type { Rejection } from './rejection.ts'
import type { Rejections } from './rejections.ts'

/** "2 Insufficient cpu, 1 node(s) …": how often each reason occurs, sorted as texts, so that "11 …" comes before "2 …". */
function histogram(rejections: Rejections, absent: string | undefined, nodes: number): string {
  const counts = new Map<string, number>()
  const add = (reason: string, n: number): void => void counts.set(reason, (counts.get(reason) ?? 0) + n)
  for (const [{ reasons }, n] of rejections.distinct()) for (const reason of reasons) add(reason, n)
  if (absent !== undefined && nodes > rejections.size) add(absent, nodes - rejections.size)
  return [...counts].map(([reason, n]) => `${n} ${reason}`).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)).join(', ')
}

export interface Misfit {
  readonly nodes: number
  /** The pod was refused as a whole. */
  readonly preFilter?: Rejection
  readonly rejected: Rejections
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
    const text = histogram(rejected, absent, nodes)
    if (text) parts.push(`${text}.`)
  }
  if (postFilter) parts.push(postFilter)
  return parts.join(' ')
}

export const NO_NODES = 'no nodes available to schedule pods'
