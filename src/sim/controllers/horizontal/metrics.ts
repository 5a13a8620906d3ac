import { matches, type Selector } from '../../api/labels.ts'
import type { Pod } from '../../api/pod.ts'
import { formatQuantity, milliValue } from '../../api/quantity.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { HPA_CPU_INITIALIZATION_PERIOD, HPA_INITIAL_READINESS_DELAY, HPA_TOLERANCE } from '../../flags/kube-controller-manager.ts'
import type { HorizontalPodAutoscaler, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import type { ResourceMetrics } from '../setup.ts'
import { byAverage, byUtilization, type Tolerances } from './calculate.ts'

/** What one metric asks for; `problem` with the reason of its condition and Event when it could not be had. */
export type Measured =
  | { readonly replicas: number; readonly metric: string; readonly status: MetricStatus }
  | { readonly reason: string; readonly cause: string; readonly problem: string }

interface Setting {
  readonly hpa: HorizontalPodAutoscaler
  readonly metrics: ResourceMetrics
  readonly selector: Selector
  readonly current: number
}

function tolerancesOf({ spec }: HorizontalPodAutoscaler, otherwise: number): Tolerances {
  const own = (tolerance: string | undefined): number => (tolerance === undefined ? otherwise : milliValue(tolerance) / 1000)
  return { down: own(spec.behavior?.scaleDown?.tolerance), up: own(spec.behavior?.scaleUp?.tolerance) }
}

/** Evaluates one metric (horizontal.go: computeReplicasForMetric). */
export function measure(ctx: ControllerContext, setting: Setting, spec: MetricSpec): Measured {
  switch (spec.type) {
    case 'Resource': {
      const { name, target } = spec.resource!
      const found = ofResource(ctx, setting, name, '', target)
      if (typeof found === 'string') return failed('FailedGetResourceMetric', found, `failed to get ${name} resource metric value: ${found}`)
      return { replicas: found.replicas, metric: found.metric, status: { type: spec.type, resource: { name, current: found.current } } }
    }
    case 'ContainerResource': {
      const { name, container, target } = spec.containerResource!
      const found = ofResource(ctx, setting, name, container, target)
      if (typeof found === 'string') return failed('FailedGetContainerResourceMetric', found, `failed to get ${container} container metric value: ${found}`)
      return { replicas: found.replicas, metric: found.metric, status: { type: spec.type, containerResource: { name, container, current: found.current } } }
    }
    case 'Pods': {
      const cause = `unable to get metric ${spec.pods!.metric.name}: unable to fetch metrics from custom metrics API: ${NO_CUSTOM}`
      return failed('FailedGetPodsMetric', cause, `failed to get pods metric value: ${cause}`)
    }
    case 'Object': {
      const { metric, describedObject: { kind, name } } = spec.object!
      const cause = `unable to get metric ${metric.name}: unable to fetch metrics from custom metrics API: ${NO_CUSTOM} on ${kind} ${setting.hpa.metadata.namespace}/${name}`
      return failed('FailedGetObjectMetric', cause, `failed to get object metric value: ${cause}`)
    }
    case 'External': {
      const { name } = spec.external!.metric
      const cause = `unable to get external metric ${setting.hpa.metadata.namespace}/${name}/nil: unable to fetch metrics from external metrics API: the server could not find the requested resource (get ${name}.external.metrics.k8s.io)`
      return failed('FailedGetExternalMetric', cause, `failed to get ${name} external metric value: ${cause}`)
    }
  }
  const cause = `unknown metric source type "${String(spec.type)}"`
  return failed('InvalidMetricSourceType', cause, cause)
}

/** No adapter for custom metrics is part of the cluster. */
const NO_CUSTOM = 'no custom metrics API (custom.metrics.k8s.io) registered'

const failed = (reason: string, cause: string, problem: string): Measured => ({ reason, cause, problem })

interface Found {
  readonly replicas: number
  readonly metric: string
  readonly current: MetricValueStatus
}

function ofResource(ctx: ControllerContext, { hpa, metrics, selector, current }: Setting, resource: string, container: string, target: MetricTarget): Found | string {
  const namespace = hpa.metadata.namespace ?? ''
  const { now } = ctx
  const what = target.averageValue !== undefined ? 'usage' : 'utilization'
  if (target.averageValue === undefined && target.averageUtilization === undefined)
    return 'invalid resource metric source: neither an average utilization target nor an average value (usage) target was set'
  const answer = ctx.once(() => metrics.pods(namespace, selector, now))
  const usage = typeof answer === 'string' ? `unable to fetch metrics from resource metrics API: ${answer}` : answer.length === 0 ? 'no metrics returned from resource metrics API' : answer
  if (typeof usage === 'string') return `failed to get ${resource} ${what}: unable to get metrics for resource ${resource}: ${usage}`
  const pods = ctx.lister<Pod>('pods').list(namespace).filter((pod) => matches(selector, pod.metadata.labels))
  const [cpuInitialization, initialReadiness] = [ctx.flag(HPA_CPU_INITIALIZATION_PERIOD), ctx.flag(HPA_INITIAL_READINESS_DELAY)]
  const question = { resource, container, current, pods, usage, tolerances: tolerancesOf(hpa, ctx.flag(HPA_TOLERANCE)), cpuInitialization, initialReadiness, now }
  const proposal = target.averageValue !== undefined ? byAverage(question, milliValue(target.averageValue)) : byUtilization(question, target.averageUtilization!)
  if (typeof proposal === 'string') return `failed to get ${resource} ${what}: ${proposal}`
  const averageValue = formatQuantity({ unscaled: BigInt(proposal.average), scale: -3, format: resource === 'memory' ? 'BinarySI' : 'DecimalSI', int64: true, cached: '' })
  if (target.averageValue !== undefined) return { replicas: proposal.replicas, metric: `${resource} resource`, current: { averageValue } }
  const metric = `${resource} ${container === '' ? '' : 'container '}resource utilization (percentage of request)`
  return { replicas: proposal.replicas, metric, current: { averageUtilization: proposal.utilization, averageValue } }
}

