import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { PodSpec } from '../api/pod-spec.ts'
import type { Node } from '../kinds/node/node.ts'
import { Labels, Numbers } from './columns.ts'
import { decide, type Decision, type World } from './decide.ts'
import { feasibleToFind } from './filtering.ts'
import { heapRoot } from './heap-root.ts'
import { Kept } from './kept.ts'
import { emptyNodeInfo, withoutPod, withPod, withPodReplaced, type NodeInfo } from './node-info.ts'
import type { Objects } from './plugin.ts'
import { naturalLogarithm } from './plugins/logarithm.ts'
import { snapshotOf } from './snapshot.ts'
import { livingPods } from './tallies.ts'

const node = (name: string, over: Partial<Node['spec']> = {}, labels: Record<string, string> = {}, cpu = '4'): Node => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } }, spec: over,
  status: { allocatable: { cpu, memory: '8Gi', pods: '110' } },
})
const pod = (name: string, cpu: string | undefined, over: Partial<PodSpec> = {}, labels: Record<string, string> = {}): Pod => ({
  apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default', uid: name, labels },
  spec: { containers: [{ name: 'c', image: 'i', ...(cpu ? { resources: { requests: { cpu } } } : {}) }], ...over },
})
const objectsOf = (byPlural: Record<string, readonly KubeObject[]>): Objects => ({
  get: (plural, _, name) => byPlural[plural]?.find((o) => o.metadata.name === name) as never,
  list: (plural) => (byPlural[plural] ?? []) as never,
})
const world = (infos: readonly NodeInfo[], over: Partial<World> = {}): World => ({
  snapshot: snapshotOf(infos), objects: objectsOf({}), nominated: () => [], latest: (p) => p, random: () => 0, start: 0, ...over,
})
const put = (p: Pod, ...infos: readonly NodeInfo[]): Decision => decide(p, world(infos))

describe('a decision', () => {
  test('prefers the emptier node and says which plugin gave how much', () => {
    const busy = withPod(emptyNodeInfo(node('a')), pod('x', '3'))
    const d = put(pod('p', '500m'), busy, emptyNodeInfo(node('b')))
    expect(d.node).toBe('b')
    const fit = d.scores!.plugins.indexOf('NodeResourcesFit')
    expect(d.scores!.weighted[fit]![1]).toBeGreaterThan(d.scores!.weighted[fit]![0]!)
  })
  test('names every reason, sorted as texts', () => {
    const tainted = emptyNodeInfo(node('t', { taints: [{ key: 'k', effect: 'NoSchedule' }] }))
    const small = ['a', 'b'].map((n) => emptyNodeInfo(node(n)))
    expect(put(pod('p', '9'), tainted, ...small).message).toBe(
      '0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.',
    )
  })
  test('looks only at the node that a daemon pod names, and tells of the others when it cannot go there', () => {
    const only = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: ['b'] }] }] } }
    const infos = ['a', 'b', 'c'].map((n) => emptyNodeInfo(node(n)))
    expect(put(pod('p', '1', { affinity: { nodeAffinity: only } }), ...infos)).toMatchObject({ node: 'b', feasible: ['b'] })
    expect(put(pod('p', '9', { affinity: { nodeAffinity: only } }), ...infos).message).toBe(
      "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't satisfy plugin(s) [NodeAffinity]. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    )
  })
  test('says so when there is no node at all', () => {
    expect(put(pod('p', '1')).message).toBe('no nodes available to schedule pods')
  })
  test('evicts the least important pods and as few as possible', () => {
    const low = { priority: 1 }
    const info = ['x', 'y', 'z'].map((n) => pod(n, '1', low)).reduce(withPod, emptyNodeInfo(node('a')))
    const d = put(pod('p', '2', { priority: 9 }), withPod(info, pod('mid', '1', { priority: 5 })))
    expect(d.preemption).toMatchObject({ node: 'a' })
    expect('victims' in d.preemption! && d.preemption.victims.map((v) => v.metadata.name)).toEqual(['y', 'z'])
    expect(d.message).toBe('0/1 nodes are available: 1 Insufficient cpu.')
  })
  test('keeps to disruption budgets while it can', () => {
    const budget = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata: { name: 'b', namespace: 'default' }, spec: { selector: { matchLabels: { app: 'kept' } } }, status: { disruptionsAllowed: 0 } }
    const kept = withPod(emptyNodeInfo(node('a')), pod('k', '4', { priority: 0 }, { app: 'kept' }))
    const free = withPod(emptyNodeInfo(node('b')), pod('f', '4', { priority: 3 }))
    const d = decide(pod('p', '2', { priority: 9 }), world([kept, free], { objects: objectsOf({ poddisruptionbudgets: [budget] }) }))
    expect(d.preemption).toMatchObject({ node: 'b' })
  })
  test('leaves room for a pod that was promised the node', () => {
    const promised = pod('n', '3', { priority: 5 })
    const d = decide(pod('p', '2'), world([emptyNodeInfo(node('a')), emptyNodeInfo(node('b', {}, {}, '2'))], { nominated: (n) => (n === 'a' ? [promised] : []) }))
    expect(d.node).toBe('b')
  })
  test('spreads the pods of a service over zones though nothing asks for it', () => {
    const zones = ['1', '2'].map((z) => node(`n${z}`, {}, { 'topology.kubernetes.io/zone': z }))
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'default' }, spec: { selector: { app: 'web' } } }
    const first = withPod(emptyNodeInfo(zones[0]!), pod('w', undefined, {}, { app: 'web' }))
    const d = decide(pod('p', undefined, {}, { app: 'web' }), world([first, emptyNodeInfo(zones[1]!)], { objects: objectsOf({ services: [service] }) }))
    expect(d.node).toBe('n2')
    expect(d.scores!.plugins).toContain('PodTopologySpread')
  })
})

