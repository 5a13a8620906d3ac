import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { admissionDeclarations, EXPECTED } from './admission.ts'
import { compile, isFailure } from './program.ts'
import { BOOL, DYN } from './types.ts'

const OPEN = { variables: { object: DYN, a: DYN, n: DYN } }

function run(source: string, activation: Record<string, unknown> = {}): unknown {
  const program = compile(source, OPEN)
  if (isFailure(program)) return program.error
  const result = program.run(activation)
  return 'error' in result ? `error: ${result.error}` : result.value
}
const errorOf = (source: string): string => {
  const made = compile(source, admissionDeclarations({ authorizer: true }), EXPECTED.validation)
  return isFailure(made) ? made.error : ''
}

describe('CEL values', () => {
  it('computes with ints, doubles and strings as cel-go does', () => {
    expect(run('1 + 2 * 3')).toBe(7n)
    expect(run('7 / 2')).toBe(3n)
    expect(run('-7 % 3')).toBe(-1n)
    expect(run('1.5 + 2.0')).toBe(3.5)
    expect(run("'a' + 'b'")).toBe('ab')
    expect(run('9223372036854775807 + 1')).toBe('error: integer overflow')
    expect(run('-9223372036854775808')).toBe(-9223372036854775808n)
    expect(run('1 / 0')).toBe('error: division by zero')
    expect(run('!!true')).toBe(true)
  })

  it('reads plain data: fields, items, presence', () => {
    const object = { spec: { replicas: 3, tags: ['x', 'y'] }, data: { k: 'v' } }
    expect(run('object.spec.replicas', { object })).toBe(3n)
    expect(run('object.spec.replicas > 2 && object.spec.tags[1] == "y"', { object })).toBe(true)
    expect(run('has(object.spec.missing)', { object })).toBe(false)
    expect(run("'k' in object.data", { object })).toBe(true)
    expect(run("object.data['nope']", { object })).toBe('error: no such key: nope')
    expect(run('object.spec.tags[9]', { object })).toBe('error: index out of bounds: 9')
    expect(run('object.constructor', { object: {} })).toBe('error: no such key: constructor')
    expect(run('has(object.__proto__)', { object: {} })).toBe(false)
  })

  it('lets one side of a logical operator decide when the other fails', () => {
    expect(run("true || object.x == 1", { object: {} })).toBe(true)
    expect(run("object.x == 1 || true", { object: {} })).toBe(true)
    expect(run("object.x == 1 && false", { object: {} })).toBe(false)
    expect(run("object.x == 1 && true", { object: {} })).toBe('error: no such key: x')
  })

  it('folds lists and maps', () => {
    expect(run('[1, 2, 3].all(x, x > 0)')).toBe(true)
    expect(run('[1, 2, 3].exists(x, x > 2)')).toBe(true)
    expect(run('[1, 2, 3].exists_one(x, x > 1)')).toBe(false)
    expect(run('[1, 2, 3].filter(x, x > 1).map(x, x * 2) == [4, 6]')).toBe(true)
    expect(run("{'a': 1, 'b': 2}.all(k, k.size() == 1)")).toBe(true)
    expect(run("object.map(k, k)", { object: { b: 1, a: 2 } })).toEqual(['a', 'b'])
    expect(run('[3, 1].transformList(i, v, i + v) == [3, 2]')).toBe(true)
    expect(run('cel.bind(x, 2, x * x)')).toBe(4n)
  })

  it('sorts by a key and makes maps of entries', () => {
    expect(run("object.sortBy(x, x.n).map(x, x.s) == ['a', 'b']", { object: [{ n: 2, s: 'b' }, { n: 1, s: 'a' }] })).toBe(true)
    expect(run('[3.0, 1.0, 2.0].sortBy(x, -x)[0] / 2.0')).toBe(1.5)
    expect(run("{'a': 'x', 'b': 'y'}.transformMapEntry(k, v, {v: k}) == {'x': 'a', 'y': 'b'}")).toBe(true)
    expect(run("[1, 2].transformMapEntry(i, v, i == 0, {v: i}) == {1: 0}")).toBe(true)
    expect(run("['a', 'a'].transformMapEntry(i, v, {v: i})")).toBe("error: insert failed: key 'a' already exists")
    expect(run('[1, 2].sortBy(x, [x])')).toContain("found no matching overload for '@sortByAssociatedKeys' applied to 'list(int).(list(list(int)))'")
    expect(run('[1].transformMapEntry(i, v, v)')).toContain('expected type')
  })

  it('has the string, list, time, quantity and optional functions', () => {
    expect(run("'hello'.startsWith('he') && 'hello'.matches('^h.*o$')")).toBe(true)
    expect(run("'a,b'.split(',') == ['a', 'b'] && ['a', 'b'].join('-') == 'a-b'")).toBe(true)
    expect(run("'Ab'.lowerAscii() + 'x'.upperAscii()")).toBe('abX')
    expect(run("[1, 5, 2].max() == 5 && [1, 2].sum() == 3 && [1, 2].isSorted()")).toBe(true)
    expect(run("duration('1h30m') == duration('5400s')")).toBe(true)
    expect(run("timestamp('2026-01-01T00:00:00Z') + duration('24h') == timestamp('2026-01-02T00:00:00Z')")).toBe(true)
    expect(run("timestamp('2026-11-21T10:00:00Z').getDayOfWeek()")).toBe(6n)
    expect(run("quantity('1Gi').isGreaterThan(quantity('1000M'))")).toBe(true)
    expect(run("quantity('500m').add(quantity('0.5')).compareTo(quantity('1'))")).toBe(0n)
    expect(run("object.?x.orValue('none')", { object: {} })).toBe('none')
    expect(run("semver('1.2.3').isLessThan(semver('1.10.0'))")).toBe(true)
    expect(run('string(12) + string(true)')).toBe('12true')
    expect(run('int("x")')).toContain('invalid syntax')
  })

  it('refuses patterns that could take for ever', () => {
    expect(run("'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!'.matches('^(a+)+$')")).toContain('not modelled')
  })

  it('stops an evaluation that takes too many steps', () => {
    const object = Array.from({ length: 2000 }, (_, i) => i)
    expect(run('object.all(x, object.all(y, x + y >= 0))', { object })).toBe('error: operation cancelled: actual cost limit exceeded')
  })
})

