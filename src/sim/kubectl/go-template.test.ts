import { describe, expect, it } from 'vitest'
import { Failure } from './failure.ts'
import { GoTemplate } from './go-template.ts'

const DATA = { n: 3, f: 1.5, name: 'web', none: null, yes: true, list: ['a', 'b', 'c'], map: { k: 'v', 'a.b': 1 }, nested: { items: [{ name: 'x', on: true }, { name: 'y', on: false }] } }

function printed(template: string): string {
  let said = ''
  try {
    return new GoTemplate(template).print(DATA, (text) => (said += text))
  } catch (thrown) {
    if (!(thrown instanceof Failure)) throw thrown
    return `${said.split('Error executing')[0]!}! ${thrown.text.replace(/^error: error executing template ".*?[^\\]": template: /, '')}`
  }
}

describe('GoTemplate', () => {
  it.each([
    ['{{.name}} {{.n}} {{.f}} {{.none}} {{.nope}} {{.list}} {{.map}}', 'web 3 1.5 <no value> <no value> [a b c] map[a.b:1 k:v]'],
    ['{{range $i, $e := .list}}{{$i}}{{$e}}{{end}}', '0a1b2c'],
    ['{{range .list}}{{if eq . "b"}}{{continue}}{{end}}{{.}}{{if eq . "c"}}{{break}}{{end}}{{end}}', 'ac'],
    ['{{range .nope}}x{{else}}none{{end}}', 'none'],
    ['{{range 3}}{{.}}{{end}}', '012'],
    ['{{$x := "a"}}{{range .list}}{{$x = .}}{{end}}{{$x}}', 'c'],
    ['{{$x := "a"}}{{if true}}{{$x := "b"}}{{$x}}{{end}}{{$x}}', 'ba'],
    ['{{with .map}}{{.k}}{{end}}{{with .nope}}x{{else with .name}}{{.}}{{end}}', 'vweb'],
    ['{{define "t"}}<{{.}}>{{end}}{{template "t" .name}}{{template "t" 1}}', '<web><1>'],
    ['{{block "b" .map}}{{.k}}{{end}}', 'v'],
    ['a {{- /* c */ -}} b{{- "c" -}} d', 'abcd'],
    ['{{index .list 1}} {{index .map "a.b"}} {{index .nested.items 1 "name"}} {{index .map "q"}}', 'b 1 y <no value>'],
    ['{{slice .name 1}} {{slice .list 1 2}} {{len .name}} {{len .map}}', 'eb [b] 3 2'],
    ['{{eq .n 3}} {{eq .name "a" "web"}} {{ne .n 4}} {{lt .n 4}} {{ge .f 1.5}} {{and .yes .name}} {{or .none "d"}} {{not .none}}', 'true true true true true web d true'],
    ['{{or .name (index .name "x")}}', 'web'],
    ['{{printf "%s|%5d|%-4s|%q|%v|%.2f|%x|%t|%T" .name .n "a" "b" .list .f "hi" true .n}}', 'web|    3|a   |"b"|[a b c]|1.50|6869|true|int64'],
    ['{{printf "%d %s" .name .n}} {{printf "%d"}} {{printf "x" 1}}', '%!d(string=web) %!s(int64=3) %!d(MISSING) x%!(EXTRA int=1)'],
    ['{{print 1 2 "a" 3}} {{println "a" 1}}', '1 2a3 a 1\n'],
    ['{{html "<a&b>"}} {{js "it\'s"}} {{urlquery "a b&c"}} {{"aGk=" | base64decode}}', '&lt;a&amp;b&gt; it\\\'s a+b%26c hi'],
    ['{{exists . "map" "k"}} {{exists . "map" "z"}} {{(index .nested.items 0).name}} {{.nested.items | len | printf "%03d"}}', 'true false x 002'],
    ['{{gt .n 1.0}}', '! output:1:2: executing "output" at <gt .n 1.0>: error calling gt: incompatible types for comparison: int64 and float64'],
    ['{{eq .n "3"}}', '! output:1:2: executing "output" at <eq .n "3">: error calling eq: incompatible types for comparison: int64 and string'],
    ['{{lt .none 1}}', '! output:1:2: executing "output" at <lt .none 1>: error calling lt: invalid type for comparison'],
    ['x{{.name.y}}', 'x! output:1:8: executing "output" at <.name.y>: can\'t evaluate field y in type interface {}'],
    ['{{.none.y}}', '! output:1:7: executing "output" at <.none.y>: nil pointer evaluating interface {}.y'],
    ['\n{{.list.y}}', '\n! output:2:7: executing "output" at <.list.y>: can\'t evaluate field y in type interface {}'],
    ['{{len .nope}}', '! output:1:2: executing "output" at <len .nope>: error calling len: reflect: call of reflect.Value.Type on zero Value'],
    ['{{len .n}}', '! output:1:2: executing "output" at <len .n>: error calling len: len of type int64'],
    ['{{index .list 7}}', '! output:1:2: executing "output" at <index .list 7>: error calling index: index out of range: 7'],
    ['{{index .list "a"}}', '! output:1:2: executing "output" at <index .list "a">: error calling index: cannot index slice/array with type string'],
    ['{{index .nope 1}}', '! output:1:2: executing "output" at <index .nope 1>: error calling index: index of untyped nil'],
    ['{{not}}', '! output:1:2: executing "output" at <not>: wrong number of args for not: want 1 got 0'],
    ['{{range .name}}{{end}}', '! output:1:8: executing "output" at <.name>: range can\'t iterate over web'],
    ['{{printf 1}}', '! output:1:9: executing "output" at <1>: expected string; found 1'],
    ['{{template "q"}}', '! output:1:11: executing "output" at <{{template "q"}}>: template "q" not defined'],
  ])('%s gives %s', (template, text) => expect(printed(template)).toBe(text))

  it.each([
    ['{{.a', 'unclosed action'],
    ['{{nofunc .}}', 'function "nofunc" not defined'],
    ['{{$x}}', 'undefined variable "$x"'],
    ['{{if true}}', 'unexpected EOF'],
    ['{{end}}', 'unexpected {{end}}'],
    ['{{}}', 'missing value for command'],
    ['{{if}}{{end}}', 'missing value for if'],
    ['{{(.a}}', 'unclosed left paren'],
    ['{{"a}}', 'unterminated quoted string'],
    ['{{break}}', '{{break}} outside {{range}}'],
    ['{{.a | 3}}', 'non executable command in pipeline stage 2'],
  ])('%s does not parse', (template, complaint) => expect(printed(template)).toBe(`! error: error parsing template ${template}, template: output:1: ${complaint}`))
})