test('what is added to a node and taken away again leaves it as it was', () => {
  const before = withPod(emptyNodeInfo(node('a')), pod('x', '1'))
  const extra: Pod = pod('y', '2', { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 1, hostPort: 80 }], resources: { requests: { cpu: '2', 'example.com/gpu': '1' } } }] })
  const after = withoutPod(withPod(before, extra), extra)
  expect({ ...after, others: {} }).toEqual(before)
  expect(after.others).toEqual({ 'example.com/gpu': 0 })
})

test('a pod that is replaced by its next state changes no sums, and one that asks for more does', () => {
  const p = pod('x', '1')
  const info = withPod(withPod(emptyNodeInfo(node('a')), p), pod('y', '1'))
  const next = withPodReplaced(info, p, { ...p, metadata: { ...p.metadata, labels: { a: 'b' } } })
  expect([next.milliCpu, next.pods.map((q) => q.metadata.name), next.pods[0]!.metadata.labels]).toEqual([2000, ['x', 'y'], { a: 'b' }])
  expect(withPodReplaced(info, p, pod('x', '3')).milliCpu).toBe(4000)
})

test('a snapshot counts matching pods through additions, removals and undo alike', () => {
  const selector = { nothing: false, requirements: [{ key: 'app', operator: '=' as const, values: ['web'] }] }
  const empty = emptyNodeInfo(node('a'))
  const one = withPod(empty, pod('w', '1', {}, { app: 'web' }))
  const two = withPod(one, pod('o', '1', {}, { app: 'other' }))
  const snapshot = snapshotOf([empty])
  const counts = () => [...snapshot.tallies.byNode(livingPods('default', selector))]
  expect(counts()).toEqual([])
  snapshot.apply('a', empty, one)
  snapshot.apply('a', one, two)
  expect(counts()).toEqual([['a', 1]])
  snapshot.apply('a', two, one)
  snapshot.apply('a', one, empty)
  expect(counts()).toEqual([])
  snapshot.apply('a', empty, undefined)
  expect(snapshot.nodes).toEqual([])
})

