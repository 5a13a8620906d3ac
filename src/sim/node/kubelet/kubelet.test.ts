import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import type { KubeObject } from '../../api/meta.ts'
import { CONFIG_MAPS, create, PODS, remove, update } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import { cgroupOf, weightOf } from '../linux/cgroups.ts'
import { expand } from './env.ts'
import { amountAt, firstAbove, parseLoad } from './load.ts'
import { goDuration, inBackoff, nextBackoff, restartsAfter } from './restart.ts'

test('a back-off begins with 10 s, doubles to 300 s and is forgotten after ten quiet minutes', () => {
  let backoff = nextBackoff(undefined, 0)
  expect(backoff.delay).toBe(seconds(10))
  const delays = []
  for (let i = 0; i < 6; i++) {
    backoff = nextBackoff(backoff, seconds(100 * (i + 1)))
    delays.push(goDuration(backoff.delay))
  }
  expect(delays).toEqual(['20s', '40s', '1m20s', '2m40s', '5m0s', '5m0s'])
  expect(inBackoff(backoff, seconds(600), seconds(899))).toBe(true)
  expect(inBackoff(backoff, seconds(600), seconds(900))).toBe(false)
  expect(nextBackoff(backoff, seconds(1201)).delay).toBe(seconds(10))
})

test('$(VAR) is replaced where it is known, $$ is a dollar, the rest stays', () => {
  const known = new Map([['A', 'x'], ['B', '$(A)']])
  expect(expand('$(A)-$(B)-$(NOPE)-$$(A)-$A-$(A', known)).toBe('x-$(A)-$(NOPE)-$(A)-$A-$(A')
})

test('restart policies and rules of containers', () => {
  const pod = (spec: object): Pod => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ name: 'c' }], ...spec } }) as unknown as Pod
  expect(restartsAfter(pod({}), { name: 'c' }, 0)).toBe(true)
  expect(restartsAfter(pod({ restartPolicy: 'OnFailure' }), { name: 'c' }, 0)).toBe(false)
  expect(restartsAfter(pod({ restartPolicy: 'Never' }), { name: 'c', restartPolicyRules: [{ action: 'Restart', exitCodes: { operator: 'In', values: [42] } }] }, 42)).toBe(true)
  expect(restartsAfter(pod({ restartPolicy: 'Never' }), { name: 'c' }, 42)).toBe(false)
})

test('requests and limits become weights and quotas', () => {
  expect(cgroupOf(250, 500)).toEqual({ cpuShares: 256, cpuQuota: 50_000, cpuPeriod: 100_000 })
  expect(cgroupOf(0, 0)).toEqual({ cpuShares: 2, cpuPeriod: 100_000 })
  expect([weightOf(2), weightOf(1024), weightOf(262_144)]).toEqual([1, 100, 10_000])
})

test('a declared load is a function of age, and its crossing of a limit is known beforehand', () => {
  const { cpu, memory } = parseLoad('cpu=ramp:100m:900m:80s memory=leak:10Mi:1Mi')
  expect([0, 40, 80, 200].map((s) => amountAt(cpu!, seconds(s)))).toEqual([100, 500, 900, 900])
  const at = firstAbove(memory!, 20 * 1024 * 1024)!
  expect(amountAt(memory!, at + seconds(1))).toBeGreaterThan(20 * 1024 * 1024)
  expect(at).toBeGreaterThanOrEqual(seconds(10))
  expect(parseLoad('cpu=nonsense')).toEqual({})
})

const world = (): Cluster => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  return cluster
}
const run = (cluster: Cluster, spec: object, annotations: Readonly<Record<string, string>> = {}): void => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', namespace: 'default', annotations }, spec } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
}
const statusOf = (cluster: Cluster): NonNullable<Pod['status']> => (cluster.objects.get('pods/default/app') as Pod).status!
const shell = (name: string, script: string, more: object = {}): object => ({ name, image: 'busybox:1.36', command: ['sh', '-c', script], ...more })

