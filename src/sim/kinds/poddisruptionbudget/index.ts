import type { PodDisruptionBudget } from '../../api/disruption.ts'
import { invalidValue, notSupported, type FieldError } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import { validateLabelSelector } from '../../api/labels.ts'
import { conditions } from '../../api/validate/conditions.ts'
import { atMost100Percent, intOrPercent, nonNegative } from '../../api/validate/simple.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'

const EMPTY = Object.freeze({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })

/** policy/validation: ValidatePodDisruptionBudgetSpec. Nobody looks at the metadata here. */
function validate(pdb: PodDisruptionBudget, old?: PodDisruptionBudget): readonly FieldError[] {
  const spec = pdb.spec ?? {}
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy: policy } = spec
  const out: FieldError[] = []
  if (minAvailable !== undefined && maxUnavailable !== undefined) out.push(invalidValue('spec', goInternal('policy.PodDisruptionBudgetSpec', spec), 'minAvailable and maxUnavailable cannot be both set'))
  for (const key of ['minAvailable', 'maxUnavailable'] as const) {
    intOrPercent(spec[key], `spec.${key}`, out)
    atMost100Percent(spec[key], `spec.${key}`, out)
  }
  const badBefore = old !== undefined && validateLabelSelector(old.spec?.selector, '').length > 0 && validateLabelSelector(old.spec?.selector, '', true).length === 0
  out.push(...validateLabelSelector(selector, 'spec.selector', badBefore))
  if (policy !== undefined && policy !== 'AlwaysAllow' && policy !== 'IfHealthyBudget') out.push(notSupported('spec.unhealthyPodEvictionPolicy', policy, ['AlwaysAllow', 'IfHealthyBudget']))
  return out
}

const COUNTS = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const

/** policy/validation: ValidatePodDisruptionBudgetStatusUpdate. */
function validateStatus(pdb: PodDisruptionBudget): readonly FieldError[] {
  const out: FieldError[] = []
  conditions(pdb.status?.conditions, 'status.conditions', out)
  for (const key of COUNTS) nonNegative(pdb.status?.[key], `status.${key}`, out)
  return out
}

const given = (value: number | string | undefined): string => (value === undefined ? 'N/A' : `${value}`)

/** policy/v1 PodDisruptionBudget (registry/policy/poddisruptionbudget: strategy.go). */
export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>('policy', 'v1', 'PodDisruptionBudget', {
  generation: true,
  prepareCreate: (pdb) => ({ ...pdb, status: EMPTY }),
  looseMeta: true,
  defaults: (pdb) => (pdb.spec ? pdb : { ...pdb, spec: {} }),
  validate: (pdb) => validate(pdb),
  validateUpdate: validate,
  validateStatusUpdate: validateStatus,
  columns: [
    nameColumn,
    textColumn('Min Available', (pdb) => given(pdb.spec?.minAvailable)),
    textColumn('Max Unavailable', (pdb) => given(pdb.spec?.maxUnavailable)),
    countColumn('Allowed Disruptions', (pdb) => pdb.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
})
