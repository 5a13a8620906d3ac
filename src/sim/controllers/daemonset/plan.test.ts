import { describe, expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import type { DaemonSet } from '../../kinds/daemonset/daemonset.ts'
import type { Node } from '../../kinds/node/node.ts'
import { daemonPod, daemonTolerations, REVISION_HASH, shouldRun, targetNode } from './placement.ts'
import { podsOnNode, rollingStep, type View } from './plan.ts'

const ds = (rollingUpdate: { maxSurge?: number; maxUnavailable?: number }): DaemonSet => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'default', uid: 'd' },
  spec: { selector: {}, template: { metadata: { labels: { app: 'agent' } }, spec: { containers: [] } } as unknown as DaemonSet['spec']['template'], updateStrategy: { type: 'RollingUpdate', rollingUpdate } },
})
const node = (name: string, spec: Node['spec'] = {}): Node => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, spec })
const nodes = ['n1', 'n2', 'n3'].map((name) => node(name))
const pod = (name: string, hash: string, ready = true): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: name, labels: { [REVISION_HASH]: hash }, creationTimestamp: formatTime(0) },
  spec: { nodeName: 'x', containers: [] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: ready ? 'True' : 'False', lastTransitionTime: formatTime(0) }] },
})
const view = (d: DaemonSet, pods: Readonly<Record<string, readonly Pod[]>>): View => ({ ds: d, nodes, pods: new Map(Object.entries(pods)), hash: 'new', now: seconds(100) })
const names = ({ create, remove }: { create: readonly string[]; remove: readonly Pod[] }): unknown => [create, remove.map((p) => p.metadata.name)]
const never = (): boolean => false

describe('which nodes run a daemon', () => {
  test('one in trouble does, one with a foreign taint does not', () => {
    const d = ds({})
    expect(shouldRun(d, node('n', { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] }))).toEqual([true, true])
    expect(shouldRun(d, node('n', { taints: [{ key: 'mine', effect: 'NoSchedule' }] }))).toEqual([false, true])
    expect(shouldRun(d, node('n', { taints: [{ key: 'mine', effect: 'NoExecute' }] }))).toEqual([false, false])
  })

  test('a toleration that the template has already is not doubled', () => {
    const own = daemonTolerations({ containers: [] })
    expect(daemonTolerations({ containers: [], tolerations: own })).toEqual(own)
    expect(daemonTolerations({ containers: [], hostNetwork: true })).toHaveLength(own.length + 1)
  })

  test('a pod is pinned to its node by affinity', () => {
    const made = daemonPod(ds({}), 'n2', 'new', { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'd' })
    expect(targetNode(made)).toBe('n2')
    expect(made.metadata.labels).toMatchObject({ app: 'agent', [REVISION_HASH]: 'new' })
  })
})

describe('one node', () => {
  test('without a pod gets one', () => expect(names(podsOnNode(view(ds({ maxUnavailable: 1 }), {}), nodes[0]!, never))).toEqual([['n1'], []]))
  test('with two keeps the first', () =>
    expect(names(podsOnNode(view(ds({ maxUnavailable: 1 }), { n1: [pod('b', 'new'), pod('a', 'new')] }), nodes[0]!, never))).toEqual([[], ['b']]))
  test('with a surge keeps an old one until the new one is available', () => {
    const d = ds({ maxSurge: 1, maxUnavailable: 0 })
    expect(names(podsOnNode(view(d, { n1: [pod('a', 'old'), pod('b', 'new', false)] }), nodes[0]!, never))).toEqual([[], []])
    expect(names(podsOnNode(view(d, { n1: [pod('a', 'old'), pod('b', 'new')] }), nodes[0]!, never))).toEqual([[], ['a']])
  })
})

describe('a rolling update', () => {
  test('takes as many old pods as may be unavailable', () => {
    const old = { n1: [pod('a', 'old')], n2: [pod('b', 'old')], n3: [pod('c', 'old')] }
    expect(names(rollingStep(view(ds({ maxUnavailable: 1 }), old)))).toEqual([[], ['a']])
    expect(names(rollingStep(view(ds({ maxUnavailable: 2 }), old)))).toEqual([[], ['a', 'b']])
  })

  test('waits while a new pod is not available, but replaces broken old ones', () => {
    const pods = { n1: [pod('a', 'new', false)], n2: [pod('b', 'old')], n3: [pod('c', 'old', false)] }
    expect(names(rollingStep(view(ds({ maxUnavailable: 1 }), pods)))).toEqual([[], ['c']])
  })

  test('with a surge makes new pods beside old ones', () => {
    const old = { n1: [pod('a', 'old')], n2: [pod('b', 'old')], n3: [pod('c', 'old')] }
    expect(names(rollingStep(view(ds({ maxSurge: 2, maxUnavailable: 0 }), old)))).toEqual([['n1', 'n2'], []])
  })
})
