import { describe, expect, test } from 'vitest'
import type { Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import type { Node } from '../kinds/node/node.ts'
import type { World } from './decide.ts'
import { emptyNodeInfo, withPod, type NodeInfo } from './node-info.ts'
import { remedies } from './remedies.ts'
import { snapshotOf } from './snapshot.ts'

const node = (name: string, spec: Partial<Node['spec']> = {}, labels: Record<string, string> = {}, cpu = '4'): Node => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec,
  status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
})
const pod = (name: string, cpu: string, over: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name, labels: {} },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...over },
})
const world = (infos: readonly NodeInfo[]): World => ({
  snapshot: snapshotOf(infos), objects: { get: () => undefined, list: () => [] }, nominated: () => [], latest: (p) => p, random: () => 0, start: 0,
})
const texts = (p: Pod, ...infos: readonly NodeInfo[]): readonly string[] =>
  remedies(p, world(infos)).map(({ conditions }) => conditions.map(({ id, params }) => `${id} ${Object.values(params).join(' ')}`.trim()).join(' and '))

describe('what would help a pending pod', () => {
  test('is a pod that leaves, or more room on the node', () => {
    const full = withPod(withPod(emptyNodeInfo(node('a')), pod('big', '3')), pod('small', '800m'))
    expect(texts(pod('p', '1'), full)).toEqual(['gone default/big a', 'room a cpu 800m'])
  })
  test('is only more room when no single pod is large enough', () => {
    expect(texts(pod('p', '5'), emptyNodeInfo(node('a')))).toEqual(['room a cpu 1'])
  })
  test('is a toleration for the taint that stands in the way', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })))).toEqual(['tolerate gpu=yes:NoSchedule a'])
  })
  test('is uncordoning a cordoned node', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] })))).toEqual(['uncordon a'])
  })
  test('is a label on the node, or a pod without its selector', () => {
    expect(texts(pod('p', '1', { nodeSelector: { disk: 'ssd' } }), emptyNodeInfo(node('a')))).toEqual(['label a disk=ssd', 'selector'])
  })
  test('is two changes when two filters object', () => {
    const tainted = emptyNodeInfo(node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }))
    expect(texts(pod('p', '5'), tainted)).toEqual(['tolerate k:NoSchedule a and room a cpu 1'])
  })
  test('is nothing for a pod that fits', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a')))).toEqual([])
  })
})
