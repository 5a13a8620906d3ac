import { aggregatedRules, type BindingObject, type PolicyRule, type RoleObject, type Subject } from './api/rbac.ts'
import type { KubeObject } from './api/meta.ts'
import tables from './bootstrap-rbac.json'

/** Lines by name: rules as "verbs groups resources [names]" or "verbs @ urls", "label x" and "aggregate x" for aggregation. */
type Lines = Readonly<Record<string, readonly string[]>>

const API = 'rbac.authorization.k8s.io'
const BOOTSTRAPPING = { 'kubernetes.io/bootstrapping': 'rbac-defaults' }
const CONTROLLER = 'system:controller:'
const aggregation = (to: string): Readonly<Record<string, string>> => ({ [`${API}/aggregate-to-${to}`]: 'true' })

function object(kind: string, key: string, labels: Readonly<Record<string, string>> = {}): KubeObject {
  const slash = key.indexOf('/')
  return {
    apiVersion: `${API}/v1`,
    kind,
    metadata: {
      name: key.slice(slash + 1),
      ...(slash < 0 ? {} : { namespace: key.slice(0, slash) }),
      labels: { ...BOOTSTRAPPING, ...labels },
      annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
    },
  }
}

const list = (text: string): readonly string[] => text.split(',').map((word) => (word === 'core' ? '' : word))

function ruleOf(line: string): PolicyRule {
  const [verbs, groups, resources, names] = line.split(' ') as [string, string, string, string | undefined]
  if (groups === '@') return { verbs: list(verbs), nonResourceURLs: list(resources) }
  return { verbs: list(verbs), apiGroups: list(groups), resources: list(resources), ...(names ? { resourceNames: list(names) } : {}) }
}

function role(kind: string, key: string, lines: readonly string[]): RoleObject {
  const word = (which: string): string | undefined => lines.find((line) => line.startsWith(`${which} `))?.slice(which.length + 1)
  const label = word('label')
  const aggregate = word('aggregate')
  const rules = lines.filter((line) => !line.startsWith('label ') && !line.startsWith('aggregate ')).map(ruleOf)
  const base = object(kind, key, label ? aggregation(label) : {})
  return aggregate ? { ...base, aggregationRule: { clusterRoleSelectors: [{ matchLabels: aggregation(aggregate) }] } } : { ...base, rules }
}

function subject(line: string): Subject {
  const [kind, name] = [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]
  if (kind === 'account') return { kind: 'ServiceAccount', name: name.slice(name.indexOf('/') + 1), namespace: name.slice(0, name.indexOf('/')) }
  return { kind: kind === 'user' ? 'User' : 'Group', apiGroup: API, name }
}

function binding(kind: string, key: string, roleKind: string, roleName: string, subjects: readonly string[]): BindingObject {
  const roleRef = { apiGroup: API, kind: roleKind, name: roleName }
  return { ...object(kind, key), ...(subjects.length > 0 ? { subjects: subjects.map(subject) } : {}), roleRef }
}

/** The roles of the cluster with their aggregated rules, in the order of their names: those that gather from others come last to be filled. */
function clusterRoles(): readonly RoleObject[] {
  const roles = Object.entries(tables.clusterRoles as Lines).map(([name, lines]) => role('ClusterRole', name, lines))
  const filled = new Map<string, RoleObject>(roles.map((r) => [r.metadata.name, r]))
  for (const name of ['view', 'edit', 'admin']) {
    const gathering = filled.get(name)!
    filled.set(name, { ...gathering, rules: aggregatedRules(gathering, [...filled.values()]) })
  }
  return [...filled.values()]
}

function clusterBindings(roles: readonly RoleObject[]): readonly BindingObject[] {
  const special = Object.entries(tables.clusterBindings as Lines).map(([name, subjects]) => binding('ClusterRoleBinding', name, 'ClusterRole', name, subjects))
  const ofControllers = roles
    .map(({ metadata }) => metadata.name)
    .filter((name) => name.startsWith(CONTROLLER))
    .map((name) => binding('ClusterRoleBinding', name, 'ClusterRole', name, [`account kube-system/${name.slice(CONTROLLER.length)}`]))
  return [...special, ...ofControllers]
}

let made: readonly KubeObject[] | undefined

/** Roles and bindings that kube-apiserver makes at its start (plugin/pkg/auth/authorizer/rbac/bootstrappolicy, v1.36). */
export const rbacObjects = (): readonly KubeObject[] => (made ??= makeRbacObjects())

function makeRbacObjects(): readonly KubeObject[] {
  const roles = clusterRoles()
  return [
    ...roles,
    ...clusterBindings(roles),
    ...Object.entries(tables.roles as Lines).map(([key, lines]) => role('Role', key, lines)),
    ...Object.entries(tables.bindings as Lines).map(([key, [ref = '', ...subjects]]) => {
      const [, roleKind = '', ...name] = ref.split(' ')
      return binding('RoleBinding', key, roleKind, name.join(' '), subjects)
    }),
  ]
}
