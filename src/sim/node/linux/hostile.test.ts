import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seconds } from '../../engine/time.ts'
import { machineAt } from './pod-machine.ts'
import { NO_SETTING } from './setting.ts'
import { logOf, started } from './testing.ts'

const run = (script: string, limits: Readonly<Record<string, number>> = {}): string => logOf(machineAt(started(['sh', '-c', script]), { ...NO_SETTING, limits }, seconds(20), 100_000).machine)
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

describe('names and data that nobody expects', () => {
  const name = fc.string({ unit: fc.constantFrom('a', '.', ' ', '-', '*', '?', '[', '\\', '"', "'", '$', '\n', 'ü', '世', '\ud83d\ude00', '\udc80', '__proto__', 'constructor', '#', '|'), minLength: 1, maxLength: 12 }).filter((n) => n !== '.' && n !== '..')

  it('any name of a file is a name: it is made, listed, copied, packed and removed', () => {
    fc.assert(fc.property(name, (n) => {
      const f = quoted(`/t/${n}`)
      expect(run(`mkdir /t /u; echo data > ${f}; cat ${f}; ls -A /t | wc -l; cp ${f} /u/; cd /; tar c t | (cd /u; tar x); cat ${quoted(`/u/t/${n}`)} ${quoted(`/u/${n}`)}; rm -- ${f}; ls -A /t | wc -l`)).toBe(`data\n${1 + (n.split('\n').length - 1)}\ndata\ndata\n0\n`)
    }), { numRuns: 60 })
  })

  it('names of variables, commands and functions are only names', () => {
    for (const word of ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])
      expect(run(`echo "<$${word}>"; ${word} 2>/dev/null; echo $?; ${word}=1; echo $${word}; ${word}() { echo called; }; ${word}; f() { local ${word}=2; echo $${word}; }; f; echo $${word}; export ${word}; env | grep -c ${word}; unset ${word}; echo "<$${word}>"`)).toBe('<>\n127\n1\ncalled\n2\n1\n1\n<>\n')
  })

  it('bytes that are no text go through pipes, files and archives unchanged', () => {
    expect(run('printf "\\377\\000\\376" > /b; wc -c < /b; cat /b | od -x | head -1; gzip -c /b | gunzip | cmp /b - && echo same; tar c /b 2>/dev/null | tar xO | cmp /b - && echo same; base64 /b')).toBe('3\n0000000 00ff 00fe\nsame\nsame\n/wD+\n')
  })
})

describe('limits end what has none', () => {
  it('an environment or argument that is too long is refused by the kernel', () => {
    expect(run('x=$(head -c 140000 /dev/zero | tr "\\0" a); /bin/echo $x | head -c 9; echo $?; export x; env | head -c 3; echo $?')).toMatch(/Argument list too long/)
    expect(() => started(['sleep', '100'], { env: { PATH: '/bin', BIG: 'x'.repeat(200_000) } })).toThrow('argument list too long')
  })

  it('writing without end meets the end of the device or of what a file may hold', () => {
    expect(run('yes > /full; echo $?; ls -l /full | cut -c1-10')).toMatch(/File too large\n1\n-rw-r--r--\n$|No space left on device\n1\n-rw-r--r--\n$/)
    expect(run('head -c 300M /dev/zero > /zeros; ls -l /zeros | tr -s " " | cut -d" " -f5; dd if=/dev/zero of=/z bs=1M count=5 2>/dev/null; stat -c %s /z')).toBe('314572800\n5242880\n')
    expect(run('dd if=/dev/zero of=/dev/shm/x bs=1k count=100; echo $?; ls /dev/shm', { 'dev:app': 20_000 })).toContain('No space left on device')
  })

  it('a pile of processes meets the limit of pids and the shell says so', () => {
    expect(run('i=0; while [ $i -lt 400 ]; do sleep 1000 & i=$((i+1)); done; echo not here')).toContain("can't fork: Resource temporarily unavailable")
  })

  it('expressions that would search for ever end', () => {
    const before = performance.now()
    run(`echo ${'a'.repeat(60)}b | grep -E '(a+)+$'; echo ${'a'.repeat(60)}! | sed -E 's/(a|a)*$/x/'; echo ${'a'.repeat(60)}c | awk '/(a*)*b/'`)
    expect(performance.now() - before).toBeLessThan(3000)
  })
})