test('a pod in its next state makes a difference only by what is counted', () => {
  const selector = { nothing: false, requirements: [{ key: 'app', operator: '=' as const, values: ['web'] }] }
  const bound = pod('w', '1', {}, { app: 'web' })
  const before = withPod(emptyNodeInfo(node('a')), bound)
  const snapshot = snapshotOf([before])
  const counted = () => snapshot.tallies.byNode(livingPods('default', selector)).get('a') ?? 0
  expect([snapshot.nodes.length, counted()]).toEqual([1, 1])
  const relabelled = (labels: Record<string, string>): Pod => ({ ...bound, metadata: { ...bound.metadata, labels } })
  const zoned = withPodReplaced(before, bound, relabelled({ app: 'web', zone: 'x' }))
  snapshot.apply('a', before, zoned)
  expect([snapshot.lineup.changes.count, counted(), snapshot.get('a')]).toEqual([0, 1, zoned])
  const other = withPodReplaced(zoned, zoned.pods[0]!, relabelled({ app: 'db', zone: 'x' }))
  snapshot.apply('a', zoned, other)
  expect([snapshot.lineup.changes.count, counted()]).toEqual([1, 0])
  snapshot.apply('a', other, zoned)
  snapshot.apply('a', zoned, before)
  expect(counted()).toBe(1)
})

test('zones take turns in the order of examination', () => {
  const infos = ['a1', 'a2', 'b1'].map((n) => emptyNodeInfo(node(n, {}, { 'topology.kubernetes.io/zone': n[0]! })))
  expect(snapshotOf(infos).nodes.map((n) => n.name)).toEqual(['a1', 'b1', 'a2'])
})

test('fewer nodes are looked at the more there are', () => {
  expect([50, 99, 100, 1000, 5000].map((n) => feasibleToFind(n))).toEqual([50, 99, 100, 420, 500])
})

test('ties are broken by the place in the heap: the first when all are equal', () => {
  expect(heapRoot([7, 7, 7, 7])).toBe(0)
  expect(heapRoot([1, 2, 2])).toBe(1)
  expect(heapRoot([5])).toBe(0)
})

/** The heap as kube-scheduler builds it (container/heap: Init). */
function rootOfBuiltHeap(totals: readonly number[]): number {
  const heap = totals.map((_, i) => i)
  for (let top = (heap.length >> 1) - 1; top >= 0; top--) {
    for (let at = top, child = 2 * at + 1; child < heap.length; at = child, child = 2 * at + 1) {
      if (child + 1 < heap.length && totals[heap[child + 1]!]! > totals[heap[child]!]!) child++
      if (totals[heap[child]!]! <= totals[heap[at]!]!) break
      ;[heap[at], heap[child]] = [heap[child]!, heap[at]!]
    }
  }
  return heap[0]!
}

test('the root that is found without building the heap is that of the built one, whatever the ties', () => {
  for (let n = 1, state = 7; n <= 200; n++) {
    const totals = Array.from({ length: n }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) % (1 + (n % 4)))
    expect(heapRoot(totals)).toBe(rootOfBuiltHeap(totals))
  }
})

test('nodes with the same label make a group, in the order in which they are met', () => {
  const { lineup } = snapshotOf(['a', 'b', 'c', 'd'].map((n) => emptyNodeInfo(node(n))))
  const column = new Labels(lineup, (_, place) => [300, -1, 300, 7][place]!)
  const { of, examples } = column.groups({ places: Int32Array.of(2, 1, 0, 3), count: 3, kept: new Kept(lineup) })
  expect([[...of.subarray(0, 3)], examples]).toEqual([[0, 1, 0], [2, 1]])
})

test('a number that is kept is worked out anew when its node changed, however many changes there were', () => {
  const snapshot = snapshotOf(['a', 'b'].map((n) => emptyNodeInfo(node(n))))
  const column = new Numbers(snapshot.lineup, (info) => info.pods.length)
  for (const changes of [1, 2, 1023, 1024, 1025, 3000]) {
    expect([column.at(0), column.at(1)]).toEqual([snapshot.nodes[0]!.pods.length, snapshot.nodes[1]!.pods.length])
    for (let i = 0; i < changes; i++) {
      const { name } = snapshot.nodes[i === 0 ? 1 : 0]!
      const from = snapshot.get(name)!
      snapshot.apply(name, from, from.pods.length < 5 ? withPod(from, pod(`${changes}-${i}`, '1')) : emptyNodeInfo(from.node))
    }
  }
  expect([column.at(0), column.at(1)]).toEqual([snapshot.nodes[0]!.pods.length, snapshot.nodes[1]!.pods.length])
})

test('the logarithm agrees with the host to fourteen digits', () => {
  for (const n of [1, 2, 3, 10, 102, 5002, 150_002]) expect(naturalLogarithm(n)).toBeCloseTo(Math.log(n), 13)
})
