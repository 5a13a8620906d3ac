import type { KubeObject } from './api/meta.ts'
import { flowSchemaObjects, priorityLevelObjects } from './apiserver/within/flow-control.ts'
import tables from './bootstrap-server.json'
import { rangeText, type Ipv4Range } from './flags/ipv4-range.ts'
import { SERVICE_CLUSTER_IP_RANGE } from './flags/kube-apiserver.ts'
import { formatTime, type Micros } from './engine/time.ts'

const object = (apiVersion: string, kind: string, name: string, rest: object, meta: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name, ...meta }, ...rest }) as KubeObject

const priorityClass = ({ name, value, description }: { name: string; value: number; description: string }): KubeObject =>
  object('scheduling.k8s.io/v1', 'PriorityClass', name, { value, description, preemptionPolicy: 'PreemptLowerPriority' }, { generation: 1 })

function apiService([group, version, minimum, priority]: readonly [string, string, number, number], time: string): KubeObject {
  const spec = { ...(group ? { group } : {}), version, groupPriorityMinimum: minimum, versionPriority: priority }
  const status = { conditions: [{ type: 'Available', status: 'True', lastTransitionTime: time, reason: 'Local', message: 'Local APIServices are always available' }] }
  return object('apiregistration.k8s.io/v1', 'APIService', `${version}.${group}`, { spec, status }, { labels: { 'kube-aggregator.kubernetes.io/automanaged': 'onstart' } })
}

function serviceRange(time: string, range: Ipv4Range): KubeObject {
  const status = { conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: time, reason: '', message: 'Kubernetes Service CIDR is ready' }] }
  return object('networking.k8s.io/v1', 'ServiceCIDR', 'kubernetes', { spec: { cidrs: [rangeText(range)] }, status }, { finalizers: ['networking.k8s.io/service-cidr-finalizer'] })
}

/** A bundle in the shape of a certificate: the simulation encrypts nothing. */
const CA = '-----BEGIN CERTIFICATE-----\nT3JyZXJ5\n-----END CERTIFICATE-----\n'

const systemConfigMaps = (time: string): readonly KubeObject[] => [
  object('v1', 'ConfigMap', 'extension-apiserver-authentication', {
    data: {
      'client-ca-file': CA,
      'requestheader-allowed-names': '["front-proxy-client"]',
      'requestheader-client-ca-file': CA,
      'requestheader-extra-headers-prefix': '["X-Remote-Extra-"]',
      'requestheader-group-headers': '["X-Remote-Group"]',
      'requestheader-username-headers': '["X-Remote-User"]',
    },
  }, { namespace: 'kube-system' }),
  object('v1', 'ConfigMap', 'kube-apiserver-legacy-service-account-token-tracking', { data: { since: time.slice(0, 10) } }, { namespace: 'kube-system' }),
]

/**
 * What else kube-apiserver and kube-controller-manager make at their start: priority classes, flow control, API services,
 * the service range, authentication data, the controllers' service accounts (v1.36).
 */
export function serverObjects(now: Micros, services: Ipv4Range = SERVICE_CLUSTER_IP_RANGE.initial): readonly KubeObject[] {
  const time = formatTime(now)
  return [
    ...tables.priorityClasses.map(priorityClass),
    ...priorityLevelObjects(),
    ...flowSchemaObjects(time),
    ...(tables.apiServices as [string, string, number, number][]).map((row) => apiService(row, time)),
    serviceRange(time, services),
    ...systemConfigMaps(time),
    ...tables.controllerAccounts.map((name) => object('v1', 'ServiceAccount', name, {}, { namespace: 'kube-system' })),
  ]
}
