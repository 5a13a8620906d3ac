import type { LabelSelector } from '../../api/labels.ts'
import type { Condition, IntOrString, KubeObject } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'

/** apps/v1 StatefulSet. */
export interface StatefulSet extends KubeObject<StatefulSetSpec, StatefulSetStatus> {
  readonly spec: StatefulSetSpec
}

export interface StatefulSetSpec {
  readonly minReadySeconds?: number
  readonly ordinals?: { readonly start?: number }
  readonly persistentVolumeClaimRetentionPolicy?: ClaimRetentionPolicy
  readonly podManagementPolicy?: 'OrderedReady' | 'Parallel'
  readonly replicas?: number
  readonly revisionHistoryLimit?: number
  readonly selector: LabelSelector
  readonly serviceName?: string
  readonly template: PodTemplateSpec
  readonly updateStrategy?: StatefulSetUpdateStrategy
  readonly volumeClaimTemplates?: readonly KubeObject[]
}

export interface ClaimRetentionPolicy {
  readonly whenDeleted?: 'Delete' | 'Retain'
  readonly whenScaled?: 'Delete' | 'Retain'
}

export interface StatefulSetUpdateStrategy {
  readonly type?: 'OnDelete' | 'RollingUpdate'
  readonly rollingUpdate?: { readonly maxUnavailable?: IntOrString; readonly partition?: number }
}

export interface StatefulSetStatus {
  readonly availableReplicas: number
  readonly collisionCount?: number
  readonly conditions?: readonly Condition[]
  readonly currentReplicas?: number
  readonly currentRevision?: string
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
  readonly updateRevision?: string
  readonly updatedReplicas?: number
}
