import { keyOf } from '../../api/meta.ts'
import type { Controller } from '../../client/controller.ts'
import { PODS } from '../../client/request.ts'
import { CRDS } from '../../client/resources.ts'
import type { HorizontalPodAutoscaler } from '../../kinds/horizontalpodautoscaler/horizontalpodautoscaler.ts'
import type { ResourceMetrics } from '../setup.ts'
import { HPA_SYNC_PERIOD } from '../../flags/kube-controller-manager.ts'
import { AUTOSCALERS, HISTORY, syncAutoscaler } from './sync.ts'

/** Scales workloads by what their pods use (kube-controller-manager: podautoscaler). Every look is a period after the last. */
export const horizontalPodAutoscaler = (metrics: ResourceMetrics): Controller => ({
  name: 'horizontal-pod-autoscaler-controller',
  component: 'horizontal-pod-autoscaler',
  workers: 5,
  watches: [
    {
      resource: AUTOSCALERS,
      onAdd: (ctx, hpa: HorizontalPodAutoscaler) => ctx.enqueueAfter(keyOf(hpa), ctx.flag(HPA_SYNC_PERIOD)),
      onUpdate: (ctx, _old: HorizontalPodAutoscaler, hpa: HorizontalPodAutoscaler) => ctx.enqueueAfter(keyOf(hpa), ctx.flag(HPA_SYNC_PERIOD)),
    },
    { resource: PODS },
    { resource: CRDS },
  ],
  state: [HISTORY],
  reconcile: (ctx, key) => syncAutoscaler(ctx, key, metrics),
})
