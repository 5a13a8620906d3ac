import { describe, expect, it } from 'vitest'
import type { JsonValue } from '../api/meta.ts'
import { JsonPath } from './jsonpath.ts'
import { GoTemplate } from './go-template.ts'
import { prettyJson } from './print-json.ts'
import { layoutTable } from './print-table.ts'
import { toYaml } from './print-yaml.ts'
import { alignTabs } from './tab-writer.ts'
import { unifiedDiff } from './unified-diff.ts'
import { goDuration, parseGoDuration } from './go-duration.ts'

describe('toYaml', () => {
  it('sorts keys and does not indent lists', () => {
    expect(toYaml({ b: [{ d: 1, c: 'x' }, 'y'], a: {}, e: [] })).toBe('a: {}\nb:\n- c: x\n  d: 1\n- "y"\ne: []\n')
  })
  it.each([
    ['true', '"true"'], ['1', '"1"'], ['', '""'], ['2026-01-01T00:00:00Z', '"2026-01-01T00:00:00Z"'], ['1:30', '"1:30"'], ['0x1F', '"0x1F"'],
    ['a: b', "'a: b'"], ['- x', "'- x'"], ['-x', '-x'], ['#x', "'#x'"], ['it\'s', "it's"], ["'q'", "'''q'''"], ['25%', '25%'], ['a\tb', '"a\\tb"'], [' lead', "' lead'"], ['10.0.0.1', '10.0.0.1'],
  ])('writes %j as %s', (text, written) => {
    expect(toYaml({ k: text })).toBe(`k: ${written}\n`)
  })
  it('writes texts of several lines as literals', () => {
    expect(toYaml({ k: 'a\nb\n', l: 'a\nb', m: ['x\n\n'] })).toBe('k: |\n  a\n  b\nl: |-\n  a\n  b\nm:\n- |+\n  x\n\n')
  })
  it('breaks long texts behind column 80', () => {
    const words = Array.from({ length: 20 }, (_, i) => `word${i}`).join(' ')
    expect(toYaml({ message: words })).toBe('message: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11\n  word12 word13 word14 word15 word16 word17 word18 word19\n')
  })
})

describe('prettyJson', () => {
  it('escapes what Go escapes', () => {
    expect(prettyJson({ b: '<&>', a: [] })).toBe('{\n    "a": [],\n    "b": "\\u003c\\u0026\\u003e"\n}')
  })
})

describe('layoutTable', () => {
  it('pads columns with three spaces and leaves the last one', () => {
    expect(layoutTable([['NAME', 'READY', 'AGE'], ['web-1', '1/1', '5s']])).toBe('NAME    READY   AGE\nweb-1   1/1     5s\n')
  })
})

describe('alignTabs', () => {
  it('aligns blocks of lines that share a column', () => {
    expect(alignTabs('Name:\tx\nNamespace:\ty\nEvents:\n  Type\tReason\n  A\tB\n')).toBe('Name:       x\nNamespace:  y\nEvents:\n  Type  Reason\n  A     B\n')
  })
})

describe('JsonPath', () => {
  const data: JsonValue = { items: [{ name: 'a', n: 1, tags: ['x', 'y'] }, { name: 'b', n: 2, tags: [] }], 'a.b': { c: true }, map: { z: 1, y: [2] } }
  const print = (t: string) => new JsonPath(t).print(data)
  it.each([
    ['{.items[0].name}', 'a'], ['{.items[*].name}', 'a b'], ['{.items[-1:].name}', 'b'], ['{range .items[*]}{.name}={.n}{"\\n"}{end}', 'a=1\nb=2\n'],
    ['{.items[?(@.n>1)].name}', 'b'], ["{.items[?(@.name=='a')].tags[1]}", 'y'], ["{['a\\.b'].c}", 'true'], ['{.a\\.b.c}', 'true'], ['{..name}', 'a b'], ['{.map}', '{"y":[2],"z":1}'],
    ['{.nope}', ''], ['x{.items[0].n}y', 'x1y'], ["{.items[0]['name','n']}", 'a 1'], ['{$.items[1].n}', '2'],
  ])('%s gives %j', (template, text) => {
    expect(print(template)).toBe(text)
  })
})

describe('GoTemplate', () => {
  it('ranges, branches, pipes and formats', () => {
    const t = new GoTemplate('{{range $i, $e := .l}}{{if $i}},{{end}}{{$e.n | printf "%02s"}}{{end}}{{with .none}}no{{else}} {{len .l}}{{end}} {{index .m "k"}}')
    expect(t.print({ l: [{ n: 'a' }, { n: 'b' }], m: { k: 'v' } })).toBe('a,b 2 v'.replace('a', ' a').replace('b', ' b'))
  })
})

describe('unifiedDiff', () => {
  it('makes the hunks of diff -u', () => {
    expect(unifiedDiff('a\nb\nc\nd\ne\nf\n', 'a\nb\nc\nd\nE\nf\n')).toBe('@@ -2,5 +2,5 @@\n b\n c\n d\n-e\n+E\n f\n')
    expect(unifiedDiff('', 'a\n')).toBe('@@ -0,0 +1 @@\n+a\n')
  })
})

describe('parseGoDuration', () => {
  it('reads and writes durations as Go does', () => {
    expect(parseGoDuration('1m30s')).toBe(90_000_000)
    expect(parseGoDuration('1.5h')).toBe(5_400_000_000)
    expect(parseGoDuration('10')).toBeUndefined()
    expect(goDuration(90_000_000)).toBe('1m30s')
  })
})
