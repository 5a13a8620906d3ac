import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../cluster.ts'
import { seconds } from '../engine/time.ts'
import { APISERVER, type SentRequest } from './transport.ts'

const FLAG = 'kube-controller-manager.concurrent-replicaset-syncs'
/** The most pods that there were at once while the cluster lived on. */
function mostPods(cluster: Cluster, duration: number): number {
  const end = cluster.timeline.clock + duration
  let most = 0
  while ((cluster.timeline.nextAt() ?? end) < end && cluster.timeline.step()) most = Math.max(most, cluster.objects.keys().filter((key) => key.startsWith('pods/default/')).length)
  return most
}

function world(replicas: number): Cluster {
  const cluster = createCluster({ seed: 3, nodes: 4, kubelet: 'kwok', bare: true })
  cluster.boot()
  cluster.runKubectl({ argv: ['create', 'deployment', 'web', '--image=nginx', `--replicas=${replicas}`] })
  return cluster
}
const held = (cluster: Cluster): number =>
  [...cluster.engine.queue.unordered()].filter(({ actor, what, payload }) => actor === APISERVER && what === 'request' && (payload as SentRequest).client === 'replicaset-controller' && (payload as SentRequest).sentAt > cluster.timeline.clock).length

test('requests that the rate limit held back die with the process; the next one counts what is there', () => {
  const cluster = world(80)
  for (let i = 0; i < 5000 && held(cluster) === 0; i++) cluster.timeline.step()
  expect(held(cluster)).toBeGreaterThan(0)
  cluster.flags.set(cluster.timeline, FLAG, '1')
  expect(held(cluster)).toBe(0)
  cluster.runFor(seconds(1))
  const before = cluster.list('pods', 'default').length
  expect(before).toBeLessThan(80)
  cluster.runFor(seconds(60))
  expect(cluster.list('pods', 'default')).toHaveLength(80)
})

test('a restart in the middle of anything makes nothing twice', () => {
  for (const after of [20, 40, 60, 80, 120, 200]) {
    const cluster = world(6)
    cluster.runFor(after * 1000)
    cluster.flags.set(cluster.timeline, FLAG, '2')
    expect(mostPods(cluster, seconds(30))).toBe(6)
    expect(cluster.list('pods', 'default')).toHaveLength(6)
  }
})

test('who is stopped by hand while the process restarts stays stopped', () => {
  const cluster = world(1)
  cluster.runFor(seconds(20))
  cluster.flags.set(cluster.timeline, FLAG, '2')
  cluster.setComponent('deployment-controller', false)
  cluster.runFor(seconds(5))
  const stopped = cluster.loops().filter((loop) => loop.stopped)
  expect(stopped.map(({ controller }) => controller)).toEqual(['deployment-controller'])
})
