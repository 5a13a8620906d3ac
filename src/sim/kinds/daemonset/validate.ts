import { child, invalidValue, notSupported, required, type FieldError, type Path } from '../../api/field.ts'
import { isEmptySelector, printedSelector, printedLabels, validateLabelSelector } from '../../api/labels.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { immutable } from '../../api/validate-meta.ts'
import { atMost100Percent, intOrPercent, intOrPercentNumber, nonNegative } from '../../api/validate/simple.ts'
import { alwaysRestart, hasBadOperator, podTemplate, selectorAgainstLabels } from '../../api/validate/workload.ts'
import type { DaemonSet, DaemonSetStatus, DaemonSetUpdateStrategy } from './daemonset.ts'

const goStrategy = (s: DaemonSetUpdateStrategy | undefined): unknown => ({
  Type: s?.type ?? '',
  RollingUpdate: s?.rollingUpdate ? { MaxUnavailable: s.rollingUpdate.maxUnavailable ?? 0, MaxSurge: s.rollingUpdate.maxSurge ?? 0 } : null,
})

function strategy(s: DaemonSetUpdateStrategy | undefined, path: Path, out: FieldError[]): void {
  if (s?.type === 'OnDelete') return
  if (s?.type !== 'RollingUpdate') return void out.push(notSupported(path, goStrategy(s), ['RollingUpdate', 'OnDelete']))
  const rolling = child(path, 'rollingUpdate')
  if (!s.rollingUpdate) return void out.push(required(rolling))
  const { maxUnavailable, maxSurge } = s.rollingUpdate
  intOrPercent(maxUnavailable, child(rolling, 'maxUnavailable'), out)
  intOrPercent(maxSurge, child(rolling, 'maxSurge'), out)
  atMost100Percent(maxUnavailable, child(rolling, 'maxUnavailable'), out)
  atMost100Percent(maxSurge, child(rolling, 'maxSurge'), out)
  const unavailable = intOrPercentNumber(maxUnavailable) !== 0
  const surge = intOrPercentNumber(maxSurge) !== 0
  if (unavailable && surge) out.push(invalidValue(child(rolling, 'maxSurge'), maxSurge, 'may not be set when maxUnavailable is non-zero'))
  else if (!unavailable && !surge) out.push(required(child(rolling, 'maxUnavailable'), 'cannot be 0 when maxSurge is 0'))
}

/** apps/validation: ValidateDaemonSetSpec. */
export function validateDaemonSet(d: DaemonSet): readonly FieldError[] {
  const out: FieldError[] = []
  const { selector, template } = d.spec
  out.push(...validateLabelSelector(selector, 'spec.selector'))
  if (selector && !hasBadOperator(selector)) selectorAgainstLabels(selector, template, 'spec.template', out)
  if (!selector) out.push(invalidValue('spec.template.metadata.labels', printedLabels(template.metadata), '`selector` does not match template `labels`'))
  if (selector && isEmptySelector(selector)) out.push(invalidValue('spec.selector', printedSelector(selector), 'empty selector is invalid for daemonset'))
  podTemplate(template, 'spec.template', out)
  alwaysRestart(template, 'spec.template', 'DaemonSet', out)
  nonNegative(d.spec.minReadySeconds, 'spec.minReadySeconds', out)
  strategy(d.spec.updateStrategy, 'spec.updateStrategy', out)
  nonNegative(d.spec.revisionHistoryLimit, 'spec.revisionHistoryLimit', out)
  return out
}

export function validateDaemonSetUpdate(d: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const out: FieldError[] = []
  immutable(printedSelector(d.spec.selector), printedSelector(old.spec.selector), 'spec.selector', out)
  return [...out, ...validateDaemonSet(d)]
}

const COUNTS: readonly (keyof DaemonSetStatus)[] = [
  'currentNumberScheduled', 'numberMisscheduled', 'desiredNumberScheduled', 'numberReady', 'observedGeneration', 'updatedNumberScheduled',
  'numberAvailable', 'numberUnavailable', 'collisionCount',
]

/** apps/validation: ValidateDaemonSetStatusUpdate. */
export function validateDaemonSetStatus(d: DaemonSet, old: DaemonSet): readonly FieldError[] {
  const out: FieldError[] = []
  for (const key of COUNTS) nonNegative(d.status?.[key] as number | undefined, `status.${key}`, out)
  const count = d.status?.collisionCount ?? 0
  if (count < (old.status?.collisionCount ?? 0)) out.push(invalidValue('status.collisionCount', count, 'cannot be decremented'))
  return out
}

/** registry/apps/daemonset: WarningsOnCreate and WarningsOnUpdate. */
export const daemonSetWarnings = (d: DaemonSet, old?: DaemonSet): readonly string[] =>
  old && old.spec.template === d.spec.template ? [] : templateWarnings(d.spec.template, 'spec.template', old?.spec.template)
