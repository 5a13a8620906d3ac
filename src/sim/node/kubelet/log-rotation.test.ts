import { expect, test } from 'vitest'
import { createCluster } from '../../cluster.ts'
import { seconds } from '../../engine/time.ts'
import type { Kubelets } from './kubelets.ts'
import { lookOnNode } from './on-node.ts'

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: busybox, command: [sh, -c, "i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; sleep 1; done; exit 1"]}]}\n'

test('a log that is too large is put aside, kubectl logs shows what came since, and the oldest files go', () => {
  const cluster = createCluster({ nodes: 1, kubelet: 'detailed', history: { keep: false } })
  cluster.boot()
  cluster.runFor(seconds(5))
  const on = (...argv: string[]): string => lookOnNode((cluster.kubelets as Kubelets).world, 'node-1', argv, cluster.timeline.clock).stdout
  const logs = (...more: string[]): readonly string[] => cluster.kubectlNow({ argv: ['logs', 'p', ...more] }).stdout.trim().split('\n')
  const files = (): readonly string[] => on('find', '/var/log/pods', '-type', 'f').trim().split('\n').filter((path) => path.includes('/default_p_')).map((path) => path.slice(path.lastIndexOf('/') + 1))
  cluster.kubectlNow({ argv: ['apply', '-f', '-'], stdin: POD })
  cluster.runFor(seconds(35))
  expect([files(), logs()[0]]).toEqual([['0.log'], 'line 1'])
  cluster.flags.set(cluster.timeline, 'kubelet.containerLogMaxSize', '400')
  cluster.flags.set(cluster.timeline, 'kubelet.containerLogMaxFiles', '3')
  cluster.runFor(seconds(10))
  expect(files()).toHaveLength(2)
  expect(files()[1]).toMatch(/^0\.log\.20260101-0000\d\d$/)
  expect(logs().length).toBeLessThan(10)
  cluster.runFor(seconds(35))
  expect(files()).toHaveLength(3)
  expect(files()[1]).toMatch(/^0\.log\.\d{8}-\d{6}\.gz$/)
  const shown = logs()
  expect(Number(shown[0]!.slice(5)) + shown.length - 1).toBe(Number(shown.at(-1)!.slice(5)))
  cluster.flags.set(cluster.timeline, 'kubelet.containerLogMaxSize', '-1')
  cluster.runFor(seconds(40))
  expect(logs()[0]).toBe('line 1')
  expect(logs('--previous').at(-1)).toBe('line 100')
  expect(logs('--previous').length).toBeGreaterThan(20)
})
