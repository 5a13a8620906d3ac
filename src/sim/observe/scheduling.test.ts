import { expect, test } from 'vitest'
import { createCluster } from '../cluster.ts'
import { create, PODS } from '../client/request.ts'
import { seconds } from '../engine/time.ts'
import { schedulingQueue } from './scheduling.ts'

const pod = (name: string, cpu: string, over: object = {}) => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' },
  spec: { containers: [{ name: 'c', image: 'nginx:1.27', resources: { requests: { cpu } } }], ...over },
})

function clusterWith(...pods: readonly ReturnType<typeof pod>[]): ReturnType<typeof createCluster> {
  const cluster = createCluster({ kubelet: 'kwok' })
  cluster.boot()
  for (const one of pods) cluster.request(create(PODS, 'default', one))
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(3))
  return cluster
}

test('the queue shows who waits where, until when, and what would wake whom; all of it is the scheduler\'s own', () => {
  const cluster = clusterWith(pod('giant', '64'), pod('shy', '1', { schedulingGates: [{ name: 'example.com/wait' }] }))
  const { counts, pods } = schedulingQueue(cluster.scheduler)
  expect(counts).toMatchObject({ unschedulable: 1, gated: 1, active: 0 })
  const giant = pods.find((row) => row.pod === 'default/giant')!
  const own = cluster.scheduler.queue.pods.get('default/giant')!
  expect(giant).toMatchObject({ place: own.place, since: own.since, attempts: own.attempts, objectors: own.objectors })
  expect(giant.wokenBy.find(({ resource }) => resource === 'nodes')?.actions).toContain('UpdateNodeAllocatable')
  expect(pods.find((row) => row.pod === 'default/shy')).toMatchObject({ place: 'gated', gates: ['example.com/wait'], due: null })
})

test('the instant at which the flush brings a pod back is the one at which it comes back', () => {
  const cluster = clusterWith(pod('giant', '64'))
  const row = schedulingQueue(cluster.scheduler).pods[0]!
  cluster.timeline.runUntil(row.due! - 1)
  expect(cluster.scheduler.queue.pods.get('default/giant')?.attempts).toBe(row.attempts)
  cluster.timeline.runUntil(row.due! + seconds(1))
  expect(cluster.scheduler.queue.pods.get('default/giant')?.attempts).toBe(row.attempts + 1)
})

test('a pod that was never tried says why: its gates, or a scheduler that nobody is; both with what would help', () => {
  const cluster = clusterWith(pod('shy', '1', { schedulingGates: [{ name: 'example.com/wait' }] }), pod('lost', '1', { schedulerName: 'nobody' }))
  const shy = cluster.attempt('default/shy')!
  expect(shy).toMatchObject({ at: null, queued: { place: 'gated' } })
  expect(shy.remedies[0]?.conditions.map(({ id }) => id)).toEqual(['gates'])
  const lost = cluster.attempt('default/lost')!
  expect(lost).toMatchObject({ at: null, queued: null })
  expect(lost.remedies[0]?.conditions.map(({ id }) => id)).toEqual(['scheduler'])
  expect(cluster.attempt('default/absent')).toBeNull()
})

test('an attempt names the filters in their order and the node that scoring began at', () => {
  const attempt = clusterWith(pod('web', '1')).attempt('default/web')!
  expect(attempt.filters.slice(0, 3)).toEqual(['NodeUnschedulable', 'NodeName', 'TaintToleration'])
  expect(attempt.nodes.map(({ node }) => node)).toContain(attempt.scoredFrom)
  expect(attempt.feasible).toBe(attempt.nodes.filter(({ rejectedBy }) => rejectedBy === null).length)
})

test('after another configuration old decisions do not borrow its filters and weights, new ones and those after undo have their own', () => {
  const cluster = clusterWith(pod('web', '1'))
  const before = cluster.timeline.index
  const profiles = [{ schedulerName: 'default-scheduler', plugins: { score: { disabled: [{ name: 'NodeResourcesFit' }], enabled: [{ name: 'NodeResourcesFit', weight: 7 }] } } }]
  cluster.timeline.command('scheduler', 'configure', { configuration: { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration', profiles } })
  expect(cluster.attempt('default/web')).toMatchObject({ former: true, filters: [], weights: {} })
  cluster.request(create(PODS, 'default', pod('later', '1')))
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(3))
  expect(cluster.attempt('default/later')).toMatchObject({ former: false, weights: { NodeResourcesFit: 7 } })
  cluster.timeline.seek(before)
  expect(cluster.attempt('default/web')).toMatchObject({ former: false, weights: { NodeResourcesFit: 1 } })
})
