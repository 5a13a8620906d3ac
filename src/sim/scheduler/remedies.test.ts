import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import type { Node } from '../kinds/node/node.ts'
import { DEFAULT_CONFIGURATION } from './configuration.ts'
import type { World } from './decide.ts'
import { emptyNodeInfo, withPod, type NodeInfo } from './node-info.ts'
import type { Objects } from './plugin.ts'
import { remedies } from './remedies.ts'
import { snapshotOf } from './snapshot.ts'

const node = (name: string, spec: Partial<Node['spec']> = {}, labels: Record<string, string> = {}, cpu = '4', pods = '110'): Node => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec,
  status: { allocatable: { cpu, memory: '8Gi', pods } },
})
const pod = (name: string, cpu: string, over: Partial<PodSpec> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name, labels: {} },
  spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu } } }], ...over },
})
const on = (nodeName: string, p: Pod): Pod => ({ ...p, spec: { ...p.spec, nodeName } })
const labelled = (p: Pod, labels: Record<string, string>): Pod => ({ ...p, metadata: { ...p.metadata, labels } })
const world = (infos: readonly NodeInfo[]): World => ({
  snapshot: snapshotOf(infos), objects: { get: () => undefined, list: () => [] }, nominated: () => [], latest: (p) => p, random: () => 0, start: 0,
})
const texts = (p: Pod, ...infos: readonly NodeInfo[]): readonly string[] =>
  remedies(p, world(infos), DEFAULT_CONFIGURATION.profiles[0]).map(({ conditions }) => conditions.map(({ id, params }) => `${id} ${Object.values(params).join(' ')}`.trim()).join(' and '))