describe('CEL errors', () => {
  it('words syntax errors as the real parser does', () => {
    expect(errorOf('Bad_Value!')).toBe("compilation failed: ERROR: <input>:1:10: Syntax error: extraneous input '!' expecting <EOF>\n | Bad_Value!\n | .........^")
    expect(errorOf('a..b')).toBe("compilation failed: ERROR: <input>:1:3: Syntax error: no viable alternative at input '..'\n | a..b\n | ..^")
    expect(errorOf('object.')).toBe("compilation failed: ERROR: <input>:1:8: Syntax error: no viable alternative at input '.'\n | object.\n | .......^")
    expect(errorOf('')).toContain("<input>:1:0: Syntax error: mismatched input '<EOF>' expecting {'['")
    expect(errorOf('a/b/c')).toBe(
      "compilation failed: ERROR: <input>:1:1: undeclared reference to 'a' (in container '')\n | a/b/c\n | ^\nERROR: <input>:1:3: undeclared reference to 'b' (in container '')\n | a/b/c\n | ..^\nERROR: <input>:1:5: undeclared reference to 'c' (in container '')\n | a/b/c\n | ....^",
    )
  })

  it('checks types where it knows them', () => {
    expect(errorOf('object.data.size() + 1')).toBe('must evaluate to bool')
    expect(errorOf('object.spec.replicas')).toBe('must evaluate to bool')
    expect(errorOf('request.nope == 1')).toContain("undefined field 'nope'")
    expect(errorOf("1 + 'a' == 2")).toContain("found no matching overload for '_+_' applied to '(int, string)'")
    expect(errorOf("authorizer.group('apps').resource('deployments').check('create').allowed()")).toBe('')
    expect(errorOf('object.foo()')).toContain("undeclared reference to 'foo'")
  })

  it('never throws and always ends, whatever the source', () => {
    const piece = fc.constantFrom('object', '.', 'a', '(', ')', '[', ']', '{', '}', '"x"', "'", '1', '2.5', '-', '!', '+', '&&', '||', '?', ':', ',', 'in', 'has', 'all', 'true', 'r"', '\\', '\n', '#', '`', 'Object', '0x', 'constructor', 'toString', '__proto__', '9999999999999999999')
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.array(piece, { maxLength: 40 }).map((parts) => parts.join(''))), (source) => {
        const made = compile(source, OPEN, [BOOL])
        if (isFailure(made)) expect(typeof made.error).toBe('string')
        else made.run({ object: { a: [1] }, a: 1, n: null })
      }),
      { numRuns: 2000 },
    )
    expect(isFailure(compile('('.repeat(5000), OPEN))).toBe(true)
    expect(isFailure(compile(`${'!'.repeat(3000)}true`, OPEN))).toBe(false)
    expect(isFailure(compile(`a${'.b'.repeat(3000)}`, OPEN))).toBe(false)
    expect(typeof compile(`a${'.b'.repeat(49_000)}`, OPEN)).toBe('object')
  })
})
