import { bindingKind } from '../role-binding.ts'

/** rbac.authorization.k8s.io/v1 ClusterRoleBinding (registry/rbac/clusterrolebinding: strategy.go). */
export const clusterRoleBindingKind = bindingKind('ClusterRoleBinding', false)
