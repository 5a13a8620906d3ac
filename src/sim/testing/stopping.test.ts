import { expect, test } from 'vitest'
import { isPodReady, type Pod } from '../api/pod.ts'
import { DEPLOYMENTS, PODS, remove } from '../client/request.ts'
import { minutes, seconds } from '../engine/time.ts'
import type { Deployment } from '../kinds/deployment/deployment.ts'
import { change, make, world } from './properties/world.ts'

const deployment = (replicas: number) => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' },
  spec: { replicas, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'main', image: 'nginx' }] } } },
})

test('while a controller is stopped nothing of its work happens; started again it takes up what it finds', () => {
  const cluster = world(7)
  make(cluster, DEPLOYMENTS, deployment(3))
  cluster.runFor(seconds(10))
  cluster.setComponent('replicaset-controller', false)
  change(cluster, DEPLOYMENTS, 'web', { spec: { replicas: 5 } })
  const [victim] = cluster.list<Pod>('pods', 'default')
  cluster.request(remove(PODS, victim!))
  cluster.runFor(minutes(2))
  expect(cluster.list('pods', 'default')).toHaveLength(2)
  cluster.setComponent('replicaset-controller', true)
  cluster.runFor(seconds(10))
  expect(cluster.list<Pod>('pods', 'default').filter(isPodReady)).toHaveLength(5)
})

test('every controller can be stopped and started in the middle of its work', () => {
  const cluster = world(8)
  make(cluster, DEPLOYMENTS, deployment(4))
  const names = cluster.loops().map(({ controller }) => controller)
  expect(names.length).toBeGreaterThan(25)
  for (const [i, name] of names.entries()) {
    change(cluster, DEPLOYMENTS, 'web', { spec: { template: { metadata: { annotations: { round: `${i}` } } } } })
    cluster.runFor(20_000)
    cluster.setComponent(name, false)
    expect(cluster.loops().find(({ controller }) => controller === name)?.stopped).toBe(true)
    cluster.runFor(seconds(3))
    cluster.setComponent(name, true)
    cluster.runFor(seconds(1))
  }
  cluster.runFor(minutes(2))
  const { status } = cluster.objects.get('deployments/default/web') as Deployment
  expect(status).toMatchObject({ replicas: 4, updatedReplicas: 4, availableReplicas: 4 })
})
