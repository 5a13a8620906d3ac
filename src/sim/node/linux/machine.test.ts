import { describe, expect, it } from 'vitest'
import { seconds } from '../../engine/time.ts'
import { NO_SETTING } from './setting.ts'
import { execIn, machineAt } from './pod-machine.ts'
import { logOf, started } from './testing.ts'
import type { Machine } from './machine.ts'

const sh = (script: string, at = seconds(5)): Machine => machineAt(started(['sh', '-c', script]), NO_SETTING, at).machine
const output = (script: string): string => logOf(sh(script))

describe('a container is a process', () => {
  it('runs a script in virtual time and ends with its code', () => {
    const m = sh('echo start; sleep 2; exit 3')
    expect(logOf(m)).toBe('start\n')
    expect(m.containers['app']!.ended).toMatchObject({ code: 3 })
    expect(m.containers['app']!.ended!.at).toBeGreaterThan(seconds(2))
    expect(m.containers['app']!.ended!.at).toBeLessThan(seconds(2.1))
  })

  it('is number 1 of its namespace and the last command takes its place', () => {
    const m = sh('sleep 3600')
    expect(m.processes).toHaveLength(1)
    expect(m.processes[0]).toMatchObject({ pid: 1, argv: ['sleep', '3600'] })
  })

  it('expands, loops, pipes and redirects as a shell does', () => {
    expect(output('n=0; while [ $n -lt 3 ]; do n=$((n+1)); echo line $n; done')).toBe('line 1\nline 2\nline 3\n')
    expect(output('for i in a "b c"; do echo "<$i>"; done; echo ${X:-none} ${#HOME} $(echo hi | tr a-z A-Z)')).toBe('<a>\n<b c>\nnone 5 HI\n')
    expect(output('echo one > /tmp/f; echo two >> /tmp/f; cat /tmp/f | wc -l; test -e /tmp/f && echo there')).toBe('2\nthere\n')
    expect(output('cat <<EOF\nhome is $HOME\nEOF\ncase abc in a*) echo yes;; *) echo no;; esac')).toBe('home is /root\nyes\n')
    expect(output('f() { local x=5; echo $1 $x; return 4; }; f arg; echo $?')).toBe('arg 5\n4\n')
    expect(output('seq 1 200 | head -2; nosuch; echo $?')).toBe('1\n2\nsh: nosuch: not found\n127\n')
    expect(output('echo a b | while read x y; do echo $y $x; done; (exit 3) || echo $?')).toBe('b a\n3\n')
    expect(output('printf "%s-%03d\\n" x 7; false && echo no; ! false && echo not')).toBe('x-007\nnot\n')
    expect(output('trap "echo bye" EXIT; echo hi')).toBe('hi\nbye\n')
    expect(output('touch /tmp/a; sleep 1 & wait; ls /tmp')).toBe('a\n')
    expect(output('yes | head -2; set -e; false; echo no')).toBe('y\ny\n')
  })

  it('gives a handler its signal, and ignores one without a handler as number 1', () => {
    const ignoring = execIn(started(['sh', '-c', 'while :; do sleep 0.2; done']), NO_SETTING, 'app', 'e', ['sh', '-c', 'kill 1; sleep 1; echo done'], '', seconds(1))
    const later = machineAt((ignoring as { machine: Machine }).machine, NO_SETTING, seconds(4)).machine
    expect(later.sessions['e']).toMatchObject({ stdout: 'done\n', code: 0 })
    expect(later.containers['app']!.ended).toBeUndefined()
    const trapping = execIn(started(['sh', '-c', 'trap "echo got; exit 0" TERM; while :; do sleep 0.2; done']), NO_SETTING, 'app', 'e', ['kill', '1'], '', seconds(1))
    const ended = machineAt((trapping as { machine: Machine }).machine, NO_SETTING, seconds(4)).machine
    expect(ended.containers['app']!.ended).toMatchObject({ code: 0 })
    expect(logOf(ended)).toBe('got\n')
  })

  it('kills what takes more memory than its limit', () => {
    const m = machineAt(started(['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M count=4; echo $?; sleep 1'], { memoryLimit: 16 << 20, oomGroup: false }), NO_SETTING, seconds(5)).machine
    expect(logOf(m)).toBe('Killed\n137\n')
    expect(m.containers['app']!.ended).toMatchObject({ code: 0, oom: true })
    const whole = machineAt(started(['sh', '-c', 'dd if=/dev/zero of=/dev/null bs=64M count=4; sleep 1'], { memoryLimit: 16 << 20 }), NO_SETTING, seconds(5)).machine
    expect(whole.containers['app']!.ended).toMatchObject({ code: 137, oom: true })
  })

  it('slices a loop of a million turns and bounds a fork bomb', () => {
    const first = machineAt(started(['sh', '-c', 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; echo end']), NO_SETTING, seconds(100), 5000)
    expect(first.ran.because).toBe('budget')
    expect(first.machine.now).toBeLessThan(seconds(1))
    const bomb = machineAt(started(['sh', '-c', 'b() { b | b & }; b; sleep 100']), NO_SETTING, seconds(2), 20_000).machine
    expect(bomb.processes.length).toBeLessThanOrEqual(257)
  }, 20_000)
})
