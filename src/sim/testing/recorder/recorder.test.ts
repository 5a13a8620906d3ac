import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { Engine } from '../../engine/engine.ts'
import { mergePatch } from './merge-patch.ts'
import { Normaliser } from './normaliser.ts'
import { Recorder } from './recorder.ts'

const UID = '01234567-89ab-cdef-0123-456789abcdef'
const object = (kind: string, name: string, more: object = {}): KubeObject => ({ apiVersion: 'v1', kind, metadata: { name, namespace: 'ns', uid: UID, resourceVersion: '7' }, ...more })

function world() {
  const engine = new Engine({ seed: 1 })
  const changes = engine.table<unknown>('etcd/changes')
  let revision = 0
  engine.actor('test', { write: (_ctx, change: unknown) => changes.set(`${++revision}`, change) })
  const recorder = new Recorder(engine)
  return { recorder, write: (at: number, type: string, resource: string, o: KubeObject) => engine.command(at, 'test', 'write', { type, resource, object: o }) }
}

test('the recorder writes an object once and patches afterwards', () => {
  const { recorder, write } = world()
  recorder.start([])
  write(1500, 'ADDED', 'pods', object('Pod', 'a', { status: { phase: 'Pending', podIP: '10.244.1.7' } }))
  write(3000, 'MODIFIED', 'pods', object('Pod', 'a', { status: { phase: 'Running' } }))
  write(4000, 'ADDED', 'leases', object('Lease', 'n'))
  write(9000, 'DELETED', 'pods', object('Pod', 'a', { status: { phase: 'Running' } }))
  expect(recorder.lines).toEqual([
    { t: 2, type: 'ADDED', object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', namespace: 'ns', uid: '<uid-1>', resourceVersion: '<rv>' }, status: { phase: 'Pending', podIP: '<podip-1>' } } },
    { t: 3, type: 'MODIFIED', ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'a' }, patch: { status: { podIP: null, phase: 'Running' } } },
    { t: 9, type: 'DELETED', ref: { apiVersion: 'v1', kind: 'Pod', namespace: 'ns', name: 'a' }, patch: {} },
  ])
  expect(recorder.lastChange).toBe(9000)
})

test('the recorder leaves out heartbeats of nodes but not what they report', () => {
  const { recorder, write } = world()
  const node = (at: string, status: string): KubeObject => ({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { conditions: [{ type: 'Ready', status, lastHeartbeatTime: at }] } })
  recorder.start([node('2026-01-01T00:00:00Z', 'True')])
  write(1, 'MODIFIED', 'nodes', node('2026-01-01T00:00:10Z', 'True'))
  write(2, 'MODIFIED', 'nodes', node('2026-01-01T00:00:20Z', 'False'))
  expect(recorder.lines.map((l) => [l.t, l.type])).toEqual([[0, 'ADDED'], [0, 'MODIFIED']])
})

test('the normaliser hides addresses, ports, secrets, times and the hash in the names of events', () => {
  const n = new Normaliser()
  expect(n.object(object('Service', 's', { spec: { clusterIP: '10.96.0.9', clusterIPs: ['10.96.0.9'], ports: [{ port: 80, nodePort: 31000 }] } })).spec).toEqual({ clusterIP: '<ip>', clusterIPs: ['<ip>'], ports: [{ port: 80, nodePort: '<nodeport>' }] })
  expect(n.object(object('Service', 's', { spec: { clusterIP: 'None' } })).spec).toEqual({ clusterIP: 'None' })
  expect(n.object(object('Event', 'web.18a0b1c2d3e4f5a6', { message: 'at 2026-01-01T00:00:00Z' }))).toMatchObject({ metadata: { name: 'web.<ev-1>' }, message: 'at <time>' })
  expect(n.object(object('Secret', 's', { data: { a: 'eA==' } }))).toMatchObject({ data: { a: '<data>' } })
})

test('a merge patch names what was removed with null and replaces lists whole', () => {
  expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { b: { c: 1, d: 3 }, e: [1, 2] })).toEqual({ a: null, b: { d: 3 }, e: [1, 2] })
  expect(mergePatch({ a: [1] }, { a: [1] })).toEqual({})
})

test('the stream leaves out the untouched certificate bundle of the test\'s own namespace only', () => {
  const { recorder, write } = world()
  recorder.start([])
  const bundle = (namespace: string, data: string): KubeObject => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace }, data: { a: data } }) as KubeObject
  write(1, 'ADDED', 'configmaps', bundle('ns', 'x'))
  write(2, 'ADDED', 'configmaps', bundle('other', 'x'))
  expect(recorder.text({}, 'ns').split('\n').filter(Boolean)).toHaveLength(2)
  write(3, 'MODIFIED', 'configmaps', bundle('ns', 'y'))
  expect(recorder.text({}, 'ns').split('\n').filter(Boolean)).toHaveLength(4)
})
