import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../meta.ts'
import { decodedSchema } from './decoded.ts'
import { followPath } from './field-path.ts'
import type { JsonSchema } from './json-schema.ts'
import { prune } from './prune.ts'
import { validateStructural } from './structural.ts'
import { validateValue } from './validate-value.ts'

const texts = (errors: readonly { readonly field: string; readonly body: string }[]): readonly string[] => errors.map((e) => `${e.field}: ${e.body}`)

describe('structural schemas', () => {
  it('need a type everywhere, and logic that adds none', () => {
    const schema: JsonSchema = { type: 'object', properties: { a: {}, b: { type: 'array', items: { type: 'string' } } }, anyOf: [{ type: 'object', properties: { c: {} } }] }
    expect([...texts(validateStructural(schema, 's'))].sort()).toEqual([
      's.anyOf[0].type: Forbidden: must be empty to be structural',
      's.properties[a].type: Required value: must not be empty for specified object fields',
      's.properties[c]: Required value: because it is defined in s.anyOf[0].properties[c]',
    ])
  })

  it('are found along simple paths', () => {
    const schema: JsonSchema = { type: 'object', properties: { a: { type: 'object', properties: { b: { type: 'integer' } } } } }
    expect(followPath('.a.b', schema, true)).toMatchObject({ schema: { type: 'integer' } })
    expect(followPath('.a.x', schema, true)).toHaveProperty('problem')
  })
})

describe('schemas that stand where something else may stand too', () => {
  it('are decoded: what Go would not know is forgotten', () => {
    const schema = { type: 'array', items: { type: 'object', bogus: 1, additionalProperties: { type: 'string', minLength: 'x' } } } as unknown as JsonSchema
    expect(decodedSchema(schema)).toEqual({ type: 'array', items: { type: 'object', additionalProperties: {} } })
    const plain: JsonSchema = { type: 'array', items: { type: 'string' } }
    expect(decodedSchema(plain)).toBe(plain)
  })
})

describe('values', () => {
  const schema: JsonSchema = {
    type: 'object', required: ['size'],
    properties: { size: { type: 'integer', minimum: 1 }, names: { type: 'array', items: { type: 'string', maxLength: 3 } }, free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
  }

  it('are held against their schema', () => {
    expect(validateValue({ size: 1, names: ['abc'] }, schema, '')).toEqual([])
    expect(validateValue({ names: ['abcd'] }, schema, '').length).toBe(2)
  })

  it('lose what the schema does not know, once', () => {
    const unknown: string[] = []
    const pruned = prune({ size: 1, other: 2, free: { x: 1 } }, schema, false, '', unknown)
    expect(pruned).toEqual({ size: 1, free: { x: 1 } })
    expect(unknown).toEqual(['other'])
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const once = prune(value as JsonValue, schema, false)
        expect(prune(once, schema, false)).toEqual(once)
        validateValue(value as JsonValue, schema, '')
      }),
    )
  })
})
