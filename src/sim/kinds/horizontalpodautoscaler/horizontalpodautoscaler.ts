import type { LabelSelector } from '../../api/labels.ts'
import type { Condition, KubeObject, Quantity, Time } from '../../api/meta.ts'

/** autoscaling/v2 HorizontalPodAutoscaler. */
export interface HorizontalPodAutoscaler extends KubeObject<HorizontalPodAutoscalerSpec, HorizontalPodAutoscalerStatus> {
  readonly spec: HorizontalPodAutoscalerSpec
}

export interface HorizontalPodAutoscalerSpec {
  readonly behavior?: HorizontalPodAutoscalerBehavior
  readonly maxReplicas: number
  readonly metrics?: readonly MetricSpec[]
  readonly minReplicas?: number
  readonly scaleTargetRef: CrossVersionObjectReference
}

export interface CrossVersionObjectReference {
  readonly apiVersion?: string
  readonly kind: string
  readonly name: string
}

export interface HorizontalPodAutoscalerBehavior {
  readonly scaleDown?: HPAScalingRules
  readonly scaleUp?: HPAScalingRules
}

export interface HPAScalingRules {
  readonly policies?: readonly HPAScalingPolicy[]
  readonly selectPolicy?: 'Max' | 'Min' | 'Disabled'
  readonly stabilizationWindowSeconds?: number
  readonly tolerance?: Quantity
}

export interface HPAScalingPolicy {
  readonly periodSeconds: number
  readonly type: 'Pods' | 'Percent'
  readonly value: number
}

export interface MetricSpec {
  readonly containerResource?: { readonly container: string; readonly name: string; readonly target: MetricTarget }
  readonly external?: { readonly metric: MetricIdentifier; readonly target: MetricTarget }
  readonly object?: { readonly describedObject: CrossVersionObjectReference; readonly metric: MetricIdentifier; readonly target: MetricTarget }
  readonly pods?: { readonly metric: MetricIdentifier; readonly target: MetricTarget }
  readonly resource?: { readonly name: string; readonly target: MetricTarget }
  readonly type: 'ContainerResource' | 'External' | 'Object' | 'Pods' | 'Resource'
}

export interface MetricIdentifier {
  readonly name: string
  readonly selector?: LabelSelector
}

export interface MetricTarget {
  readonly averageUtilization?: number
  readonly averageValue?: Quantity
  readonly type: 'AverageValue' | 'Utilization' | 'Value'
  readonly value?: Quantity
}

export interface MetricValueStatus {
  readonly averageUtilization?: number
  readonly averageValue?: Quantity
  readonly value?: Quantity
}

export interface MetricStatus {
  readonly containerResource?: { readonly container: string; readonly current: MetricValueStatus; readonly name: string }
  readonly external?: { readonly current: MetricValueStatus; readonly metric: MetricIdentifier }
  readonly object?: { readonly current: MetricValueStatus; readonly describedObject: CrossVersionObjectReference; readonly metric: MetricIdentifier }
  readonly pods?: { readonly current: MetricValueStatus; readonly metric: MetricIdentifier }
  readonly resource?: { readonly current: MetricValueStatus; readonly name: string }
  readonly type: string
}

export interface HorizontalPodAutoscalerStatus {
  readonly conditions?: readonly Condition[]
  readonly currentMetrics: readonly MetricStatus[] | null
  readonly currentReplicas?: number
  readonly desiredReplicas: number
  readonly lastScaleTime?: Time
  readonly observedGeneration?: number
}
