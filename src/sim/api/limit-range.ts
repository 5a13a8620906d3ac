import type { KubeObject } from './meta.ts'
import type { ResourceList } from './quantity.ts'

export interface LimitRangeItem {
  readonly type: string
  readonly max?: ResourceList
  readonly min?: ResourceList
  readonly default?: ResourceList
  readonly defaultRequest?: ResourceList
  readonly maxLimitRequestRatio?: ResourceList
}

/** v1 LimitRange. */
export interface LimitRange extends KubeObject {
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] | null }
}
