import { at, invalidValue, required, type FieldError } from '../../api/field.ts'
import { validateLabelSelector } from '../../api/labels.ts'
import { isPathSegmentName } from '../../api/names.ts'
import type { RoleObject } from '../../api/rbac.ts'
import { validateRules } from '../../api/validate/rbac.ts'
import { createdColumn, defineKind, nameColumn } from '../define.ts'

const SELECTORS = 'aggregationRule.clusterRoleSelectors'

function validate(role: RoleObject): readonly FieldError[] {
  const rules = validateRules(role, false)
  if (!role.aggregationRule) return rules
  const selectors = role.aggregationRule.clusterRoleSelectors ?? []
  const none = selectors.length > 0 ? [] : [required(SELECTORS, 'at least one clusterRoleSelector required if aggregationRule is non-nil')]
  const wrong = selectors.flatMap((selector, i) => {
    const path = at(SELECTORS, i)
    const errors = validateLabelSelector(selector, path)
    return errors.length > 0 ? [...errors, invalidValue(path, null, 'invalid label selector.')] : []
  })
  return [...rules, ...none, ...wrong]
}

/** rbac.authorization.k8s.io/v1 ClusterRole (registry/rbac/clusterrole: strategy.go). */
export const clusterRoleKind = defineKind<RoleObject>('rbac.authorization.k8s.io', 'v1', 'ClusterRole', {
  name: isPathSegmentName,
  validate,
  columns: [nameColumn, createdColumn],
})
