import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { JsonSchema } from '../api/custom/json-schema.ts'
import { estimateCost } from './estimate.ts'
import { compile, isFailure } from './program.ts'
import { schemaSizes } from './schema-sizes.ts'
import { schemaType } from './schema-types.ts'
import { schemaValue } from './schema-values.ts'

const SCHEMA: JsonSchema = {
  type: 'object',
  properties: {
    a: { type: 'integer' }, b: { type: 'string' }, c: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' }, d: { type: 'object', additionalProperties: { type: 'number' } },
    e: { 'x-kubernetes-int-or-string': true }, f: { type: 'array', items: { type: 'object', properties: { g: { type: 'boolean' } } } },
  },
}
const VALUE = { a: 1, b: 'text', c: ['x', 'y'], d: { k: 1.5 }, e: '5%', f: [{ g: true }] }
const ATOMS = ['self', 'self.a', 'self.b', 'self.c', 'self.d', 'self.e', 'self.f', 'x', '1', '-1', '1.5', '2u', '"s"', "b'b'", '[]', '{}', '[1, 2]', '{"k": 1}', 'true', 'null', 'type', '__proto__', 'constructor', '9223372036854775807', '"(a+)+$"', '{1: 2}', 'optional.none()']
const WRAPS = ['(@)', '!@', '-@', '@ + #', '@ == #', '@ < #', '@ && #', '@ || #', '@ ? # : #', '@ in #', '@[#]', '@.a', '@.?a', 'has(@.b)', '@.all(x, #)', '@.exists(x, #)', '@.exists_one(x, #)', '@.map(x, #)', '@.filter(x, #)', '@.transformMap(k, x, #)', '@.all(k, x, #)', 'cel.bind(x, @, #)', '@.size()', 'size(@)', '@.matches(#)', '@.contains(#)', '@.split(#)', '@.join(#)', '@.replace(#, #)', '@.format([#])', 'string(@)', 'int(@)', 'dyn(@)', 'type(@)', '@.sortBy(x, #)', '@.optMap(x, #)', '[@, #]', '{@: #}', '@.indexOf(#)', '@.sum()', 'quantity(@)', 'duration(@)', 'ip(@)', '@ / #', '@ % #', '@.orValue(#)', '@.toString()', 'lists.range(@)', '"%s" + @']
const expression = fc.letrec<{ any: string }>((tie) => ({
  any: fc.oneof({ maxDepth: 4, depthSize: 'small' }, fc.constantFrom(...ATOMS), fc.tuple(fc.constantFrom(...WRAPS), tie('any'), tie('any')).map(([wrap, a, b]) => wrap.replace('@', () => a).replaceAll('#', () => b))),
})).any

it('whatever is written compiles or is refused, is estimated and evaluated for no more than that, and ends', () => {
  const variables = { self: schemaType(SCHEMA)! }
  const sizes = schemaSizes(SCHEMA)!
  const self = schemaValue(VALUE, SCHEMA, false)
  let fit = 0
  fc.assert(fc.property(fc.oneof(expression, fc.string({ unit: 'grapheme', maxLength: 12 })), (source) => {
    const made = compile(source, { variables })
    if (isFailure(made)) return made.error.length > 0
    fit++
    const estimate = estimateCost(source, { variables }, sizes)
    const result = made.run({ self })
    return estimate >= 0 && estimate <= 2 ** 64 && result.cost >= 0 && result.cost <= estimate && ('value' in result || result.error.length > 0)
  }), { numRuns: 3000, seed: 31 })
  expect(fit).toBeGreaterThan(100)
}, 60_000)
