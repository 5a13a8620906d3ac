import type { PodDisruptionBudget } from '../../api/disruption.ts'
import { invalidValue, type FieldError } from '../../api/field.ts'
import { validateLabelSelector } from '../../api/labels.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'

const EMPTY = Object.freeze({ currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 })

function validate(pdb: PodDisruptionBudget): readonly FieldError[] {
  const { minAvailable, maxUnavailable, selector } = pdb.spec ?? {}
  const both = minAvailable !== undefined && maxUnavailable !== undefined
  const out: FieldError[] = both ? [invalidValue('spec', 'PodDisruptionBudgetSpec', 'minAvailable and maxUnavailable cannot be both set')] : []
  return [...out, ...validateLabelSelector(selector, 'spec.selector')]
}

const given = (value: number | string | undefined): string => (value === undefined ? 'N/A' : `${value}`)

/** policy/v1 PodDisruptionBudget (registry/policy/poddisruptionbudget: strategy.go). */
export const podDisruptionBudgetKind = defineKind<PodDisruptionBudget>('policy', 'v1', 'PodDisruptionBudget', {
  generation: true,
  prepareCreate: (pdb) => ({ ...pdb, status: EMPTY }),
  validate,
  columns: [
    nameColumn,
    textColumn('Min Available', (pdb) => given(pdb.spec?.minAvailable)),
    textColumn('Max Unavailable', (pdb) => given(pdb.spec?.maxUnavailable)),
    countColumn('Allowed Disruptions', (pdb) => pdb.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
})
