import { beforeEach, describe, expect, test } from 'vitest'
import { AskedServer } from '../../../testing/asked-server.ts'
import { BareCluster, CRDS } from '../../../testing/bare-cluster.ts'

const API = 'admissionregistration.k8s.io/v1'
const RULES = [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE', 'DELETE'], resources: ['configmaps'] }]

let world: AskedServer
beforeEach(() => {
  world = new AskedServer()
})

const config = (name: string, data: object = {}, labels: object = {}) => world.make<{ data?: object }>('v1', 'ConfigMap', name, { data, metadata: { labels } })
const bind = (kind: string, policyName: string, spec: object) => world.make(API, `${kind}Binding`, `${policyName}-b`, { spec: { policyName, ...spec } })

function validating(spec: object, binding: object = { validationActions: ['Deny'] }): void {
  expect(world.make(API, 'ValidatingAdmissionPolicy', 'p', { spec: { matchConstraints: { resourceRules: RULES }, ...spec } })).toHaveProperty('kind')
  expect(bind('ValidatingAdmissionPolicy', 'p', binding)).toHaveProperty('kind')
}

function mutating(...mutations: readonly object[]): void {
  const spec = { matchConstraints: { resourceRules: [{ ...RULES[0], operations: ['CREATE'] }] }, reinvocationPolicy: 'Never', mutations }
  expect(world.make(API, 'MutatingAdmissionPolicy', 'm', { spec })).toHaveProperty('kind')
  expect(bind('MutatingAdmissionPolicy', 'm', {})).toHaveProperty('kind')
}

const DENIED = 'ValidatingAdmissionPolicy \'p\' with binding \'p-b\' denied request: '

describe('a validating policy', () => {
  test('refuses with its message', () => {
    validating({ validations: [{ expression: 'has(object.data) && "owner" in object.data', message: 'say who owns it' }] })
    expect(config('t/a')).toBe(`configmaps "a" is forbidden: ${DENIED}say who owns it`)
    expect(config('t/a', { owner: 'me' })).toHaveProperty('kind', 'ConfigMap')
    expect(world.make('v1', 'Secret', 't/s')).toHaveProperty('kind', 'Secret')
  })

  test('makes messages, knows variables, the old object and the namespace', () => {
    const expression = 'request.operation != "DELETE" || variables.home == "t"'
    validating({
      variables: [{ name: 'home', expression: 'namespaceObject.metadata.name' }],
      validations: [{ expression: 'request.operation == "DELETE" || object.metadata.name.startsWith("t-")', messageExpression: '"not " + object.metadata.name', reason: 'Forbidden' }, { expression }],
    })
    expect(config('t/a')).toBe(`configmaps "a" is forbidden: ${DENIED}not a`)
    expect(config('t/t-a')).toHaveProperty('kind')
    expect(config('default/t-a')).toHaveProperty('kind')
    const remove = (namespace: string) => world.refusal({ verb: 'delete', group: '', version: 'v1', resource: 'configmaps', namespace, name: 't-a' })
    expect(remove('t')).toBeUndefined()
    expect(remove('default')).toBe(`configmaps "t-a" is forbidden: ${DENIED}failed expression: ${expression}`)
  })

  test('stops what costs too much, alone or with others', () => {
    const long = 'a'.repeat(100_000)
    // Looking for 90 characters in 100,000 costs 90,000.
    const search = (times: number): string => Array.from({ length: times }, () => `!object.data.x.contains("${'b'.repeat(90)}")`).join(' && ')
    validating({ validations: [{ expression: search(12) }] })
    expect(config('t/a', { x: long })).toContain('resulted in error: operation cancelled: actual cost limit exceeded')
    world = new AskedServer()
    validating({ validations: Array.from({ length: 13 }, () => ({ expression: search(10) })) })
    expect(config('t/b', { x: long })).toBe(`configmaps "b" is forbidden: ${DENIED}validation failed due to running out of cost budget, no further validation rules will be run`)
    expect(config('t/c', { x: 'short' })).toHaveProperty('kind')
  })

  test('judges by the parameters of its binding', () => {
    const param = config('default/limits', { most: '2' })
    expect(param).toHaveProperty('kind')
    validating({ paramKind: { apiVersion: 'v1', kind: 'ConfigMap' }, validations: [{ expression: 'object.data.size() <= int(params.data.most)' }] },
      { validationActions: ['Deny'], paramRef: { name: 'limits', namespace: 'default', parameterNotFoundAction: 'Deny' } })
    expect(config('t/few', { a: '1' })).toHaveProperty('kind')
    expect(config('t/many', { a: '1', b: '2', c: '3' })).toContain('failed expression: object.data.size() <= int(params.data.most)')
  })

  test('takes parameters of kinds that somebody defined', () => {
    const params = new BareCluster()
    const schema = { type: 'object', properties: { most: { type: 'integer' } } }
    const names = { plural: 'limits', singular: 'limit', kind: 'Limit', listKind: 'LimitList' }
    params.make(CRDS, undefined, { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'limits.x.io' }, spec: { group: 'x.io', scope: 'Cluster', names, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }] } })
    params.cluster.runFor(1_000_000)
    params.make({ group: 'x.io', version: 'v1', resource: 'limits' }, undefined, { apiVersion: 'x.io/v1', kind: 'Limit', metadata: { name: 'two' }, most: 2 })
    const policies = { group: 'admissionregistration.k8s.io', version: 'v1', resource: 'validatingadmissionpolicies' }
    const spec = { paramKind: { apiVersion: 'x.io/v1', kind: 'Limit' }, matchConstraints: { resourceRules: RULES }, validations: [{ expression: 'object.data.size() <= params.most' }] }
    params.make(policies, undefined, { apiVersion: API, kind: 'ValidatingAdmissionPolicy', metadata: { name: 'p' }, spec })
    params.make({ ...policies, resource: 'validatingadmissionpolicybindings' }, undefined, { apiVersion: API, kind: 'ValidatingAdmissionPolicyBinding', metadata: { name: 'p-b' }, spec: { policyName: 'p', validationActions: ['Deny'], paramRef: { name: 'two', parameterNotFoundAction: 'Deny' } } })
    const many = (data: object) => params.make({ group: '', version: 'v1', resource: 'configmaps' }, 'default', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'default' }, data })
    expect(() => many({ a: '1', b: '2', c: '3' })).toThrow('failed expression: object.data.size() <= params.most')
    expect(many({ a: '1' })).toHaveProperty('kind')
  })

  test('warns where its binding says no more', () => {
    validating({ validations: [{ expression: 'false', message: 'no' }] }, { validationActions: ['Warn', 'Audit'] })
    expect(config('t/a')).toHaveProperty('kind')
    expect(world.warnings).toEqual(['Validation failed for ValidatingAdmissionPolicy \'p\' with binding \'p-b\': no'])
  })

  test('that fails refuses, unless it may be ignored', () => {
    const validations = [{ expression: 'object.data.none == "x"' }]
    validating({ validations })
    expect(config('t/a')).toContain('resulted in error: no such key: data')
    world.ask({ verb: 'patch', group: 'admissionregistration.k8s.io', version: 'v1', resource: 'validatingadmissionpolicies', name: 'p', patchType: 'merge', body: { spec: { failurePolicy: 'Ignore' } } })
    expect(config('t/a')).toHaveProperty('kind')
  })

  test('looks only at what its conditions and selectors let through', () => {
    validating({
      matchConstraints: { resourceRules: RULES, objectSelector: { matchLabels: { judged: 'yes' } } },
      matchConditions: [{ name: 'not-mine', expression: 'object.metadata.name != "mine"' }],
      validations: [{ expression: 'false' }],
    })
    expect(config('t/a')).toHaveProperty('kind')
    expect(config('t/mine', {}, { judged: 'yes' })).toHaveProperty('kind')
    expect(config('t/b', {}, { judged: 'yes' })).toContain('failed expression: false')
  })
})

