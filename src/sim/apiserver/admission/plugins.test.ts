import { beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { AskedServer } from '../../testing/asked-server.ts'
import { userNamed } from '../authentication/user.ts'
import { resourceRequest } from '../authorization/attributes.ts'
import { changedPaths } from './plugin.ts'

const container = { name: 'c', image: 'nginx' }
type Spec = Partial<Pod['spec']>

let world: AskedServer
beforeEach(() => {
  world = new AskedServer()
})

const pod = (name: string, spec: object = {}, who?: string, metadata: object = {}) => world.make<Pod>('v1', 'Pod', name, { metadata, spec: { containers: [container], ...spec } }, who)
const made = (name: string, spec: Spec | object = {}): Pod => {
  const answer = pod(name, spec)
  if (typeof answer === 'string') throw new Error(answer)
  return answer
}
const plugins = (): readonly string[] => world.trace.map(({ plugin }) => plugin)
const patch = (resource: string, name: string, body: object, who?: string, subresource?: string, group = '') =>
  world.refusal({ verb: 'patch', group, version: 'v1', resource, name, subresource, patchType: 'merge', body: body as never, ...(resource === 'nodes' || group ? {} : { namespace: 't' }) }, who)

test('the trace names the plugins that did something, in their order, and what they changed', () => {
  made('t/p')
  expect(plugins()).toEqual(['ServiceAccount', 'Priority', 'DefaultTolerationSeconds'])
  const { before, after } = world.trace[2]!
  expect(changedPaths(before, after)).toEqual(['spec.tolerations'])
})

describe('NamespaceLifecycle', () => {
  test('wants the namespace to exist', () => expect(pod('nowhere/p')).toBe('namespaces "nowhere" not found'))
  test('keeps the namespaces that everything needs', () =>
    expect(world.refusal({ verb: 'delete', group: '', version: 'v1', resource: 'namespaces', name: 'default' })).toBe('namespaces "default" is forbidden: this namespace may not be deleted'))
})

describe('LimitRanger', () => {
  const limits = [{ type: 'Container', default: { cpu: '200m' }, defaultRequest: { cpu: '100m' }, max: { cpu: '1' } }]
  test('fills in and bounds', () => {
    world.make('v1', 'LimitRange', 't/l', { spec: { limits } })
    const { spec, metadata } = made('t/p')
    expect(spec.containers[0]!.resources).toEqual({ limits: { cpu: '200m' }, requests: { cpu: '100m' } })
    expect(metadata.annotations).toEqual({ 'kubernetes.io/limit-ranger': 'LimitRanger plugin set: cpu request for container c; cpu limit for container c' })
    expect(pod('t/q', { containers: [{ ...container, resources: { limits: { cpu: '2' } } }] })).toBe('pods "q" is forbidden: maximum cpu usage per Container is 1, but limit is 2')
  })
})

describe('ServiceAccount', () => {
  test('mounts the token of the account, unless told not to', () => {
    const { spec } = made('t/p')
    expect(spec.serviceAccountName).toBe('default')
    expect(spec.containers[0]!.volumeMounts).toEqual([{ name: spec.volumes![0]!.name, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount', readOnly: true }])
    expect(made('t/q', { automountServiceAccountToken: false }).spec.volumes).toBeUndefined()
  })
  test('wants the account to exist', () => expect(pod('t/p', { serviceAccountName: 'who' })).toBe('pods "p" is forbidden: error looking up service account t/who: serviceaccount "who" not found'))
})

describe('NodeRestriction', () => {
  test('keeps kubelets to their own node and its labels to what they may say', () => {
    world.make('v1', 'Node', 'n1')
    expect(patch('nodes', 'n1', { metadata: { labels: { 'node-restriction.kubernetes.io/a': 'b' } } }, 'system:node:n1')).toContain('is not allowed to modify labels: node-restriction.kubernetes.io/a')
    expect(patch('nodes', 'n1', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }, 'system:node:n1')).toContain('is not allowed to modify taints')
    expect(pod('t/p', {}, 'system:node:n1')).toBe('pods "p" is forbidden: pod does not have "kubernetes.io/config.mirror" annotation, node "n1" can only create mirror pods')
  })
})

test('TaintNodesByCondition: new nodes are not ready', () => {
  expect(world.make<{ spec: object }>('v1', 'Node', 'n1')).toHaveProperty('spec.taints', [{ key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' }])
})

describe('PodSecurity', () => {
  const label = (mode: string, level: string) => world.ask({ verb: 'patch', group: '', version: 'v1', resource: 'namespaces', name: 't', patchType: 'merge', body: { metadata: { labels: { [`pod-security.kubernetes.io/${mode}`]: level } } } })
  test('refuses what the level forbids', () => {
    label('enforce', 'baseline')
    expect(pod('t/p', { hostNetwork: true })).toBe('pods "p" is forbidden: violates PodSecurity "baseline:latest": host namespaces (hostNetwork=true)')
    expect(pod('t/q')).toHaveProperty('kind', 'Pod')
  })
  test('warns of pods and of templates', () => {
    label('warn', 'restricted')
    pod('t/p')
    expect(world.warnings[0]).toMatch(/^would violate PodSecurity "restricted:latest": allowPrivilegeEscalation != false \(container "c" must set/)
    const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [container] } }
    world.make('apps/v1', 'Deployment', 't/d', { spec: { selector: { matchLabels: { a: 'b' } }, template } })
    expect(world.warnings[0]).toContain('would violate PodSecurity')
  })
  test('a namespace is warned of the pods that it has', () => {
    made('t/p', { hostPID: true })
    label('enforce', 'baseline')
    expect(world.warnings).toEqual(['existing pods in namespace "t" violate the new PodSecurity enforce level "baseline:latest"', 'p: host namespaces'])
  })
})

test.each(['constructor', '__proto__', 'toString'])('a name like %s is a name like any other', (odd) => {
  expect(pod('t/p', { priorityClassName: odd })).toContain('forbidden')
  expect(typeof pod('t/q', { runtimeClassName: odd })).toBe('string')
  expect(pod('t/r', {}, odd)).toContain(`User "${odd}" cannot create`)
  expect(world.server.authorizer.verdict(resourceRequest(userNamed('system:node:n1'), 'get', '', odd, 't', 'x')).allowed).toBe(false)
  const spec = { hard: { pods: '1' }, scopes: [odd] }
  expect(world.make('v1', 'ResourceQuota', 't/q', { spec })).toContain('unsupported scope')
})

describe('Priority', () => {
  const cls = (name: string, rest: object) => world.make('scheduling.k8s.io/v1', 'PriorityClass', name, rest)
  test('resolves classes, the default among them', () => {
    cls('high', { value: 7 })
    expect(made('t/p', { priorityClassName: 'high' }).spec.priority).toBe(7)
    cls('usual', { value: 3, globalDefault: true })
    expect(made('t/q').spec).toMatchObject({ priority: 3, priorityClassName: 'usual' })
    expect(pod('t/r', { priorityClassName: 'none' })).toBe('pods "r" is forbidden: no PriorityClass with name none was found')
    expect(cls('second', { value: 1, globalDefault: true })).toContain('PriorityClass usual is already marked as default. Only one default can exist')
  })
})

test('DefaultTolerationSeconds: pods stay five minutes on nodes that are gone', () => {
  expect(made('t/p').spec.tolerations).toHaveLength(2)
  expect(made('t/q', { tolerations: [{ operator: 'Exists' }] }).spec.tolerations).toHaveLength(1)
})

describe('storage', () => {
  const claim = (name: string) => world.make<{ spec: { storageClassName?: string } }>('v1', 'PersistentVolumeClaim', name, { spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } })
  test('DefaultStorageClass and StorageObjectInUseProtection', () => {
    const metadata = { annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } }
    world.make('storage.k8s.io/v1', 'StorageClass', 'std', { metadata, provisioner: 'x.io/y' })
    expect(claim('t/c')).toMatchObject({ spec: { storageClassName: 'std' }, metadata: { finalizers: ['kubernetes.io/pvc-protection'] } })
  })
  test('PersistentVolumeClaimResize: only bound claims of classes that allow it grow', () => {
    claim('t/c')
    expect(patch('persistentvolumeclaims', 'c', { spec: { resources: { requests: { storage: '2Gi' } } } })).toMatch(/forbidden/i)
  })
})

describe('RuntimeClass', () => {
  test('adds overhead and placement', () => {
    world.make('node.k8s.io/v1', 'RuntimeClass', 'vm', { handler: 'vm', overhead: { podFixed: { cpu: '50m' } }, scheduling: { nodeSelector: { vm: 'yes' } } })
    expect(made('t/p', { runtimeClassName: 'vm' }).spec).toMatchObject({ overhead: { cpu: '50m' }, nodeSelector: { vm: 'yes' } })
    expect(pod('t/q', { runtimeClassName: 'vm', nodeSelector: { vm: 'no' } })).toContain('conflict')
    expect(pod('t/r', { runtimeClassName: 'none' })).toBe('pods "r" is forbidden: pod rejected: RuntimeClass "none" not found')
  })
})

test('DefaultIngressClass: an Ingress without a class gets the default one', () => {
  world.make('networking.k8s.io/v1', 'IngressClass', 'main', { metadata: { annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } }, spec: { controller: 'x.io/y' } })
  expect(world.make<KubeObject>('networking.k8s.io/v1', 'Ingress', 't/i', { spec: { defaultBackend: { service: { name: 's', port: { number: 80 } } } } })).toHaveProperty('spec.ingressClassName', 'main')
})

describe('ResourceQuota', () => {
  test('is charged by what is stored, and refuses what is too much', () => {
    world.make('v1', 'ResourceQuota', 't/q', { spec: { hard: { 'count/configmaps': '1' } } })
    world.ask({ verb: 'patch', group: '', version: 'v1', resource: 'resourcequotas', namespace: 't', name: 'q', subresource: 'status', patchType: 'merge', body: { status: { hard: { 'count/configmaps': '1' }, used: { 'count/configmaps': '0' } } } })
    expect(world.make('v1', 'ConfigMap', 't/a')).toHaveProperty('kind', 'ConfigMap')
    expect(world.make('v1', 'ConfigMap', 't/b')).toBe('configmaps "b" is forbidden: exceeded quota: q, requested: count/configmaps=1, used: count/configmaps=1, limited: count/configmaps=1')
    expect(plugins()).toEqual(['ResourceQuota'])
  })
})
