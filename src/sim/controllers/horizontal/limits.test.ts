import { expect, test } from 'vitest'
import { minutes, seconds } from '../../engine/time.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerBehavior } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import { limit } from './limits.ts'
import { NO_HISTORY, withScaleEvent, type History } from './memory.ts'

const hpa = (maxReplicas: number, behavior?: HorizontalPodAutoscalerBehavior): HorizontalPodAutoscaler => ({
  apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'h' },
  spec: { maxReplicas, scaleTargetRef: { kind: 'Deployment', name: 'd' }, ...(behavior ? { behavior } : {}) },
})
const NOW = minutes(60)
const go = (of: HorizontalPodAutoscaler, current: number, wanted: number, history: History = NO_HISTORY) => {
  const { replicas, limit: { reason }, stabilised } = limit({ hpa: of, current, wanted, min: 1, history, now: NOW, stabilisation: minutes(5) })
  return [replicas, reason, stabilised?.reason]
}

test('without behavior a size may double, and the highest recommendation of five minutes holds it up', () => {
  expect(go(hpa(100), 1, 50)).toEqual([4, 'ScaleUpLimit', undefined])
  expect(go(hpa(100), 10, 50)).toEqual([20, 'ScaleUpLimit', undefined])
  expect(go(hpa(15), 10, 50)).toEqual([15, 'TooManyReplicas', undefined])
  const history = { ...NO_HISTORY, recommendations: [{ replicas: 8, at: NOW - minutes(4) }, { replicas: 9, at: NOW - minutes(6) }] }
  expect(go(hpa(100), 10, 2, history)).toEqual([8, 'DesiredWithinRange', 'ScaleDownStabilized'])
})

test('policies count what has changed within their period', () => {
  const behavior: HorizontalPodAutoscalerBehavior = {
    scaleUp: { stabilizationWindowSeconds: 0, selectPolicy: 'Min', policies: [{ type: 'Pods', value: 4, periodSeconds: 60 }, { type: 'Percent', value: 100, periodSeconds: 60 }] },
    scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [{ type: 'Percent', value: 25, periodSeconds: 60 }] },
  }
  expect(go(hpa(100, behavior), 10, 50)).toEqual([14, 'ScaleUpLimit', undefined])
  const grown = withScaleEvent(NO_HISTORY, behavior.scaleUp, 'up', 3, NOW - seconds(30))
  expect(go(hpa(100, behavior), 10, 50, grown)).toEqual([11, 'ScaleUpLimit', undefined])
  expect(go(hpa(100, behavior), 10, 1)).toEqual([7, 'ScaleDownLimit', undefined])
  expect(go(hpa(100, { ...behavior, scaleDown: { ...behavior.scaleDown!, selectPolicy: 'Disabled' } }), 10, 1)).toEqual([10, 'ScaleDownLimit', undefined])
})

test('a window up waits for the lowest recommendation', () => {
  const behavior: HorizontalPodAutoscalerBehavior = { scaleUp: { stabilizationWindowSeconds: 60, selectPolicy: 'Max', policies: [{ type: 'Pods', value: 10, periodSeconds: 60 }] }, scaleDown: { stabilizationWindowSeconds: 0, selectPolicy: 'Max', policies: [] } }
  const history = { ...NO_HISTORY, recommendations: [{ replicas: 3, at: NOW - seconds(30) }] }
  expect(go(hpa(100, behavior), 2, 8, history)).toEqual([3, 'DesiredWithinRange', 'ScaleUpStabilized'])
})
