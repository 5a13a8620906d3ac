import { selectorMatches, type LabelSelector } from './labels.ts'
import type { Condition, IntOrString, KubeObject, StringMap, Time } from './meta.ts'
import { setStatusCondition } from './conditions.ts'
import { isPodReady, isPodTerminal, type Pod } from './pod.ts'
import { forbidden, unknownError, tooManyRequests, type Status } from './status.ts'

/** policy/v1 PodDisruptionBudget. */
export interface PodDisruptionBudget extends KubeObject<PodDisruptionBudgetSpec, PodDisruptionBudgetStatus> {
  readonly spec?: PodDisruptionBudgetSpec
}

export interface PodDisruptionBudgetSpec {
  readonly maxUnavailable?: IntOrString
  readonly minAvailable?: IntOrString
  readonly selector?: LabelSelector
  readonly unhealthyPodEvictionPolicy?: 'AlwaysAllow' | 'IfHealthyBudget'
}

export interface PodDisruptionBudgetStatus {
  readonly conditions?: readonly Condition[]
  readonly currentHealthy: number
  readonly desiredHealthy: number
  readonly disruptedPods?: StringMap
  readonly disruptionsAllowed: number
  readonly expectedPods: number
  readonly observedGeneration?: number
}

const MAX_DISRUPTED = 2000

export const budgetMatches = (pdb: PodDisruptionBudget, pod: Pod): boolean =>
  pdb.metadata.namespace === pod.metadata.namespace && selectorMatches(pdb.spec?.selector, pod.metadata.labels)

/** The status with its condition DisruptionAllowed (component-helpers: policy, pdb_helper.go). */
export function withDisruptionCondition(status: PodDisruptionBudgetStatus, generation: number | undefined, now: Time, failure?: string): PodDisruptionBudgetStatus {
  const allowed = failure === undefined && status.disruptionsAllowed > 0
  const condition: Condition = {
    type: 'DisruptionAllowed',
    status: allowed ? 'True' : 'False',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    reason: failure !== undefined ? 'SyncFailed' : allowed ? 'SufficientPods' : 'InsufficientPods',
    message: failure ?? '',
  }
  return { ...status, conditions: setStatusCondition(status.conditions, condition, now) }
}

/** What an eviction means for the budgets that match the pod. */
export type EvictionVerdict = { readonly delete: true; readonly budget?: PodDisruptionBudget } | { readonly refuse: Status }

/** Why a budget has no disruption left; after a failed sync its counts say nothing. */
function whyNone(name: string, status: PodDisruptionBudgetStatus | undefined): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions } = status ?? {}
  const c = conditions?.find(({ type }) => type === 'DisruptionAllowed')
  const said = c?.status === 'False' && c.message ? c : undefined
  if (said?.reason === 'SyncFailed') return `The disruption budget ${name} does not allow evicting pods currently because it failed sync: ${said.message}`
  if (currentHealthy <= desiredHealthy) return `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  return `The disruption budget ${name} does not allow evicting pods currently${said ? ` (${said.reason}): ${said.message}` : ''}`
}

/** May the pod be evicted, and from which budget is it taken (registry/core/pod/rest: eviction.go)? */
export function judgeEviction(pod: Pod, budgets: readonly PodDisruptionBudget[], now: Time): EvictionVerdict {
  if (isPodTerminal(pod) || pod.status?.phase === 'Pending' || pod.metadata.deletionTimestamp !== undefined) return { delete: true }
  if (budgets.length === 0) return { delete: true }
  if (budgets.length > 1) return { refuse: unknownError('This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.') }
  const pdb = budgets[0]!
  const { status } = pdb
  if (!isPodReady(pod)) {
    const healthy = status !== undefined && status.currentHealthy >= status.desiredHealthy && status.desiredHealthy > 0
    if (pdb.spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' || healthy) return { delete: true }
  }
  const { name } = pdb.metadata
  const refuse = (message: string, retryAfter: number, cause: string): EvictionVerdict => ({
    refuse: tooManyRequests(message, retryAfter, [{ reason: 'DisruptionBudget', message: cause }]),
  })
  const violated = "Cannot evict pod as it would violate the pod's disruption budget."
  if ((status?.observedGeneration ?? 0) < (pdb.metadata.generation ?? 0)) return refuse(violated, 10, `The disruption budget ${name} is still being processed by the server.`)
  const gr = { group: 'policy', resource: 'poddisruptionbudget' }
  if (status && status.disruptionsAllowed < 0) return { refuse: forbidden(gr, name, 'pdb disruptions allowed is negative') }
  if (Object.keys(status?.disruptedPods ?? {}).length > MAX_DISRUPTED) return { refuse: forbidden(gr, name, 'DisruptedPods map too big - too many evictions not confirmed by PDB controller') }
  if (!status || status.disruptionsAllowed === 0) return refuse(violated, 0, whyNone(name, status))
  const left = { ...status, disruptionsAllowed: status.disruptionsAllowed - 1, disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: now } }
  return { delete: true, budget: { ...pdb, status: left.disruptionsAllowed === 0 ? withDisruptionCondition(left, pdb.metadata.generation, now) : left } }
}
