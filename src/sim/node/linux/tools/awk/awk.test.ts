import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAwk } from './parse.ts'
import { runAwk } from './run.ts'
import { AwkFault } from './syntax.ts'

function awk(source: string, text = '', variables: Record<string, string> = {}): string {
  const program = parseAwk(source)
  if (program instanceof AwkFault) return `fault: ${program.message}`
  const { out, fault, code } = runAwk(program, [{ name: '', text }], variables, { HOME: '/root' })
  return out + (fault ? `fault: ${fault}` : '') + (code > 0 && !fault ? `exit ${code}` : '')
}
const TABLE = 'NAME READY AGE\nweb 1/1 10\ndb 0/1 2\n'

describe('awk', () => {
  it('prints fields, counts, sums and chooses lines', () => {
    expect(awk('{ print $1, NF }', TABLE)).toBe('NAME 3\nweb 3\ndb 3\n')
    expect(awk('NR > 1 { sum += $3 } END { print sum, NR }', TABLE)).toBe('12 3\n')
    expect(awk('/^d/', TABLE)).toBe('db 0/1 2\n')
    expect(awk('$3 > 5 && $2 ~ /1\\/1/ { printf "%-5s|%03d|%.2f\\n", $1, $3, $3/3 }', TABLE)).toBe('web  |010|3.33\n')
    expect(awk('{ $2 = ""; print; exit 3 }', TABLE)).toBe('NAME  AGE\nexit 3')
    expect(awk('/web/,/db/ { print NR ": " $0 }', TABLE)).toBe('2: web 1/1 10\n3: db 0/1 2\n')
  })

  it('has arrays, functions, loops and the usual functions on texts', () => {
    expect(awk('{ n[$1]++ } END { for (k in n) print k, n[k]; print ("a" in n), ("z" in n); delete n["a"]; print length(n) }', 'a\nb\na\n')).toBe('a 2\nb 1\n1 0\n1\n')
    expect(awk('function f(n) { return n < 2 ? n : f(n-1) + f(n-2) }\nBEGIN { print f(15); i = 0; while (i < 3) { if (i == 1) { i++; continue }; print i++ } do i--; while (i > 0); print i }')).toBe('610\n0\n2\n0\n')
    expect(awk('BEGIN { s = "hello world"; gsub(/o/, "[&]", s); print s; print substr("abcdef", 2, 3), index("abc", "c"), toupper("x"), match("foobar", /o+/), RSTART, RLENGTH; n = split("a:b:c", p, ":"); print n, p[3]; print sprintf("%5.1f|%x|%c|%s%%", 3.14159, 255, "hi", 10) }')).toBe('hell[o] w[o]rld\nbcd 3 X 2 2 2\n3 c\n  3.1|ff|h|10%\n')
    expect(awk('BEGIN { FS = ":"; OFS = "-" } { $1 = $1; print }', 'a:b:c\n')).toBe('a-b-c\n')
    expect(awk('{ print x $1 }', '1\n', { x: 'v' })).toBe('v1\n')
    expect(awk('BEGIN { print 1e6, 0.1 + 0.2, 2 ^ 10, -3 % 2, 1 / 3, 100000 * 100000; print 10 < 9, "10" < "9"; print ENVIRON["HOME"] }')).toBe('1000000 0.3 1024 -1 0.333333 10000000000\n0 1\n/root\n')
  })

  it('agrees with what mawk prints', () => {
    for (const [source, printed] of [
      ['{ print NR, $NF, length($0) }', '1 AGE 14\n2 10 10\n3 2 8\n'],
      ['{ a[NR] = $0 } END { for (i = NR; i > 0; i--) print a[i] }', 'db 0/1 2\nweb 1/1 10\nNAME READY AGE\n'],
      ['$2 ~ "1/1" { print "ok " $1 } END { print NR % 2 ? "odd" : "even" }', 'ok web\nodd\n'],
      ['{ print ($3 == 10), $3 + 1 $1, $3 " " -1, !$3 }', '0 1NAME AGE-1 0\n1 11web 10-1 0\n0 3db 2-1 0\n'],
      ['NR==2, NR==3 { c += $3; print c++ + ++c }', '22\n30\n'],
      ['{ sub(/[A-Z]+$/, "x&y"); print; print toupper(substr($1, 2)) > "/dev/stdout" }', 'NAME READY xAGEy\nAME\nweb 1/1 10\nEB\ndb 0/1 2\nB\n'],
    ] as const)
      expect(awk(source, TABLE), source).toBe(printed)
  })

  it('says what it has not got, and ends whatever it is given', () => {
    expect(awk('BEGIN { system("ls") }')).toBe('fault: the function system is not modelled here')
    expect(awk('BEGIN { while (1) x++ }')).toContain('more steps than are modelled')
    expect(awk('BEGIN { while (1) print "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" }')).toContain('more ')
    expect(awk('function f() { f() } BEGIN { f() }')).toContain('too deeply')
    expect(awk('{ print $1')).toContain('syntax error')
    const word = fc.constantFrom('{', '}', '(', ')', 'print', '$1', '/a/', '"s"', '1', 'x', '=', '+', '-', ',', ';', '\n', 'if', 'for', 'in', '[', ']', '~', '!', 'BEGIN', 'function', 'NF', '__proto__', 'constructor', '>', '?', ':', 'NF=', '$(-1)', '++', 'match(', 'gsub(', 'split(', 'sub(', 'length(', 'delete', 'getline')
    fc.assert(fc.property(fc.array(word, { maxLength: 14 }), fc.string({ maxLength: 30 }), (words, text) => void awk(words.join(' '), text)), { numRuns: 1000 })
  })
})
