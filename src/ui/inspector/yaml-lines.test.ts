import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { changedPaths, yamlLines } from './yaml-lines.ts'

const text = (value: unknown): string =>
  yamlLines(value)
    .map(({ indent, dash, key, value: shown }) => `${'  '.repeat(dash ? indent - (key === null ? 0 : 1) : indent)}${dash ? '- ' : ''}${key === null ? '' : `${JSON.stringify(key)}:`}${shown === null ? '' : ` ${shown}`}`)
    .join('\n')

describe('the YAML of the inspector', () => {
  it('is YAML that says what the object says', () => {
    const scalars = fc.oneof(fc.string({ unit: 'binary-ascii' }), fc.integer(), fc.boolean(), fc.constant(null))
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, scalars, fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9./-]{0,8}$/), tie('value'), { maxKeys: 4 }), fc.array(fc.oneof(scalars, fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), tie('value'), { minKeys: 1, maxKeys: 3 })), { maxLength: 3 })),
    }))
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), value, { minKeys: 1, maxKeys: 4 }), (object) => {
        expect(parse(text(object))).toEqual(JSON.parse(JSON.stringify(object)))
      }),
      { numRuns: 200 },
    )
  })

  it('gives each line the path of its field', () => {
    const lines = yamlLines({ spec: { containers: [{ name: 'a', image: 'b' }] }, metadata: { labels: { 'a.b/c': 'd' } } })
    expect(lines.map(({ path }) => path)).toEqual(['spec', 'spec.containers', 'spec.containers[0].name', 'spec.containers[0].image', 'metadata', 'metadata.labels', "metadata.labels['a.b/c']"])
  })

  it('marks what differs from the version before, and nothing else', () => {
    expect([...changedPaths({ a: 1, b: { c: [1, 2] } }, { a: 1, b: { c: [1, 3], d: 4 } })]).toEqual(['b.c[1]', 'b.d'])
    expect(changedPaths({ a: 1 }, { a: 1 }).size).toBe(0)
  })
})
