import { semanticEqual } from '../../api/deep.ts'
import type { KubeObject } from '../../api/meta.ts'
import type { BindingObject, PolicyRule, RoleObject, RoleRef } from '../../api/rbac.ts'
import { forbidden, notFound, type Status } from '../../api/status.ts'
import type { ObjectStore } from '../../store/store.ts'
import { MASTERS, type UserInfo } from '../authentication/user.ts'
import { resourceRequest } from './attributes.ts'
import type { Authorizer } from './authorizer.ts'
import { aggregate, rulesOf } from './rbac.ts'
import { compact, ruleText, uncovered } from './rules.ts'

const GROUP = 'rbac.authorization.k8s.io'
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** A write of a role or binding, as the check sees it. */
export interface RbacWrite {
  readonly store: ObjectStore
  readonly authorizer: Authorizer
  readonly user: UserInfo
  /** Plural of the written kind. */
  readonly resource: string
  readonly namespace: string
  /** Name on the path: '' for creations. */
  readonly name: string
}

/**
 * Nobody grants what he does not hold: roles need the verb `escalate` or all their rules, bindings the verb `bind` or all
 * the rules of the role (pkg/registry/rbac: policybased storages). Runs before validation.
 */
export function refuseEscalation(write: RbacWrite, object: KubeObject, old: KubeObject | undefined): Status | undefined {
  const { authorizer, user, resource } = write
  if (authorizer.mode === 'AlwaysAllow' || user.groups.includes(MASTERS)) return undefined
  if (old && onlyLetsGo(object, old)) return undefined
  return resource.endsWith('bindings') ? refuseBinding(write, object as BindingObject) : refuseRole(write, object as RoleObject, old as RoleObject | undefined)
}

/** An update that touches nothing but finalizers and owners is the garbage collector's. */
function onlyLetsGo(object: KubeObject, old: KubeObject): boolean {
  const strip = ({ metadata: { finalizers: _f, ownerReferences: _o, managedFields: _m, ...rest }, ...body }: KubeObject): object => ({ ...body, metadata: rest })
  const changed = !semanticEqual(object.metadata.finalizers, old.metadata.finalizers) || !semanticEqual(object.metadata.ownerReferences, old.metadata.ownerReferences)
  return changed && semanticEqual(strip(object), strip(old))
}

const hasAggregation = (role: RoleObject | undefined): boolean => (role?.aggregationRule?.clusterRoleSelectors?.length ?? 0) > 0

function refuseRole(write: RbacWrite, role: RoleObject, old: RoleObject | undefined): Status | undefined {
  const { authorizer, user, resource, namespace, name } = write
  if (authorizer.verdict(resourceRequest(user, 'escalate', GROUP, resource, namespace, name)).allowed) return undefined
  const refuse = (why: string): Status => forbidden({ group: GROUP, resource }, role.metadata.name, why)
  const beyond = notHeld(write, role.rules ?? [])
  if (beyond) return refuse(beyond)
  const aggregates = resource === 'clusterroles' && (hasAggregation(role) || hasAggregation(old))
  return aggregates && notHeld(write, EVERYTHING) ? refuse('must have cluster-admin privileges to use the aggregationRule') : undefined
}

function refuseBinding(write: RbacWrite, binding: BindingObject): Status | undefined {
  const { store, resource, namespace } = write
  const { roleRef } = binding
  if (isAllowedToBind(write, roleRef)) return undefined
  const rules = rulesOf(store, roleRef, namespace)
  // The storage that looks the role up names the resource of the request.
  if (!rules) return notFound({ group: GROUP, resource }, roleRef.name)
  const beyond = notHeld(write, rules)
  return beyond ? forbidden({ group: GROUP, resource }, binding.metadata.name, beyond) : undefined
}

function isAllowedToBind({ authorizer, user, namespace }: RbacWrite, { apiGroup = '', kind, name }: RoleRef): boolean {
  if (kind !== 'Role' && kind !== 'ClusterRole') return false
  const plural = kind === 'Role' ? 'roles' : 'clusterroles'
  return authorizer.verdict(resourceRequest(user, 'bind', apiGroup, plural, namespace, name)).allowed
}

/** Why the user may not grant these rules, if so (registry/rbac/validation: ConfirmNoEscalation). */
function notHeld({ authorizer, user, namespace, resource }: RbacWrite, wanted: readonly PolicyRule[]): string | undefined {
  const grants = authorizer.grants(user, namespace)
  const beyond = uncovered(grants.flatMap((grant) => grant.rules), wanted)
  if (beyond.length === 0) return undefined
  const lines = [...new Set(compact(beyond).map(ruleText))].sort()
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ')
  const missing = grants.flatMap((grant) => (grant.missing ? [`${resource}.${GROUP} ${JSON.stringify(grant.missing.name)} not found`] : []))
  const unresolved = missing.length > 0 ? `; resolution errors: [${aggregate(missing)}]` : ''
  return `user ${JSON.stringify(user.name)} (groups=[${groups}]) is attempting to grant RBAC permissions not currently held:\n${lines.join('\n')}${unresolved}`
}
