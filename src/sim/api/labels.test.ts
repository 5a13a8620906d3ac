import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compileSelector, formatLabelSelector, matches, selectorText, validateLabelSelector } from './labels.ts'
import { parseSelector } from './selector-syntax.ts'

const chosen = (text: string, labels: Record<string, string>): boolean => {
  const s = parseSelector(text)
  if (typeof s === 'string') throw new Error(s)
  return matches(s, labels)
}

describe('label selectors', () => {
  it.each([
    ['app=a', { app: 'a' }, true], ['app==a', { app: 'b' }, false], ['app!=a', {}, true], ['app in (a,b)', { app: 'b' }, true],
    ['app notin (a)', { app: 'a' }, false], ['app', { app: '' }, true], ['!app', { app: 'x' }, false], ['n>5', { n: '6' }, true], ['n<5', { n: '6' }, false],
    ['app=a,tier in (x,y),!gone', { app: 'a', tier: 'y' }, true], ['app in ()', { app: '' }, true], ['', {}, true], ['app=', { app: '' }, true],
  ])('%s of %j is %s', (text, labels, wanted) => {
    expect(chosen(text, labels as Record<string, string>)).toBe(wanted)
  })

  it.each([
    ['=a', "found '=', expected: !, identifier, or 'end of string'"],
    ['app=a b', "found 'b', expected: ',' or 'end of string'"],
    ['app=a,', "found '', expected: identifier after ','"],
  ])('%s is refused in the words of the server', (text, complaint) => {
    expect(parseSelector(text)).toBe(complaint)
  })

  it('says which label value is too long', () => {
    expect(parseSelector(`app=${'v'.repeat(64)}`)).toContain('unable to parse requirement: values[0][app]: Invalid value:')
  })

  it('reads back what it writes', () => {
    const word = fc.stringMatching(/^[a-z]{1,8}$/).filter((w) => w !== 'in' && w !== 'notin')
    const requirement = fc.oneof(
      fc.tuple(word, word).map(([k, v]) => `${k}=${v}`),
      fc.tuple(word, word).map(([k, v]) => `${k}!=${v}`),
      fc.tuple(word, fc.uniqueArray(word, { minLength: 1, maxLength: 3 })).map(([k, v]) => `${k} in (${[...v].sort().join(',')})`),
      word.map((k) => `!${k}`),
    )
    fc.assert(fc.property(fc.uniqueArray(requirement, { maxLength: 4 }), fc.dictionary(word, word), (parts, labels) => {
      const first = parseSelector(parts.join(','))
      if (typeof first === 'string') throw new Error(first)
      const again = parseSelector(selectorText(first))
      if (typeof again === 'string') throw new Error(again)
      expect(again).toEqual(first)
      expect(matches(again, labels)).toBe(matches(first, labels))
    }))
  })

  it('compiles objects: none selects nothing, an empty one everything', () => {
    expect(matches(compileSelector(undefined), {})).toBe(false)
    expect(matches(compileSelector({}), { a: 'b' })).toBe(true)
    expect(formatLabelSelector({ matchLabels: { b: '1' }, matchExpressions: [{ key: 'a', operator: 'In', values: ['y', 'x'] }] })).toBe('a in (x,y),b=1')
  })

  it('validates operators and values with their paths', () => {
    const errors = validateLabelSelector({ matchExpressions: [{ key: 'a', operator: 'In' }, { key: 'b', operator: 'Is' }] }, 'spec.selector')
    expect(errors.map((e) => `${e.field}: ${e.body}`)).toEqual([
      "spec.selector.matchExpressions[0].values: Required value: must be specified when `operator` is 'In' or 'NotIn'",
      'spec.selector.matchExpressions[1].operator: Invalid value: "Is": not a valid selector operator',
    ])
  })
})
