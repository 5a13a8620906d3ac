import { describe, expect, it } from 'vitest'
import { parseManifest } from './parse.ts'
import { parseFieldPath } from './position.ts'

const values = (text: string) => parseManifest('f.yaml', text).objects.map((o) => o.value)
const first = (text: string) => parseManifest('f.yaml', text).problems[0]

describe('parseManifest', () => {
  it('reads several documents and drops empty ones', () => {
    expect(values('---\n# nothing\n---\na: 1\n--- # two\nb: [x, {c: d}]\n---\n')).toEqual([{ a: 1 }, { b: ['x', { c: 'd' }] }])
  })

  it('reads JSON', () => {
    expect(values('{"kind":"Pod",\n "spec": {"n": 1.5, "t": true, "z": null}}')).toEqual([{ kind: 'Pod', spec: { n: 1.5, t: true, z: null } }])
  })

  it('reads JSON objects that follow each other without a separator', () => {
    expect(values('{"a": "}"} {"b": [1]}\n{"c": 3}\n')).toEqual([{ a: '}' }, { b: [1] }, { c: 3 }])
    expect(first('{"a": {\n}')).toMatchObject({ message: 'error parsing f.yaml: unexpected EOF', line: 2, column: 2 })
  })

  it('reads scalars as YAML 1.1 without dates and base-60 numbers', () => {
    expect(values('a: yes\nb: off\nc: 0755\nd: 2020-01-01\ne: 1:30\nf: n\ng: "yes"')).toEqual([{ a: true, b: false, c: 493, d: '2020-01-01', e: '1:30', f: false, g: 'yes' }])
  })

  it('takes Lists apart and keeps positions', () => {
    const { objects } = parseManifest('f', 'kind: List\nitems:\n- kind: A\n- kind: B\n  spec:\n    x: 1\n')
    expect(objects.map((o) => o.value)).toEqual([{ kind: 'A' }, { kind: 'B', spec: { x: 1 } }])
    expect(objects[1]!.positionOf('spec.x')).toEqual({ line: 6, column: 5, endLine: 6, endColumn: 9 })
  })

  it('says what kubectl says, with the exact place', () => {
    const p = first('apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n data: {}\n')
    expect(p).toMatchObject({ message: 'error parsing f.yaml: error converting YAML to JSON: yaml: line 4: did not find expected key', line: 5, column: 2 })
    expect(p!.expected).toMatch(/indentation/)
  })

  it.each([
    ['a: b: c', "yaml: line 1: mapping values are not allowed in this context"],
    ['a:\n\tb: 1', 'yaml: line 2: found character that cannot start any token'],
    ['a: *x', "yaml: unknown anchor 'x' referenced"],
    ['a: "open', 'yaml: line 1: found unexpected end of stream'],
    ['a: 1\n\u0000', 'yaml: control characters are not allowed'],
    ['a: &a [*a]', "yaml: anchor 'a' value contains itself"],
  ])('refuses %j', (text, message) => {
    expect(first(text)?.message).toBe(`error parsing f.yaml: error converting YAML to JSON: ${message}`)
  })

  it('counts lines across documents for the place', () => {
    expect(first('a: 1\n---\nb: 2\n c: 3\n')).toMatchObject({ line: 4 })
  })

  it('reads the good documents beside a bad one', () => {
    const { objects, problems } = parseManifest('f', 'a: 1\n---\nb: [\n---\nc: 3\n')
    expect(objects.map((o) => o.value)).toEqual([{ a: 1 }, { c: 3 }])
    expect(problems).toHaveLength(1)
  })

  it('warns of a key that stands twice and takes the last', () => {
    const { objects, problems } = parseManifest('f', 'data: {a: "1"}\ndata: {a: "2"}')
    expect(objects[0]!.value).toEqual({ data: { a: '2' } })
    expect(problems).toMatchObject([{ severity: 'warning', line: 2, column: 1 }])
  })

  it('keeps __proto__ an ordinary key', () => {
    const [value] = values('__proto__: {polluted: true}')
    expect(Object.hasOwn(value as object, '__proto__')).toBe(true)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it('expands aliases and merges', () => {
    expect(values('base: &b {x: 1, z: 2}\na: {<<: *b, z: 3}\nl: [*b]')).toEqual([{ base: { x: 1, z: 2 }, a: { x: 1, z: 3 }, l: [{ x: 1, z: 2 }] }])
  })

  it('refuses an alias bomb quickly', () => {
    let text = 'a0: &a0 [x,x,x,x,x,x,x,x,x]\n'
    for (let i = 1; i < 10; i++) text += `a${i}: &a${i} [${Array(9).fill(`*a${i - 1}`).join(',')}]\n`
    expect(first(text)?.message).toContain('document contains excessive aliasing')
  })

  it('refuses deep nesting and big documents before parsing them', () => {
    expect(first(`a: ${'['.repeat(20_000)}`)?.message).toContain('exceeded max depth')
    expect(first(`${'- '.repeat(20_000)}x`)?.message).toContain('exceeded max depth')
    expect(first(`a: ${'x'.repeat(5_000_000)}`)?.message).toBe('Error from server (RequestEntityTooLarge): Request entity too large: limit is 3145728')
  })
})

describe('positionOf', () => {
  const text = 'spec:\n  template:\n    spec:\n      containers:\n      - name: c\n        image: nginx\nmetadata:\n  labels: {app.io/x: "1"}\n'
  const at = (path: string) => parseManifest('f', text).objects[0]!.positionOf(path)

  it('finds a field', () => {
    expect(at('spec.template.spec.containers[0].image')).toEqual({ line: 6, column: 9, endLine: 6, endColumn: 21 })
  })
  it('finds the nearest ancestor of a missing field', () => {
    expect(at('spec.template.spec.containers[0].resources.limits')).toMatchObject({ line: 5, column: 9 })
    expect(at('spec.replicas')).toMatchObject({ line: 1, column: 1 })
  })
  it('finds keys with dots, and items by name', () => {
    expect(at('metadata.labels.app.io/x')).toMatchObject({ line: 8, column: 12 })
    expect(at('spec.template.spec.containers[c].image')).toMatchObject({ line: 6 })
  })
  it('takes paths apart', () => {
    expect(parseFieldPath('a.b[0].c["d/e"]')).toEqual(['a', 'b', 0, 'c', 'd/e'])
  })
})

describe('flow collections that nobody closes', () => {
  it.each([
    ['bad: [', "line 1: did not find expected node content"],
    ['bad: [1,\n', "line 1: did not find expected node content"],
    ['a: 1\nbad: {b: 1', "line 1: did not find expected ',' or '}'"],
    ['bad: [1, 2', "line 1: did not find expected ',' or ']'"],
    ['bad: {a:', "line 1: did not find expected node content"],
    ['a: b\nb: c\nbad: ["]", {x: y}\n', "line 2: did not find expected ',' or ']'"],
  ])('%j: %s', (text, complaint) => {
    expect(parseManifest('f.yaml', text).problems[0]?.message).toContain(`yaml: ${complaint}`)
  })
})
