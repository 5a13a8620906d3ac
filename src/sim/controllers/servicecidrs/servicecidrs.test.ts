import { beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { create, remove, SERVICES, type Request } from '../../client/request.ts'
import type { Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { BareCluster } from '../../testing/bare-cluster.ts'

const RANGES = { group: 'networking.k8s.io', version: 'v1', resource: 'servicecidrs' }
const ADDRESSES = { ...RANGES, resource: 'ipaddresses' }

let world: BareCluster
let cluster: Cluster
beforeEach(() => {
  world = new BareCluster()
  cluster = world.cluster
})

const send = (request: Request): KubeObject => world.send(request)
const range = (name: string, ...cidrs: string[]): KubeObject => send(create(RANGES, undefined, { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR', metadata: { name }, spec: { cidrs } }))
const service = (name: string, clusterIP?: string): KubeObject =>
  send(create(SERVICES, 'default', { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { ports: [{ port: 80 }], ...(clusterIP ? { clusterIP } : {}) } }))
const ready = (name: string) => (cluster.objects.get(`servicecidrs/${name}`)?.status as { conditions?: object[] } | undefined)?.conditions?.[0]

test('a range of one\'s own becomes ready and then gives addresses', () => {
  expect(() => service('early', '192.168.7.9')).toThrow('the provided network does not match the current range')
  range('more', '192.168.7.0/24')
  cluster.runFor(seconds(2))
  expect(ready('more')).toMatchObject({ type: 'Ready', status: 'True', message: 'Kubernetes Service CIDR is ready' })
  expect(cluster.objects.get('servicecidrs/more')!.metadata.finalizers).toEqual(['networking.k8s.io/service-cidr-finalizer'])
  service('web', '192.168.7.9')
  expect(cluster.objects.has('ipaddresses/192.168.7.9')).toBe(true)
})

test('a range stays as long as addresses of it are in use, and ten seconds more', () => {
  const more = range('more', '192.168.7.0/24')
  cluster.runFor(seconds(2))
  const web = service('web', '192.168.7.9')
  send(remove(RANGES, more))
  cluster.runFor(seconds(60))
  expect(ready('more')).toMatchObject({ status: 'False', reason: 'Terminating', message: 'There are still IPAddresses referencing the ServiceCIDR, please remove them or create a new ServiceCIDR' })
  expect(() => service('late', '192.168.7.10')).toThrow('the provided network does not match the current range')
  send(remove(SERVICES, web))
  cluster.runFor(seconds(2))
  expect(cluster.objects.has('servicecidrs/more')).toBe(false)
  const unused = range('unused', '192.168.8.0/24')
  cluster.runFor(seconds(2))
  send(remove(RANGES, unused))
  cluster.runFor(seconds(8))
  expect(cluster.objects.has('servicecidrs/unused')).toBe(true)
  cluster.runFor(seconds(3))
  expect(cluster.objects.has('servicecidrs/unused')).toBe(false)
})

test('a larger range takes over', () => {
  const small = range('small', '192.168.7.0/28')
  cluster.runFor(seconds(2))
  service('web', '192.168.7.9')
  send(remove(RANGES, small))
  cluster.runFor(seconds(20))
  expect(cluster.objects.has('servicecidrs/small')).toBe(true)
  range('large', '192.168.7.0/24')
  cluster.runFor(seconds(12))
  expect(cluster.objects.has('servicecidrs/small')).toBe(false)
})

test('an address that somebody took away is written down again, one that nobody has is removed', () => {
  const ip = (service('web').spec as { clusterIP: string }).clusterIP
  send(remove(ADDRESSES, cluster.objects.get(`ipaddresses/${ip}`)!))
  expect(cluster.objects.has(`ipaddresses/${ip}`)).toBe(false)
  cluster.runFor(seconds(1))
  expect(cluster.objects.get(`ipaddresses/${ip}`)).toHaveProperty('spec.parentRef', { resource: 'services', namespace: 'default', name: 'web' })
  expect(cluster.list('events').map((e) => (e as unknown as { message?: string; note?: string }).message)).toContain(`Cluster IP [IPv4]: ${ip} is not allocated; repairing`)
  const labels = { 'ipaddress.kubernetes.io/ip-family': 'IPv4', 'ipaddress.kubernetes.io/managed-by': 'ipallocator.k8s.io' }
  const leaked = (name: string, spec: object): KubeObject => send(create(ADDRESSES, undefined, { apiVersion: 'networking.k8s.io/v1', kind: 'IPAddress', metadata: { name, labels }, spec }))
  leaked('10.96.3.3', { parentRef: { resource: 'services', namespace: 'default', name: 'none' } })
  leaked('10.96.3.4', { parentRef: { group: 'g.io', resource: 'gateways', name: 'g' } })
  cluster.runFor(seconds(30))
  expect(cluster.objects.has('ipaddresses/10.96.3.4')).toBe(false)
  expect(cluster.objects.has('ipaddresses/10.96.3.3')).toBe(true)
  cluster.runFor(seconds(35))
  expect(cluster.objects.has('ipaddresses/10.96.3.3')).toBe(false)
})

test('too small a range gives nothing', () => {
  const kept = cluster.objects.get('servicecidrs/kubernetes')!
  range('tiny', '192.168.7.0/32')
  cluster.runFor(seconds(2))
  expect(service('web').spec).toHaveProperty('clusterIP', expect.stringMatching(/^10\./))
  expect(kept).toBeDefined()
})
