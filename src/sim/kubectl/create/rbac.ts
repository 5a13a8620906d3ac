import type { KubeObject } from '../../api/meta.ts'
import type { Invocation, KubectlContext } from '../context.ts'
import { fail } from '../failure.ts'
import { discovery } from '../discovery.ts'
import type { Generator } from './generator.ts'

const RBAC = 'rbac.authorization.k8s.io'
const RESOURCE_VERBS = ['*', 'get', 'delete', 'list', 'create', 'update', 'patch', 'watch', 'proxy', 'deletecollection', 'use', 'bind', 'escalate', 'impersonate']
const PATH_VERBS = ['*', 'get', 'post', 'put', 'delete', 'patch', 'head', 'options']
/** Verbs that only mean something for these resources, which may be no real ones (kubectl: create_role.go). */
const SPECIAL: Readonly<Record<string, readonly string[]>> = {
  use: ['podsecuritypolicies.policy', 'podsecuritypolicies.extensions'],
  bind: [`roles.${RBAC}`, `clusterroles.${RBAC}`],
  escalate: [`roles.${RBAC}`, `clusterroles.${RBAC}`],
  impersonate: ['users.', 'serviceaccounts.', 'groups.', 'userextras.authentication.k8s.io'],
}

interface Named {
  readonly group: string
  readonly resource: string
  readonly subresource: string
  readonly known: boolean
  readonly word: string
}

/** Each once, in order; "*" stands for all. */
function verbsOf({ flags }: Invocation): readonly string[] {
  const verbs = flags.list('verb')
  return verbs.includes('*') ? ['*'] : [...new Set(verbs)]
}

/** "deploy.apps/scale" with the name and group that discovery knows. */
function resourcesOf({ flags }: Invocation): readonly Named[] {
  const words = flags.list('resource')
  const all = words.indexOf('*')
  return (all >= 0 ? ['*'] : words).map((word) => {
    const slash = word.indexOf('/')
    const type = slash < 0 ? word : word.slice(0, slash)
    const dot = type.indexOf('.')
    const kind = type === '*' ? undefined : discovery.resourceFor(type)
    return {
      group: kind?.group ?? (dot < 0 ? '' : type.slice(dot + 1)), resource: kind?.plural ?? (dot < 0 ? type : type.slice(0, dot)),
      subresource: slash < 0 ? '' : word.slice(slash + 1), known: kind !== undefined, word: type,
    }
  })
}

function checkResources(resources: readonly Named[], verbs: readonly string[]): void {
  for (const { group, resource, known, word } of resources) {
    if (resource === '') fail('resource must be specified if apiGroup/subresource specified')
    if (resource === '*') return
    let special = false
    for (const verb of verbs) {
      const allowed = SPECIAL[verb]
      if (!allowed) continue
      if (!allowed.includes(`${resource}.${group}`)) fail(`can not perform '${verb}' on '${resource}' in group '${group}'`)
      special = true
    }
    if (!known && !special) fail(`the server doesn't have a resource type "${word}"`)
  }
}

function rulesOf(verbs: readonly string[], resources: readonly Named[], { flags }: Invocation): readonly unknown[] {
  const names = [...new Set(flags.list('resource-name'))]
  const groups = new Map<string, string[]>()
  for (const { group, resource, subresource } of resources) {
    const full = subresource ? `${resource}/${subresource}` : resource
    const known = groups.get(group) ?? []
    groups.set(group, known.includes(full) ? known : [...known, full])
  }
  const rules: unknown[] = [...groups.keys()].sort().map((group) => ({ verbs, apiGroups: [group], resources: groups.get(group), ...(names.length > 0 ? { resourceNames: names } : {}) }))
  const urls = [...new Set(flags.list('non-resource-url'))]
  return urls.length > 0 ? [...rules, { verbs, nonResourceURLs: urls }] : rules
}

function warnVerbs(ctx: KubectlContext, verbs: readonly string[]): void {
  for (const verb of verbs) if (!RESOURCE_VERBS.includes(verb)) ctx.err(`Warning: '${verb}' is not a standard resource verb\n`)
}

