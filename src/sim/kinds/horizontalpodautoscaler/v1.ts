import { goInternal } from '../../api/go-internal.ts'
import type { Condition, JsonValue, KubeObject, StringMap, Time } from '../../api/meta.ts'
import { assignSame } from '../../api/share.ts'
import { DEFAULT_METRICS } from './defaults.ts'
import type { CrossVersionObjectReference, HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior, MetricSpec, MetricStatus } from './horizontalpodautoscaler.ts'
import { metricFromV1, metricToV1, statusFromV1, statusToV1, type V1Metric } from './v1-metrics.ts'

/** autoscaling/v1 HorizontalPodAutoscaler: one CPU target; all else travels in annotations. */
export interface HorizontalPodAutoscalerV1 extends KubeObject<SpecV1, StatusV1> {
  readonly spec: SpecV1
}

interface SpecV1 {
  readonly maxReplicas: number
  readonly minReplicas?: number
  readonly scaleTargetRef: CrossVersionObjectReference
  readonly targetCPUUtilizationPercentage?: number
}

interface StatusV1 {
  readonly currentCPUUtilizationPercentage?: number
  readonly currentReplicas: number
  readonly desiredReplicas: number
  readonly lastScaleTime?: Time
  readonly observedGeneration?: number
}

const METRICS = 'autoscaling.alpha.kubernetes.io/metrics'
const CURRENT = 'autoscaling.alpha.kubernetes.io/current-metrics'
const CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions'
const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior'
const ALL = [METRICS, CURRENT, CONDITIONS, BEHAVIOR, 'autoscaling.alpha.kubernetes.io/scale-down-tolerance', 'autoscaling.alpha.kubernetes.io/scale-up-tolerance']

const isCpu = (m: MetricSpec): boolean => m.type === 'Resource' && m.resource?.name === 'cpu' && m.resource.target.averageUtilization !== undefined

function withoutRoundTrip(annotations: StringMap | undefined): StringMap | undefined {
  if (!annotations || !ALL.some((key) => annotations[key] !== undefined)) return annotations
  const out: Record<string, string> = { ...annotations }
  for (const key of ALL) delete out[key]
  return out
}

/** A list that an annotation holds; undefined where it is none, which Kubernetes ignores silently. */
function parsed<T>(text: string | undefined): readonly T[] | undefined {
  if (text === undefined) return undefined
  try {
    const value = JSON.parse(text) as unknown
    return Array.isArray(value) && value.every((v) => typeof v === 'object' && v !== null) ? (value as readonly T[]) : undefined
  } catch {
    return undefined
  }
}

/** encoding/json matches names whatever their case: the annotation has the internal, capitalised ones. */
function versioned(value: JsonValue | undefined): JsonValue | undefined {
  if (Array.isArray(value)) return value.map((v) => versioned(v as JsonValue) as JsonValue)
  if (typeof value !== 'object' || value === null) return value
  const out: Record<string, JsonValue> = {}
  for (const [key, v] of Object.entries(value as Record<string, JsonValue>)) if (v !== null) out[key.charAt(0).toLowerCase() + key.slice(1)] = versioned(v) as JsonValue
  return out
}

function behaviorOf(text: string | undefined): HorizontalPodAutoscalerBehavior | undefined {
  if (text === undefined) return undefined
  try {
    const value = versioned(JSON.parse(text) as JsonValue)
    return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0 ? (value as HorizontalPodAutoscalerBehavior) : undefined
  } catch {
    return undefined
  }
}

/** autoscaling/v1 conversion.go: Convert_v1_HorizontalPodAutoscaler_To_autoscaling_HorizontalPodAutoscaler. */
export function fromV1(hpa: HorizontalPodAutoscalerV1): HorizontalPodAutoscaler {
  const { annotations } = hpa.metadata
  const { targetCPUUtilizationPercentage: cpu, ...rest } = hpa.spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } }
  const other = parsed<V1Metric>(annotations?.[METRICS])?.map(metricFromV1) ?? []
  const own: readonly MetricSpec[] = cpu === undefined ? [] : [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }]
  const metrics = [...other, ...own]
  const behavior = behaviorOf(annotations?.[BEHAVIOR])
  const status = hpa.status && statusOf(hpa.status, annotations)
  return {
    apiVersion: 'autoscaling/v2',
    kind: hpa.kind,
    metadata: assignSame(hpa.metadata, { annotations: withoutRoundTrip(annotations) }),
    spec: { ...rest, metrics: metrics.length ? metrics : DEFAULT_METRICS, ...(behavior ? { behavior } : {}) },
    ...(status ? { status } : {}),
  }
}

function statusOf(s: StatusV1, annotations: StringMap | undefined): HorizontalPodAutoscaler['status'] {
  const { currentCPUUtilizationPercentage: cpu, ...rest } = s
  const plain: readonly MetricStatus[] | null = cpu === undefined ? null : [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: cpu } } }]
  const current = parsed<V1Metric>(annotations?.[CURRENT])?.map(statusFromV1) ?? plain
  const conditions = parsed<Condition>(annotations?.[CONDITIONS])
  return { ...rest, currentMetrics: current, ...(conditions ? { conditions } : {}) }
}

/** autoscaling/v1 conversion.go: Convert_autoscaling_HorizontalPodAutoscaler_To_v1_HorizontalPodAutoscaler. */
export function toV1(hpa: HorizontalPodAutoscaler): HorizontalPodAutoscalerV1 {
  const { metrics = [], behavior, ...rest } = hpa.spec
  const { currentMetrics, conditions, ...status } = hpa.status ?? { desiredReplicas: 0, currentMetrics: null }
  const other = metrics.filter((m) => !isCpu(m)).map(metricToV1)
  const kept: Record<string, string> = {}
  if (other.length) kept[METRICS] = JSON.stringify(other)
  if (currentMetrics?.length) kept[CURRENT] = JSON.stringify(currentMetrics.map(statusToV1))
  if (behavior) kept[BEHAVIOR] = JSON.stringify(goInternal('autoscaling.HorizontalPodAutoscalerBehavior', behavior))
  if (conditions?.length) kept[CONDITIONS] = JSON.stringify(conditions)
  const cpu = metrics.find(isCpu)?.resource?.target.averageUtilization
  const now = currentMetrics?.find((m) => m.type === 'Resource' && m.resource?.name === 'cpu')?.resource?.current.averageUtilization
  const annotations = withoutRoundTrip(hpa.metadata.annotations)
  return {
    apiVersion: 'autoscaling/v1',
    kind: hpa.kind,
    metadata: assignSame(hpa.metadata, { annotations: Object.keys(kept).length ? { ...annotations, ...kept } : annotations }),
    spec: { ...rest, ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }) },
    ...(hpa.status ? { status: { currentReplicas: 0, ...status, ...(now === undefined ? {} : { currentCPUUtilizationPercentage: now }) } } : {}),
  }
}
