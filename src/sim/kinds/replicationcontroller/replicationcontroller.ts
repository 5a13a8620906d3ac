import type { Condition, KubeObject, StringMap } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'

/** v1 ReplicationController. */
export interface ReplicationController extends KubeObject<ReplicationControllerSpec, ReplicationControllerStatus> {
  readonly spec: ReplicationControllerSpec
}

export interface ReplicationControllerSpec {
  readonly minReadySeconds?: number
  readonly replicas?: number
  readonly selector?: StringMap
  readonly template?: PodTemplateSpec
}

export interface ReplicationControllerStatus {
  readonly availableReplicas?: number
  readonly conditions?: readonly Condition[]
  readonly fullyLabeledReplicas?: number
  readonly observedGeneration?: number
  readonly readyReplicas?: number
  readonly replicas: number
}
