import { describe, expect, test } from 'vitest'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { REVISION, withReplicasAnnotations, withRevisionAnnotations } from './annotations.ts'
import { setName } from './rollout.ts'

const HISTORY = 'deployment.kubernetes.io/revision-history'
const template = { spec: { containers: [] } } as unknown as Deployment['spec']['template']
const d: Deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', annotations: { note: 'hi', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [REVISION]: '9' } },
  spec: { replicas: 4, selector: {}, template, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } } },
}
const rs = (annotations?: Record<string, string>): ReplicaSet => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'web-1', ...(annotations ? { annotations } : {}) }, spec: { selector: {} } })

describe('annotations of a ReplicaSet', () => {
  test('the Deployment passes on its own, but not what kubectl or the controller wrote', () => {
    expect(withRevisionAnnotations(d, rs(), 1).metadata.annotations).toEqual({ note: 'hi', [REVISION]: '1' })
  })

  test('a set that becomes the newest again remembers its former revisions', () => {
    const again = withRevisionAnnotations(d, rs({ note: 'hi', [REVISION]: '3', [HISTORY]: '1' }), 5)
    expect(again.metadata.annotations).toMatchObject({ [REVISION]: '5', [HISTORY]: '1,3' })
  })

  test('a set that has all it needs stays the same object', () => {
    const known = rs({ note: 'hi', [REVISION]: '5' })
    expect(withRevisionAnnotations(d, known, 4)).toBe(known)
  })

  test('the size and the most pods are written down', () => {
    expect(withReplicasAnnotations(rs(), d).metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '4',
      'deployment.kubernetes.io/max-replicas': '5',
    })
  })

  test('a history that gets too long loses its oldest entries', () => {
    const long = Array.from({ length: 600 }, (_, i) => `${i + 100}`).join(',')
    const text = withRevisionAnnotations(d, rs({ [REVISION]: '700', [HISTORY]: long }), 701).metadata.annotations![HISTORY]!
    expect(text.length).toBeLessThanOrEqual(2000)
    expect(text.endsWith(',699,700')).toBe(true)
  })
})

test('a long name is cut so that the hash fits', () => {
  expect(setName('web', '7d4b9c')).toBe('web-7d4b9c')
  expect(setName('w'.repeat(253), '7d4b9c')).toHaveLength(253)
})
