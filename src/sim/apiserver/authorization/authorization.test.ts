import { beforeEach, describe, expect, test } from 'vitest'
import { AskedServer } from '../../testing/asked-server.ts'
import { userNamed } from '../authentication/user.ts'
import { pathRequest, resourceRequest } from './attributes.ts'

const RBAC = 'rbac.authorization.k8s.io/v1'
const list = (resource: string, namespace?: string) => ({ verb: 'list', group: '', version: 'v1', resource, namespace }) as const
const get = (resource: string, namespace: string | undefined, name: string) => ({ verb: 'get', group: '', version: 'v1', resource, namespace, name }) as const
const roleRef = (kind: string, name: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name })
const user = (name: string) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })
const READ_PODS = [{ apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] }]

let world: AskedServer
beforeEach(() => {
  world = new AskedServer()
})

describe('RBAC', () => {
  test('refuses what nobody has granted, in the server’s words', () => {
    expect(world.refusal(list('pods', 't'), 'jane')).toBe('pods is forbidden: User "jane" cannot list resource "pods" in API group "" in the namespace "t"')
    expect(world.refusal(get('nodes', undefined, 'n1'), 'jane')).toBe('nodes "n1" is forbidden: User "jane" cannot get resource "nodes" in API group "" at the cluster scope')
    expect(world.refusal(list('pods', 't'), 'system:anonymous')).toContain('User "system:anonymous" cannot list')
  })

  test('lets system:masters do everything', () => {
    expect(world.refusal(list('secrets'))).toBeUndefined()
  })

  test('a role reaches as far as its binding', () => {
    world.make(RBAC, 'Role', 't/reader', { rules: READ_PODS })
    world.make(RBAC, 'RoleBinding', 't/jane', { roleRef: roleRef('Role', 'reader'), subjects: [user('jane')] })
    expect(world.refusal(list('pods', 't'), 'jane')).toBeUndefined()
    expect(world.refusal(list('pods', 'default'), 'jane')).toContain('in the namespace "default"')
    expect(world.refusal(list('pods'), 'jane')).toContain('at the cluster scope')
    expect(world.refusal({ ...get('pods', 't', 'p'), subresource: 'log' }, 'jane')).toContain('cannot get resource "pods/log"')
  })

  test('a rule with names grants these names and no list', () => {
    world.make(RBAC, 'ClusterRole', 'one', { rules: [{ apiGroups: [''], resources: ['configmaps'], resourceNames: ['a'], verbs: ['*'] }] })
    world.make(RBAC, 'ClusterRoleBinding', 'one', { roleRef: roleRef('ClusterRole', 'one'), subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 't' }] })
    const who = 'system:serviceaccount:t:default'
    expect(world.refusal(get('configmaps', 't', 'a'), who)).toBe('configmaps "a" not found')
    expect(world.refusal(get('configmaps', 't', 'b'), who)).toContain('configmaps "b" is forbidden')
    expect(world.refusal(list('configmaps', 't'), who)).toContain('configmaps is forbidden')
  })

  test('names the role that a binding misses', () => {
    world.make(RBAC, 'RoleBinding', 't/jane', { roleRef: roleRef('Role', 'gone'), subjects: [user('jane')] })
    expect(world.refusal(list('pods', 't'), 'jane')).toMatch(/: RBAC: role\.rbac\.authorization\.k8s\.io "gone" not found$/)
  })

  test('what it remembers goes with the role, the binding, and the past', () => {
    world.make(RBAC, 'ClusterRole', 'reader', { rules: READ_PODS })
    world.undone(() => {
      world.make(RBAC, 'ClusterRoleBinding', 'jane', { roleRef: roleRef('ClusterRole', 'reader'), subjects: [user('jane')] })
      expect(world.refusal(list('pods', 't'), 'jane')).toBeUndefined()
    })
    expect(world.refusal(list('pods', 't'), 'jane')).toContain('cannot list')
    world.make(RBAC, 'ClusterRoleBinding', 'jane', { roleRef: roleRef('ClusterRole', 'reader'), subjects: [user('jane')] })
    expect(world.refusal(list('pods', 't'), 'jane')).toBeUndefined()
    world.ask({ verb: 'delete', group: 'rbac.authorization.k8s.io', version: 'v1', resource: 'clusterroles', name: 'reader' })
    expect(world.refusal(list('pods', 't'), 'jane')).toContain('clusterrole.rbac.authorization.k8s.io "reader" not found')
  })

  test('paths: discovery is open to all who are known, metrics is not', () => {
    const { authorizer } = world.server
    expect(authorizer.refuse(pathRequest(userNamed('jane'), 'get', '/apis/apps'))).toBeUndefined()
    expect(authorizer.refuse(pathRequest(userNamed(''), 'get', '/healthz'))).toBeUndefined()
    expect(authorizer.refuse(pathRequest(userNamed('jane'), 'get', '/metrics'))?.message).toBe('forbidden: User "jane" cannot get path "/metrics"')
  })
})