const object = (kind: string, name: string, rest: object): KubeObject => ({ kind, apiVersion: `${RBAC}/v1`, metadata: { name }, ...rest }) as unknown as KubeObject

const role: Generator = {
  make(ctx, inv, name) {
    const [verbs, resources] = [verbsOf(inv), resourcesOf(inv)]
    if (verbs.length === 0) fail('at least one verb must be specified')
    warnVerbs(ctx, verbs)
    if (resources.length === 0) fail('at least one resource must be specified')
    checkResources(resources, verbs)
    return object('Role', name, { rules: rulesOf(verbs, resources, inv) })
  },
}

const clusterRole: Generator = {
  make(ctx, inv, name) {
    const { flags } = inv
    const [verbs, resources, urls] = [verbsOf(inv), resourcesOf(inv), flags.list('non-resource-url')]
    const labels = Object.fromEntries(flags.list('aggregation-rule').flatMap((pair) => (pair.includes('=') ? [[pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]] : [])))
    if (flags.given('aggregation-rule')) {
      if (urls.length > 0 || verbs.length > 0 || resources.length > 0 || flags.list('resource-name').length > 0) fail('aggregation rule must be specified without nonResourceURLs, verbs, resources or resourceNames')
      return object('ClusterRole', name, { rules: null, aggregationRule: { clusterRoleSelectors: [{ matchLabels: labels }] } })
    }
    if (verbs.length === 0) fail('at least one verb must be specified')
    if (resources.length === 0 && urls.length === 0) fail('one of resource or nonResourceURL must be specified')
    if (resources.length > 0) {
      warnVerbs(ctx, verbs)
      checkResources(resources, verbs)
    }
    if (urls.length > 0) checkUrls(urls, verbs)
    return object('ClusterRole', name, { rules: rulesOf(verbs, resources, inv) })
  },
}

function checkUrls(urls: readonly string[], verbs: readonly string[]): void {
  for (const verb of verbs) if (!PATH_VERBS.includes(verb)) fail(`invalid verb: '${verb}' for nonResourceURL`)
  for (const url of urls) {
    if (url === '*') continue
    if (!url.startsWith('/')) fail('nonResourceURL should start with /')
    if (url.slice(0, -1).includes('*')) fail("nonResourceURL only supports wildcard matches when '*' is at the end")
  }
}

function subjectsOf({ flags }: Invocation): readonly unknown[] {
  const person = (kind: string, name: string): unknown => ({ kind, apiGroup: RBAC, name })
  const account = (text: string): unknown => {
    const [namespace, name, ...more] = text.split(':')
    if (!namespace || !name || more.length > 0) fail('serviceaccount must be <namespace>:<name>')
    return { kind: 'ServiceAccount', name, namespace }
  }
  return [...flags.list('user').map((n) => person('User', n)), ...flags.list('group').map((n) => person('Group', n)), ...flags.list('serviceaccount').map(account)]
}

const binding = (kind: string, roleKind: string, role: string, inv: Invocation, name: string): KubeObject => {
  const subjects = subjectsOf(inv)
  return object(kind, name, { ...(subjects.length > 0 ? { subjects } : {}), roleRef: { apiGroup: RBAC, kind: roleKind, name: role } })
}

const roleBinding: Generator = {
  failed: 'failed to create rolebinding: ',
  make(_ctx, inv, name) {
    const [own, cluster] = [inv.flags.text('role'), inv.flags.text('clusterrole')]
    if ((own === '') === (cluster === '')) fail('exactly one of clusterrole or role must be specified')
    return binding('RoleBinding', own ? 'Role' : 'ClusterRole', own || cluster, inv, name)
  },
}

const clusterRoleBinding: Generator = {
  failed: 'failed to create clusterrolebinding: ',
  make: (_ctx, inv, name) => binding('ClusterRoleBinding', 'ClusterRole', inv.flags.text('clusterrole'), inv, name),
}

export const rbacGenerators: Readonly<Record<string, Generator>> = { role, clusterrole: clusterRole, rolebinding: roleBinding, clusterrolebinding: clusterRoleBinding }
