import { beforeAll, describe, expect, it } from 'vitest'
import { base64Encode } from '../../api/base64.ts'
import { ROOT_CA_BUNDLE } from '../../api/root-ca.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { webhookServer } from '../../testing/webhook-server.ts'

const RULES = `
/validate:
- when: request.operation == "DELETE"
  deny: kept for good
- when: has(object.metadata.labels) && "slow" in object.metadata.labels
  after: 3s
- when: has(object.metadata.labels) && "broken" in object.metadata.labels
  status: 500
  deny: out of order
- when: has(object.metadata.labels) && "odd" in object.metadata.labels
  warn: that is an odd label
- when: '!has(object.metadata.labels) || !("team" in object.metadata.labels)'
  denyExpression: '"no team for " + object.metadata.name'
  code: 422
/mutate:
- when: '!has(object.metadata.labels)'
  patch:
  - {op: add, path: /metadata/labels, value: {team: nobody}}
/again:
- when: has(object.data) && !has(object.data.count)
  patch: [{op: add, path: /data/count, value: "1"}]
- when: has(object.data) && has(object.data.count) && has(object.metadata.annotations)
  patch: [{op: replace, path: /data/count, value: "2"}]
/later:
- when: '!has(object.metadata.annotations)'
  patch: [{op: add, path: /metadata/annotations, value: {seen: "yes"}}]
/connect:
- when: request.operation == "CONNECT" && object.kind == "PodExecOptions" && "sh" in object.command
  denyExpression: '"no shells for " + request.userInfo.username'
/command:
- patch: [{op: replace, path: /command/1, value: changed}]
/scales:
- deny: seen as v1
`
const SERVER = webhookServer(RULES)
const CA = base64Encode(ROOT_CA_BUNDLE)

let cluster: Cluster
function kubectl(argv: string, files: Record<string, string> = {}): { code: number; stdout: string; stderr: string; took: number } {
  const from = cluster.timeline.clock
  return { ...cluster.kubectlNow({ argv: argv.split(' '), files }), took: cluster.timeline.clock - from }
}

interface Hook {
  readonly kind?: 'Validating' | 'Mutating'
  readonly path?: string
  readonly resource?: string
  readonly rest?: string
  readonly ca?: string
}
const hook = (name: string, { path = '/validate', resource = 'configmaps', rest = '', ca = CA }: Hook): string => `
- name: ${name}.orrery.dev
  admissionReviewVersions: [v1]
  sideEffects: None
  clientConfig: {service: {name: hook, namespace: hooks, path: ${path}}${ca ? `, caBundle: ${ca}` : ''}}
  namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: default}}
  rules: [{apiGroups: ["*"], apiVersions: [v1], operations: [CREATE, UPDATE, DELETE], resources: [${resource}]}]
${rest ? `  ${rest}` : ''}`

/** Replaces all webhooks by these. */
function hooks(kind: 'Validating' | 'Mutating', ...list: readonly string[]): void {
  kubectl('delete validatingwebhookconfigurations,mutatingwebhookconfigurations --all')
  const done = kubectl('apply -f w.yaml', { 'w.yaml': `apiVersion: admissionregistration.k8s.io/v1\nkind: ${kind}WebhookConfiguration\nmetadata: {name: w}\nwebhooks:${list.join('')}` })
  expect(done.stderr).toBe('')
}

beforeAll(() => {
  cluster = createCluster({ seed: 1, nodes: 1 })
  cluster.boot()
  kubectl('create ns hooks')
  expect(kubectl('apply -f s.yaml', { 's.yaml': SERVER }).stderr).toBe('')
  cluster.runFor(seconds(30))
  expect(kubectl('get deploy hook -n hooks -o jsonpath={.status.readyReplicas}').stdout).toBe('1')
}, 60_000)

