import type { BindingObject, PolicyRule, RoleObject, RoleRef, Subject } from '../../api/rbac.ts'
import type { ObjectStore } from '../../store/store.ts'
import { accountName, splitAccount, type UserInfo } from '../authentication/user.ts'
import type { Attributes, Verdict } from './attributes.ts'
import { ruleAllows } from './rules.ts'

/** Rules that apply to a user, by the binding that gives them, or why a binding gives none. */
export interface Granted {
  readonly source: string
  readonly rules: readonly PolicyRule[]
  readonly missing?: RoleRef
}

const NOTHING: readonly PolicyRule[] = []
const plural = (kind: string): string => (kind === 'Role' ? 'roles' : 'clusterroles')

/** The rules behind a role reference; undefined when there is no such role (registry/rbac/validation: GetRoleReferenceRules). */
export function rulesOf(store: ObjectStore, ref: RoleRef, namespace: string): readonly PolicyRule[] | undefined {
  const inside = ref.kind === 'Role' ? `${namespace}/` : ''
  const role = store.get(`${plural(ref.kind)}/${inside}${ref.name}`) as RoleObject | undefined
  return role && (role.rules ?? NOTHING)
}

const missingText = ({ kind, name }: RoleRef): string => `${plural(kind).slice(0, -1)}.rbac.authorization.k8s.io ${JSON.stringify(name)} not found`

/** Numbers of cluster-wide bindings, in the order of their names, by who is among their subjects. */
export interface ClusterBindings {
  readonly all: readonly BindingObject[]
  readonly of: ReadonlyMap<string, readonly number[]>
}

const wordFor = ({ kind, name, namespace = '' }: Subject): string => (kind === 'Group' ? `group ${name}` : kind === 'User' ? name : accountName(namespace, name))

export function clusterBindings(store: ObjectStore): ClusterBindings {
  const all = store.keys('clusterrolebindings').map((key) => store.get(key) as BindingObject)
  const of = new Map<string, number[]>()
  all.forEach(({ subjects = [] }, i) => {
    for (const word of new Set(subjects.map(wordFor))) {
      const known = of.get(word)
      if (known) known.push(i)
      else of.set(word, [i])
    }
  })
  return { all, of }
}

/** The bindings of a user, cluster-wide ones first, then those of the namespace, in the order of their names. */
export function grantsOf(store: ObjectStore, { all, of }: ClusterBindings, user: UserInfo, namespace: string): Granted[] {
  const out: Granted[] = []
  const numbers = new Set([user.name, ...user.groups.map((group) => `group ${group}`)].flatMap((word) => of.get(word) ?? []))
  for (const i of [...numbers].sort((a, b) => a - b)) collect(out, store, all[i]!, user, '')
  if (namespace) for (const key of store.keys('rolebindings', namespace)) collect(out, store, store.get(key) as BindingObject, user, namespace)
  return out
}

function collect(out: Granted[], store: ObjectStore, binding: BindingObject, user: UserInfo, namespace: string): void {
  const subject = binding.subjects?.find((candidate) => applies(candidate, user, namespace))
  if (!subject) return
  const rules = rulesOf(store, binding.roleRef, namespace)
  if (!rules) out.push({ source: '', rules: NOTHING, missing: binding.roleRef })
  else out.push({ source: describe(binding, subject, namespace), rules })
}

function applies(subject: Subject, user: UserInfo, namespace: string): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.name === user.name
    case 'Group':
      return user.groups.includes(subject.name)
    case 'ServiceAccount': {
      const account = splitAccount(user.name)
      const home = subject.namespace || namespace
      return account !== undefined && home !== '' && account.namespace === home && account.name === subject.name
    }
    default:
      return false
  }
}

function describe({ kind, metadata, roleRef }: BindingObject, subject: Subject, namespace: string): string {
  const binding = namespace ? `${metadata.name}/${namespace}` : metadata.name
  const name = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace || namespace}` : subject.name
  return `${kind} ${JSON.stringify(binding)} of ${roleRef.kind} ${JSON.stringify(roleRef.name)} to ${subject.kind} ${JSON.stringify(name)}`
}

/** How errors read together (apimachinery: util/errors, Aggregate). */
export function aggregate(texts: readonly string[]): string {
  const once = [...new Set(texts)]
  return once.length === 1 ? once[0]! : `[${once.join(', ')}]`
}

/** The RBAC authorizer over the grants of the asking user (plugin/pkg/auth/authorizer/rbac). */
export function rbacVerdict(grants: readonly Granted[], asked: Attributes): Verdict {
  for (const { source, rules } of grants) if (rules.some((rule) => ruleAllows(rule, asked))) return { allowed: true, reason: `RBAC: allowed by ${source}` }
  const missing = grants.flatMap((grant) => (grant.missing ? [missingText(grant.missing)] : []))
  return { allowed: false, reason: missing.length > 0 ? `RBAC: ${aggregate(missing)}` : '' }
}
