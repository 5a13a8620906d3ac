import { expect, test } from 'vitest'
import type { KubeObject } from '../../../api/meta.ts'
import { create, PODS } from '../../../client/request.ts'
import { createCluster, type Cluster } from '../../../cluster.ts'
import { seconds } from '../../../engine/time.ts'
import { goNumber } from './exposition.ts'

const world = (): Cluster => {
  const cluster = createCluster({ nodes: 1, size: { cpu: '4', memory: '4Gi', ephemeralStorage: '20Gi', pods: '20' }, history: { keep: false } })
  cluster.boot()
  const pod = {
    apiVersion: 'v1', kind: 'Pod', metadata: { name: 'app', namespace: 'default', annotations: { 'orrery.dev/load': 'cpu=800m memory=64Mi' } },
    spec: { volumes: [{ name: 'cache', emptyDir: {} }], containers: [{ name: 'main', image: 'busybox:1.36', command: ['sh', '-c', 'echo hello; sleep 100000'], resources: { limits: { cpu: '500m', memory: '128Mi' } }, volumeMounts: [{ name: 'cache', mountPath: '/cache' }] }] },
  } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
  cluster.runFor(seconds(30))
  return cluster
}
const raw = (cluster: Cluster, path: string): { readonly stdout: string; readonly stderr: string } => cluster.kubectlNow({ argv: ['get', '--raw', `/api/v1/nodes/node-1/proxy/${path}`] })

test('numbers are written as Go writes them', () => {
  expect([0, 1, 0.5, 123_456, 1_234_567, 67_108_864, 0.00001, 1.5e21].map(goNumber)).toEqual(['0', '1', '0.5', '123456', '1.234567e+06', '6.7108864e+07', '1e-05', '1.5e+21'])
})

test('the summary, the metrics and the cgroup file tell the same figures, held down by the limit', () => {
  const cluster = world()
  const summary = JSON.parse(raw(cluster, 'stats/summary').stdout) as { node: { nodeName: string }; pods: { podRef: { name: string }; containers: { cpu: { usageNanoCores: number; usageCoreNanoSeconds: number }; memory: { workingSetBytes: number; availableBytes: number } }[]; volume: { name: string }[] }[] }
  expect(summary.node.nodeName).toBe('node-1')
  const app = summary.pods.find((p) => p.podRef.name === 'app')!
  expect(app.containers[0]).toMatchObject({ cpu: { usageNanoCores: 500_000_000 }, memory: { workingSetBytes: 64 << 20, availableBytes: 64 << 20 } })
  expect(app.volume.map((v) => v.name)).toContain('cache')
  const total = app.containers[0]!.cpu.usageCoreNanoSeconds / 1e9
  expect(total).toBeGreaterThan(10)
  const metric = /container_cpu_usage_seconds_total\{container="main",namespace="default",pod="app"\} ([\d.]+) \d+/.exec(raw(cluster, 'metrics/resource').stdout)!
  expect(Number(metric[1])).toBeCloseTo(total, 1)
  const stat = cluster.kubectlNow({ argv: ['exec', 'app', '--', 'cat', '/sys/fs/cgroup/cpu.stat'] }).stdout
  expect(Number(/usage_usec (\d+)/.exec(stat)![1]) / 1e6).toBeCloseTo(total, 0)
  const [periods, throttled] = [/nr_periods (\d+)/, /nr_throttled (\d+)/].map((r) => Number(r.exec(stat)![1]))
  expect(periods).toBeGreaterThan(200)
  expect(throttled).toBe(periods)
  expect(raw(cluster, 'metrics/cadvisor').stdout).toContain('container_spec_cpu_quota{container="main"')
})

test('pods, logs, configuration and health of a kubelet are served; what it has not is told', () => {
  const cluster = world()
  const pods = JSON.parse(raw(cluster, 'pods').stdout) as { kind: string; items: { metadata: { name: string }; status: { phase: string } }[] }
  expect([pods.kind, pods.items.find((p) => p.metadata.name === 'app')!.status.phase]).toEqual(['PodList', 'Running'])
  expect(raw(cluster, 'containerLogs/default/app/main').stdout).toBe('hello\n')
  expect(raw(cluster, 'healthz').stdout).toBe('ok')
  cluster.flags.set(cluster.timeline, 'kubelet.maxPods', '42')
  expect(JSON.parse(raw(cluster, 'configz').stdout)).toMatchObject({ kubeletconfig: { maxPods: 42, evictionHard: { 'memory.available': '100Mi' } } })
  expect(raw(cluster, 'logs/pods').stdout).toMatch(/<a href="default_app_[0-9a-f-]+\/?">/)
  expect(raw(cluster, 'nothing').stderr).toContain('the server could not find the requested resource')
  cluster.timeline.command('kubelet/node-1', 'stop-kubelet', null)
  expect(raw(cluster, 'pods').stderr).toMatch(/^Error from server \(ServiceUnavailable\): error trying to reach service: dial tcp [\d.]+:10250: connect: connection refused/)
})
