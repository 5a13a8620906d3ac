import { expect, test } from 'vitest'
import { createCluster } from './cluster.ts'
import { seconds } from './engine/time.ts'

test.each(['detailed', 'kwok'] as const)('a node that is added after another was removed joins, with %s kubelets', (kubelet) => {
  const cluster = createCluster({ nodes: 2, kubelet })
  cluster.boot()
  const workers = (): number => cluster.objects.keys().filter((key) => key.startsWith('nodes/node-')).length
  cluster.nodeAction('remove', 'node-2')
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(5))
  expect(workers()).toBe(1)
  const name = cluster.addNode()
  cluster.timeline.runUntil(cluster.timeline.clock + seconds(30))
  expect(workers()).toBe(2)
  const conditions = (cluster.objects.get(`nodes/${name}`) as { status?: { conditions?: readonly { type: string; status: string }[] } } | undefined)?.status?.conditions
  expect(conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
})
