import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import type { JsonValue } from '../../api/meta.ts'
import { Small } from '../../testing/small-door.ts'
import type { HttpAnswer, HttpRequest } from './message.ts'

let small: Small
beforeEach(() => {
  small = new Small()
})

const sound = (request: HttpRequest): HttpAnswer => small.sound(request)

const WORDS = ['api', 'apis', 'v1', 'apps', 'namespaces', 't', 'pods', 'configmaps', 'deployments', 'p', 'c', 'd', 'status', 'scale', 'log', 'exec', 'token', 'eviction', 'binding', '__proto__', 'constructor', '..', '%00', '%zz', 'é', 'openapi', 'v3', 'healthz', 'customresourcedefinitions', 'apiextensions.k8s.io']
const paths = fc.oneof(
  fc.array(fc.constantFrom(...WORDS), { maxLength: 8 }).map((parts) => `/${parts.join('/')}`),
  fc.constantFrom('/api/v1/namespaces/t/configmaps', '/api/v1/namespaces/t/configmaps/c', '/api/v1/namespaces/t/pods/p', '/apis/apps/v1/namespaces/t/deployments/d', '/apis/apps/v1/namespaces/t/deployments/d/scale', '/api/v1/namespaces/t/pods/p/log', '/api/v1/namespaces/t/serviceaccounts/default/token'),
  fc.string({ maxLength: 40 }),
)
const NAMES = ['limit', 'continue', 'labelSelector', 'fieldSelector', 'resourceVersion', 'resourceVersionMatch', 'watch', 'dryRun', 'fieldManager', 'fieldValidation', 'force', 'propagationPolicy', 'gracePeriodSeconds', 'timeoutSeconds', 'tailLines', 'includeObject', 'sendInitialEvents']
const queries = fc.array(fc.tuple(fc.constantFrom(...NAMES), fc.oneof(fc.constantFrom('', '1', '-1', '0', 'true', 'All', 'Exact', 'Strict', 'a=b', 'a in (b', '99999999999999999999', 'metadata.name=p'), fc.string({ maxLength: 12 }))), { maxLength: 4 })
  .map((pairs) => pairs.map(([name, value]) => `${name}=${encodeURIComponent(value.toWellFormed?.() ?? '')}`).join('&'))
const MEDIA = ['application/json', 'application/yaml', 'application/merge-patch+json', 'application/json-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml', 'text/plain', '', ';;', 'application/json; charset=utf-8']
const ACCEPTS = ['', '*/*', 'application/json', 'application/yaml', 'application/json;as=Table;v=v1;g=meta.k8s.io', 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io', 'text/html', ';=,;;', 'application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io']
const requests: fc.Arbitrary<HttpRequest> = fc.record({
  method: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'FOO'),
  path: paths,
  query: queries,
  contentType: fc.constantFrom(...MEDIA),
  accept: fc.constantFrom(...ACCEPTS),
  body: fc.oneof(fc.json({ maxDepth: 4 }), fc.string({ maxLength: 60 }), fc.jsonValue({ maxDepth: 4 }).map((v) => v as JsonValue)),
})

describe('the door and requests of all sorts', () => {
  it('answers any request without stumbling', () => {
    fc.assert(fc.property(requests, (request) => void sound(request)), { numRuns: 1500, seed: 1 })
  })

  it('answers patches of any shape on objects that are there', () => {
    const values = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof({ depthSize: 'small' }, fc.constantFrom<JsonValue>(null, true, 0, -1, 1.5, '', 'x', [], {}), fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('spec', 'metadata', 'data', 'labels', 'containers', 'name', 'template', 'replicas', '$patch', '$retainKeys', '$setElementOrder/containers', '$deleteFromPrimitiveList/finalizers', '__proto__', 'finalizers', 'managedFields', 'ownerReferences'), tie('value'), { maxKeys: 4 })),
    })).value
    const pointer = fc.array(fc.constantFrom('', 'spec', 'metadata', 'labels', 'a', 'containers', '0', '-', '-1', '99', '~1', '__proto__', 'template', 'data', 'k'), { maxLength: 5 }).map((parts) => parts.map((p) => `/${p}`).join(''))
    const operations = fc.array(fc.record({ op: fc.constantFrom('add', 'remove', 'replace', 'move', 'copy', 'test', 'nonsense'), path: pointer, from: pointer, value: values }), { maxLength: 4 })
    const targets = fc.constantFrom('/api/v1/namespaces/t/configmaps/c', '/api/v1/namespaces/t/pods/p', '/apis/apps/v1/namespaces/t/deployments/d', '/apis/apps/v1/namespaces/t/deployments/d/scale', '/apis/apps/v1/namespaces/t/deployments/d/status')
    const patches = fc.oneof(
      fc.tuple(fc.constant('application/json-patch+json'), operations.map((list) => list as unknown as JsonValue)),
      fc.tuple(fc.constantFrom('application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml'), values),
    )
    fc.assert(fc.property(targets, patches, (path, [contentType, body]) => void sound({ method: 'PATCH', path, contentType, body, query: contentType.includes('apply') ? 'fieldManager=f&force=true' : '' })), { numRuns: 1500, seed: 2 })
  })

  it('keeps members that are called like the machinery of the language apart', () => {
    const body = '{"metadata":{"name":"x","labels":{"__proto__":"a"}},"data":{"__proto__":"1","constructor":"2"}}'
    sound({ method: 'POST', path: '/api/v1/namespaces/t/configmaps', body })
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
    expect(Object.prototype).not.toHaveProperty('1')
  })

  it('bears deep nesting and long lists in bounded time', () => {
    const deep = `${'{"a":'.repeat(900)}1${'}'.repeat(900)}`
    expect(sound({ method: 'POST', path: '/api/v1/namespaces/t/configmaps', body: `{"metadata":{"name":"deep"},"x":${deep}}` }).code).toBe(201)
    expect(sound({ method: 'POST', path: '/api/v1/namespaces/t/configmaps', body: '['.repeat(50_000) }).code).toBe(400)
    const long = { metadata: { name: 'long' }, spec: { containers: Array.from({ length: 30_000 }, () => ({})) } }
    expect(sound({ method: 'POST', path: '/api/v1/namespaces/t/pods', body: long }).code).toBeGreaterThanOrEqual(400)
    expect(sound({ method: 'POST', path: '/api/v1/namespaces/t/configmaps', body: { metadata: { name: 'big' }, data: { a: 'x'.repeat(3_200_000) } } }).code).toBe(413)
  })

  it('gets the patch of a patch: ten thousand operations are the most', () => {
    const body = Array.from({ length: 10_001 }, () => ({ op: 'test', path: '/kind', value: 'ConfigMap' }))
    expect(sound({ method: 'PATCH', path: '/api/v1/namespaces/t/configmaps/c', contentType: 'application/json-patch+json', body }).code).toBe(413)
  })
})
