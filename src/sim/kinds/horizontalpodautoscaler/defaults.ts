import { wasSentEmpty } from '../../api/empties.ts'
import { assignSame } from '../../api/share.ts'
import type { HorizontalPodAutoscaler, HorizontalPodAutoscalerSpec, HPAScalingRules, MetricSpec } from './horizontalpodautoscaler.ts'

/** What an autoscaler without metrics watches. */
export const DEFAULT_METRICS: readonly MetricSpec[] = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }]

const SCALE_UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [{ type: 'Pods', value: 4, periodSeconds: 15 }, { type: 'Percent', value: 100, periodSeconds: 15 }],
}
/** The window is left open here: it comes from a flag of the controller. */
const SCALE_DOWN: HPAScalingRules = { selectPolicy: 'Max', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] }

/** An explicitly empty list of policies is not filled: it will be refused. */
const fill = (given: HPAScalingRules | undefined, usual: HPAScalingRules): HPAScalingRules =>
  given
    ? assignSame(given, {
        stabilizationWindowSeconds: given.stabilizationWindowSeconds ?? usual.stabilizationWindowSeconds,
        selectPolicy: given.selectPolicy ?? usual.selectPolicy,
        policies: given.policies ?? (wasSentEmpty(given, 'policies') ? undefined : usual.policies),
      })
    : usual

/** autoscaling/v2 SetDefaults_HorizontalPodAutoscaler. */
export function defaultAutoscaler(hpa: HorizontalPodAutoscaler): HorizontalPodAutoscaler {
  const given: HorizontalPodAutoscalerSpec = hpa.spec ?? { maxReplicas: 0, scaleTargetRef: { kind: '', name: '' } }
  const { behavior } = given
  const spec = assignSame(given, {
    minReplicas: given.minReplicas ?? 1,
    metrics: given.metrics?.length ? given.metrics : DEFAULT_METRICS,
    behavior: behavior && assignSame(behavior, { scaleUp: fill(behavior.scaleUp, SCALE_UP), scaleDown: fill(behavior.scaleDown, SCALE_DOWN) }),
  })
  return assignSame(hpa, { spec })
}
