import { expect, test } from 'vitest'
import type { KubeObject } from '../api/meta.ts'
import { Engine } from '../engine/engine.ts'
import { Store } from '../store/store.ts'
import { volumeChoice } from './volume-choice.ts'

function storeWith(objects: Readonly<Record<string, unknown>>): Store {
  const engine = new Engine({ seed: 1 })
  const store = new Store(engine)
  engine.actor('test', { put: () => void Object.entries(objects).forEach(([key, object]) => store.put(key, object as KubeObject)) })
  engine.command(0, 'test', 'put', null)
  return store
}

const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default', uid: 'u' }, spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage: '5Gi' } } }, status: { phase: 'Pending' } }
const volume = (name: string, storage: string): unknown => ({ apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 's' }, status: { phase: 'Available' } })
const KEY = 'persistentvolumeclaims/default/data'

test('names the volume that would be taken and, for the others, what speaks against them', () => {
  const choice = volumeChoice(storeWith({ [KEY]: claim, 'persistentvolumes/a': volume('a', '1Gi'), 'persistentvolumes/b': volume('b', '9Gi') }), KEY)!
  expect(choice).toMatchObject({ chosen: 'b', bound: false, otherwise: undefined })
  expect(choice.rows.map((row) => [row.volume, row.failed])).toEqual([['b', undefined], ['a', 'capacity']])
})

test('says who would make a volume, or that the claim waits for a pod or for a person', () => {
  const cls = (more: object): unknown => ({ apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', metadata: { name: 's' }, provisioner: 'x.example.com', ...more })
  expect(volumeChoice(storeWith({ [KEY]: claim, 'storageclasses/s': cls({}) }), KEY)).toMatchObject({ otherwise: 'made', provisioner: 'x.example.com' })
  expect(volumeChoice(storeWith({ [KEY]: claim, 'storageclasses/s': cls({ volumeBindingMode: 'WaitForFirstConsumer' }) }), KEY)).toMatchObject({ otherwise: 'waits-for-pod' })
  expect(volumeChoice(storeWith({ [KEY]: claim }), KEY)).toMatchObject({ otherwise: 'waits', provisioner: undefined })
})

test('what is no claim has no table', () => {
  expect(volumeChoice(storeWith({}), 'pods/default/p')).toBeNull()
})
