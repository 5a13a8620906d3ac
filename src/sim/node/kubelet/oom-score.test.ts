import { expect, it } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { oomScoreOf } from './oom-score.ts'

const NODE = 8_000_000_000

function scores(spec: object): readonly number[] {
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec } as unknown as Pod
  return [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((container) => oomScoreOf(pod, container, NODE))
}
const asking = (memory?: string, more: object = {}): object => ({ name: 'c', image: 'i', ...(memory ? { resources: { requests: { memory } } } : {}), ...more })

it('goes by the share of the node that a container asks for, between Guaranteed and BestEffort', () => {
  expect(scores({ containers: [asking()] })).toEqual([1000])
  expect(scores({ containers: [asking('4G'), asking('8G'), asking('1'), asking()] })).toEqual([500, 3, 999, 999])
  const whole = { cpu: '1', memory: '1G' }
  expect(scores({ containers: [asking(undefined, { resources: { requests: whole, limits: whole } })] })).toEqual([-997])
})

it('spares what is critical for the node, and only that', () => {
  expect(scores({ priorityClassName: 'system-node-critical', containers: [asking()] })).toEqual([-997])
  expect(scores({ priorityClassName: 'system-cluster-critical', priority: 2_000_000_000, containers: [asking('2G')] })).toEqual([750])
})

it('a sidecar outlives the regular container that asks for least', () => {
  const sidecar = asking('1G', { name: 'side', restartPolicy: 'Always' })
  expect(scores({ initContainers: [sidecar], containers: [asking('4G'), asking('6G')] })).toEqual([500, 500, 250])
})

it('what the pod asks for beyond its containers is shared out among them', () => {
  expect(scores({ resources: { requests: { memory: '4G' } }, containers: [asking('1G'), asking('1G')] })).toEqual([750, 750])
})
