import type { HttpAnswer } from '../message.ts'
import type { Query } from '../query.ts'

const HOOKS: readonly string[] = [
  'start-apiserver-admission-initializer', 'generic-apiserver-start-informers', 'priority-and-fairness-config-consumer', 'priority-and-fairness-filter',
  'storage-object-count-tracker-hook', 'start-apiextensions-informers', 'start-apiextensions-controllers', 'crd-informer-synced',
  'start-system-namespaces-controller', 'peer-endpoint-reconciler-controller', 'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller', 'start-kube-apiserver-identity-lease-garbage-collector', 'storage-readiness',
  'start-legacy-token-tracking-controller', 'start-service-ip-repair-controllers', 'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer', 'bootstrap-controller', 'start-kubernetes-service-cidr-controller', 'aggregator-reload-proxy-client-cert',
  'start-kube-aggregator-informers', 'apiservice-status-local-available-controller', 'apiservice-status-remote-available-controller',
  'apiservice-registration-controller', 'apiservice-wait-for-first-sync', 'apiservice-discovery-controller', 'kube-apiserver-autoregistration',
].map((name) => `poststarthook/${name}`)
const LAST: readonly string[] = ['autoregister-completion', 'poststarthook/apiservice-openapi-controller', 'poststarthook/apiservice-openapiv3-controller']

/** The checks behind each health path, in the order in which the server tells them. */
const CHECKS: ReadonlyMap<string, readonly string[]> = new Map([
  ['healthz', ['ping', 'log', 'etcd', ...HOOKS, ...LAST]],
  ['livez', ['ping', 'log', 'etcd', ...HOOKS, ...LAST]],
  ['readyz', ['ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...HOOKS, ...LAST, 'shutdown']],
])

const text = (body: string): HttpAnswer => ({ code: 200, warnings: [], body, contentType: 'text/plain; charset=utf-8', changes: [] })

/** /healthz, /livez, /readyz and their single checks (apiserver: server/healthz); undefined for another path. */
export function health(parts: readonly string[], query: Query): HttpAnswer | undefined {
  const [root = '', ...rest] = parts
  const checks = CHECKS.get(root)
  if (!checks) return undefined
  if (rest.length > 0) return checks.includes(rest.join('/')) ? text('ok') : undefined
  if (!query.has('verbose')) return text('ok')
  const excluded = query.get('exclude') ?? []
  const lines = checks.map((name) => (excluded.includes(name) ? `[+]${name} excluded: ok` : `[+]${name} ok`))
  return text(`${lines.join('\n')}\n${root} check passed\n`)
}
