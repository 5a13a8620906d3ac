import { existsSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { KubeObject } from './api/meta.ts'
import { rbacObjects } from './bootstrap-rbac.ts'
import { recordings } from './testing/recordings.ts'

const file = `${recordings() ?? ''}/requests/bootstrap.jsonl`
const nameOf = ({ kind, metadata }: KubeObject): string => `${kind}/${metadata.namespace ? `${metadata.namespace}/` : ''}${metadata.name}`

interface Line {
  readonly response: { readonly body: KubeObject }
}

test.skipIf(!existsSync(file))('roles and bindings are those of a recorded cluster', () => {
  const recorded = new Map<string, KubeObject>()
  for (const line of readFileSync(file, 'utf8').split('\n').filter(Boolean)) {
    const { body } = (JSON.parse(line) as Line).response
    if (!body.apiVersion?.startsWith('rbac.')) continue
    const { uid: _uid, resourceVersion: _rv, creationTimestamp: _time, ...metadata } = body.metadata
    recorded.set(nameOf(body), { ...body, metadata })
  }
  const ours = new Map(rbacObjects().map((object) => [nameOf(object), object]))
  expect([...ours.keys()].sort()).toEqual([...recorded.keys()].sort())
  for (const [name, object] of ours) expect(object, name).toEqual(recorded.get(name))
})