describe('a mutating policy', () => {
  test('applies a configuration', () => {
    mutating({ patchType: 'ApplyConfiguration', applyConfiguration: { expression: 'Object{data: {"b": object.metadata.name}}' } })
    expect(config('t/a', { a: '1' })).toHaveProperty('data', { a: '1', b: 'a' })
    expect(world.trace.map(({ plugin }) => plugin)).toContain('MutatingAdmissionPolicy')
  })

  test('applies JSON patches', () => {
    mutating({ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "add", path: "/data", value: {"x": "y"}}]' } })
    expect(config('t/a')).toHaveProperty('data', { x: 'y' })
  })

  test('refuses when its patch does not fit', () => {
    mutating({ patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "replace", path: "/none", value: "y"}]' } })
    expect(config('t/a')).toContain("policy 'm' with binding 'm-b' denied request")
  })
})

describe('after a mutating policy', () => {
  const PODS = { resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }] }
  const policy = (name: string, reinvocationPolicy: string, expression: string, more: object = {}) => {
    const mutations = [{ patchType: 'JSONPatch', jsonPatch: { expression } }]
    expect(world.make(API, 'MutatingAdmissionPolicy', name, { spec: { matchConstraints: PODS, reinvocationPolicy, mutations, ...more } })).toHaveProperty('kind')
    expect(bind('MutatingAdmissionPolicy', name, {})).toHaveProperty('kind')
  }
  const pod = () => world.make<{ spec: { containers: { resources?: object; volumeMounts?: object[] }[] } }>('v1', 'Pod', 't/p', { spec: { containers: [{ name: 'c', image: 'nginx' }] } })
  const label = (name: string) => `[JSONPatch{op: "add", path: "/metadata/labels", value: {"${name}": string(has(object.metadata.labels))}}]`

  test('earlier plugins see what it has added', () => {
    world.make('v1', 'LimitRange', 't/l', { spec: { limits: [{ type: 'Container', default: { cpu: '200m' } }] } })
    policy('sidecar', 'Never', '[JSONPatch{op: "add", path: "/spec/containers/-", value: {"name": "s", "image": "busybox"}}]')
    const made = pod()
    expect(made).toHaveProperty('spec.containers[1].resources.limits', { cpu: '200m' })
    expect(made).toHaveProperty('spec.containers[1].volumeMounts')
    expect(made).not.toHaveProperty('spec.containers[2]')
  })

  test('only policies that want it run again', () => {
    policy('first', 'Never', label('first'))
    expect(pod()).toHaveProperty('metadata.labels', { first: 'false' })
  })

  test('IfNeeded runs again', () => {
    policy('first', 'IfNeeded', label('first'))
    expect(pod()).toHaveProperty('metadata.labels', { first: 'true' })
  })

  test('what did not apply in the first pass is not tried in the second', () => {
    policy('a', 'IfNeeded', label('a'), { matchConditions: [{ name: 'labelled', expression: 'has(object.metadata.labels)' }] })
    policy('b', 'Never', label('b'))
    expect(pod()).toHaveProperty('metadata.labels', { b: 'false' })
  })
})

