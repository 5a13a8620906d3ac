import { isPathSegmentName } from '../api/names.ts'
import type { BindingObject } from '../api/rbac.ts'
import { defaultBinding, subjectNames, validateBinding, validateBindingUpdate } from '../api/validate/rbac.ts'
import { ageColumn, defineKind, nameColumn, textColumn } from './define.ts'
import type { KindDefinition } from './definition.ts'

/** RoleBinding and ClusterRoleBinding, which differ in what they may refer to. */
export const bindingKind = (kind: string, namespaced: boolean): KindDefinition =>
  defineKind<BindingObject>('rbac.authorization.k8s.io', 'v1', kind, {
    name: isPathSegmentName,
    defaults: defaultBinding,
    validate: (binding) => validateBinding(binding, namespaced),
    validateUpdate: (binding, old) => validateBindingUpdate(binding, old, namespaced),
    columns: [
      nameColumn,
      textColumn('Role', ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`),
      ageColumn,
      textColumn('Users', (binding) => subjectNames(binding, 'User'), 1),
      textColumn('Groups', (binding) => subjectNames(binding, 'Group'), 1),
      textColumn('ServiceAccounts', (binding) => subjectNames(binding, 'ServiceAccount'), 1),
    ],
  })
