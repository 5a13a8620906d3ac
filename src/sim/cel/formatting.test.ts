import { describe, expect, test } from 'vitest'
import { compile, isFailure } from './program.ts'
import { DYN } from './types.ts'

function run(source: string, activation: Record<string, unknown> = {}): unknown {
  const program = compile(source, { variables: { a: DYN } })
  if (isFailure(program)) return program.error.split('\n')[0]!.replace('compilation failed: ERROR: <input>:', '')
  const result = program.run(activation)
  return 'error' in result ? `error: ${result.error}` : result.value
}

describe('format', () => {
  test.each([
    [`'%s is %d of %d%%'.format(['x', 1, 100])`, 'x is 1 of 100%'],
    [`'%s'.format([[1, 'a', 2.5, null, true]])`, '[1, "a", 2.500000, null, true]'],
    [`'%s'.format([{'b': 1, 'a': ['x']}])`, '{"a":["x"], "b":1}'],
    [`'%f %.2f %e %.1e'.format([1.5, 2.005, 1234.5, 0.00012])`, '1.500000 2.00 1.234500e+03 1.2e-04'],
    [`'%f'.format([1e22])`, '10000000000000000000000.000000'],
    [`'%b %b %x %X %o'.format([5, true, 255, 'hi', 8])`, '101 1 ff 6869 10'],
    [`'%s %s'.format([duration('90s'), timestamp('2026-01-01T00:00:00Z')])`, '90s 2026-01-01T00:00:00Z'],
    [`'%s'.format([[duration('90s')]])`, '[duration("90s")]'],
    [`'%d'.format(['x'])`, 'error: error during formatting: decimal clause can only be used on integers, was given string'],
    [`'%s %s'.format(['x'])`, 'error: index 1 out of range'],
    [`'%z'.format(['x'])`, 'error: could not parse formatting clause: unrecognized formatting clause "z"'],
    [`'%x'.format(['é'])`, 'c3a9'],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))

  test('bears texts that are no proper Unicode', () => {
    expect(run(`'%x'.format([a])`, { a: '\ud800' })).toEqual(expect.any(String))
    expect(run('size(bytes(a)) > 0', { a: '\ud800' })).toBe(true)
  })
})

describe('named formats', () => {
  test.each([
    [`format.dns1123Label().validate('a-b').hasValue()`, false],
    [`format.dns1123Label().validate('A_b').value().size()`, 1n],
    [`format.dns1123LabelPrefix().validate('a-').hasValue()`, false],
    [`format.named('uuid').value().validate('x').value() == ['does not match the UUID format']`, true],
    [`format.named('nope').hasValue()`, false],
    [`format.uri().validate('nope').value() == ['parse "nope": invalid URI for request']`, true],
    [`format.labelValue().validate('ok').hasValue() || format.date().validate('2026-01-01').hasValue()`, false],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})

describe('literals are looked at when everything else fits', () => {
  test.each([
    [`duration('1x') == duration('1s')`, '1:10: invalid duration argument'],
    [`timestamp('yesterday') == timestamp('2026-01-01T00:00:00Z')`, '1:11: invalid timestamp argument'],
    [`'a'.matches('(')`, '1:13: invalid matches argument'],
    [`'a'.matches('(?=x)')`, '1:13: invalid matches argument'],
    [`'a' in ['a', 1]`, "1:14: expected type 'string' but found 'int'"],
    [`{'a': 1, 'b': 'x'}.size() > 1`, "1:15: expected type 'int' but found 'string'"],
    [`{'a': 1, 2: 1}.size() > 1`, "1:10: expected type 'string' but found 'int'"],
    [`nope in ['a', 1]`, "1:1: undeclared reference to 'nope' (in container '')"],
    [`'%s %d'.format(['a', 1])`, 'a 1'],
    [`['a', 'b'].exists(x, x == 'b') && duration('1m') < duration('2m') && 'a'.matches('^[a-z.-]+$')`, true],
  ])('%s', (source, wanted) => expect(run(source)).toEqual(wanted))
})
