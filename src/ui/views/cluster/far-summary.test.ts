import { expect, test } from 'vitest'
import type { ApiObject } from '../../../workers/protocol.ts'
import { emptyIndexes, indexChange } from '../../store/indexes.ts'
import { farMachine } from './far-summary.ts'

function world(objects: Readonly<Record<string, object>>) {
  const records = new Map<string, ApiObject>()
  const indexes = emptyIndexes()
  const touched = new Set<string>()
  for (const [key, object] of Object.entries(objects)) {
    records.set(key, object as ApiObject)
    indexChange(indexes, key, undefined, object as ApiObject, touched)
  }
  indexes.publish(touched)
  return { records, indexes }
}
const node = { kind: 'Node', metadata: { name: 'node-1' }, status: { conditions: [{ type: 'Ready', status: 'True' }] } }
const pod = (name: string, status: object): object => ({ kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { nodeName: 'node-1' }, status })

test('a machine from afar tells how many pods are in which state, the failing first', () => {
  const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] }
  const mirror = world({ 'nodes/node-1': node, 'pods/default/a': pod('a', ready), 'pods/default/b': pod('b', ready), 'pods/default/c': pod('c', { phase: 'Failed' }) })
  expect(farMachine(mirror, 'node-1')).toEqual({ status: 'ok', pods: 3, parts: [['bad', 1], ['ok', 2]] })
})

test('a machine that is gone is not drawn', () => {
  expect(farMachine(world({}), 'node-1')).toBeUndefined()
})
