import { expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { createCluster } from '../../cluster.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { Node } from '../../kinds/node/node.ts'

const yaml = (name: string, count: number, more = ''): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\nspec: {${more}terminationGracePeriodSeconds: 1, containers: [{name: c, image: "busybox:1.36", command: [sleep, "100000"], resources: {limits: {example.com/gpu: ${count}}}}]}\n`

test('a device plugin registers; its devices are scheduled, allocated, named in the container and given back', () => {
  const cluster = createCluster({ nodes: 1, history: { keep: false } })
  cluster.boot()
  const apply = (name: string, count: number, more = ''): unknown => cluster.kubectlNow({ argv: ['apply', '-f', 'p.yaml'], files: { 'p.yaml': yaml(name, count, more) } })
  const pod = (name: string): Pod => cluster.objects.get(`pods/default/${name}`) as Pod
  const amounts = (): readonly unknown[] => { const { status } = cluster.objects.get('nodes/node-1') as Node; return [status?.capacity?.['example.com/gpu'], status?.allocatable?.['example.com/gpu']] }
  apply('early', 1)
  cluster.runFor(seconds(5))
  expect(pod('early').status?.phase).toBe('Pending')
  cluster.kubectlNow({ argv: ['annotate', 'node', 'node-1', 'orrery.dev/devices=example.com/gpu=2'] })
  cluster.runFor(seconds(20))
  expect(amounts()).toEqual(['2', '2'])
  expect(pod('early').status?.phase).toBe('Running')
  expect(cluster.kubectlNow({ argv: ['exec', 'early', '--', 'printenv', 'EXAMPLE_COM_GPU'] }).stdout).toBe('gpu-0\n')
  apply('forced', 2, 'nodeName: node-1, ')
  cluster.runFor(seconds(5))
  expect(pod('forced').status).toMatchObject({ phase: 'Failed', reason: 'UnexpectedAdmissionError', message: 'Pod was rejected: Allocate failed due to requested number of devices unavailable for example.com/gpu. Requested: 2, Available: 1, which is unexpected' })
  cluster.kubectlNow({ argv: ['delete', 'pod', 'early', 'forced'] })
  apply('both', 2)
  cluster.runFor(seconds(10))
  expect(cluster.kubectlNow({ argv: ['exec', 'both', '--', 'printenv', 'EXAMPLE_COM_GPU'] }).stdout).toBe('gpu-0,gpu-1\n')
  cluster.kubectlNow({ argv: ['annotate', 'node', 'node-1', 'orrery.dev/devices-'] })
  cluster.runFor(seconds(15))
  expect(amounts()).toEqual(['2', '0'])
  expect(pod('both').status?.phase).toBe('Running')
  cluster.runFor(minutes(6))
  expect(amounts()).toEqual(['0', '0'])
})