test('a container whose memory leaks over its limit is OOMKilled with 137', () => {
  const cluster = world()
  run(cluster, { restartPolicy: 'Never', containers: [shell('c', 'sleep 1000', { resources: { limits: { memory: '20Mi' } } })] }, { 'orrery.dev/load': 'memory=leak:10Mi:1Mi' })
  cluster.runFor(seconds(40))
  expect(statusOf(cluster).containerStatuses![0]!.state!.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' })
})

test('sidecars stop after the others, in reverse order', () => {
  const cluster = world()
  const trap = (name: string): string => `trap 'echo ${name} >> /order/list; exit 0' TERM; while :; do sleep 0.1; done`
  const volumeMounts = [{ name: 'order', mountPath: '/order' }]
  run(cluster, {
    volumes: [{ name: 'order', hostPath: { path: '/var/order', type: 'DirectoryOrCreate' } }],
    initContainers: [shell('first', trap('first'), { restartPolicy: 'Always', volumeMounts }), shell('second', trap('second'), { restartPolicy: 'Always', volumeMounts })],
    containers: [shell('main', trap('main'), { volumeMounts })],
  })
  cluster.runFor(seconds(20))
  expect(statusOf(cluster).phase).toBe('Running')
  cluster.request(remove(PODS, cluster.objects.get('pods/default/app')!))
  cluster.runFor(seconds(40))
  expect(cluster.objects.has('pods/default/app')).toBe(false)
  run(cluster, { volumes: [{ name: 'order', hostPath: { path: '/var/order' } }], containers: [shell('look', 'cat /order/list; sleep 1000', { volumeMounts })] })
  cluster.runFor(seconds(20))
  const pid = cluster.runKubectl({ argv: ['exec', 'app', '--', 'cat', '/order/list'] })
  cluster.runFor(seconds(5))
  expect(cluster.kubectl.textOf(pid, 'stdout')).toBe('main\nsecond\nfirst\n')
})

test('a quiet pod is no events, however often it is probed', () => {
  const cluster = world()
  run(cluster, { containers: [{ name: 'web', image: 'nginx:1.27', livenessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 }, readinessProbe: { tcpSocket: { port: 80 }, periodSeconds: 1 } }] })
  cluster.runFor(seconds(60))
  expect(statusOf(cluster).containerStatuses![0]!.ready).toBe(true)
  const before = cluster.timeline.index
  cluster.runFor(seconds(600))
  const events = cluster.timeline.index - before
  expect(events).toBeLessThan(200)
})

test('files of a config map change about a minute later, a subPath never, a label at once', () => {
  const cluster = world()
  const map = (v: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf', namespace: 'default' }, data: { v } }) as KubeObject
  cluster.request(create(CONFIG_MAPS, 'default', map('0')))
  run(cluster, {
    volumes: [{ name: 'conf', configMap: { name: 'conf' } }, { name: 'info', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } }],
    containers: [shell('c', 'sleep 10000', { volumeMounts: [{ name: 'conf', mountPath: '/conf' }, { name: 'conf', mountPath: '/sub/v', subPath: 'v' }, { name: 'info', mountPath: '/info' }] })],
  })
  cluster.runFor(seconds(15))
  const cat = (path: string): string => cluster.kubectlNow({ argv: ['exec', 'app', '--', 'cat', path] }).stdout
  expect([cat('/conf/v'), cat('/sub/v')]).toEqual(['0', '0'])
  cluster.request(update(CONFIG_MAPS, map('1')))
  cluster.runFor(seconds(40))
  expect(cat('/conf/v')).toBe('0')
  cluster.runFor(seconds(50))
  expect([cat('/conf/v'), cat('/sub/v')]).toEqual(['1', '0'])
  cluster.kubectlNow({ argv: ['label', 'pod', 'app', 'n=one'] })
  cluster.runFor(seconds(2))
  expect(cat('/info/labels')).toContain('n="one"')
})
