import { expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import { Engine } from '../../engine/engine.ts'
import { minutes } from '../../engine/time.ts'
import { allowed } from './allowed.ts'
import { Watchdog } from './watchdog.ts'

/** A store that a test writes by hand, so that the watchdog can be shown what must not be. */
function world() {
  const engine = new Engine({ seed: 1 })
  const etcd = engine.table<KubeObject>('etcd')
  const changes = engine.table<unknown>('etcd/changes')
  let revision = 0
  engine.actor('test', {
    write(_ctx, { resource, object }: { resource: string; object: KubeObject }) {
      const key = `${resource}/${object.metadata.namespace ? `${object.metadata.namespace}/` : ''}${object.metadata.name}`
      const from = etcd.get(key)
      etcd.set(key, object)
      changes.set(`${++revision}`, { resource, type: from ? 'MODIFIED' : 'ADDED', from, object })
    },
  })
  const dog = new Watchdog(engine)
  let at = 0
  return { dog, write: (resource: string, object: object, later = 1) => engine.command((at += later), 'test', 'write', { resource, object }) }
}

const owned = (kind: string, name: string) => [{ apiVersion: 'apps/v1', kind, name, uid: name, controller: true }]
const deployment = (replicas: number, rollingUpdate: object) => ({ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'ns', uid: 'web' }, spec: { replicas, strategy: { type: 'RollingUpdate', rollingUpdate } } })
const replicaSet = (name: string, replicas: number) => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name, namespace: 'ns', uid: name, ownerReferences: owned('Deployment', 'web') }, spec: { replicas } })
const pod = (name: string, rs: string, more: { node?: string; ready?: boolean; cpu?: string; deleted?: boolean } = {}) => ({
  apiVersion: 'v1', kind: 'Pod',
  metadata: { name, namespace: 'ns', uid: name, ownerReferences: owned('ReplicaSet', rs), ...(more.deleted ? { deletionTimestamp: '2026-01-01T00:00:00Z' } : {}) },
  spec: { nodeName: more.node, containers: [{ name: 'main', resources: { requests: { cpu: more.cpu ?? '0' } } }] },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: more.ready ? 'True' : 'False' }] },
})

test('sees ReplicaSets that together ask for more than maxSurge allows', () => {
  const { dog, write } = world()
  write('deployments', deployment(4, { maxSurge: '25%', maxUnavailable: 0 }))
  write('replicasets', replicaSet('old', 4))
  write('replicasets', replicaSet('new', 1))
  expect(dog.violations).toEqual([])
  write('replicasets', replicaSet('new', 2))
  expect(dog.violations[0]).toMatch(/ask for 6 pods where maxSurge allows 5/)
})

test('sees a pod that is one too many', () => {
  const { dog, write } = world()
  write('replicasets', replicaSet('old', 1))
  write('pods', pod('a', 'old'))
  write('pods', pod('b', 'old'))
  expect(dog.violations[0]).toMatch(/was made although its ReplicaSet has 2 and wants 1/)
})

test('sees a pod that moves, and an overcommitted node', () => {
  const { dog, write } = world()
  write('nodes', { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { allocatable: { cpu: '1', memory: '1Gi', pods: '110' } } })
  write('pods', pod('a', 'x', { cpu: '700m' }))
  write('pods', pod('a', 'x', { cpu: '700m', node: 'n' }))
  write('pods', pod('b', 'x', { cpu: '300m' }))
  write('pods', pod('b', 'x', { cpu: '300m', node: 'n' }))
  expect(dog.violations).toEqual([])
  write('pods', pod('c', 'x', { cpu: '1m' }))
  write('pods', pod('c', 'x', { cpu: '1m', node: 'n' }))
  expect(dog.violations[0]).toMatch(/overcommitted n: cpu 1001 of 1000/)
  write('pods', pod('c', 'x', { cpu: '1m', node: 'm' }))
  expect(dog.violations[1]).toMatch(/moved from n to m/)
})

test('sees availability fall below what maxUnavailable allows, unless something was done to the pods', () => {
  const { dog, write } = world()
  write('deployments', deployment(2, { maxSurge: 1, maxUnavailable: 0 }))
  write('replicasets', replicaSet('rs', 2))
  write('pods', pod('a', 'rs', { ready: true }))
  write('pods', pod('b', 'rs', { ready: true }), minutes(1))
  dog.disturbed(minutes(2))
  write('pods', pod('b', 'rs', { ready: true, deleted: true }))
  expect(dog.violations).toEqual([])
  write('pods', pod('b', 'rs', { ready: true }), minutes(2))
  write('pods', pod('b', 'rs', { ready: true, deleted: true }))
  expect(dog.violations[0]).toMatch(/1 available pods where maxUnavailable demands 2/)
})

test.each([
  [4, { maxSurge: '25%', maxUnavailable: '25%' }, { total: 5, available: 3 }],
  [3, { maxSurge: '25%', maxUnavailable: '25%' }, { total: 4, available: 3 }],
  [2, { maxSurge: 0, maxUnavailable: 0 }, { total: 2, available: 1 }],
  [0, { maxSurge: 3, maxUnavailable: 0 }, { total: 0, available: 0 }],
])('%i replicas with %o allow %o', (replicas, bounds, expected) => {
  expect(allowed(deployment(replicas, bounds) as never)).toEqual(expected)
})
