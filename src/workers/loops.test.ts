import { expect, test } from 'vitest'
import { createCluster } from '../sim/index.ts'
import { create, DEPLOYMENTS } from '../sim/client/request.ts'
import { seconds } from '../sim/engine/time.ts'

const web = {
  apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'default' },
  spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'nginx:1.27' }] } } },
}
const replicaSets = (cluster: ReturnType<typeof createCluster>): number => cluster.objects.keys().filter((key) => key.startsWith('replicasets/default/')).length

test('a stopped controller does nothing, and catches up when it is started; both can be undone', () => {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  const before = cluster.engine.hash()
  const at = cluster.timeline.index
  cluster.setComponent('deployment-controller', false)
  expect(cluster.loops().find(({ controller }) => controller === 'deployment-controller')?.stopped).toBe(true)
  cluster.request(create(DEPLOYMENTS, 'default', web))
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(30))
  expect(replicaSets(cluster)).toBe(0)
  cluster.setComponent('deployment-controller', true)
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(5))
  expect(replicaSets(cluster)).toBe(1)
  cluster.timeline.seek(at)
  expect(cluster.engine.hash()).toBe(before)
})

test('a control loop that does not exist cannot be stopped', () => {
  const cluster = createCluster()
  expect(() => cluster.setComponent('nobody', false)).toThrow('there is no control loop called nobody')
})
