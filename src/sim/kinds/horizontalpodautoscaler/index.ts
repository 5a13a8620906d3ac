import { defineKind } from '../define.ts'
import type { KubeObject } from '../../api/meta.ts'
import { autoscalerColumns } from './columns.ts'
import { defaultAutoscaler } from './defaults.ts'
import type { HorizontalPodAutoscaler } from './horizontalpodautoscaler.ts'
import { fromV1, toV1, type HorizontalPodAutoscalerV1 } from './v1.ts'
import { validateAutoscaler, validateAutoscalerStatus } from './validate.ts'

/** autoscaling/v2 HorizontalPodAutoscaler (registry/autoscaling/horizontalpodautoscaler: strategy.go). */
export const horizontalPodAutoscalerKind = defineKind<HorizontalPodAutoscaler>('autoscaling', 'v2', 'HorizontalPodAutoscaler', {
  defaults: defaultAutoscaler,
  prepareCreate: (hpa) => ({ ...hpa, status: { desiredReplicas: 0, currentMetrics: null } }),
  validate: (hpa) => validateAutoscaler(hpa),
  validateUpdate: validateAutoscaler,
  validateStatusUpdate: validateAutoscalerStatus,
  columns: autoscalerColumns,
})

const defaultV1 = (hpa: HorizontalPodAutoscalerV1): HorizontalPodAutoscalerV1 => toV1(defaultAutoscaler(fromV1(hpa)))

/** autoscaling/v1: checked and kept as v2, to which it converts and back without loss. */
export const horizontalPodAutoscalerV1Kind = defineKind<HorizontalPodAutoscalerV1>('autoscaling', 'v1', 'HorizontalPodAutoscaler', {
  defaults: defaultV1,
  prepareCreate: (hpa) => ({ ...hpa, status: { currentReplicas: 0, desiredReplicas: 0 } }),
  validate: (hpa) => validateAutoscaler(fromV1(hpa)),
  validateUpdate: (hpa, old) => validateAutoscaler(fromV1(hpa), fromV1(old)),
  validateStatusUpdate: (hpa) => validateAutoscalerStatus(fromV1(hpa)),
  columns: autoscalerColumns.map((c) => ({ ...c, cell: (hpa: HorizontalPodAutoscalerV1, now) => c.cell(fromV1(hpa), now) })),
  storedAs: {
    apiVersion: 'autoscaling/v2',
    toStored: (hpa) => fromV1(hpa),
    fromStored: (stored: KubeObject) => toV1(stored as HorizontalPodAutoscaler),
  },
})
