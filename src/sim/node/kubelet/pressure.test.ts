import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { create, PODS } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'
import { ranked, type Candidate } from './ranking.ts'
import type { PodRow } from './state.ts'

const MI = 1024 ** 2
const world = (): Cluster => {
  const cluster = createCluster({ nodes: 1, size: { cpu: '4', memory: '2Gi', ephemeralStorage: '20Gi', pods: '20' }, history: { keep: false } })
  cluster.boot()
  return cluster
}
const podOf = (cluster: Cluster, name: string): Pod | undefined => cluster.objects.get(`pods/default/${name}`) as Pod | undefined
const run = (cluster: Cluster, name: string, load: string, resources: object = {}, spec: object = {}): void => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', annotations: { 'orrery.dev/load': load } }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', '100000'], resources }], ...spec } } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
}
const conditionOf = (cluster: Cluster, type: string): string | undefined => (cluster.objects.get('nodes/node-1') as Node).status?.conditions?.find((c) => c.type === type)?.status
const taints = (cluster: Cluster): readonly string[] => ((cluster.objects.get('nodes/node-1') as Node).spec?.taints ?? []).map((t) => t.key)
interface Told extends KubeObject {
  readonly involvedObject: { readonly name: string }
  readonly reason: string
  readonly message: string
}
const told = (cluster: Cluster, reason: string): readonly string[] => cluster.list<Told>('events').filter((e) => e.reason === reason).map((e) => `${e.involvedObject.name}: ${e.message}`)

test('memory runs short: the pod most above its request goes, the node says so, keeps others out, and is well five minutes later', () => {
  const cluster = world()
  run(cluster, 'modest', 'memory=200Mi', { requests: { memory: '300Mi' } })
  run(cluster, 'greedy', 'memory=leak:300Mi:4Mi', { requests: { memory: '100Mi' } })
  cluster.runFor(seconds(30))
  expect(podOf(cluster, 'greedy')?.status?.phase).toBe('Running')
  cluster.runFor(minutes(5))
  const { status } = podOf(cluster, 'greedy')!
  expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted' })
  expect(status!.message).toMatch(/^The node was low on resource: memory\. Threshold quantity: 100Mi, available: \d+Ki\. Container app was using \d+Ki, request is 100Mi, has larger consumption of memory\. $/)
  expect(status!.conditions!.find((c) => c.type === 'DisruptionTarget')).toMatchObject({ status: 'True', reason: 'TerminationByKubelet' })
  expect(podOf(cluster, 'modest')?.status?.phase).toBe('Running')
  expect(told(cluster, 'EvictionThresholdMet')).toEqual(['node-1: Attempting to reclaim memory'])
  expect(told(cluster, 'Evicted')).toHaveLength(1)
  expect([conditionOf(cluster, 'MemoryPressure'), taints(cluster)]).toEqual(['True', ['node.kubernetes.io/memory-pressure']])
  run(cluster, 'late', 'memory=10Mi', {}, { nodeName: 'node-1' })
  cluster.runFor(seconds(5))
  expect(podOf(cluster, 'late')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: 'Pod was rejected: The node had condition: [MemoryPressure]. ' })
  cluster.runFor(minutes(6))
  expect([conditionOf(cluster, 'MemoryPressure'), taints(cluster)]).toEqual(['False', []])
  expect(told(cluster, 'NodeHasSufficientMemory')).toEqual(['node-1: Node node-1 status is now: NodeHasSufficientMemory'])
})

test('who goes first: above the request, then the less important, then the one furthest above', () => {
  const candidate = (name: string, used: number, request: number, priority = 0): Candidate => ({
    row: { pod: { metadata: { name }, spec: { priority, containers: [{ name: 'c', resources: { requests: { memory: `${request}Mi` } } }] } } } as unknown as PodRow,
    use: { memory: used * MI, disk: 0, inodes: 0, pids: 1, containers: [] },
  })
  const list = [candidate('within', 900, 1000), candidate('important', 500, 100, 1000), candidate('little', 150, 100), candidate('much', 300, 100), { ...candidate('new', 0, 0), use: undefined }]
  expect(ranked(list, 'memory').map((c) => c.row.pod.metadata.name)).toEqual(['new', 'much', 'little', 'important', 'within'])
})

