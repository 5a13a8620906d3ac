import { at, child, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { compareQuantities } from '../../api/quantity.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import type { HorizontalPodAutoscaler, HPAScalingPolicy, HPAScalingRules } from './horizontalpodautoscaler.ts'
import { metrics, reference, versionComplaint, type ReferenceOptions } from './validate-metrics.ts'

const MAX_WINDOW = 3600
const MAX_PERIOD = 1800

function policy(p: HPAScalingPolicy, path: Path, out: FieldError[]): void {
  if (p.type !== 'Pods' && p.type !== 'Percent') out.push(notSupported(child(path, 'type'), p.type ?? '', ['Percent', 'Pods']))
  for (const key of ['value', 'periodSeconds'] as const) if ((p[key] ?? 0) <= 0) out.push(invalidValue(child(path, key), p[key] ?? 0, 'must be greater than zero'))
  if (p.periodSeconds > MAX_PERIOD) out.push(invalidValue(child(path, 'periodSeconds'), p.periodSeconds, `must be less than or equal to ${MAX_PERIOD}`))
}

function scalingRules(r: HPAScalingRules | undefined, path: Path, out: FieldError[]): void {
  if (!r) return
  const window = r.stabilizationWindowSeconds
  const windowPath = child(path, 'stabilizationWindowSeconds')
  if (window !== undefined && window < 0) out.push(invalidValue(windowPath, window, 'must be greater than or equal to zero'))
  if (window !== undefined && window > MAX_WINDOW) out.push(invalidValue(windowPath, window, `must be less than or equal to ${MAX_WINDOW}`))
  if (r.selectPolicy !== undefined && !['Disabled', 'Max', 'Min'].includes(r.selectPolicy)) out.push(notSupported(child(path, 'selectPolicy'), r.selectPolicy, ['Disabled', 'Max', 'Min']))
  const policies = r.policies ?? []
  if (policies.length === 0) out.push(required(child(path, 'policies'), 'must specify at least one Policy'))
  policies.forEach((p, i) => policy(p, at(child(path, 'policies'), i), out))
  if (r.tolerance !== undefined && compareQuantities(r.tolerance, '0') < 0) out.push(invalidValue(child(path, 'tolerance'), r.tolerance, 'must be greater than or equal to 0'))
}

interface Options {
  readonly least: number
  readonly target: ReferenceOptions
  readonly object: ReferenceOptions
}

/** What an update may leave as it was (registry/autoscaling: validationOptionsForHorizontalPodAutoscaler). */
function optionsFor(hpa: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler | undefined): Options {
  const [now, was] = [hpa.spec.scaleTargetRef, old?.spec.scaleTargetRef]
  const kept = was !== undefined && (was.apiVersion ?? '') === (now?.apiVersion ?? '') && was.kind === now?.kind
  const badBefore = old?.spec.metrics?.some((m) => m.type === 'Object' && m.object && versionComplaint(m.object.describedObject, { emptyGroup: true }) !== undefined)
  return {
    least: old?.spec.minReplicas === 0 ? 0 : 1,
    target: kept ? { anyVersion: true } : { emptyGroup: now?.kind === 'ReplicationController' },
    object: { emptyGroup: true, anyVersion: badBefore ?? false },
  }
}

/** autoscaling/validation: validateHorizontalPodAutoscalerSpec. */
export function validateAutoscaler(hpa: HorizontalPodAutoscaler, old?: HorizontalPodAutoscaler): readonly FieldError[] {
  const out: FieldError[] = []
  const { spec } = hpa
  const options = optionsFor(hpa, old)
  const [min, max] = [spec.minReplicas, spec.maxReplicas ?? 0]
  if (min !== undefined && min < options.least) out.push(invalidValue('spec.minReplicas', min, `must be greater than or equal to ${options.least}`))
  if (max === 0) out.push(required('spec.maxReplicas', 'must be set and greater than 0'))
  else if (max < 0) out.push(invalidValue('spec.maxReplicas', max, 'must be greater than or equal to 1'))
  if (min !== undefined && max < min) out.push(invalidValue('spec.maxReplicas', max, 'must be greater than or equal to `minReplicas`'))
  reference(spec.scaleTargetRef ?? { kind: '', name: '' }, 'spec.scaleTargetRef', options.target, out)
  metrics(spec.metrics, min, 'spec.metrics', options.object, out)
  scalingRules(spec.behavior?.scaleUp, 'spec.behavior.scaleUp', out)
  scalingRules(spec.behavior?.scaleDown, 'spec.behavior.scaleDown', out)
  return out
}

/** autoscaling/validation: ValidateHorizontalPodAutoscalerStatusUpdate. */
export function validateAutoscalerStatus(hpa: HorizontalPodAutoscaler): readonly FieldError[] {
  const out: FieldError[] = []
  nonNegative(hpa.status?.currentReplicas, 'status.currentReplicas', out)
  nonNegative(hpa.status?.desiredReplicas, 'status.desiredReplicas', out)
  return out
}
