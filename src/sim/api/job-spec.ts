import type { LabelSelector } from './labels.ts'
import type { PodTemplateSpec } from './pod-spec.ts'

/** batch/v1 JobSpec, which is the wish of a Job and the template of a CronJob. */
export interface JobSpec {
  readonly activeDeadlineSeconds?: number
  readonly backoffLimit?: number
  readonly backoffLimitPerIndex?: number
  readonly completionMode?: 'Indexed' | 'NonIndexed'
  readonly completions?: number
  readonly managedBy?: string
  readonly manualSelector?: boolean
  readonly maxFailedIndexes?: number
  readonly parallelism?: number
  readonly podFailurePolicy?: PodFailurePolicy
  readonly podReplacementPolicy?: 'Failed' | 'TerminatingOrFailed'
  readonly selector?: LabelSelector
  readonly successPolicy?: SuccessPolicy
  readonly suspend?: boolean
  readonly template: PodTemplateSpec
  readonly ttlSecondsAfterFinished?: number
}

export interface PodFailurePolicy {
  readonly rules?: readonly PodFailurePolicyRule[] | null
}

export interface PodFailurePolicyRule {
  readonly action: 'Count' | 'FailIndex' | 'FailJob' | 'Ignore'
  readonly onExitCodes?: PodFailurePolicyOnExitCodes
  readonly onPodConditions?: readonly PodFailurePolicyOnPodConditions[]
}

export interface PodFailurePolicyOnExitCodes {
  readonly containerName?: string
  readonly operator: 'In' | 'NotIn'
  readonly values?: readonly number[] | null
}

export interface PodFailurePolicyOnPodConditions {
  readonly status?: 'True' | 'False' | 'Unknown'
  readonly type: string
}

export interface SuccessPolicy {
  readonly rules?: readonly SuccessPolicyRule[] | null
}

export interface SuccessPolicyRule {
  readonly succeededCount?: number
  readonly succeededIndexes?: string
}
