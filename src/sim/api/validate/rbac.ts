import { at, child, invalidValue, notSupported, required, type FieldError, type Path } from '../field.ts'
import { isDns1123Subdomain, isPathSegmentName } from '../names.ts'
import type { BindingObject, PolicyRule, RoleObject, RoleRef, Subject } from '../rbac.ts'
import { mapSame } from '../share.ts'

export const RBAC_GROUP = 'rbac.authorization.k8s.io'
const RULES_CLASH = 'rules cannot apply to both regular resources and non-resource URLs'

/** Rules of a role (pkg/apis/rbac/validation: ValidatePolicyRule). */
export function validateRules(role: RoleObject, namespaced: boolean): readonly FieldError[] {
  return (role.rules ?? []).flatMap((rule, i) => validateRule(rule, namespaced, at('rules', i)))
}

function validateRule({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule, namespaced: boolean, path: Path): FieldError[] {
  const out: FieldError[] = verbs?.length ? [] : [required(child(path, 'verbs'), 'verbs must contain at least one value')]
  if (nonResourceURLs?.length) {
    const urls = child(path, 'nonResourceURLs')
    if (namespaced) out.push(invalidValue(urls, nonResourceURLs, 'namespaced rules cannot apply to non-resource URLs'))
    if (apiGroups?.length || resources?.length || resourceNames?.length) out.push(invalidValue(urls, nonResourceURLs, RULES_CLASH))
    return out
  }
  if (!apiGroups?.length) out.push(required(child(path, 'apiGroups'), 'resource rules must supply at least one api group'))
  if (!resources?.length) out.push(required(child(path, 'resources'), 'resource rules must supply at least one resource'))
  return out
}

/** A binding's reference and subjects (pkg/apis/rbac/validation: ValidateRoleBinding, ValidateClusterRoleBinding). */
export function validateBinding(binding: BindingObject, namespaced: boolean): readonly FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = (binding.roleRef ?? {}) as Partial<RoleRef>
  const kinds = namespaced ? ['Role', 'ClusterRole'] : ['ClusterRole']
  const out: FieldError[] = apiGroup === RBAC_GROUP ? [] : [notSupported('roleRef.apiGroup', apiGroup, [RBAC_GROUP])]
  if (!kinds.includes(kind)) out.push(notSupported('roleRef.kind', kind, kinds))
  if (!name) out.push(required('roleRef.name'))
  else for (const wrong of isPathSegmentName(name)) out.push(invalidValue('roleRef.name', name, wrong))
  return [...out, ...(binding.subjects ?? []).flatMap((subject, i) => validateSubject(subject, namespaced, at('subjects', i)))]
}

function validateSubject({ kind = '', apiGroup = '', name = '', namespace }: Partial<Subject>, namespaced: boolean, path: Path): FieldError[] {
  const out: FieldError[] = name ? [] : [required(child(path, 'name'))]
  const group = child(path, 'apiGroup')
  switch (kind) {
    case 'ServiceAccount':
      if (name) for (const wrong of isDns1123Subdomain(name)) out.push(invalidValue(child(path, 'name'), name, wrong))
      if (apiGroup) out.push(notSupported(group, apiGroup, ['']))
      if (!namespaced && !namespace) out.push(required(child(path, 'namespace')))
      return out
    case 'User':
    case 'Group':
      return apiGroup === RBAC_GROUP ? out : [...out, notSupported(group, apiGroup, [RBAC_GROUP])]
    default:
      return [...out, notSupported(child(path, 'kind'), kind, ['ServiceAccount', 'User', 'Group'])]
  }
}

/** An update may not point elsewhere. */
export function validateBindingUpdate(binding: BindingObject, old: BindingObject, namespaced: boolean): readonly FieldError[] {
  const errors = validateBinding(binding, namespaced)
  const { apiGroup = '', kind = '', name = '' } = (binding.roleRef ?? {}) as Partial<RoleRef>
  if (apiGroup === (old.roleRef.apiGroup ?? '') && kind === old.roleRef.kind && name === old.roleRef.name) return errors
  return [...errors, invalidValue('roleRef', { APIGroup: apiGroup, Kind: kind, Name: name }, 'cannot change roleRef')]
}

/** Groups that the writer left out (pkg/apis/rbac/v1/defaults.go). */
export function defaultBinding(binding: BindingObject): BindingObject {
  const roleRef = binding.roleRef && !binding.roleRef.apiGroup ? { ...binding.roleRef, apiGroup: RBAC_GROUP } : binding.roleRef
  const subjects = mapSame(binding.subjects, (subject) =>
    !subject.apiGroup && (subject.kind === 'User' || subject.kind === 'Group') ? { ...subject, apiGroup: RBAC_GROUP } : subject,
  )
  return roleRef === binding.roleRef && subjects === binding.subjects ? binding : { ...binding, roleRef, ...(subjects ? { subjects } : {}) }
}

/** Names of the subjects of one kind, for the columns of `-o wide`. */
export const subjectNames = (binding: BindingObject, kind: string): string =>
  (binding.subjects ?? []).filter((s) => s.kind === kind).map((s) => (kind === 'ServiceAccount' ? `${s.namespace ?? ''}/${s.name}` : s.name)).join(', ')
