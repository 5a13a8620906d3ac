import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { create, NODES, remove, SERVICES } from '../../client/request.ts'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Event } from '../../kinds/event/event.ts'
import type { Service } from '../../kinds/service/service.ts'

const service = (name: string): KubeObject => ({ apiVersion: 'v1', kind: 'Service', metadata: { name, namespace: 'default' }, spec: { type: 'LoadBalancer', selector: { app: name }, ports: [{ port: 80 }] } } as KubeObject)

function world(cloud: boolean) {
  const cluster = createCluster({ seed: 4, nodes: 2, kubelet: 'kwok', bare: true, cloud })
  cluster.boot()
  cluster.runFor(seconds(10))
  const get = (name: string) => cluster.objects.get(`services/default/${name}`) as Service | undefined
  const address = (name: string): string | undefined => get(name)?.status?.loadBalancer?.ingress?.[0]?.ip
  const reasons = (name: string): readonly string[] => cluster.list<Event>('events', 'default').filter((e) => e.involvedObject.name === name).map((e) => e.reason ?? '')
  return { cluster, get, address, reasons }
}

test('the cloud gives an address after a while and takes it back with the Service', () => {
  const { cluster, get, address, reasons } = world(true)
  cluster.request(create(SERVICES, 'default', service('a')))
  cluster.request(create(SERVICES, 'default', service('b')))
  cluster.runFor(seconds(3))
  expect(address('a')).toBeUndefined()
  expect(get('a')?.metadata.finalizers).toEqual(['service.kubernetes.io/load-balancer-cleanup'])
  cluster.runFor(seconds(40))
  expect([address('a'), address('b')]).toEqual(['203.0.113.1', '203.0.113.2'])
  cluster.request(remove(NODES, { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-2' } }))
  cluster.runFor(seconds(5))
  expect(reasons('a')).toEqual(['EnsuringLoadBalancer', 'EnsuredLoadBalancer', 'UpdatedLoadBalancer'])
  cluster.request(remove(SERVICES, service('a')))
  expect(get('a')?.metadata.deletionTimestamp).toBeDefined()
  cluster.runFor(seconds(40))
  expect(get('a')).toBeUndefined()
  cluster.request(create(SERVICES, 'default', service('c')))
  cluster.runFor(seconds(40))
  expect(address('c')).toBe('203.0.113.1')
})

test('without a cloud a load balancer stays pending', () => {
  const { cluster, get, address } = world(false)
  cluster.request(create(SERVICES, 'default', service('a')))
  cluster.runFor(seconds(60))
  expect(get('a')).toBeDefined()
  expect(address('a')).toBeUndefined()
  expect(cluster.loops().some(({ controller }) => controller === 'service-lb-controller')).toBe(false)
})
