import { expect, test } from 'vitest'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Node, NodeStatus } from '../../kinds/node/node.ts'
import { nodeObject } from '../../bootstrap.ts'

const DETAILED = { kubelet: 'detailed', history: { keep: false } } as const
const status = (cluster: Cluster, name = 'node-1'): NodeStatus => (cluster.objects.get(`nodes/${name}`) as Node).status!

function booted(options: Parameters<typeof createCluster>[0]): Cluster {
  const cluster = createCluster(options)
  cluster.boot()
  cluster.runFor(seconds(5))
  return cluster
}

test('pods may not have what hard thresholds keep free of memory and disk', () => {
  const cluster = booted({ ...DETAILED, nodes: 1 })
  expect(status(cluster).capacity).toMatchObject({ cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi', pods: '110', 'hugepages-2Mi': '0' })
  expect(status(cluster).allocatable).toMatchObject({ cpu: '4', memory: '8092Mi', 'ephemeral-storage': '96636764k', pods: '110', 'hugepages-2Mi': '0' })
  cluster.flags.set(cluster.timeline, 'kubelet.evictionHard', 'memory.available<25%,imagefs.available<15%')
  cluster.runFor(seconds(5))
  expect(status(cluster).allocatable).toMatchObject({ memory: '6Gi', 'ephemeral-storage': '100Gi' })
})

test('what a machine was made with to set aside stays; faked kubelets report what they are told', () => {
  const made = nodeObject(1) as Node
  const own = { ...made, status: { ...made.status, allocatable: { ...made.status!.allocatable, memory: '5Gi' } } }
  expect(status(booted({ ...DETAILED, nodes: [own] })).allocatable).toMatchObject({ memory: '5Gi', 'ephemeral-storage': '100Gi' })
  expect(status(booted({ nodes: 1, kubelet: 'kwok', history: { keep: false } })).allocatable).toMatchObject({ memory: '8Gi' })
})
