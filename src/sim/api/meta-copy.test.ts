import { describe, expect, it } from 'vitest'
import type { ObjectMeta } from './meta.ts'
import { createdMeta, draftMeta, updatedMeta } from './meta-copy.ts'

const FULL: Required<ObjectMeta> = {
  name: 'a', generateName: 'a-', namespace: 'n', uid: 'u', resourceVersion: '7', generation: 3, creationTimestamp: 't', deletionTimestamp: 'd', deletionGracePeriodSeconds: 30,
  labels: { l: '1' }, annotations: { a: '2' }, ownerReferences: [], finalizers: ['f'], managedFields: [], selfLink: '/',
}

describe('copies of metadata', () => {
  it('have every member that the original has, and none that it has not', () => {
    expect(draftMeta(FULL)).toEqual(FULL)
    expect(Object.keys(draftMeta({ name: 'a' }))).toEqual(['name'])
    expect(draftMeta(FULL, '8')).toEqual({ ...FULL, resourceVersion: '8' })
  })

  it('of new objects leave out what only the server writes', () => {
    const { resourceVersion: _rv, deletionTimestamp: _dt, deletionGracePeriodSeconds: _dg, managedFields: _mf, selfLink: _sl, ...said } = FULL
    expect(createdMeta(FULL, 'b', 'm', 'v', 'now')).toEqual({ ...said, name: 'b', namespace: 'm', uid: 'v', creationTimestamp: 'now' })
  })

  it('of updates keep what only the server writes, and take over the stored version', () => {
    const sent: ObjectMeta = { name: 'a', labels: { l: '9' }, deletionTimestamp: 'never', generation: 99, creationTimestamp: 'other', managedFields: [] }
    const { namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds } = FULL
    expect(updatedMeta(sent, FULL)).toEqual({ name: 'a', labels: { l: '9' }, namespace, uid, resourceVersion, generation, creationTimestamp, deletionTimestamp, deletionGracePeriodSeconds })
  })
})