test('a soft threshold waits for its grace period', () => {
  const cluster = world()
  cluster.flags.set(cluster.timeline, 'kubelet.evictionSoft', 'memory.available<1200Mi')
  cluster.flags.set(cluster.timeline, 'kubelet.evictionSoftGracePeriod', 'memory.available=1m30s')
  run(cluster, 'app', 'memory=600Mi')
  cluster.runFor(seconds(80))
  expect(podOf(cluster, 'app')?.status?.phase).toBe('Running')
  expect(conditionOf(cluster, 'MemoryPressure')).toBe('True')
  cluster.runFor(seconds(60))
  expect(podOf(cluster, 'app')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' })
})

test('a full disk: unused images go first, then the pod that writes most', () => {
  const cluster = world()
  run(cluster, 'once', 'cpu=1m', {}, { restartPolicy: 'Never', containers: [{ name: 'app', image: 'redis:7', command: ['true'] }] })
  cluster.runFor(seconds(30))
  cluster.kubectlNow({ argv: ['delete', 'pod', 'once'] })
  cluster.runFor(minutes(3))
  const images = (): readonly string[] => (cluster.engine.table<{ readonly images: readonly { readonly reference: string }[] }>('kubelet/nodes').get('node-1')!).images.map((i) => i.reference)
  expect(images().some((i) => i.includes('redis'))).toBe(true)
  run(cluster, 'writer', 'disk=leak:0:100Mi')
  cluster.runFor(minutes(4))
  expect(images().some((i) => i.includes('redis'))).toBe(false)
  expect(podOf(cluster, 'writer')?.status?.message).toMatch(/^The node was low on resource: ephemeral-storage\. Threshold quantity: \d+, available: \d+Ki\. Container app was using \d+Ki, request is 0, has larger consumption of ephemeral-storage\. $/)
  expect(conditionOf(cluster, 'DiskPressure')).toBe('True')
  expect(told(cluster, 'EvictionThresholdMet')[0]).toBe('node-1: Attempting to reclaim ephemeral-storage')
})

test('a limit of ephemeral storage ends the pod that writes more', () => {
  const cluster = world()
  run(cluster, 'writer', 'disk=leak:0:1Mi', { limits: { 'ephemeral-storage': '50Mi' } })
  cluster.runFor(seconds(40))
  expect(podOf(cluster, 'writer')?.status?.phase).toBe('Running')
  cluster.runFor(seconds(60))
  expect(podOf(cluster, 'writer')?.status).toMatchObject({ reason: 'Evicted', message: 'Pod ephemeral local storage usage exceeds the total limit of containers 50Mi. ' })
  expect(conditionOf(cluster, 'DiskPressure')).toBe('False')
})

test('a shutdown ends ordinary pods first, rejects new ones and turns the power off', () => {
  const cluster = world()
  run(cluster, 'web', 'cpu=1m', {}, { terminationGracePeriodSeconds: 30, nodeName: 'node-1' })
  cluster.runFor(seconds(20))
  cluster.faultNode('shutdown', 'node-1')
  cluster.runFor(seconds(3))
  const ready = (cluster.objects.get('nodes/node-1') as Node).status!.conditions!.find((c) => c.type === 'Ready')
  expect(ready).toMatchObject({ status: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' })
  run(cluster, 'late', 'cpu=1m', {}, { nodeName: 'node-1' })
  cluster.runFor(seconds(60))
  expect(podOf(cluster, 'web')?.status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message: 'Pod was terminated in response to imminent node shutdown.' })
  expect(podOf(cluster, 'late')?.status).toMatchObject({ phase: 'Failed', reason: 'NodeShutdown', message: 'Pod was rejected: Pod was rejected as the node is shutting down.' })
  expect(cluster.nodeFault('node-1')).toBe('crashed')
  cluster.restartNode('node-1')
  cluster.runFor(seconds(60))
  expect((cluster.objects.get('nodes/node-1') as Node).status!.conditions!.find((c) => c.type === 'Ready')?.status).toBe('True')
})

test('nothing is planned for a node that cannot run short', () => {
  const cluster = world()
  run(cluster, 'web', 'memory=ramp:10Mi:100Mi:60s cpu=100m')
  cluster.runFor(seconds(30))
  expect(cluster.engine.table<{ readonly housekeeping?: object }>('kubelet/nodes').get('node-1')!.housekeeping).toBeUndefined()
})

test('allocatableMemory.available counts the memory of pods alone, not that of the node', () => {
  const cluster = world()
  cluster.flags.set(cluster.timeline, 'kubelet.evictionHard', 'allocatableMemory.available<1000Mi')
  run(cluster, 'small', 'memory=500Mi')
  cluster.runFor(minutes(3))
  expect([podOf(cluster, 'small')?.status?.phase, conditionOf(cluster, 'MemoryPressure')]).toEqual(['Running', 'False'])
  run(cluster, 'large', 'memory=900Mi')
  cluster.runFor(minutes(3))
  expect(podOf(cluster, 'large')?.status).toMatchObject({ phase: 'Failed', reason: 'Evicted' })
  expect(podOf(cluster, 'large')?.status?.message).toMatch(/^The node was low on resource: memory\. Threshold quantity: 1000Mi, available: \d+Mi\. /)
})

test('a pod that writes more than its emptyDir may hold is evicted soon, and its containers are gone from the node', () => {
  const cluster = world()
  const script = 'dd if=/dev/zero of=/dir/a bs=1M count=3; sleep 60; dd if=/dev/zero of=/dir/b bs=1M count=3; sleep 100000'
  run(cluster, 'writer', '', {}, { volumes: [{ name: 'dir', emptyDir: { sizeLimit: '4Mi' } }], containers: [{ name: 'app', image: 'busybox:1.36', command: ['sh', '-c', script], volumeMounts: [{ name: 'dir', mountPath: '/dir' }] }] })
  cluster.runFor(seconds(55))
  expect(podOf(cluster, 'writer')?.status?.phase).toBe('Running')
  cluster.runFor(seconds(45))
  const { status } = podOf(cluster, 'writer')!
  expect(status).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: 'Usage of EmptyDir volume "dir" exceeds the limit "4Mi". ' })
  expect(status!.containerStatuses![0]).toMatchObject({ restartCount: 1, state: { terminated: { exitCode: 137, reason: 'ContainerStatusUnknown' } }, lastState: { terminated: { message: 'The container could not be located when the pod was deleted.  The container used to be Running' } } })
})
