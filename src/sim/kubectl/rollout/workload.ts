import type { LabelSelector } from '../../api/labels.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'

/** What rollouts read of a Deployment, StatefulSet or DaemonSet. */
export interface Workload extends KubeObject {
  readonly spec: {
    readonly replicas?: number
    readonly paused?: boolean
    readonly selector?: LabelSelector
    readonly template: PodTemplateSpec
    readonly updateStrategy?: { readonly type?: string; readonly rollingUpdate?: { readonly partition?: number } }
  }
  readonly status?: {
    readonly observedGeneration?: number
    readonly replicas?: number
    readonly updatedReplicas?: number
    readonly readyReplicas?: number
    readonly availableReplicas?: number
    readonly updatedNumberScheduled?: number
    readonly desiredNumberScheduled?: number
    readonly numberAvailable?: number
    readonly updateRevision?: string
    readonly currentRevision?: string
    readonly conditions?: readonly { readonly type: string; readonly reason?: string }[]
  }
}

export const REVISION = 'deployment.kubernetes.io/revision'
export const CHANGE_CAUSE = 'kubernetes.io/change-cause'

export const NOTHING = 'required resource not specified'
