import { expect, test } from 'vitest'
import type { JsonValue } from '../../api/meta.ts'
import { Dice } from '../../testing/soak/dice.ts'
import { Small } from '../../testing/small-door.ts'

type Tree = { [key: string]: Tree } | Tree[] | JsonValue

const RULES = [{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['deployments'] }]
const template = { metadata: { labels: { a: 'b' } }, spec: { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80 }], env: [{ name: 'A', value: '1' }], resources: { limits: { cpu: '1' } }, readinessProbe: { httpGet: { path: '/', port: 80 } } }], volumes: [{ name: 'v', emptyDir: {} }], tolerations: [{ operator: 'Exists' }] } }
const selector = { matchLabels: { a: 'b' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }
const schema = { type: 'object', properties: { spec: { type: 'object', properties: { n: { type: 'integer', maximum: 9 }, l: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', required: ['k'], properties: { k: { type: 'string', pattern: '^[a-z]+$' } } } } }, 'x-kubernetes-validations': [{ rule: 'self.n < 5', messageExpression: '"n is " + "too large"' }] } } }

/** Complete manifests by the collections that take them. */
const MANIFESTS: readonly (readonly [string, Record<string, JsonValue>])[] = [
  ['/api/v1/namespaces/t/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { ...template.spec, affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'z', labelSelector: selector }] } } } }],
  ['/apis/apps/v1/namespaces/t/deployments', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'x' }, spec: { replicas: 2, selector, template, strategy: { rollingUpdate: { maxSurge: '25%' } } } }],
  ['/apis/batch/v1/namespaces/t/cronjobs', { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'x' }, spec: { schedule: '*/5 * * * *', timeZone: 'Asia/Tokyo', jobTemplate: { spec: { template: { spec: { ...template.spec, restartPolicy: 'Never' } } } } } }],
  ['/api/v1/namespaces/t/services', { apiVersion: 'v1', kind: 'Service', metadata: { name: 'x' }, spec: { type: 'NodePort', selector: { a: 'b' }, ports: [{ name: 'p', port: 80, targetPort: 'http', nodePort: 30080 }], sessionAffinityConfig: { clientIP: { timeoutSeconds: 10 } }, sessionAffinity: 'ClientIP' } }],
  ['/api/v1/namespaces/t/limitranges', { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'x' }, spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '50m' }, default: { cpu: '1' }, defaultRequest: { cpu: '100m' }, maxLimitRequestRatio: { cpu: '20' } }] } }],
  ['/api/v1/namespaces/t/resourcequotas', { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'x' }, spec: { hard: { pods: '100', 'requests.cpu': '50' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } } }],
  ['/apis/rbac.authorization.k8s.io/v1/clusterroles', { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'x' }, rules: [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }], aggregationRule: { clusterRoleSelectors: [selector] } }],
  ['/apis/networking.k8s.io/v1/namespaces/t/ingresses', { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'x' }, spec: { rules: [{ host: 'h.example', http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 's', port: { number: 80 } } } }] } }] } }],
  ['/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies', { apiVersion: 'admissionregistration.k8s.io/v1', kind: 'ValidatingAdmissionPolicy', metadata: { name: 'x' }, spec: { matchConstraints: { resourceRules: RULES, namespaceSelector: selector }, variables: [{ name: 'v', expression: 'object.spec' }], validations: [{ expression: "variables.v.replicas < 5 && '%d'.format([1]) != ''", messageExpression: '"no"' }], paramKind: { apiVersion: 'v1', kind: 'ConfigMap' } } }],
  ['/apis/apiextensions.k8s.io/v1/customresourcedefinitions', { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'xs.g.io' }, spec: { group: 'g.io', scope: 'Namespaced', names: { plural: 'xs', singular: 'x', kind: 'X', listKind: 'XList' }, versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema }, additionalPrinterColumns: [{ name: 'N', type: 'integer', jsonPath: '.spec.n' }] }] } }],
]

const ODD: readonly JsonValue[] = [null, true, 0, -1, 1.5, 1e21, '', 'x', [], {}, [[]], [null], { a: null }, 'a'.repeat(300), '__proto__', '\u0000', '\ud800', '10.0.0.1', '1Gi', '100%', '(a+)+$', 'self.x']
const KEYS = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', 'a/b', 'spec', 'metadata', 'status', 'name', 'namespace', 'labels', 'matchLabels', '$patch', 'ownerReferences', 'finalizers', 'managedFields', 'kind', 'apiVersion']
const TAILS = [' ', '.', '-', '\n', '%', '\\', '"', '$(', 'é', '/', '(', '+']

const put = (into: object, key: string, value: unknown): void => void Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })

function places(tree: Tree, out: [object, string][] = []): [object, string][] {
  if (typeof tree !== 'object' || tree === null) return out
  for (const key of Object.keys(tree)) {
    out.push([tree, key])
    places((tree as Record<string, Tree>)[key]!, out)
  }
  return out
}

/** A copy with one to four changes: members lost, replaced, moved, lengthened or added. */
function mutated(dice: Dice, manifest: JsonValue): JsonValue {
  const copy = structuredClone(manifest) as Tree
  for (let n = 1 + dice.below(4); n > 0; n--) {
    const all = places(copy)
    if (all.length === 0) break
    const [at, key] = dice.pick(all)
    const value = (at as Record<string, unknown>)[key]
    const action = dice.below(6)
    if (action === 0 && !Array.isArray(at)) delete (at as Record<string, unknown>)[key]
    else if (action === 1) put(at, key, structuredClone(dice.pick(ODD)))
    else if (action === 2 && !Array.isArray(at)) put(at, dice.pick(KEYS), structuredClone(dice.pick(ODD)))
    else if (action === 3) {
      const [from, name] = dice.pick(all)
      put(at, key, structuredClone((from as Record<string, unknown>)[name]))
    } else if (action === 4 && Array.isArray(value)) put(at, key, [...value, ...value])
    else if (typeof value === 'string') put(at, key, dice.oneIn(2) ? value.slice(0, dice.below(value.length + 1)) : value + dice.pick(TAILS))
  }
  return JSON.parse(JSON.stringify(copy)) as JsonValue
}

const PATCHES = ['application/merge-patch+json', 'application/strategic-merge-patch+json', 'application/apply-patch+yaml']

test.each([1, 2])('manifests that somebody has garbled are taken or refused in words, and a refusal changes nothing (seed %i)', (seed) => {
  const dice = new Dice(seed)
  const small = new Small()
  for (const [path, body] of MANIFESTS) expect(small.ask({ method: 'POST', path, body }).code, path).toBe(201)
  for (let n = 0; n < 700; n++) {
    const [path, manifest] = dice.pick(MANIFESTS)
    const body = mutated(dice, manifest)
    const one = `${path}/${(manifest['metadata'] as { name: string }).name}`
    const contentType = dice.pick(PATCHES)
    const query = contentType.includes('apply') ? 'fieldManager=f&force=true' : dice.pick(['', 'dryRun=All', 'fieldValidation=Strict'])
    const answer = dice.oneIn(3) ? small.sound({ method: 'POST', path, body }) : dice.oneIn(3) ? small.sound({ method: 'PUT', path: one, body }) : small.sound({ method: 'PATCH', path: one, body, contentType, query })
    const words = (answer.body as { readonly message?: string }).message ?? ''
    if (answer.code >= 400) expect(words).not.toMatch(/\[object|is not a function|Cannot read/)
  }
  expect(Object.keys(Object.prototype)).toEqual([])
})
