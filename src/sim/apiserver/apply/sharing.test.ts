import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject, JsonValue } from '../../api/meta.ts'
import { schemaOf } from '../../api/schema/schema.ts'
import { compare } from './comparing.ts'
import { equalSets, fromFieldsV1, isEmpty, toFieldsV1 } from './field-set.ts'
import { merge } from './merging.ts'
import { shapeOf } from './shape.ts'
import { fieldSetOf, isTyped, typeErrors } from './typed.ts'

const shape = shapeOf(schemaOf({ group: 'apps', version: 'v1', kind: 'Deployment' })!)

const name = fc.constantFrom('a', 'b', 'c')
const container = fc.record(
  {
    name, image: fc.constantFrom('x:1', 'x:2'), args: fc.array(name, { maxLength: 2 }),
    ports: fc.uniqueArray(fc.record({ containerPort: fc.constantFrom(80, 81), protocol: fc.constantFrom('TCP', 'UDP') }), { selector: (p) => `${p.containerPort} ${p.protocol}`, maxLength: 2 }),
    resources: fc.record({ limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), fc.constantFrom('1', '2')) }, { requiredKeys: [] }),
  },
  { requiredKeys: ['name'] },
)
const deployment = fc.record({
  metadata: fc.record({ labels: fc.dictionary(name, name), finalizers: fc.uniqueArray(name) }, { requiredKeys: [] }),
  spec: fc.record({ replicas: fc.nat(3), template: fc.record({ spec: fc.record({ containers: fc.uniqueArray(container, { selector: (c) => c.name, maxLength: 3 }) }) }) }, { requiredKeys: [] }),
}) as unknown as fc.Arbitrary<JsonObject>

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

describe('what an apply leaves as it was', () => {
  it('is the live object itself where the configuration says nothing new', () => {
    fc.assert(
      fc.property(deployment, (live) => {
        expect(merge(shape, live, copy(live))).toBe(live)
      }),
    )
  })

  it('is shared part by part, and compares as copies do', () => {
    fc.assert(
      fc.property(deployment, deployment, (live, config) => {
        const merged = merge(shape, live, config)
        const [shared, apart] = [compare(shape, live, merged), compare(shape, live, copy(merged))]
        for (const part of ['added', 'modified', 'removed'] as const) expect(equalSets(shared[part], apart[part]), part).toBe(true)
        expect(isEmpty(compare(shape, config, merge(shape, config, copy(config))).modified)).toBe(true)
      }),
    )
  })

  it('keeps its field set, which is the same as one worked out alone', () => {
    fc.assert(
      fc.property(deployment, deployment, (before, after) => {
        const like = fieldSetOf(shape, before)
        expect(fieldSetOf(shape, copy(before), like)).toBe(like)
        expect(toFieldsV1(fieldSetOf(shape, after, like))).toEqual(toFieldsV1(fieldSetOf(shape, copy(after))))
      }),
    )
  })

  it('is written and read back as the same set', () => {
    fc.assert(
      fc.property(deployment, (object) => {
        const set = fieldSetOf(shape, object)
        expect(equalSets(fromFieldsV1(toFieldsV1(set)), set)).toBe(true)
      }),
    )
  })
})

describe('the quick look at types', () => {
  const value = fc.oneof(fc.constantFrom<JsonValue>(null, 1, 'x', true, [], {}, [{}], [null]), deployment)
  it('agrees with the one that finds errors', () => {
    const strange = fc.record({ metadata: value, spec: fc.record({ replicas: value, template: fc.record({ spec: fc.record({ containers: fc.array(fc.oneof(container, value)), bogus: value }, { requiredKeys: [] }) }) }, { requiredKeys: [] }) }, { requiredKeys: [] })
    fc.assert(
      fc.property(strange, (object) => {
        const plain = object as unknown as JsonObject
        expect(isTyped(shape, plain)).toBe(typeErrors(shape, plain).length === 0)
      }),
      { numRuns: 300 },
    )
  })
})
