import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../api/custom/json-schema.ts'
import { estimateCost } from './estimate.ts'
import { schemaSizes } from './schema-sizes.ts'
import { schemaType } from './schema-types.ts'

const MOST = 2 ** 64
/** What one rule may cost. */
const EACH = 10_000_000
const cost = (rule: string, schema: JsonSchema): number => {
  const self = schemaType(schema)!
  return estimateCost(rule, { variables: { self, oldSelf: self } }, schemaSizes(schema)!)
}

const list = (items: JsonSchema) => (most?: number): JsonSchema => ({ type: 'array', items, ...(most === undefined ? {} : { maxItems: most }) })
const map = (items: JsonSchema) => (most?: number): JsonSchema => ({ type: 'object', additionalProperties: items, ...(most === undefined ? {} : { maxProperties: most }) })
const text = (more: JsonSchema = {}) => (most?: number): JsonSchema => ({ type: 'string', ...more, ...(most === undefined ? {} : { maxLength: most }) })
const of = (type: string, format?: string): JsonSchema => ({ type, ...(format ? { format } : {}) })
const PAIR: JsonSchema = { type: 'object', required: ['required'], properties: { required: of('string'), optional: of('string') } }
const EITHER: JsonSchema = { 'x-kubernetes-int-or-string': true }
const texts = (most?: number): JsonSchema => list(text()(most))(most)

/** A rule for a schema, what it costs without limits, and with the limit. The figures are those that Kubernetes' own tests ask for. */
const FIGURES: readonly (readonly [rule: string, schema: (most?: number) => JsonSchema, open: number, most: number, limited: number])[] = [
  ['self.all(x, true)', list(of('number')), 4_718_591, 10, 32],
  ['self.all(x, true)', list(of('string')), 3_145_727, 20, 62],
  ['self.all(x, true)', list(of('boolean')), 1_887_437, 5, 17],
  ['self.all(x, true)', list(PAIR), 555_128, 50, 152],
  ['self.all(x, true)', map(of('number')), 1_348_169, 10, 32],
  ['self.all(x, true)', map(of('string')), 1_179_647, 3, 11],
  ["self.contains('test')", text(), 314_574, 10, 5],
  ["self.startsWith('test')", text(), 2, 15, 2],
  ['size(self + "hello") > size("hello")', text(), 314_578, 4, 7],
  ['self[1] == 0.0', list(of('number')), 2, 5000, 2],
  ['self[1] == self[1]', list(of('string')), 314_577, 8, 314_577],
  ['self.all(x, self.all(y, true))', list(of('number')), EACH, 10, 352],
  ['self.all(x, self.all(y, self.all(z, true)))', list(of('number')), EACH, 10, 3552],
  ['self.matches("x")', text(), 314_574, 50, 22],
  ['"".matches("(((((((((())))))))))[0-9]")', text(), 7, 10, 7],
  ['self.matches("")', text(), 1, 100, 1],
  ['self.all(x, x.contains(self[x]))', (most) => map(text()(most))(most), 2_752_507, 10, 72],
  ['self == "x"', text(), 2, 0, 1],
  ['self == b"x"', text({ format: 'byte' }), 2, 0, 1],
  ['self.all(x, x == 0.0)', list(of('number')), 6_291_454, 3 * 1024 * 2048, 25_165_826],
  ['self.all(x, x["y"].required == "z")', (most) => list(map(PAIR)(most))(most), 7_340_027, 10, 72],
  ['self.all(x, true)', list(EITHER), 4_718_591, 10, 32],
  ['self[0] == 5', list(EITHER), 3, 10, 3],
  ['self[0] == null', list(PAIR), 2, 422, 2],
  ['self.all(x, x.y == 25.2)', list(map(of('number'))()), 6_291_452, 12, 74],
  ['self.all(x, true)', list(of('string', 'duration')), 2_359_295, 5, 17],
  ['self[0].getHours() == 2', list(of('string', 'duration')), 4, 525, 4],
  ['self.all(x, true)', list(of('string', 'date')), 725_936, 15, 47],
  ['self.all(x, true)', list(of('string', 'date-time')), 428_963, 25, 77],
  ['self.all(x, true)', map(of('string', 'date-time')), 349_526, 25, 77],
  ["self.find('[0-9]+') == ''", text(), 629_147, 10, 11],
  ["self.join(' ') == 'aa bb'", texts, 329_853_068_905, 10, 43],
  ['self.isSorted() == true', texts, 329_854_432_052, 10, 52],
  ["self.str.replace(self.before, self.after) == 'does not matter'", (most) => ({ type: 'object', properties: { str: text()(most), before: text()(2), after: text()(4) } }), 629_154, 4, 12],
  ['self.str.split(self.separator) == []', (most) => ({ type: 'object', properties: { str: text()(most), separator: text()(most) } }), 629_160, 10, 22],
  ["self.lowerAscii() == 'lower!'", text(), 314_575, 10, 6],
  ['oldSelf.size() == self.size()', map(of('integer')), 5, 10, 5],
  ['self["a"] == self["b"]', map(of('string', 'date-time')), 8, 7, 8],
  ["self.contains('A')", text({ enum: ['A', 'B', 'C', 'LongValue'] }), 2, 1000, 401],
  ['isQuantity(self)', (most) => ({ ...EITHER, ...(most === undefined ? {} : { maxLength: most }) }), 314_574, 20, 9],
]

describe('the cost of a rule', () => {
  it.each(FIGURES)('%s', (rule, schema, open, most, limited) => {
    if (open === EACH) expect(cost(rule, schema())).toBeGreaterThan(EACH)
    else expect(cost(rule, schema())).toBe(open)
    expect(cost(rule, schema(most))).toBe(limited)
  })

  it('is bounded for whatever is written', () => {
    let rule = 'x0 == x0'
    for (let i = 0; i < 12; i++) rule = `self.all(x${i}, ${rule.replace('x0 == x0', `x${i} == x${i}`)})`
    expect(cost(rule, list(of('string'))())).toBeLessThanOrEqual(MOST)
  })
})
