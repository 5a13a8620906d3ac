import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { create, PODS } from '../../client/request.ts'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Kubelets } from './kubelets.ts'
import { lookOnNode } from './on-node.ts'

test('pods with hostUsers: false have users of their own: root inside is somebody else on the node', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  for (const [name, hostUsers] of [['one', false], ['two', false], ['plain', undefined]] as const) {
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1', ...(hostUsers === undefined ? {} : { hostUsers }), containers: [{ name: 'app', image: 'busybox:1.36', command: ['sleep', name === 'plain' ? '30001' : '30000'] }] } } as unknown as KubeObject
    expect(cluster.request(create(PODS, 'default', pod)).kind).toBe('Pod')
  }
  cluster.runFor(seconds(20))
  const inside = (pod: string, ...command: string[]): string => cluster.kubectlNow({ argv: ['exec', pod, '--', ...command] }).stdout
  expect(inside('one', 'id', '-u')).toBe('0\n')
  const maps = ['one', 'two', 'plain'].map((pod) => inside(pod, 'cat', '/proc/self/uid_map').trim().split(/\s+/).map(Number))
  expect(maps.slice(0, 2).map(([at, , count]) => [at, count])).toEqual([[0, 65_536], [0, 65_536]])
  expect(maps.map(([, outside]) => outside).sort((a, b) => a! - b!)).toEqual([0, 65_536, 131_072])
  const userNamespace = (pod: string): string => inside(pod, 'readlink', '/proc/self/ns/user')
  expect(new Set(['one', 'two', 'plain'].map(userNamespace)).size).toBe(3)
  const ps = lookOnNode((cluster.kubelets as Kubelets).world, 'node-1', ['ps', '-eo', 'uid,args'], cluster.timeline.clock).stdout
  expect([...ps.matchAll(/^\s*(\d+)\s+sleep 3000[01]$/gm)].map((m) => Number(m[1])).sort((a, b) => a - b)).toEqual([0, 65_536, 131_072])
})
