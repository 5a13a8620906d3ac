import { bindingKind } from '../role-binding.ts'

/** rbac.authorization.k8s.io/v1 RoleBinding (registry/rbac/rolebinding: strategy.go). */
export const roleBindingKind = bindingKind('RoleBinding', true)
