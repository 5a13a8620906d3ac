import { describe, expect, test } from 'vitest'
import type { Pod } from '../../api/pod.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Service } from '../../kinds/service/service.ts'
import { desiredEndpoints } from './desired.ts'
import { planSlices, type SlicePlan } from './plan.ts'

const service: Service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'default', uid: 's', labels: { tier: 'front' } },
  spec: { clusterIP: '10.96.0.7', ipFamilies: ['IPv4'], selector: { app: 'web' }, ports: [{ port: 80, protocol: 'TCP', targetPort: 8080 }] },
}
const node: Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { 'topology.kubernetes.io/zone': 'zone-a' } }, spec: {} }

const pod = (i: number, over: { ready?: boolean; deleting?: boolean; phase?: 'Running' | 'Succeeded' } = {}): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: `p${i}`, namespace: 'default', uid: `u${i}`, ...(over.deleting ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  spec: { nodeName: 'n1', containers: [] },
  status: { phase: over.phase ?? 'Running', podIPs: [{ ip: `10.244.${i >> 8}.${i & 255}` }], conditions: [{ type: 'Ready', status: (over.ready ?? true) ? 'True' : 'False' }] },
})

const plan = (pods: readonly Pod[], existing: readonly EndpointSlice[] = []): SlicePlan =>
  planSlices(service, 'IPv4', existing, desiredEndpoints(service, pods, () => node, 'IPv4').groups)
const pods = (n: number): Pod[] => Array.from({ length: n }, (_, i) => pod(i))
const stored = (slice: EndpointSlice, name: string): EndpointSlice => ({ ...slice, metadata: { ...slice.metadata, name, uid: name } })

describe('slices of a Service', () => {
  test('no pods make one empty slice', () => {
    const { create } = plan([])
    expect(create).toHaveLength(1)
    expect(create[0]).toMatchObject({ endpoints: [], ports: [], metadata: { generateName: 'web-', labels: { tier: 'front', 'kubernetes.io/service-name': 'web' } } })
  })

  test('an empty slice that is there is left alone', () => {
    const placeholder = stored(plan([]).create[0]!, 'web-a')
    expect(plan([], [placeholder])).toEqual({ create: [], update: [], remove: [] })
  })

  test('a slice holds a hundred endpoints', () => {
    expect(plan(pods(250)).create.map((s) => s.endpoints!.length)).toEqual([100, 100, 50])
  })

  test('endpoints say where they run and in which state they are', () => {
    const { create } = plan([pod(1), pod(2, { ready: false }), pod(3, { deleting: true }), pod(4, { phase: 'Succeeded' })])
    expect(create[0]!.endpoints!.map((e) => [e.targetRef!.name, e.nodeName, e.zone, e.conditions])).toEqual([
      ['p1', 'n1', 'zone-a', { ready: true, serving: true, terminating: false }],
      ['p2', 'n1', 'zone-a', { ready: false, serving: false, terminating: false }],
      ['p3', 'n1', 'zone-a', { ready: false, serving: true, terminating: true }],
    ])
    expect(create[0]!.ports).toEqual([{ name: '', protocol: 'TCP', port: 8080 }])
  })

  test('the placeholder is rewritten when the first pod comes', () => {
    const placeholder = stored(plan([]).create[0]!, 'web-a')
    const { create, update, remove } = plan([pod(1)], [placeholder])
    expect([create, remove]).toEqual([[], []])
    expect(update.map((s) => [s.metadata.name, s.endpoints!.length])).toEqual([['web-a', 1]])
  })

  test('new endpoints fill the fullest slice that changes, and unchanged ones are spared', () => {
    const [full, half] = plan(pods(150)).create.map((s, i) => stored(s, `web-${i}`))
    const now = [...pods(150).slice(0, 149), pod(900)]
    const { create, update, remove } = plan(now, [full!, half!])
    expect([create, remove]).toEqual([[], []])
    expect(update.map((s) => [s.metadata.name, s.endpoints!.length])).toEqual([['web-1', 50]])
  })

  test('nothing is written when nothing changed', () => {
    const existing = plan(pods(150)).create.map((s, i) => stored(s, `web-${i}`))
    expect(plan(pods(150), existing)).toEqual({ create: [], update: [], remove: [] })
  })

  test('slices of a former Service of the same name go', () => {
    const foreign = stored({ ...plan(pods(3)).create[0]!, metadata: { name: '', ownerReferences: [] } }, 'web-x')
    const { create, remove } = plan(pods(3), [foreign])
    expect(create).toHaveLength(1)
    expect(remove).toEqual([foreign])
  })
})
