import { isPathSegmentName } from '../../api/names.ts'
import type { RoleObject } from '../../api/rbac.ts'
import { validateRules } from '../../api/validate/rbac.ts'
import { createdColumn, defineKind, nameColumn } from '../define.ts'

/** rbac.authorization.k8s.io/v1 Role (registry/rbac/role: strategy.go). */
export const roleKind = defineKind<RoleObject>('rbac.authorization.k8s.io', 'v1', 'Role', {
  name: isPathSegmentName,
  validate: (role) => validateRules(role, true),
  columns: [nameColumn, createdColumn],
})
