import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { SentRequest } from '../../client/transport.ts'
import { Engine } from '../../engine/engine.ts'
import { seconds } from '../../engine/time.ts'
import { KwokKubelets } from './kwok.ts'

/** An API server that only writes down what it is asked, and a watch that the test feeds. */
function world() {
  const engine = new Engine({ seed: 1 })
  engine.debug = true
  const requests: SentRequest[] = []
  engine.actor('apiserver', { request: (_, sent: SentRequest) => void requests.push(sent), watch: () => undefined })
  const kwok = new KwokKubelets(engine)
  const tell = (resource: string, type: string, object: KubeObject): void => {
    engine.command(engine.now, 'kwok', 'watch', { watch: '', type, object, resourceVersion: '1', data: resource, sentAt: 0 })
    while (engine.queue.pending().some((e) => e.actor === 'apiserver')) engine.step()
  }
  return { engine, kwok, requests, tell }
}
const node = (labels: Record<string, string> = {}, ready = true): KubeObject => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', uid: 'u', labels }, spec: { podCIDR: '10.244.3.0/24' },
  status: {
    addresses: [{ type: 'InternalIP', address: '192.0.2.9' }],
    conditions: ready ? ['MemoryPressure', 'DiskPressure', 'PIDPressure', 'Ready'].map((type) => ({ type, status: type === 'Ready' ? 'True' : 'False' })) : [],
  },
})
const pod: KubeObject = {
  apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: 'default', uid: 'x' },
  spec: { nodeName: 'n', restartPolicy: 'Always', containers: [{ name: 'c', image: 'i' }] }, status: { phase: 'Pending' },
}

test('a new node gets a lease, a heartbeat and its conditions, once', () => {
  const { engine, kwok, requests, tell } = world()
  tell('nodes', 'ADDED', node({}, false))
  expect(requests.map((r) => `${r.request.verb} ${r.request.resource} ${r.request.subresource ?? ''}`).sort()).toEqual(['create leases ', 'patch nodes status'])
  tell('nodes', 'MODIFIED', node({ a: 'b' }, false))
  expect(requests).toHaveLength(2)
  expect(engine.table('node-heartbeats').has('n')).toBe(true)
  expect(kwok.nodes.get('n')?.state).toBe('ready')
})

test('a bound pod is started with one request, however often it is seen', () => {
  const { requests, tell } = world()
  tell('nodes', 'ADDED', node())
  requests.length = 0
  tell('pods', 'ADDED', pod)
  tell('pods', 'MODIFIED', pod)
  expect(requests).toHaveLength(1)
  expect(requests[0]!.request.body).toMatchObject({ status: { phase: 'Running', podIP: '10.244.3.2', hostIP: '192.0.2.9', startTime: '2026-01-01T00:00:00Z' } })
})

test('a stopped kubelet writes down its last renewal and leaves pods alone', () => {
  const { engine, requests, tell } = world()
  tell('nodes', 'ADDED', node())
  engine.command(seconds(27), 'apiserver', 'watch', null)
  requests.length = 0
  tell('nodes', 'MODIFIED', node({ kubelet: 'stopped' }))
  tell('pods', 'ADDED', pod)
  expect(requests.map((r) => r.request.body)).toEqual([{ spec: { renewTime: '2026-01-01T00:00:20.000001Z' } }])
  expect(engine.table('node-heartbeats').size).toBe(0)
  tell('nodes', 'MODIFIED', node())
  expect(requests.at(-1)!.request).toMatchObject({ resource: 'pods', subresource: 'status' })
})

test('a crashed node is silent until it is restarted, then reports itself and takes up its pods', () => {
  const { engine, requests, tell } = world()
  tell('nodes', 'ADDED', node())
  engine.command(engine.now, 'kwok', 'crash', 'n')
  tell('pods', 'ADDED', pod)
  const lost = { ...node(), status: { ...(node().status as object), conditions: [{ type: 'Ready', status: 'Unknown' }] } }
  tell('nodes', 'MODIFIED', lost)
  expect(requests.map((r) => `${r.request.verb} ${r.request.resource}`)).toEqual(['create leases', 'patch leases'])
  engine.command(engine.now, 'kwok', 'restart', 'n')
  tell('nodes', 'MODIFIED', lost)
  expect(requests.slice(2).map((r) => `${r.request.verb} ${r.request.resource}`).sort()).toEqual(['create leases', 'patch nodes', 'patch pods'])
  expect(engine.table('node-heartbeats').has('n')).toBe(true)
})

test('a kubelet labelled not-ready says so of its node and still runs pods', () => {
  const { requests, tell } = world()
  tell('nodes', 'ADDED', node({ kubelet: 'not-ready' }))
  tell('pods', 'ADDED', pod)
  const reported = requests.find((r) => r.request.resource === 'nodes')!.request.body as { status: { conditions: readonly { type: string; status: string }[] } }
  expect(reported.status.conditions.at(-1)).toMatchObject({ type: 'Ready', status: 'False', reason: 'KubeletNotReady' })
  expect(requests.some((r) => r.request.resource === 'pods')).toBe(true)
})

test('what was sent before a connection broke is sent again', () => {
  const { engine, requests, tell } = world()
  tell('nodes', 'ADDED', node())
  tell('pods', 'ADDED', pod)
  const sync = { watch: '', type: 'SYNC', items: [pod], resourceVersion: '9', data: 'pods', sentAt: 0 }
  engine.command(engine.now, 'kwok', 'watch', sync)
  while (engine.queue.pending().some((e) => e.actor === 'apiserver')) engine.step()
  expect(requests.filter((r) => r.request.resource === 'pods')).toHaveLength(2)
})