describe('nobody gives away more than he has', () => {
  const CREATE_ROLES = [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: ['create', 'update'] }]
  beforeEach(() => {
    world.make(RBAC, 'Role', 't/writer', { rules: CREATE_ROLES })
    world.make(RBAC, 'RoleBinding', 't/jane', { roleRef: roleRef('Role', 'writer'), subjects: [user('jane')] })
  })

  test('by roles', () => {
    expect(world.make(RBAC, 'Role', 't/same', { rules: CREATE_ROLES }, 'jane')).toHaveProperty('kind', 'Role')
    expect(world.make(RBAC, 'Role', 't/more', { rules: READ_PODS }, 'jane')).toBe(
      'roles.rbac.authorization.k8s.io "more" is forbidden: user "jane" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:\n{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}',
    )
  })

  test('by bindings, unless he may bind', () => {
    const bind = () => world.make(RBAC, 'RoleBinding', 't/bind', { roleRef: roleRef('ClusterRole', 'view'), subjects: [user('joe')] }, 'jane')
    expect(bind()).toContain('is attempting to grant RBAC permissions not currently held')
    world.make(RBAC, 'ClusterRole', 'binder', { rules: [{ apiGroups: ['rbac.authorization.k8s.io'], resources: ['clusterroles'], resourceNames: ['view'], verbs: ['bind'] }] })
    world.make(RBAC, 'ClusterRoleBinding', 'binder', { roleRef: roleRef('ClusterRole', 'binder'), subjects: [user('jane')] })
    expect(bind()).toHaveProperty('kind', 'RoleBinding')
  })
})

describe('kubelets', () => {
  const who = 'system:node:n1'
  beforeEach(() => {
    for (const name of ['n1', 'n2']) world.make('v1', 'Node', name)
    for (const name of ['used', 'other']) world.make('v1', 'Secret', `t/${name}`)
    const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'nginx' }], volumes: [{ name: 'v', secret: { secretName: 'used' } }] }
    expect(world.make('v1', 'Pod', 't/p', { spec })).toHaveProperty('kind', 'Pod')
  })

  test('read what their pods mention', () => {
    expect(world.refusal(get('secrets', 't', 'used'), who)).toBeUndefined()
    expect(world.refusal(get('secrets', 't', 'other'), who)).toBe(
      `secrets "other" is forbidden: User "${who}" cannot get resource "secrets" in API group "" in the namespace "t": no relationship found between node 'n1' and this object`,
    )
    expect(world.refusal(list('secrets', 't'), who)).toContain('secrets is forbidden')
    expect(world.refusal(get('secrets', 't', 'used'), 'system:node:n2')).toContain('no relationship found')
  })

  test('write their own node only', () => {
    const label = (name: string) => ({ verb: 'patch', group: '', version: 'v1', resource: 'nodes', name, patchType: 'merge', body: { metadata: { labels: { a: 'b' } } } }) as const
    expect(world.refusal(label('n1'), who)).toBeUndefined()
    expect(world.refusal(label('n2'), who)).toBe(`nodes "n2" is forbidden: node "n1" is not allowed to modify node "n2"`)
  })
})

describe('reviews', () => {
  const ask = (kind: string, spec: object, who?: string) => {
    const group = kind === 'SelfSubjectReview' ? 'authentication.k8s.io' : 'authorization.k8s.io'
    return world.ask({ verb: 'create', group, version: 'v1', resource: `${kind.toLowerCase()}s`, body: { apiVersion: `${group}/v1`, kind, spec } as never }, who)
  }

  test('answer what the authorizer says', () => {
    const review = (who?: string) => ask('SelfSubjectAccessReview', { resourceAttributes: { namespace: 't', verb: 'list', resource: 'pods' } }, who)
    expect(review()).toHaveProperty('status.allowed', true)
    expect(review('jane')).toHaveProperty('status', { allowed: false })
    world.make(RBAC, 'Role', 't/reader', { rules: READ_PODS })
    world.make(RBAC, 'RoleBinding', 't/jane', { roleRef: roleRef('Role', 'reader'), subjects: [user('jane')] })
    expect(review('jane')).toHaveProperty('status', { allowed: true, reason: 'RBAC: allowed by RoleBinding "jane/t" of Role "reader" to User "jane"' })
    expect(world.server.authorizer.verdict(resourceRequest(userNamed('jane'), 'watch', '', 'pods', 't')).allowed).toBe(false)
  })

  test('say who one is', () => {
    expect(ask('SelfSubjectReview', {}, 'system:serviceaccount:t:default')).toHaveProperty('status.userInfo.groups', ['system:serviceaccounts', 'system:serviceaccounts:t', 'system:authenticated'])
  })
})