describe('a webhook that a pod serves behind a Service', () => {
  it('refuses with its own message and code, allows, warns', () => {
    hooks('Validating', hook('v', {}))
    expect(kubectl('create configmap bare').stderr).toBe('error: failed to create configmap: admission webhook "v.orrery.dev" denied the request: no team for bare\n')
    const named = (labels: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c, labels: {${labels}}}\n`
    expect(kubectl('create -f c.yaml', { 'c.yaml': named('team: a, odd: "1"') })).toMatchObject({ code: 0, stdout: 'configmap/c created\n', stderr: 'Warning: that is an odd label\n' })
    expect(kubectl('delete configmap c').stderr).toBe('Error from server (Forbidden): admission webhook "v.orrery.dev" denied the request: kept for good\n')
    expect(kubectl('get configmap c -o name').stdout).toBe('configmap/c\n')
  })

  it('asks nobody for other namespaces', () => {
    expect(kubectl('create configmap bare -n hooks').code).toBe(0)
  })

  it('makes the request wait, and gives up after the timeout', () => {
    const slow = (name: string): Record<string, string> => ({ 'c.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {slow: "1", team: a}}\n` })
    hooks('Validating', hook('v', {}))
    const patient = kubectl('create -f c.yaml', slow('patient'))
    expect(patient.code).toBe(0)
    expect(patient.took).toBeGreaterThan(seconds(3))
    hooks('Validating', hook('v', { rest: 'timeoutSeconds: 2' }))
    const given = kubectl('create -f c.yaml', slow('given-up'))
    expect(given.stderr).toBe('Error from server (InternalError): error when creating "c.yaml": Internal error occurred: failed calling webhook "v.orrery.dev": failed to call webhook: Post "https://hook.hooks.svc:443/validate?timeout=2s": context deadline exceeded\n')
    expect(given.took).toBeGreaterThan(seconds(2))
    expect(given.took).toBeLessThan(seconds(3))
    hooks('Validating', hook('v', { rest: 'timeoutSeconds: 2\n  failurePolicy: Ignore' }))
    expect(kubectl('create -f c.yaml', slow('ignored')).code).toBe(0)
  })

  it('tells of errors of HTTP and TLS in the words of the real client', () => {
    hooks('Validating', hook('v', {}))
    const broken = { 'c.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b, labels: {broken: "1"}}\n' }
    expect(kubectl('create -f c.yaml', broken).stderr).toContain('failed to call webhook: an error on the server ("out of order") has prevented the request from succeeding')
    hooks('Validating', hook('v', { path: '/nowhere' }))
    expect(kubectl('create configmap x').stderr).toContain('failed calling webhook "v.orrery.dev": failed to call webhook: the server could not find the requested resource')
    hooks('Validating', hook('v', { ca: '' }))
    expect(kubectl('create configmap x').stderr).toContain('Post "https://hook.hooks.svc:443/validate?timeout=10s": tls: failed to verify certificate: x509: certificate signed by unknown authority')
    hooks('Validating', hook('v', { ca: base64Encode('nothing') }))
    expect(kubectl('create configmap x').stderr).toContain('could not get REST client: unable to load root certificates: unable to parse bytes as PEM block')
    expect(kubectl('get configmap x').code).toBe(1)
  })

  it('patches what is written, in dry runs too, which leave nothing behind', () => {
    hooks('Mutating', hook('m', { path: '/mutate' }))
    expect(kubectl('create configmap dry --dry-run=server -o jsonpath={.metadata.labels}').stdout).toBe('{"team":"nobody"}')
    expect(kubectl('get configmap dry').code).toBe(1)
    kubectl('create configmap wet')
    expect(kubectl('get configmap wet -o jsonpath={.metadata.labels}').stdout).toBe('{"team":"nobody"}')
  })

  it('is asked again after a later one has changed the object, if it wants that', () => {
    const later = hook('z', { path: '/later' })
    hooks('Mutating', hook('a', { path: '/again' }), later)
    kubectl('create configmap once --from-literal=a=b')
    expect(kubectl('get configmap once -o jsonpath={.data.count}').stdout).toBe('1')
    hooks('Mutating', hook('a', { path: '/again', rest: 'reinvocationPolicy: IfNeeded' }), later)
    kubectl('create configmap twice --from-literal=a=b')
    expect(kubectl('get configmap twice -o jsonpath={.data.count}').stdout).toBe('2')
  })

  it('sees another version of a kind where its rules name that, unless it wants exact matches', () => {
    const hpa = { 'h.yaml': 'apiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: {name: h}\nspec: {maxReplicas: 2, scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: d}}\n' }
    hooks('Validating', hook('v', { path: '/scales', resource: 'horizontalpodautoscalers' }))
    expect(kubectl('create -f h.yaml', hpa).stderr).toContain('denied the request: seen as v1')
    hooks('Validating', hook('v', { path: '/scales', resource: 'horizontalpodautoscalers', rest: 'matchPolicy: Exact' }))
    expect(kubectl('create -f h.yaml', hpa).code).toBe(0)
  })

  it('is asked about streams to pods, and may change their command', () => {
    kubectl('run web --image=nginx:1.27 -n default')
    cluster.runFor(seconds(20))
    const connect = (name: string, path: string, sub: string): string => hook(name, { path, resource: `pods/${sub}` }).replace(/operations: \[[^\]]*\]/, 'operations: [CONNECT]')
    hooks('Validating', connect('v', '/connect', 'exec'))
    expect(kubectl('exec web -- echo hello').stdout).toBe('hello\n')
    expect(kubectl('exec web -- sh -c id').stderr).toBe('error: unable to upgrade connection: admission webhook "v.orrery.dev" denied the request: no shells for kubernetes-admin\n')
    hooks('Mutating', connect('m', '/command', 'exec'))
    expect(kubectl('exec web -- echo hello').stdout).toBe('changed\n')
    kubectl('delete mutatingwebhookconfigurations --all')
  })

  it('cannot be reached when its pods are gone', () => {
    kubectl('delete validatingwebhookconfigurations --all')
    kubectl('scale deploy hook -n hooks --replicas=0')
    cluster.runFor(seconds(40))
    hooks('Validating', hook('v', {}))
    expect(kubectl('create configmap x').stderr).toMatch(/Post "https:\/\/hook.hooks.svc:443\/validate\?timeout=10s": dial tcp [\d.]+:443: connect: connection refused/)
  })
})
