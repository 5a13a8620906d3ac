import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import type { KubeObject } from '../../api/meta.ts'
import { create, PODS } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'

const world = (): Cluster => {
  const cluster = createCluster({ nodes: 1, size: { cpu: '2', memory: '2Gi', ephemeralStorage: '20Gi', pods: '20' }, history: { keep: false } })
  cluster.boot()
  return cluster
}
const run = (cluster: Cluster, name: string, resources: object, more: object = {}, load = ''): void => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', ...(load ? { annotations: { 'orrery.dev/load': load } } : {}) }, spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'busybox:1.36', command: ['sleep', '100000'], resources, ...more }] } } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
}
const podOf = (cluster: Cluster, name: string): Pod => cluster.objects.get(`pods/default/${name}`) as Pod
const resize = (cluster: Cluster, name: string, resources: object): { readonly code: number; readonly stderr: string } =>
  cluster.kubectlNow({ argv: ['patch', 'pod', name, '--subresource', 'resize', '-p', JSON.stringify({ spec: { containers: [{ name: 'c', resources }] } })] })
const conditions = (cluster: Cluster, name: string): readonly string[] => (podOf(cluster, name).status?.conditions ?? []).filter((c) => c.type.startsWith('PodResize')).map((c) => `${c.type} ${c.reason ?? ''}: ${c.message ?? ''}`)
const events = (cluster: Cluster, name: string): readonly string[] => cluster.list<KubeObject & { readonly involvedObject: { readonly name: string }; readonly reason: string }>('events').filter((e) => e.involvedObject.name === name).map((e) => e.reason)
const file = (cluster: Cluster, name: string, path: string): string => cluster.kubectlNow({ argv: ['exec', name, '--', 'cat', `/sys/fs/cgroup/${path}`] }).stdout.trim()

test('a pod is resized in place: its cgroup changes, its container runs on, events tell of it', () => {
  const cluster = world()
  run(cluster, 'a', { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } })
  cluster.runFor(seconds(20))
  expect(file(cluster, 'a', 'cpu.max')).toBe('20000 100000')
  expect(resize(cluster, 'a', { requests: { cpu: '300m' }, limits: { cpu: '500m', memory: '256Mi' } }).stderr).toBe('')
  cluster.runFor(seconds(5))
  expect([file(cluster, 'a', 'cpu.max'), file(cluster, 'a', 'memory.max')]).toEqual(['50000 100000', String(256 << 20)])
  const status = podOf(cluster, 'a').status!
  expect(status.containerStatuses![0]).toMatchObject({ restartCount: 0, allocatedResources: { cpu: '300m', memory: '64Mi' }, resources: { requests: { cpu: '300m', memory: '64Mi' }, limits: { cpu: '500m', memory: '256Mi' } } })
  expect(status.resources).toEqual({ limits: { cpu: '500m', memory: '256Mi' }, requests: { cpu: '300m', memory: '64Mi' } })
  expect(conditions(cluster, 'a')).toEqual([])
  expect(events(cluster, 'a')).toEqual(expect.arrayContaining(['ResizeStarted', 'ResizeCompleted']))
  const started = cluster.list<KubeObject & { readonly reason: string; readonly message: string }>('events').find((e) => e.reason === 'ResizeStarted')!
  expect(started.message).toBe('Pod resize started: {"containers":[{"name":"c","resources":{"limits":{"cpu":"500m","memory":"256Mi"},"requests":{"cpu":"300m","memory":"64Mi"}}}],"generation":2}')
})

test('a resource with the policy RestartContainer restarts its container', () => {
  const cluster = world()
  run(cluster, 'a', { requests: { cpu: '100m', memory: '64Mi' }, limits: { cpu: '200m', memory: '128Mi' } }, { resizePolicy: [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }] })
  cluster.runFor(seconds(20))
  resize(cluster, 'a', { limits: { memory: '160Mi' } })
  cluster.runFor(seconds(30))
  expect(podOf(cluster, 'a').status!.containerStatuses![0]!.restartCount).toBe(1)
  expect(file(cluster, 'a', 'memory.max')).toBe(String(160 << 20))
  expect(events(cluster, 'a')).toContain('ResizeCompleted')
})

test('what does not fit now is deferred and allocated when there is room, the more important first', () => {
  const cluster = world()
  for (const name of ['a', 'b', 'hog']) run(cluster, name, { requests: { cpu: name === 'hog' ? '1' : '200m' } })
  cluster.runFor(seconds(20))
  expect(resize(cluster, 'a', { requests: { cpu: '1' } }).code).toBe(0)
  expect(resize(cluster, 'b', { requests: { cpu: '1100m' } }).code).toBe(0)
  cluster.runFor(seconds(10))
  expect(conditions(cluster, 'a')[0]).toMatch(/^PodResizePending Deferred: Node didn't have enough resource: cpu, requested: 1000, used: \d+, capacity: 2000$/)
  expect(podOf(cluster, 'a').status!.containerStatuses![0]!.allocatedResources).toEqual({ cpu: '200m' })
  expect(events(cluster, 'a')).toContain('ResizeDeferred')
  cluster.kubectlNow({ argv: ['delete', 'pod', 'hog', '--wait=true'] })
  cluster.runFor(seconds(10))
  expect(podOf(cluster, 'a').status!.containerStatuses![0]!.resources).toEqual({ requests: { cpu: '1' } })
  expect(conditions(cluster, 'b')[0]).toMatch(/Deferred/)
  resize(cluster, 'b', { requests: { cpu: '200m' } })
  cluster.runFor(seconds(5))
  expect(conditions(cluster, 'b')).toEqual([])
})

test('a node that could never give it refuses at once; a memory limit below what is in use is an error that is tried again', () => {
  const cluster = world()
  run(cluster, 'a', { requests: { memory: '64Mi' }, limits: { memory: '200Mi' } }, {}, 'memory=ramp:100Mi:20Mi:60s')
  cluster.runFor(seconds(5))
  expect(resize(cluster, 'a', { requests: { memory: '3Gi' }, limits: { memory: '3Gi' } }).stderr).toBe(`Error from server (Forbidden): pods "a" is forbidden: node didn't have enough allocatable resources: memory, requested: ${3 * 1024 ** 3}, allocatable: ${1948 * 1024 ** 2}\n`)
  resize(cluster, 'a', { limits: { memory: '70Mi' } })
  cluster.runFor(seconds(3))
  expect(conditions(cluster, 'a')[0]).toMatch(/^PodResizeInProgress Error: cannot decrease memory limits: \[attempting to set pod memory limit \(73400320\) below current usage \(\d+\), attempting to set container "c" memory limit \(73400320\) below current usage \(\d+\)\]$/)
  expect(podOf(cluster, 'a').status!.containerStatuses![0]!.resources!.limits).toEqual({ memory: '200Mi' })
  cluster.runFor(seconds(90))
  expect(conditions(cluster, 'a')).toEqual([])
  expect(file(cluster, 'a', 'memory.max')).toBe(String(70 << 20))
})