const ODD_PATCHES = [
  ['', 'null'], ['', '{}'], ['', '[]'], ['', '"x"'], ['/metadata', 'null'], ['/metadata', '{}'], ['/metadata/name', '"other"'], ['/metadata/name', '7'],
  ['/metadata/namespace', '"default"'], ['/metadata/labels', '{"a": 1}'], ['/kind', '"Secret"'], ['/apiVersion', 'null'], ['/data', '[1]'], ['/data', '{"k": "v"}'],
]

test.each(ODD_PATCHES)('whatever a patch makes of the object at "%s" by %s, the server answers', (path, value) => {
  mutating({ patchType: 'JSONPatch', jsonPatch: { expression: `[JSONPatch{op: "add", path: "${path}", value: ${value}}]` } })
  const answer = config('t/a')
  if (typeof answer === 'string') expect(answer).not.toBe('')
  else expect(world.server.store.get(`configmaps/${answer.metadata.namespace}/${answer.metadata.name}`)).toBeDefined()
})

describe('webhooks are known but nobody answers', () => {
  const hook = (kind: string, failurePolicy: string, rest: object = {}) => {
    const webhook = { name: 'a.b.io', failurePolicy, rules: RULES, sideEffects: 'None', admissionReviewVersions: ['v1'], clientConfig: { url: 'https://h.example/x' }, ...rest }
    expect(world.make(API, kind, 'w', { webhooks: [webhook] })).toHaveProperty('kind')
  }
  const FAILED = 'Internal error occurred: failed calling webhook "a.b.io": failed to call webhook: '

  test.each(['ValidatingWebhookConfiguration', 'MutatingWebhookConfiguration'])('%s: failurePolicy decides', (kind) => {
    hook(kind, 'Fail')
    expect(config('t/a')).toBe(`${FAILED}Post "https://h.example/x?timeout=10s": dial tcp: lookup h.example: no such host`)
    expect(world.make('v1', 'Secret', 't/s')).toHaveProperty('kind')
  })

  test('Ignore lets pass, and so do conditions that do not hold', () => {
    hook('ValidatingWebhookConfiguration', 'Ignore')
    hook('MutatingWebhookConfiguration', 'Fail', { matchConditions: [{ name: 'never', expression: 'false' }] })
    expect(config('t/a')).toHaveProperty('kind')
  })

  test('says what is missing on the way to a Service', () => {
    hook('ValidatingWebhookConfiguration', 'Fail', { clientConfig: { service: { name: 'svc', namespace: 't', path: '/check' } }, timeoutSeconds: 3 })
    const failed = (why: string): void => expect(config('t/a')).toBe(`${FAILED}Post "https://svc.t.svc:443/check?timeout=3s": ${why}`)
    failed('service "svc" not found')
    world.make('v1', 'Service', 't/svc', { spec: { clusterIP: '10.96.7.7', selector: { a: 'b' }, ports: [{ port: 80 }] } })
    failed('no service port 443 found for service "svc"')
    world.ask({ verb: 'patch', group: '', version: 'v1', resource: 'services', namespace: 't', name: 'svc', patchType: 'merge', body: { spec: { ports: [{ port: 443 }] } } })
    failed('dial tcp 10.96.7.7:443: connect: connection refused')
    const slice = { metadata: { labels: { 'kubernetes.io/service-name': 'svc' } }, addressType: 'IPv4', endpoints: [{ addresses: ['10.244.0.9'] }], ports: [{ name: '', port: 8443 }] }
    world.make('discovery.k8s.io/v1', 'EndpointSlice', 't/svc-1', slice)
    failed('context deadline exceeded')
  })
})
