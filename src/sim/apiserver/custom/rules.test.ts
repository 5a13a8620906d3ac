import { describe, expect, test } from 'vitest'
import type { JsonSchema } from '../../api/custom/json-schema.ts'
import type { JsonValue } from '../../api/meta.ts'
import { checkRules } from './rules.ts'

const PROPERTIES = {
  at: { type: 'string', format: 'date-time' }, day: { type: 'string', format: 'date' }, wait: { type: 'string', format: 'duration' }, blob: { type: 'string', format: 'byte' },
  price: { type: 'number' }, count: { type: 'integer' }, 'max-size': { type: 'integer' }, namespace: { type: 'string' }, either: { 'x-kubernetes-int-or-string': true },
  tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
  ports: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['port'], items: { type: 'object', properties: { port: { type: 'integer' }, name: { type: 'string' } } } },
  prices: { type: 'array', items: { type: 'number' } }, limits: { type: 'object', additionalProperties: { type: 'integer' } },
}

/** What a rule says of a value; [] where it holds. */
function said(rule: string, value: Record<string, JsonValue>, old?: Record<string, JsonValue>): readonly string[] {
  const schema = { type: 'object', properties: PROPERTIES, 'x-kubernetes-validations': [{ rule }] } as unknown as JsonSchema
  return checkRules(value, old, schema, 'spec', false).errors.map((error) => error.body)
}

describe('rules see values as their schema says', () => {
  test.each([
    ["self.at > timestamp('2026-01-01T00:00:00Z') && self.day.getFullYear() == 2026", { at: '2026-05-01T00:00:00Z', day: '2026-02-03' }],
    ["self.wait < duration('1h')", { wait: '90s' }],
    ["self.blob == b'hi' && size(self.blob) == 2", { blob: 'aGk=' }],
    ['self.price * 2.0 == 6.0 && self.prices[0] / 2.0 == 0.5 && self.prices.sum() == 3.0 && type(self.price) == double', { price: 3, prices: [1, 2] }],
    ['self.count / 2 == 1 && type(self.count) == int', { count: 3 }],
    ["self.max__dash__size > 1 && self.__namespace__ == 'n'", { 'max-size': 2, namespace: 'n' }],
    ["type(self.either) == string && self.either.endsWith('%')", { either: '5%' }],
    ["self.limits.all(k, k.startsWith('a-') && self.limits[k] > 0)", { limits: { 'a-b': 1 } }],
    ["self.tags == ['b', 'a'] && (self.tags + ['a', 'c']).size() == 3", { tags: ['a', 'b'] }],
    ['self.ports + [] == self.ports && self.ports.exists(p, p.port == 80)', { ports: [{ port: 80, name: 'x' }] }],
    ['[1.0, 2.0][0] / 4.0 == 0.25 && [1.0].map(x, x / 2.0)[0] == 0.5', {}],
  ] as const)('%s', (rule, value) => expect(said(rule, value as never)).toEqual([]))

  test('and their order only where it says something', () => {
    const [first, second] = [{ port: 1, name: 'a' }, { port: 2, name: 'b' }]
    expect(said('self.ports == oldSelf.ports && self.tags == oldSelf.tags', { ports: [first, second], tags: ['a', 'b'] }, { ports: [second, first], tags: ['b', 'a'] })).toEqual([])
    expect(said('self.prices == oldSelf.prices', { prices: [1, 2] }, { prices: [2, 1] })).toHaveLength(1)
  })

  test('a text that is no time is an error of the rule, not of the server', () => {
    expect(said("self.at > timestamp('2026-01-01T00:00:00Z')", { at: 'soon' })[0]).toMatch(/^Invalid value: "object": .* evaluating rule: self.at > timestamp\('2026-01-01T00:00:00Z'\)$/)
  })
})

describe('what rules may cost', () => {
  const many = { prices: Array.from({ length: 2000 }, (_, i) => i) }
  const check = (rules: readonly object[], value: JsonValue, old?: JsonValue, properties: object = PROPERTIES) => checkRules(value, old, { type: 'object', properties, 'x-kubernetes-validations': rules } as unknown as JsonSchema, 'spec', false)

  test('one that costs too much is cancelled, and no other is looked at', () => {
    const rule = 'self.prices.all(x, self.prices.all(y, x == y || x != y))'
    const { errors } = check([{ rule }, { rule: 'false' }], many)
    expect(errors).toEqual([{ type: 'FieldValueInvalid', field: 'spec', body: `Invalid value: "object": 'operation cancelled: actual cost limit exceeded': no further validation rules will be run due to call cost exceeds limit for rule: ${rule}` }])
  })

  test('all together have a budget', () => {
    // Looking for 90 characters in 100,000 costs 90,000 and takes no time.
    const rule = Array.from({ length: 10 }, () => `!self.wait.contains('${'b'.repeat(90)}')`).join(' && ')
    const { errors } = check([...Array.from({ length: 12 }, () => ({ rule })), { rule: 'false' }], { wait: 'a'.repeat(100_000) }, undefined, { wait: { type: 'string' } })
    expect(errors.map((e) => e.body)).toEqual(['Invalid value: "object": validation failed due to running out of cost budget, no further validation rules will be run'])
  })

  test('a message may not be long, nor have lines', () => {
    const message = (expression: string) => check([{ rule: 'false', messageExpression: expression, message: 'plain' }], {}).errors[0]!.body
    expect(message('"a" + "b"')).toBe('Invalid value: ab')
    expect(message('"a\\nb"')).toBe('Invalid value: plain')
  })
})

describe('what was wrong before', () => {
  const schema = {
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        properties: {
          size: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 5', message: 'too small' }] }, name: { type: 'string' },
          parts: { type: 'array', items: { type: 'object', properties: { n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 5' }] } } } },
          keyed: { type: 'array', 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['k'], items: { type: 'object', properties: { k: { type: 'string' }, n: { type: 'integer', 'x-kubernetes-validations': [{ rule: 'self > 5' }] } } } },
        },
      },
    },
  } as unknown as JsonSchema
  const update = (old: JsonValue, next: JsonValue) => {
    const { errors, warnings } = checkRules({ spec: next }, { spec: old }, schema, '')
    return { errors: errors.map((e) => e.field), warnings: warnings.map((e) => e.field) }
  }

  test('may stay, with a warning', () => {
    expect(update({ size: 1, name: 'a' }, { size: 1, name: 'b' })).toEqual({ errors: [], warnings: ['spec.size'] })
    expect(update({ size: 1 }, { size: 2 })).toEqual({ errors: ['spec.size'], warnings: [] })
    expect(update({}, { size: 2 })).toEqual({ errors: ['spec.size'], warnings: [] })
  })

  test('is told by its key in lists of maps, and with the whole list in others', () => {
    expect(update({ keyed: [{ k: 'a', n: 1 }] }, { keyed: [{ k: 'b', n: 9 }, { k: 'a', n: 1 }] })).toEqual({ errors: [], warnings: ['spec.keyed[1].n'] })
    expect(update({ parts: [{ n: 1 }], name: 'a' }, { parts: [{ n: 1 }], name: 'b' })).toEqual({ errors: [], warnings: ['spec.parts[0].n'] })
    expect(update({ parts: [{ n: 1 }] }, { parts: [{ n: 1 }, { n: 9 }] })).toEqual({ errors: ['spec.parts[0].n'], warnings: [] })
  })
})
