import type { LabelSelector } from '../../api/labels.ts'
import type { Quantity } from '../../api/meta.ts'
import type { CrossVersionObjectReference, MetricIdentifier, MetricSpec, MetricStatus, MetricTarget, MetricValueStatus } from './horizontalpodautoscaler.ts'

/** A metric as autoscaling/v1 keeps it in an annotation: flat, with other names for specs and statuses. */
export interface V1Metric {
  readonly type: string
  readonly object?: V1Source
  readonly pods?: V1Source
  readonly resource?: V1Source
  readonly containerResource?: V1Source
  readonly external?: V1Source
}

interface V1Source {
  readonly target?: CrossVersionObjectReference
  readonly metricName?: string
  readonly metricSelector?: LabelSelector
  readonly selector?: LabelSelector
  readonly name?: string
  readonly container?: string
  readonly targetValue?: Quantity
  readonly averageValue?: Quantity
  readonly targetAverageValue?: Quantity
  readonly targetAverageUtilization?: number
  readonly currentValue?: Quantity
  readonly currentAverageValue?: Quantity
  readonly currentAverageUtilization?: number
}

const given = <T extends object>(o: T): T => Object.fromEntries(Object.entries(o).filter(([, v]) => v !== undefined && v !== null)) as T

const metric = (s: V1Source, selector: LabelSelector | undefined): MetricIdentifier => given({ name: s.metricName ?? '', selector })

const valueTarget = (value: Quantity | undefined, averageValue: Quantity | undefined, average: boolean): MetricTarget =>
  given({ type: average ? ('AverageValue' as const) : ('Value' as const), value, averageValue })

const resourceTarget = (s: V1Source): MetricTarget =>
  given({ type: s.targetAverageUtilization === undefined ? ('AverageValue' as const) : ('Utilization' as const), averageValue: s.targetAverageValue, averageUtilization: s.targetAverageUtilization })

export function metricFromV1(m: V1Metric): MetricSpec {
  const { object: o, pods: p, resource: r, containerResource: c, external: e } = m
  return given({
    type: m.type as MetricSpec['type'],
    // The v1 type cannot leave the value out; "0" beside an average means none.
    object: o && { describedObject: o.target ?? { kind: '', name: '' }, metric: metric(o, o.selector), target: valueTarget(o.averageValue !== undefined && o.targetValue === '0' ? undefined : o.targetValue, o.averageValue, o.averageValue !== undefined) },
    pods: p && { metric: metric(p, p.selector), target: valueTarget(undefined, p.targetAverageValue, true) },
    resource: r && { name: r.name ?? '', target: resourceTarget(r) },
    containerResource: c && { name: c.name ?? '', container: c.container ?? '', target: resourceTarget(c) },
    external: e && { metric: metric(e, e.metricSelector), target: valueTarget(e.targetValue, e.targetAverageValue, e.targetValue === undefined) },
  }) as MetricSpec
}

export function metricToV1(m: MetricSpec): V1Metric {
  const { object: o, pods: p, resource: r, containerResource: c, external: e } = m
  return given({
    type: m.type,
    object: o && given({ target: o.describedObject, metricName: o.metric.name, targetValue: o.target.value ?? '0', selector: o.metric.selector, averageValue: o.target.averageValue }),
    pods: p && given({ metricName: p.metric.name, targetAverageValue: p.target.averageValue ?? '0', selector: p.metric.selector }),
    resource: r && given({ name: r.name, targetAverageUtilization: r.target.averageUtilization, targetAverageValue: r.target.averageValue }),
    containerResource: c && given({ name: c.name, targetAverageUtilization: c.target.averageUtilization, targetAverageValue: c.target.averageValue, container: c.container }),
    external: e && given({ metricName: e.metric.name, metricSelector: e.metric.selector, targetValue: e.target.value, targetAverageValue: e.target.averageValue }),
  })
}

const current = (s: V1Source, value?: Quantity): MetricValueStatus => given({ value, averageValue: s.currentAverageValue ?? s.averageValue, averageUtilization: s.currentAverageUtilization })

export function statusFromV1(m: V1Metric): MetricStatus {
  const { object: o, pods: p, resource: r, containerResource: c, external: e } = m
  return given({
    type: m.type,
    object: o && { describedObject: o.target ?? { kind: '', name: '' }, metric: metric(o, o.selector), current: current(o, o.currentValue ?? '0') },
    pods: p && { metric: metric(p, p.selector), current: current(p) },
    resource: r && { name: r.name ?? '', current: current(r) },
    containerResource: c && { name: c.name ?? '', container: c.container ?? '', current: current(c) },
    external: e && { metric: metric(e, e.metricSelector), current: current(e, e.currentValue ?? '0') },
  }) as MetricStatus
}

export function statusToV1(m: MetricStatus): V1Metric {
  const { object: o, pods: p, resource: r, containerResource: c, external: e } = m
  return given({
    type: m.type,
    object: o && given({ target: o.describedObject, metricName: o.metric.name, currentValue: o.current.value ?? '0', selector: o.metric.selector, averageValue: o.current.averageValue }),
    pods: p && given({ metricName: p.metric.name, currentAverageValue: p.current.averageValue ?? '0', selector: p.metric.selector }),
    resource: r && given({ name: r.name, currentAverageUtilization: r.current.averageUtilization, currentAverageValue: r.current.averageValue ?? '0' }),
    containerResource: c && given({ name: c.name, currentAverageUtilization: c.current.averageUtilization, currentAverageValue: c.current.averageValue ?? '0', container: c.container }),
    external: e && given({ metricName: e.metric.name, metricSelector: e.metric.selector, currentValue: e.current.value ?? '0', currentAverageValue: e.current.averageValue }),
  })
}
