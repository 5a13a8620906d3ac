import { describe, expect, test } from 'vitest'
import { bestVolume, explainChoice, findMatchingVolume, modesText } from './matching.ts'
import type { Claim, PersistentVolume, VolumeSpec } from './objects.ts'

const volume = (name: string, storage: string, spec: Partial<VolumeSpec> = {}, labels?: Record<string, string>): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, ...(labels ? { labels } : {}) },
  spec: { capacity: { storage }, accessModes: ['ReadWriteOnce'], storageClassName: 's', ...spec },
  status: { phase: 'Available' },
})

const claim = (storage: string, spec: Partial<Claim['spec']> = {}): Claim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', namespace: 'default', uid: 'u1' },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 's', resources: { requests: { storage } }, ...spec },
})

const chosen = (c: Claim, ...volumes: PersistentVolume[]): string | undefined => bestVolume(c, volumes, false)?.metadata.name
const ref = (name: string, uid?: string): Partial<VolumeSpec> => ({ claimRef: { namespace: 'default', name, ...(uid ? { uid } : {}) } })

describe('which volume a claim gets', () => {
  test('the smallest that is large enough', () => {
    expect(chosen(claim('5Gi'), volume('a', '4Gi'), volume('b', '20Gi'), volume('c', '6Gi'))).toBe('c')
    expect(chosen(claim('5Gi'), volume('a', '4999Mi'))).toBeUndefined()
  })

  test('a volume with fewer access modes comes before a smaller one with more', () => {
    expect(chosen(claim('5Gi'), volume('many', '5Gi', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }), volume('one', '50Gi'))).toBe('one')
  })

  test('one that is reserved for the claim wins, whatever its class, but not when it is too small', () => {
    expect(chosen(claim('5Gi'), volume('a', '5Gi'), volume('mine', '90Gi', { storageClassName: 'other', ...ref('data') }))).toBe('mine')
    expect(chosen(claim('5Gi'), volume('a', '5Gi'), volume('mine', '1Gi', ref('data')))).toBe('a')
  })

  test('one that is reserved for somebody else, or for an earlier claim of that name, is not taken', () => {
    expect(chosen(claim('5Gi'), volume('a', '5Gi', ref('other')))).toBeUndefined()
    expect(chosen(claim('5Gi'), volume('a', '5Gi', ref('data', 'u0')))).toBeUndefined()
    expect(chosen(claim('5Gi'), volume('a', '5Gi', ref('data', 'u1')))).toBe('a')
  })

  test('class, mode, labels, attributes class and phase must fit', () => {
    expect(chosen(claim('5Gi'), volume('a', '5Gi', { storageClassName: 'x' }))).toBeUndefined()
    expect(chosen(claim('5Gi', { volumeMode: 'Block' }), volume('a', '5Gi'), volume('b', '9Gi', { volumeMode: 'Block' }))).toBe('b')
    expect(chosen(claim('5Gi', { selector: { matchLabels: { t: '1' } } }), volume('a', '5Gi'), volume('b', '9Gi', {}, { t: '1' }))).toBe('b')
    expect(chosen(claim('5Gi', { volumeAttributesClassName: 'gold' }), volume('a', '5Gi'))).toBeUndefined()
    expect(chosen(claim('5Gi'), { ...volume('a', '5Gi'), status: { phase: 'Released' } })).toBeUndefined()
    expect(chosen(claim('5Gi'), { ...volume('a', '5Gi'), metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } })).toBeUndefined()
  })

  test('a claim that waits for its first consumer gets only what is reserved for it', () => {
    const volumes = [volume('a', '5Gi'), volume('b', '9Gi', ref('data'))]
    expect(bestVolume(claim('5Gi'), volumes.slice(0, 1), true)).toBeUndefined()
    expect(bestVolume(claim('5Gi'), volumes, true)?.metadata.name).toBe('b')
  })

  test('on a node only what the node reaches counts', () => {
    const near = { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: 'In' as const, values: ['b'] }] }] } } }
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n', labels: { zone: 'a' } }, spec: {} }
    expect(findMatchingVolume(claim('5Gi'), [volume('far', '5Gi', near), volume('any', '9Gi')], { node })?.metadata.name).toBe('any')
    expect(findMatchingVolume(claim('5Gi'), [volume('mine', '5Gi', { ...near, ...ref('data') }), volume('any', '9Gi')], { node })).toBeUndefined()
  })
})

test('modes are written shortly and in their own order', () => {
  expect(modesText(volume('a', '1Gi', { accessModes: ['ReadWriteMany', 'ReadWriteOnce'] }))).toBe('RWO,RWX')
})

test('the table says for every volume what spoke against it, the chosen one first', () => {
  const { chosen: name, rows } = explainChoice(claim('5Gi'), [volume('small', '1Gi'), volume('big', '50Gi'), volume('fits', '5Gi'), volume('else', '5Gi', { storageClassName: 'x' })])
  expect(name).toBe('fits')
  expect(rows.map((r) => [r.volume, r.failed])).toEqual([['fits', undefined], ['big', undefined], ['small', 'capacity'], ['else', 'class']])
  expect(rows[2]!.passed).toMatchObject({ capacity: false, class: true })
})
