import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { HorizontalPodAutoscaler } from './horizontalpodautoscaler.ts'
import { fromV1, toV1 } from './v1.ts'

const TARGET = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const resource = fc.record({ name: fc.constantFrom('cpu', 'memory'), target: fc.oneof(
  fc.record({ type: fc.constant('Utilization'), averageUtilization: fc.integer({ min: 1, max: 100 }) }),
  fc.record({ type: fc.constant('AverageValue'), averageValue: fc.constantFrom('100m', '2Gi') }),
) })
const metric = fc.oneof(
  resource.map((r) => ({ type: 'Resource', resource: r })),
  resource.map((r) => ({ type: 'ContainerResource', containerResource: { container: 'c', ...r } })),
  fc.record({ type: fc.constant('Pods'), pods: fc.record({ metric: fc.record({ name: fc.constantFrom('rps', 'queue') }), target: fc.record({ type: fc.constant('AverageValue'), averageValue: fc.constant('10') }) }) }),
  fc.record({ type: fc.constant('Object'), object: fc.record({
    describedObject: fc.constant(TARGET), metric: fc.record({ name: fc.constant('hits') }), target: fc.record({ type: fc.constant('Value'), value: fc.constant('5') }),
  }) }),
)
const policies = fc.array(fc.record({ type: fc.constantFrom('Pods', 'Percent'), value: fc.nat(9), periodSeconds: fc.nat(60) }), { minLength: 1, maxLength: 2 })
const scaling = fc.record({ stabilizationWindowSeconds: fc.nat(600), selectPolicy: fc.constantFrom('Max', 'Min', 'Disabled'), policies })
const behavior = fc.record({ scaleUp: scaling, scaleDown: scaling })

const autoscaler = fc.record({
  apiVersion: fc.constant('autoscaling/v2'),
  kind: fc.constant('HorizontalPodAutoscaler'),
  metadata: fc.constant({ name: 'h', namespace: 't', annotations: { own: 'kept' } }),
  spec: fc.record({
    maxReplicas: fc.integer({ min: 1, max: 9 }),
    minReplicas: fc.constant(1),
    scaleTargetRef: fc.constant(TARGET),
    metrics: fc.uniqueArray(metric, { minLength: 1, maxLength: 4, selector: (m) => JSON.stringify(m).replace(/\d+/g, '') }),
    behavior: fc.option(behavior, { nil: undefined }),
  }, { requiredKeys: ['maxReplicas', 'minReplicas', 'scaleTargetRef', 'metrics'] }),
})

const sortKey = (m: object): string => [...JSON.stringify(m)].sort().join('')

/** Order of metrics apart: the CPU target, which v1 has a field for, comes back last. */
const asSet = (hpa: HorizontalPodAutoscaler): unknown => {
  const { metrics, ...spec } = JSON.parse(JSON.stringify(hpa.spec)) as Record<string, unknown>
  return { ...spec, metrics: (metrics as object[]).sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1)) }
}

describe('autoscaling/v1', () => {
  it('loses nothing of v2 there and back', () => {
    fc.assert(fc.property(autoscaler, (given) => {
      const hpa = given as unknown as HorizontalPodAutoscaler
      const back = fromV1(toV1(hpa))
      expect(asSet(back)).toEqual(asSet(hpa))
      expect(back.metadata.annotations).toEqual({ own: 'kept' })
    }), { numRuns: 300 })
  })

  it('shows a CPU target as its field, and the rest in annotations', () => {
    const v1 = toV1({
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h', namespace: 't' },
      spec: { maxReplicas: 2, scaleTargetRef: TARGET, metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }] },
    } as unknown as HorizontalPodAutoscaler)
    expect(v1.spec).toEqual({ maxReplicas: 2, scaleTargetRef: TARGET, targetCPUUtilizationPercentage: 70 })
    expect(v1.metadata.annotations).toBeUndefined()
  })

  it('ignores annotations that are no lists', () => {
    const v2 = fromV1({
      apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', namespace: 't', annotations: { 'autoscaling.alpha.kubernetes.io/metrics': '{', 'autoscaling.alpha.kubernetes.io/behavior': 'x' } },
      spec: { maxReplicas: 2, scaleTargetRef: TARGET },
    } as never)
    expect(v2.spec.behavior).toBeUndefined()
  })
})
