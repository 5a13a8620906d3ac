import { beforeEach, describe, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Status } from '../../api/status.ts'
import { create, remove, type Request } from '../../client/request.ts'
import type { Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { userNamed } from '../authentication/user.ts'
import { serveHttp } from '../http/door.ts'
import { BareCluster, CRDS, WIDGETS } from '../../testing/bare-cluster.ts'

const API_SERVICES = { group: 'apiregistration.k8s.io', version: 'v1', resource: 'apiservices' }
const FLOWS = { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', resource: 'flowschemas' }
const LEVELS = { ...FLOWS, resource: 'prioritylevelconfigurations' }

let world: BareCluster
let cluster: Cluster
beforeEach(() => {
  world = new BareCluster()
  cluster = world.cluster
})

const send = (request: Request): KubeObject => world.send(request)
const read = (key: string) => world.stored(key)
const condition = (key: string, type: string) => world.condition(key, type)
const patch = (...args: Parameters<BareCluster['patch']>): KubeObject => world.patch(...args)
const widget = (name: string, finalizers?: string[]): KubeObject => world.widget(name, finalizers ? { finalizers } : {})

describe('a definition that is deleted', () => {
  test('takes its objects along', () => {
    const crd = world.defineWidgets()
    widget('w')
    send(remove(CRDS, crd))
    cluster.runFor(seconds(1))
    expect(read('customresourcedefinitions/widgets.example.com')).toBeUndefined()
    expect(read('widgets.example.com/default/w')).toBeUndefined()
    expect((world.ask(WIDGETS, 'default', 'w') as Status).message).toBe('the server could not find the requested resource')
  })

  test('waits for objects that somebody holds, and lets nobody make new ones', () => {
    const crd = world.defineWidgets()
    widget('held', ['example.com/hold'])
    widget('free')
    send(remove(CRDS, crd))
    cluster.runFor(seconds(20))
    expect(read('widgets.example.com/default/free')).toBeUndefined()
    expect(read('widgets.example.com/default/held')?.metadata.deletionTimestamp).toBeDefined()
    expect(condition('customresourcedefinitions/widgets.example.com', 'Terminating')).toMatchObject({ status: 'True', reason: 'InstanceDeletionInProgress', message: 'CustomResource deletion is in progress' })
    expect(() => widget('late')).toThrow('create not allowed while custom resource definition is terminating')
    patch(WIDGETS, 'held', { metadata: { finalizers: null } }, 'default')
    cluster.runFor(seconds(6))
    expect(read('customresourcedefinitions/widgets.example.com')).toBeUndefined()
  })
})

describe('APIServices', () => {
  test('come and go with definitions', () => {
    const crd = world.defineWidgets()
    expect(read('apiservices/v1.example.com')).toMatchObject({ spec: { group: 'example.com', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 100 } })
    expect(condition('apiservices/v1.example.com', 'Available')).toMatchObject({ status: 'True', reason: 'Local' })
    send(remove(CRDS, crd))
    cluster.runFor(seconds(1))
    expect(read('apiservices/v1.example.com')).toBeUndefined()
  })

  test('of somebody else are available only if their Service is', () => {
    const spec = { group: 'metrics.k8s.io', version: 'v1beta1', groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true, service: { name: 'metrics-server', namespace: 'kube-system' } }
    send(create(API_SERVICES, undefined, { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: 'v1beta1.metrics.k8s.io' }, spec } as KubeObject))
    const now = () => {
      cluster.runFor(seconds(2))
      return condition('apiservices/v1beta1.metrics.k8s.io', 'Available')
    }
    expect(now()).toMatchObject({ status: 'False', reason: 'ServiceNotFound', message: 'service/metrics-server in "kube-system" is not present' })
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'metrics-server', namespace: 'kube-system' }, spec: { clusterIP: '10.96.9.9', ports: [{ name: 'https', port: 80 }] } }
    send(create({ group: '', version: 'v1', resource: 'services' }, 'kube-system', service))
    expect(now()).toMatchObject({ reason: 'ServicePortError', message: 'service/metrics-server in "kube-system" is not listening on port 443' })
    patch({ group: '', version: 'v1', resource: 'services' }, 'metrics-server', { spec: { ports: [{ name: 'https', port: 443 }] } }, 'kube-system')
    expect(now()).toMatchObject({ reason: 'EndpointsNotFound', message: 'cannot find endpointslices for service/metrics-server in "kube-system"' })
    const slice = { apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice', metadata: { name: 's', namespace: 'kube-system', labels: { 'kubernetes.io/service-name': 'metrics-server' } }, addressType: 'IPv4', endpoints: [], ports: [{ name: 'https', port: 4443 }] }
    send(create({ group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' }, 'kube-system', slice as KubeObject))
    expect(now()).toMatchObject({ reason: 'MissingEndpoints', message: 'endpointslices for service/metrics-server in "kube-system" have no addresses with port name "https"' })
    patch({ group: 'discovery.k8s.io', version: 'v1', resource: 'endpointslices' }, 's', { endpoints: [{ addresses: ['10.244.0.7'] }] }, 'kube-system')
    const url = 'https://10.96.9.9:443/apis/metrics.k8s.io/v1beta1'
    expect(now()).toMatchObject({ reason: 'FailedDiscoveryCheck', message: `failing or missing response from ${url}: Get "${url}": context deadline exceeded` })
    expect(cluster.request({ verb: 'list', group: 'metrics.k8s.io', version: 'v1beta1', resource: 'nodes' })).toMatchObject({ code: 503, reason: 'ServiceUnavailable' })
    for (const path of ['/apis/metrics.k8s.io/v1beta1', '/apis/metrics.k8s.io/v1beta1/nodes']) {
      expect(serveHttp(cluster.server, { method: 'GET', path, who: userNamed('kubernetes-admin') }, cluster.timeline.clock)).toMatchObject({ code: 503, body: 'service unavailable\n' })
    }
  })
})

describe('flow control', () => {
  const level = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'PriorityLevelConfiguration', metadata: { name: 'mine' }, spec: { type: 'Limited', limited: { nominalConcurrencyShares: 5, limitResponse: { type: 'Reject' } } } } as KubeObject

  test('says whether a FlowSchema names a level that exists', () => {
    send(create(FLOWS, undefined, { apiVersion: 'flowcontrol.apiserver.k8s.io/v1', kind: 'FlowSchema', metadata: { name: 'f' }, spec: { priorityLevelConfiguration: { name: 'mine' }, matchingPrecedence: 500 } } as KubeObject))
    cluster.runFor(seconds(1))
    expect(condition('flowschemas/f', 'Dangling')).toMatchObject({ status: 'True', reason: 'NotFound', message: 'This FlowSchema references the PriorityLevelConfiguration object named "mine" but there is no such object' })
    const made = send(create(LEVELS, undefined, level))
    cluster.runFor(seconds(1))
    expect(condition('flowschemas/f', 'Dangling')).toMatchObject({ status: 'False', reason: 'Found' })
    send(remove(LEVELS, made))
    cluster.runFor(seconds(1))
    expect(condition('flowschemas/f', 'Dangling')).toMatchObject({ status: 'True', reason: 'NotFound' })
  })

  test('puts right once a minute what it brought along', () => {
    send(remove(LEVELS, read('prioritylevelconfigurations/workload-low')!))
    patch(LEVELS, 'workload-high', { spec: { limited: { nominalConcurrencyShares: 7 } } })
    patch(LEVELS, 'node-high', { metadata: { annotations: { 'apf.kubernetes.io/autoupdate-spec': 'false' } }, spec: { limited: { nominalConcurrencyShares: 7 } } })
    expect(read('prioritylevelconfigurations/workload-low')).toBeUndefined()
    cluster.runFor(seconds(61))
    expect(read('prioritylevelconfigurations/workload-low')).toBeDefined()
    expect(read('prioritylevelconfigurations/workload-high')).toHaveProperty('spec.limited.nominalConcurrencyShares', 40)
    expect(read('prioritylevelconfigurations/node-high')).toHaveProperty('spec.limited.nominalConcurrencyShares', 7)
  })
})
