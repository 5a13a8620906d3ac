import { expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import { create, DEPLOYMENTS, EVENTS, patch, type Request } from '../client/request.ts'
import { createCluster, type Cluster } from '../cluster.ts'
import { minutes, seconds } from '../engine/time.ts'
import type { Event } from '../kinds/event/event.ts'

const labels = { app: 'web' }
const deployment = (replicas: number): KubeObject => ({
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
  spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [{ name: 'main', image: 'nginx' }] } } },
} as KubeObject)

function world(): Cluster {
  const cluster = createCluster({ seed: 2, nodes: 2, kubelet: 'kwok', bare: true })
  cluster.boot()
  cluster.runFor(seconds(15))
  return cluster
}
const events = (cluster: Cluster): readonly Event[] => cluster.list<Event>('events', 'default')
const request = (cluster: Cluster, body: KubeObject): void => void cluster.request(create(DEPLOYMENTS, 'default', body) as Request)

test('an Event goes an hour after it was last written, at most a minute later', () => {
  const cluster = world()
  request(cluster, deployment(2))
  cluster.runFor(minutes(59))
  const alive = events(cluster).filter(({ involvedObject }) => involvedObject.name?.startsWith('web'))
  expect(alive.length).toBeGreaterThan(3)
  cluster.runFor(minutes(2.5))
  expect(events(cluster).filter(({ involvedObject }) => involvedObject.name?.startsWith('web'))).toEqual([])
})

test('an Event that is written again lives an hour from then', () => {
  const cluster = world()
  request(cluster, deployment(2))
  cluster.runFor(minutes(30))
  const [again, other] = events(cluster).filter(({ involvedObject }) => involvedObject.name?.startsWith('web'))
  cluster.request(patch(EVENTS, again!, { count: 2 }, 'merge') as Request)
  const names = (): readonly string[] => events(cluster).map(({ metadata }) => metadata.name)
  cluster.runFor(minutes(32))
  expect(names()).toContain(again!.metadata.name)
  expect(names()).not.toContain(other!.metadata.name)
  cluster.runFor(minutes(30))
  expect(names()).not.toContain(again!.metadata.name)
})

test('from the tenth on similar Events are combined, and one source says 25 things of an object at most', () => {
  const cluster = world()
  request(cluster, deployment(40))
  cluster.runFor(seconds(60))
  const created = events(cluster).filter(({ reason, involvedObject }) => reason === 'SuccessfulCreate' && involvedObject.kind === 'ReplicaSet')
  const combined = created.filter(({ message }) => message?.startsWith('(combined from similar events): '))
  expect(created.length - combined.length).toBe(9)
  expect(combined.map(({ count }) => count)).toEqual([16])
})
