import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { create, PODS } from '../../client/request.ts'
import { createCluster, type Cluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'

const podOf = (cluster: Cluster, name: string): Pod | undefined => cluster.objects.get(`pods/default/${name}`) as Pod | undefined
const run = (cluster: Cluster, name: string, command: readonly string[]): void => {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'busybox:1.36', command }] } } as unknown as KubeObject
  expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
}
const readiness = (cluster: Cluster): string => {
  const c = (cluster.objects.get('nodes/node-1') as Node).status!.conditions!.find((x) => x.type === 'Ready')!
  return `${c.status} ${c.message}`
}
const told = (cluster: Cluster, reason: string): number => cluster.list<KubeObject & { readonly reason: string; readonly count?: number }>('events').filter((e) => e.reason === reason).reduce((sum, e) => sum + (e.count ?? 1), 0)

test('a runtime that is down: containers go on, nothing new begins, and after half a minute the node is not ready', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  run(cluster, 'old', ['sleep', '100000'])
  run(cluster, 'short', ['sleep', '60'])
  cluster.runFor(seconds(20))
  cluster.timeline.command('kubelet/node-1', 'stop-containerd', null)
  run(cluster, 'late', ['sleep', '100000'])
  cluster.runFor(seconds(25))
  expect(readiness(cluster)).toBe('True kubelet is posting ready status')
  const exec = cluster.kubectlNow({ argv: ['exec', 'old', '--', 'true'] })
  expect(exec.stderr).toMatch(/^error: unable to upgrade connection: rpc error: code = Unavailable/)
  cluster.runFor(seconds(50))
  expect(readiness(cluster)).toBe('False container runtime is down')
  expect([told(cluster, 'FailedCreatePodSandBox'), told(cluster, 'ContainerGCFailed') > 0]).toEqual([1, true])
  // What has ended meanwhile is not seen.
  expect(podOf(cluster, 'short')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 0, state: { running: {} } })
  cluster.timeline.command('kubelet/node-1', 'start-containerd', null)
  cluster.runFor(seconds(30))
  expect(readiness(cluster)).toBe('True kubelet is posting ready status')
  expect([podOf(cluster, 'old'), podOf(cluster, 'late')].map((p) => p?.status?.phase)).toEqual(['Running', 'Running'])
  expect(podOf(cluster, 'short')?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
})
