import type { TFunction } from 'i18next'
import type { AttemptState } from '../../../workers/protocol.ts'

type Translate = TFunction<'loops'>

/** Names before it is left at "and n more". */
const NAMED = 4

/** What came of a pod's last attempt in one sentence, or why there was none yet. */
export function verdictOf(attempt: AttemptState, t: Translate): string {
  const { at, queued, chosen, message, nodes } = attempt
  if (at === null) return untried(attempt, t)
  if (chosen !== null) return decided(attempt, t)
  const whole = nodes.length === 0 && attempt.examined > 0 ? `${t('wholePod')} ` : ''
  return queued?.place === 'gated' ? untried(attempt, t) : `${whole}${message}`
}

function untried({ queued }: AttemptState, t: Translate): string {
  if (queued === null) return t('untried.nobody')
  return queued.place === 'gated' ? t('untried.gated', { gates: queued.gates.join(', ') }) : t('untried.turn')
}

/** Was the pod put onto the node that others had to leave for it? That one is tried before all others. */
export const wasPromised = ({ chosen, nodes, examined, preemption }: AttemptState): boolean =>
  chosen !== null && nodes.length === 1 && examined > 1 && preemption?.candidates[0]?.node === chosen

/** What decided: the plugin that gave the chosen node the most over the second, or, among equals, their order. */
function decided(attempt: AttemptState, t: Translate): string {
  const fitting = attempt.nodes.filter(({ rejectedBy }) => rejectedBy === null).sort((a, b) => b.total - a.total)
  const winner = fitting.find(({ node }) => node === attempt.chosen)
  const second = fitting.find(({ node }) => node !== attempt.chosen)
  if (winner === undefined) return attempt.message
  if (second === undefined) return t(wasPromised(attempt) ? 'promised' : 'onlyOne', { node: winner.node })
  if (winner.total === second.total) {
    const equals = fitting.filter(({ total }) => total === winner.total).map(({ node }) => node)
    const nodes = `${equals.slice(0, NAMED).join(', ')}${equals.length > NAMED ? ` ${t('more', { count: equals.length - NAMED })}` : ''}`
    return t('tie', { nodes, total: winner.total, node: winner.node, first: attempt.scoredFrom ?? winner.node })
  }
  const lead = (plugin: string): number => (winner.scores[plugin] ?? 0) - (second.scores[plugin] ?? 0)
  const plugin = [...attempt.plugins].sort((a, b) => lead(b) - lead(a))[0] ?? ''
  return t('decidedBy', { plugin, lead: lead(plugin), node: winner.node, second: second.node, by: winner.total - second.total })
}

export type FilterCell = 'passed' | 'refused' | 'unasked'

/** What each filter said of a node: those before the one that refused let it pass, those behind it were not asked. */
export function filterCells(filters: readonly string[], rejectedBy: string | null): readonly FilterCell[] {
  if (rejectedBy === null) return filters.map(() => 'passed')
  // "PreFilter:[NodeAffinity …]": these left the node out before any filter was asked.
  const beforehand = /^PreFilter:\[(.*)\]$/.exec(rejectedBy)?.[1]?.split(' ')
  if (beforehand !== undefined) return filters.map((name) => (beforehand.includes(name) ? 'refused' : 'unasked'))
  const at = filters.indexOf(rejectedBy)
  return filters.map((_, i) => (i === at ? 'refused' : i < at ? 'passed' : 'unasked'))
}
