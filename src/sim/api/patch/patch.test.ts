import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deepEqual, deepFreeze } from '../deep.ts'
import type { JsonObject, JsonValue } from '../meta.ts'
import { schemaOf } from '../schema/schema.ts'
import { jsonPatch, JsonPatchError } from './json-patch.ts'
import { createMergePatch, mergePatch } from './merge-patch.ts'
import { strategicMerge, StrategicPatchError } from './strategic-merge.ts'
import { threeWayMerge, threeWayStrategic } from './three-way.ts'

const deployment = schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!
const withContainers = (...containers: JsonValue[]): JsonObject => ({ spec: { template: { spec: { containers } } } })
const containersOf = (doc: JsonValue): JsonValue => ((doc as never as { spec: { template: { spec: { containers: JsonValue } } } }).spec.template.spec.containers)

describe('JSON patch', () => {
  it('adds, replaces, removes, moves and copies without touching the original', () => {
    const doc = deepFreeze({ a: [1, 2], b: { c: 'x' } })
    expect(jsonPatch(doc, [{ op: 'add', path: '/a/1', value: 9 }, { op: 'remove', path: '/b/c' }, { op: 'add', path: '/a/-', value: 3 }])).toEqual({ a: [1, 9, 2, 3], b: {} })
    expect(jsonPatch(doc, [{ op: 'move', from: '/b/c', path: '/d' }, { op: 'copy', from: '/a/0', path: '/e' }])).toEqual({ a: [1, 2], b: {}, d: 'x', e: 1 })
  })

  it('replaces a missing member as the real server does, and refuses missing parents and failed tests', () => {
    expect(jsonPatch({}, [{ op: 'replace', path: '/x', value: 1 }])).toEqual({ x: 1 })
    expect(() => jsonPatch({}, [{ op: 'add', path: '/x/y', value: 1 }])).toThrow(JsonPatchError)
    expect(() => jsonPatch({ x: 1 }, [{ op: 'test', path: '/x', value: 2 }])).toThrow(/^testing/)
  })
})

describe('merge patch', () => {
  const json = fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, fc.constantFrom<JsonValue>(1, 'x', true), fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'))),
  })).value

  it('makes one document of another', () => {
    fc.assert(fc.property(fc.dictionary(fc.constantFrom('a', 'b'), json), fc.dictionary(fc.constantFrom('a', 'b'), json), (from, to) => {
      const patch = createMergePatch(from, to)
      expect(deepEqual(patch === undefined ? from : mergePatch(from, patch), to)).toBe(true)
    }))
  })

  it('shares what it does not change', () => {
    const doc = { a: { b: 1 }, c: { d: 2 } }
    expect(mergePatch(doc, { a: { b: 1 } })).toBe(doc)
    expect((mergePatch(doc, { a: { b: 2 } }) as typeof doc).c).toBe(doc.c)
  })
})

describe('strategic merge patch', () => {
  const doc = deepFreeze(withContainers({ name: 'a', image: 'x:1', ports: [{ containerPort: 80 }] }, { name: 'b', image: 'y' }))

  it('merges lists by their key', () => {
    expect(containersOf(strategicMerge(doc, withContainers({ name: 'a', image: 'x:2' }), deployment))).toEqual([
      { name: 'a', image: 'x:2', ports: [{ containerPort: 80 }] }, { name: 'b', image: 'y' },
    ])
  })

  it('obeys $patch: delete, $patch: replace and $setElementOrder', () => {
    expect(containersOf(strategicMerge(doc, withContainers({ name: 'a', $patch: 'delete' }), deployment))).toEqual([{ name: 'b', image: 'y' }])
    expect(containersOf(strategicMerge(doc, withContainers({ name: 'z', image: 'z' }, { $patch: 'replace' }), deployment))).toEqual([{ name: 'z', image: 'z' }])
    const order = { spec: { template: { spec: { '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }] } } } }
    expect(containersOf(strategicMerge(doc, order, deployment))).toMatchObject([{ name: 'b' }, { name: 'a' }])
  })

  it('keeps only $retainKeys', () => {
    const patch = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } }
    expect(strategicMerge({ spec: { strategy: { type: 'RollingUpdate', rollingUpdate: {} } } }, patch, deployment)).toEqual({ spec: { strategy: { type: 'Recreate' } } })
  })

  it('says what is wrong in the words of the server', () => {
    expect(() => strategicMerge(doc, withContainers({ image: 'x' }), deployment)).toThrow('map: map[image:x] does not contain declared merge key: name')
    expect(() => strategicMerge({ metadata: {} }, { metadata: { labels: {} } }, deployment)).not.toThrow(StrategicPatchError)
  })
})

describe('the three-way patch of kubectl apply', () => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 4 })
  const spec = fc.record({ replicas: fc.integer({ min: 0, max: 3 }), names, image: fc.constantFrom('x', 'y') }).map(
    (s): JsonObject => ({ spec: { replicas: s.replicas, template: { spec: { containers: s.names.map((name) => ({ name, image: s.image })) } } } }),
  )

  it('leads to what was written, keeps what others added, and changes nothing the second time', () => {
    fc.assert(fc.property(spec, spec, (original, modified) => {
      const server = strategicMerge(original, withContainers({ name: 'injected', image: 'i' }), deployment) as JsonObject
      const after = strategicMerge(server, threeWayStrategic(original, modified, server, deployment), deployment) as JsonObject
      const list = containersOf(after) as readonly { readonly name: string; readonly image: string }[]
      expect(list.filter((c) => c.name !== 'injected')).toEqual(containersOf(modified))
      expect(list.some((c) => c.name === 'injected')).toBe(true)
      expect(strategicMerge(after, threeWayStrategic(modified, modified, after, deployment), deployment)).toEqual(after)
    }))
  })

  it('removes what is no longer written, for kinds without merge keys too', () => {
    expect(threeWayMerge({ a: 1, b: { c: 1 } }, { b: {} }, { a: 1, b: { c: 1, d: 2 } })).toEqual({ a: null, b: { c: null } })
  })
})
