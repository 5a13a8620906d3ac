import { semanticEqual } from '../../api/deep.ts'
import { aggregatedRules, type PolicyRule, type RoleObject } from '../../api/rbac.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { Controller, HandlerContext } from '../../client/controller.ts'
import type { JsonValue } from '../../api/meta.ts'
import { patch } from '../../client/request.ts'

const CLUSTER_ROLES = { group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles' } as const

const FORCED = { fieldManager: 'clusterrole-aggregation-controller', force: true } as const

/** Which role feeds which is not known beforehand, so a change of any asks for all that gather. */
function enqueueAll(ctx: HandlerContext): void {
  for (const role of ctx.lister<RoleObject>('clusterroles').list()) if (role.aggregationRule) ctx.enqueue(role.metadata.name)
}

/** What it says about a role: nothing but the rules, and those only where there are some, so that others' rules stay when nothing is gathered. */
function applied(name: string, rules: readonly PolicyRule[]): JsonValue {
  return { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name }, ...(rules.length > 0 ? { rules } : {}) } as unknown as JsonValue
}

/** Fills ClusterRoles that gather rules from others by label (kube-controller-manager: clusterrole-aggregation). */
export const clusterRoleAggregation: Controller = {
  name: 'clusterrole-aggregation-controller',
  workers: 5,
  watches: [{ resource: CLUSTER_ROLES, onAdd: enqueueAll, onUpdate: enqueueAll, onDelete: enqueueAll }],
  reconcile(ctx, name) {
    const roles = ctx.lister<RoleObject>('clusterroles')
    const role = roles.get(undefined, name)
    if (!role?.aggregationRule) return undefined
    const rules = aggregatedRules(role, roles.list())
    if (semanticEqual(rules, role.rules ?? [])) return undefined
    ctx.note('clusterroleaggregation.rules', { name, count: rules.length })
    const answer = ctx.call({ ...patch(CLUSTER_ROLES, role, applied(name, rules), 'apply'), options: FORCED })
    return isStatus(answer) && !isNotFound(answer) ? { retry: answer.message ?? '' } : undefined
  },
}
