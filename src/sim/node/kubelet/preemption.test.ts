import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { create, PODS } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { victimsFor } from './preemption.ts'
import type { PodRow } from './state.ts'

const GI = 1024 ** 3

function rowOf(name: string, cpu: string, memory: string, isGuaranteed = false, priority = 0): PodRow {
  const resources = { requests: { cpu, memory }, ...(isGuaranteed ? { limits: { cpu, memory } } : {}) }
  return { uid: name, node: 'n', life: 'sync', pod: { metadata: { name, namespace: 'default' }, spec: { priority, containers: [{ name: 'c', resources: cpu === '' ? {} : resources }] } } } as unknown as PodRow
}
const critical = { metadata: { name: 'critical' }, spec: { priority: 2_000_001_000, containers: [{ name: 'c' }] } } as unknown as Pod
const chosen = (rows: readonly PodRow[], lacks: Parameters<typeof victimsFor>[3]): readonly string[] | string => {
  const victims = victimsFor(critical, false, rows, lacks)
  return typeof victims === 'string' ? victims : victims.map((row) => row.uid)
}

test('guaranteed pods are spared while burstable ones free enough', () => {
  const rows = [rowOf('guaranteed', '2', '2Gi', true), rowOf('burstable', '1', '2Gi'), rowOf('small', '100m', '64Mi')]
  expect(chosen(rows, [{ resource: 'memory', amount: 1.5 * GI }])).toEqual(['burstable'])
  expect(chosen(rows, [{ resource: 'memory', amount: 3 * GI }])).toEqual(['burstable', 'guaranteed'])
})

test('of several that free enough the one that asks for least goes', () => {
  expect(chosen([rowOf('large', '2', '4Gi'), rowOf('fitting', '500m', '1Gi'), rowOf('larger', '3', '4Gi')], [{ resource: 'cpu', amount: 400 }, { resource: 'memory', amount: GI }])).toEqual(['fitting'])
})

test('critical pods of no less importance stay, and what cannot be freed is told', () => {
  expect(chosen([rowOf('system', '4', '4Gi', false, 2_000_001_000), rowOf('web', '1', '1Gi')], [{ resource: 'cpu', amount: 2000 }])).toBe('preemption: error finding a set of pods to preempt: no set of running pods found to reclaim resources: [(res: cpu, q: 1000), ]')
})

const podOf = (cluster: Cluster, name: string): Pod | undefined => cluster.objects.get(`pods/kube-system/${name}`) as Pod | undefined
const run = (cluster: Cluster, name: string, cpu: string, more: object = {}): void => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'kube-system' }, spec: { nodeName: 'node-1', terminationGracePeriodSeconds: 5, containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', '100000'], resources: { requests: { cpu } } }], ...more } } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'kube-system', pod)).kind).toBe('Pod')
}

test('a critical pod on a full node waits until the pods in its way have stopped, and what comes behind it waits too', () => {
  const cluster = createCluster({ nodes: 1, size: { cpu: '4', memory: '4Gi', ephemeralStorage: '20Gi', pods: '20' }, history: { keep: false } })
  cluster.boot()
  run(cluster, 'web', '3')
  cluster.runFor(seconds(20))
  run(cluster, 'urgent', '3', { priorityClassName: 'system-node-critical' })
  run(cluster, 'behind', '50m')
  cluster.runFor(seconds(3))
  expect([podOf(cluster, 'urgent')?.status?.phase, podOf(cluster, 'behind')?.status?.phase]).toEqual(['Pending', 'Pending'])
  cluster.runFor(seconds(20))
  expect(podOf(cluster, 'web')?.status).toMatchObject({ phase: 'Failed', reason: 'Preempting', message: 'Preempted in order to admit critical pod' })
  expect(podOf(cluster, 'web')?.status?.conditions?.find((c) => c.type === 'DisruptionTarget')).toMatchObject({ reason: 'TerminationByKubelet', message: 'Pod was preempted by Kubelet to accommodate a critical pod.' })
  expect([podOf(cluster, 'urgent')?.status?.phase, podOf(cluster, 'behind')?.status?.phase]).toEqual(['Running', 'Running'])
  const told = cluster.list<KubeObject & { readonly reason: string; readonly message: string; readonly type: string }>('events').filter((e) => e.reason === 'Preempting')
  expect(told.map((e) => [e.type, e.message])).toEqual([['Warning', 'Preempted in order to admit critical pod']])
  run(cluster, 'plain', '3')
  cluster.runFor(seconds(3))
  expect(podOf(cluster, 'plain')?.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' })
})
