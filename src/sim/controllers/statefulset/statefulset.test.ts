import { beforeEach, expect, test } from 'vitest'
import type { KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { SmallWorld } from '../../testing/small-world.ts'
import { statefulSetController } from './index.ts'

let world: SmallWorld
beforeEach(() => (world = new SmallWorld([statefulSetController])))

const set = (spec: object): KubeObject =>
  ({
    apiVersion: 'apps/v1', kind: 'StatefulSet', metadata: { name: 'db' },
    spec: { serviceName: 'db', selector: { matchLabels: { app: 'db' } }, template: { metadata: { labels: { app: 'db' } }, spec: { containers: [{ name: 'main', image: 'busybox' }] } }, ...spec },
  }) as KubeObject
const data = { metadata: { name: 'data' }, spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } } }
const names = (plural: string): readonly string[] => world.list(plural).map((o) => o.metadata.name).toSorted()
const owners = (claim: string): readonly string[] => (world.get('persistentvolumeclaims', claim)?.metadata.ownerReferences ?? []).map((ref) => ref.name)
const becomes = (pod: string, phase: string, ready = 'True'): string | undefined =>
  world.patch('pods', pod, { status: { phase, conditions: [{ type: 'Ready', status: ready, lastTransitionTime: '2026-01-01T00:00:00Z' }] } }, 'status')

test('a refused claim is told of the claim and of its pod, and the pod is not made', () => {
  world.create(set({ replicas: 1, volumeClaimTemplates: [{ ...data, metadata: { name: 'data', labels: { tier: '-wrong-' } } }] }))
  world.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } })
  world.run(seconds(1))
  expect(names('pods')).toEqual([])
  const told = world.events('db').toSorted()
  expect(told[0]).toMatch(/^FailedCreate: Create Claim data-db-0 for Pod db-0 in StatefulSet db failed error: PersistentVolumeClaim "data-db-0" is invalid/)
  expect(told[1]).toMatch(/^FailedCreate: Create Pod db-0 in StatefulSet db failed error: failed to create PVC data-db-0: PersistentVolumeClaim "data-db-0" is invalid/)
})

test('in a set that bursts, a finished pod that does not go holds up no other', () => {
  world.create(set({ replicas: 2, podManagementPolicy: 'Parallel' }))
  world.run(seconds(1))
  world.patch('pods', 'db-0', { metadata: { finalizers: ['example.com/hold'] } })
  becomes('db-0', 'Failed', 'False')
  world.run(seconds(1))
  world.patch('statefulsets', 'db', { spec: { replicas: 4 } })
  world.run(seconds(1))
  expect(world.get('pods', 'db-0')?.metadata.deletionTimestamp).toBeDefined()
  expect(names('pods')).toEqual(['db-0', 'db-1', 'db-2', 'db-3'])
})

test('an ordered set makes no pod after one that is finished and has not gone', () => {
  world.create(set({ replicas: 1 }))
  world.run(seconds(1))
  world.patch('pods', 'db-0', { metadata: { finalizers: ['example.com/hold'] } })
  becomes('db-0', 'Failed', 'False')
  world.patch('statefulsets', 'db', { spec: { replicas: 2 } })
  world.run(minutes(1))
  expect(names('pods')).toEqual(['db-0'])
})

test('a changed retention policy changes the owners of claims, with an event about each pod', () => {
  world.create(set({ replicas: 1, volumeClaimTemplates: [data] }))
  world.run(seconds(1))
  becomes('db-0', 'Running')
  world.run(seconds(1))
  expect(owners('data-db-0')).toEqual([])
  world.patch('statefulsets', 'db', { spec: { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } } })
  world.run(seconds(1))
  expect(owners('data-db-0')).toEqual(['db'])
  expect(world.events('db')).toContain('SuccessfulUpdate: Update Pod db-0 in StatefulSet db successful')
  world.patch('statefulsets', 'db', { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: 'Delete', whenDeleted: 'Retain' } } })
  world.run(seconds(1))
  expect(owners('data-db-0')).toEqual([])
  world.patch('statefulsets', 'db', { spec: { replicas: 0 } })
  world.run(seconds(1))
  expect(owners('data-db-0')).toEqual(['db-0'])
})

test('a claim that another controller has keeps that one, and the set says so', () => {
  const ref = { apiVersion: 'example.com/v1', kind: 'Backup', name: 'nightly', uid: '1', controller: true }
  world.create({ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data-db-0', ownerReferences: [ref] }, spec: data.spec } as KubeObject)
  world.create(set({ replicas: 1, volumeClaimTemplates: [data], persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete' } }))
  world.run(seconds(1))
  expect(owners('data-db-0')).toEqual(['nightly'])
  expect(world.events('db')).toContain(
    'ConflictingController: PersistentVolumeClaim data-db-0 has a conflicting OwnerReference that acts as a manging controller, the retention policy is ignored for this claim')
})

test('a later start ordinal ends the pods below it and begins with the new first one', () => {
  world.create(set({ replicas: 2 }))
  for (const pod of ['db-0', 'db-1']) {
    world.run(seconds(1))
    becomes(pod, 'Running')
  }
  world.run(seconds(1))
  world.patch('statefulsets', 'db', { spec: { ordinals: { start: 2 } } })
  for (const pod of ['db-2', 'db-3']) {
    world.run(seconds(1))
    becomes(pod, 'Running')
  }
  world.run(seconds(1))
  expect(world.list<Pod>('pods').filter((pod) => pod.metadata.deletionTimestamp === undefined).map((pod) => pod.metadata.name).toSorted()).toEqual(['db-2', 'db-3'])
})
