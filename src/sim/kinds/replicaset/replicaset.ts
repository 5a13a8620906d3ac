import type { LabelSelector } from '../../api/labels.ts'
import type { KubeObject, Time } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'

/** apps/v1 ReplicaSet. */
export interface ReplicaSet extends KubeObject<ReplicaSetSpec, ReplicaSetStatus> {
  readonly spec: ReplicaSetSpec
}

export interface ReplicaSetSpec {
  readonly minReadySeconds?: number
  readonly replicas?: number
  readonly selector: LabelSelector
  readonly template?: PodTemplateSpec
}

export interface ReplicaSetStatus {
  readonly availableReplicas?: number
  readonly conditions?: readonly ReplicaSetCondition[]
  readonly fullyLabeledReplicas?: number
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
  readonly terminatingReplicas?: number
}

export interface ReplicaSetCondition {
  readonly lastTransitionTime?: Time
  readonly message?: string
  readonly reason?: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly type: string
}
