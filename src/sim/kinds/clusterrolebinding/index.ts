import { isPathSegmentName } from '../../api/names.ts'
import type { BindingObject } from '../../api/rbac.ts'
import { defaultBinding, subjectNames, validateBinding, validateBindingUpdate } from '../../api/validate/rbac.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from '../define.ts'

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding (registry/rbac/clusterrolebinding: strategy.go). */
export const clusterRoleBindingKind = defineKind<BindingObject>('rbac.authorization.k8s.io', 'v1', 'ClusterRoleBinding', {
  name: isPathSegmentName,
  defaults: defaultBinding,
  validate: (binding) => validateBinding(binding, false),
  validateUpdate: (binding, old) => validateBindingUpdate(binding, old, false),
  columns: [
    nameColumn,
    textColumn('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
    ageColumn,
    textColumn('Users', (binding) => subjectNames(binding, 'User'), 1),
    textColumn('Groups', (binding) => subjectNames(binding, 'Group'), 1),
    textColumn('ServiceAccounts', (binding) => subjectNames(binding, 'ServiceAccount'), 1),
  ],
})
