import { expect, test } from 'vitest'
import type { JsonValue } from '../../api/meta.ts'
import { isStatus } from '../../api/status.ts'
import { AskedServer } from '../../testing/asked-server.ts'

const ODD: readonly JsonValue[] = [
  { apiVersion: 5, kind: 'Pod' }, { apiVersion: {}, kind: 'Pod' }, { apiVersion: 'v1', kind: { a: 'b' } }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: { a: 'b' } } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', namespace: {} } }, { apiVersion: 'v1', kind: 'Pod', metadata: [null] }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [null] } },
  { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [[]] } }, { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p', finalizers: [null, 'a/b'] } },
]

test.each(ODD)('a configuration of an odd shape is refused in words: %j', (body) => {
  const answer = new AskedServer().ask({ verb: 'patch', group: '', version: 'v1', resource: 'pods', namespace: 't', name: 'p', patchType: 'apply', body, options: { fieldManager: 'f' } })
  expect(isStatus(answer)).toBe(true)
  expect(JSON.stringify(answer)).not.toMatch(/object Object|undefined/)
})
