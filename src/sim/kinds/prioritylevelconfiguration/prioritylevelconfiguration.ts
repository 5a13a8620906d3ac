import type { Condition, KubeObject } from '../../api/meta.ts'

/** flowcontrol.apiserver.k8s.io/v1 PriorityLevelConfiguration. */
export interface PriorityLevelConfiguration extends KubeObject<PriorityLevelSpec, { readonly conditions?: readonly Condition[] }> {
  readonly spec: PriorityLevelSpec
}

export interface PriorityLevelSpec {
  readonly type?: string
  readonly limited?: LimitedLevel
  readonly exempt?: { readonly nominalConcurrencyShares?: number; readonly lendablePercent?: number }
}

export interface LimitedLevel {
  readonly nominalConcurrencyShares?: number
  readonly limitResponse?: { readonly type?: string; readonly queuing?: Queuing }
  readonly lendablePercent?: number
  readonly borrowingLimitPercent?: number
}

export interface Queuing {
  readonly queues?: number
  readonly handSize?: number
  readonly queueLengthLimit?: number
}