describe('what would help a pending pod', () => {
  test('is a pod that leaves, or more room on the node, or one more node', () => {
    const full = withPod(withPod(emptyNodeInfo(node('a')), on('a', pod('big', '3'))), on('a', pod('small', '800m')))
    expect(texts(pod('p', '1'), full)).toEqual(['gone default/big a', 'room a cpu 800m', 'another a'])
  })
  test('is only more room when no pod is in the way', () => {
    expect(texts(pod('p', '5'), emptyNodeInfo(node('a')))).toEqual(['room a cpu 1'])
  })
  test('is several pods that leave when no single one is enough, as few as possible', () => {
    const full = ['tiny', 'left', 'right'].reduce((info, name) => withPod(info, on('a', pod(name, name === 'tiny' ? '100m' : '1900m'))), emptyNodeInfo(node('a')))
    expect(texts(pod('p', '3'), full)[0]).toBe('goneAll default/left, default/right 2 a')
  })
  test('is never the end of what the cluster runs on', () => {
    const critical = pod('dns', '3', { priority: 2_000_000_000 })
    const mirror = { ...pod('etcd', '900m'), metadata: { ...pod('etcd', '900m').metadata, annotations: { 'kubernetes.io/config.mirror': 'x' } } }
    const full = withPod(withPod(emptyNodeInfo(node('a')), on('a', critical)), on('a', mirror))
    expect(texts(pod('p', '1'), full)).toEqual(['room a cpu 900m', 'another a'])
  })
  test('is room for what else it asks: devices, disk, a place among the pods', () => {
    const gpu = pod('p', '1', { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '1', 'example.com/gpu': '2', 'ephemeral-storage': '1Gi' } } }] })
    expect(texts(gpu, emptyNodeInfo(node('a')))).toEqual(['room a ephemeral-storage 1Gi, example.com/gpu 2'])
    const crowded = withPod(emptyNodeInfo(node('a', {}, {}, '4', '1')), on('a', pod('q', '1')))
    expect(texts(pod('p', '1'), crowded)).toEqual(['gone default/q a', 'room a pods 1', 'another a'])
  })
  test('is a toleration for the taint that stands in the way', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a', { taints: [{ key: 'gpu', value: 'yes', effect: 'NoSchedule' }] })))).toEqual(['tolerate gpu=yes:NoSchedule a'])
  })
  test('is uncordoning a cordoned node', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] })))).toEqual(['uncordon a'])
  })
  test('is a label on the node, or a pod without its selector', () => {
    expect(texts(pod('p', '1', { nodeSelector: { disk: 'ssd' } }), emptyNodeInfo(node('a')))).toEqual(['selector', 'label a disk=ssd'].sort())
  })
  test('is a pod without its selector when it names a node that is not there', () => {
    const fields = { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['nobody'] }] }] }
    expect(texts(pod('p', '1', { affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: fields } } }), emptyNodeInfo(node('a')))).toEqual(['selector'])
  })
  test('is two changes when two filters object', () => {
    const tainted = emptyNodeInfo(node('a', { taints: [{ key: 'k', effect: 'NoSchedule' }] }))
    expect(texts(pod('p', '5'), tainted)).toEqual(['tolerate k:NoSchedule a and room a cpu 1'])
  })
  test('is who holds the port going away', () => {
    const withPort = (name: string): Pod => pod(name, '1', { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] })
    expect(texts(withPort('p'), withPod(emptyNodeInfo(node('a')), on('a', withPort('q'))))).toEqual(['gone default/q a', 'another a'])
  })
  test('is all of those going away, in the whole zone, that the pod does not want near', () => {
    const zone = { zone: 'z' }
    const apart: PodSpec['affinity'] = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'zone', labelSelector: { matchLabels: { app: 'db' } } }] } }
    const infos = ['a', 'b'].map((name) => withPod(emptyNodeInfo(node(name, {}, zone)), labelled(on(name, pod(`db-${name}`, '1')), { app: 'db' })))
    expect(texts(pod('p', '1', { affinity: apart }), ...infos)).toEqual(['goneAll default/db-a, default/db-b 2 a', 'affinity'])
  })
  test('is somebody nearby whom the pod wants to be with', () => {
    const near: PodSpec['affinity'] = { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'cache' } } }] } }
    expect(texts(pod('p', '1', { affinity: near }), emptyNodeInfo(node('a')))).toEqual(['near app=cache a', 'affinity'])
  })
  test('is a larger skew, as small as suffices, or spreading as a wish', () => {
    const spread: PodSpec['topologySpreadConstraints'] = [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule', labelSelector: { matchLabels: { app: 'w' } } }]
    const two = ['1', '2'].reduce((info, n) => withPod(info, labelled(on('a', pod(`w${n}`, '1')), { app: 'w' })), emptyNodeInfo(node('a')))
    const shut = emptyNodeInfo(node('b', {}, {}, '500m'))
    expect(texts(labelled(pod('p', '1', { topologySpreadConstraints: spread }), { app: 'w' }), two, shut)[0]).toBe('skew 3')
  })
  test('is a claim that is there and has a volume', () => {
    const mounting = pod('p', '1', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }] })
    expect(texts(mounting, emptyNodeInfo(node('a')))).toEqual(['claimMissing data a'])
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default' }, spec: { storageClassName: '' } }
    const objects: Objects = { get: <T extends KubeObject>(plural: string) => (plural === 'persistentvolumeclaims' ? (claim as unknown as T) : undefined), list: () => [] }
    expect(remedies(mounting, { ...world([emptyNodeInfo(node('a'))]), objects }, DEFAULT_CONFIGURATION.profiles[0]).map(({ conditions }) => conditions[0]?.id)).toEqual(['claim'])
  })
  test('is the end of its gates, and that is not enough when it fits nowhere', () => {
    const gated = { schedulingGates: [{ name: 'example.com/wait' }] }
    expect(texts(pod('p', '1', gated), emptyNodeInfo(node('a')))).toEqual(['gates example.com/wait'])
    expect(texts(pod('p', '5', gated), emptyNodeInfo(node('a')))).toEqual(['gates example.com/wait and room a cpu 1'])
  })
  test('is another scheduler name where nobody has the one that it asks for', () => {
    const found = remedies(pod('p', '1', { schedulerName: 'nobody' }), world([emptyNodeInfo(node('a'))]))
    expect(found).toEqual([{ node: 'a', conditions: [{ id: 'scheduler', params: { name: 'nobody', known: 'default-scheduler' } }] }])
  })
  test('is nothing for a pod that fits', () => {
    expect(texts(pod('p', '1'), emptyNodeInfo(node('a')))).toEqual([])
  })
  test('among a thousand nodes is sought where the least is missing', () => {
    const infos = Array.from({ length: 1000 }, (_, i) => withPod(emptyNodeInfo(node(`n${i}`)), on(`n${i}`, pod(`big${i}`, i === 777 ? '3500m' : '3900m'))))
    expect(texts(pod('p', '600m'), ...infos)).toContain('room n777 cpu 100m')
  })
})
