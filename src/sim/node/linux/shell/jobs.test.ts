import { describe, expect, it } from 'vitest'
import { resolveImage } from '../../../images/index.ts'
import { rootOf } from '../rootfs.ts'
import { logOf, started, Terminal } from '../testing.ts'
import { machineAt } from '../pod-machine.ts'
import { NO_SETTING } from '../setting.ts'
import { parseShell } from './parse.ts'
import { SyntaxFault } from './syntax.ts'
import { commandText } from './unparse.ts'

const CTRL_C = '\x03'
const CTRL_D = '\x04'
const CTRL_Z = '\x1a'

describe('job control of a shell on a terminal', () => {
  it('runs in the background, lists, and tells of the end before the next prompt', () => {
    const t = new Terminal(['sh'])
    expect(t.type('sleep 2 &\n')).toBe('sleep 2 &\n/ # ')
    expect(t.type('jobs\n')).toContain('[1]+  Running                    sleep 2\n')
    t.pass(3_000_000)
    expect(t.type('\n')).toBe('\n[1]+  Done                       sleep 2\n/ # ')
    expect(t.type('jobs\n')).toBe('jobs\n/ # ')
  })

  it('Ctrl-Z stops what is in front, fg takes it up again, Ctrl-C ends it', () => {
    const t = new Terminal(['sh'])
    t.type('sleep 100 | cat\n')
    expect(t.type(CTRL_Z)).toBe('^Z[1]+  Stopped                    sleep 100 | cat\n/ # ')
    expect(t.type('echo $?; ps\n')).toMatch(/\n148\n/)
    expect(t.type('cat /proc/3/status | grep State\n')).toContain('T (stopped)')
    expect(t.type('fg\n')).toBe('fg\nsleep 100 | cat\n')
    expect(t.type(CTRL_C)).toBe('^C\n/ # ')
    expect(t.type('echo $?; jobs\n')).toBe('echo $?; jobs\n130\n/ # ')
  })

  it('bg lets a stopped job go on; a sleeper loses no time by it', () => {
    const t = new Terminal(['sh'])
    t.type('sleep 10\n')
    t.type(CTRL_Z)
    t.pass(20_000_000)
    expect(t.type('bg\n')).toBe('bg\n[1] sleep 10\n/ # ')
    expect(t.type('\n')).toContain('Done')
  })

  it('who reads from the terminal in the background is stopped', () => {
    const t = new Terminal(['sh'])
    t.type('cat &\n')
    expect(t.type('\n')).toContain('[1]+  Stopped (tty input)        cat\n')
    expect(t.type('fg\n')).toBe('fg\ncat\n')
    expect(t.type('hello\n')).toBe('hello\nhello\n')
    expect(t.type(CTRL_D)).toBe('/ # ')
  })

  it('warns of stopped jobs once, kills by %n, waits for %n', () => {
    const t = new Terminal(['sh'])
    t.type('sleep 100\n')
    t.type(CTRL_Z)
    expect(t.type('exit\n')).toBe('exit\nYou have stopped jobs.\n/ # ')
    expect(t.type('kill %1\n')).toBe('kill %1\n/ # ')
    expect(t.type('\n')).toContain('Terminated')
    expect(t.type('fg\n')).toBe('fg\nsh: fg: no current job\n/ # ')
    expect(t.type('kill %7\n')).toContain('kill: %7: no such job')
    expect(t.type("sh -c 'sleep 1; exit 5' & wait %1; echo $?\n")).not.toContain('5\n')
    t.pass(2_000_000)
    expect(t.shown()).toMatch(/\n5\n\[1\]\+  Done\(5\) .*\n\/ # $/)
    t.type('exit\n')
    expect(t.code).toBe(0)
  })

  it('a shell in the shell has jobs of its own', () => {
    const t = new Terminal(['sh'])
    t.type('sh\n')
    t.type('sleep 50\n')
    expect(t.type(CTRL_Z)).toContain('[1]+  Stopped                    sleep 50')
    t.type('exit\nexit\n')
    expect(t.type('jobs; echo outer\n')).toContain('\nouter\n')
  })

  it('bash says it as bash', () => {
    const image = resolveImage('debian:12')
    if (!image.found) throw new Error('no debian')
    const t = new Terminal(['bash'], { root: rootOf(image.image, []) })
    expect(t.type('sleep 100 &\n')).toMatch(/^sleep 100 &\n\[1\] \d+\nroot@app:\/# $/)
    expect(t.type('jobs\n')).toContain('[1]+  Running                 sleep 100 &\n')
  })
})

describe('scripts', () => {
  it('have no jobs; what they ignore is ignored by what they start', () => {
    const m = machineAt(started(['sh', '-c', "fg; trap '' TERM; sleep 30 & sleep 1; kill $!; sleep 1; kill -0 $! && echo alive; kill -9 $!; wait $!; echo $?"]), NO_SETTING, 10_000_000).machine
    expect(logOf(m)).toBe('sh: fg: no job control\nalive\n137\n')
  })

  it('say what a signal has ended', () => {
    const m = machineAt(started(['sh', '-c', "sh -c 'kill -9 $$'; echo $?; sh -c 'kill $$'; echo $?"]), NO_SETTING, 10_000_000).machine
    expect(logOf(m)).toBe('Killed\n137\nTerminated\n143\n')
  })

  it('stop and go on by signals', () => {
    const m = machineAt(started(['sh', '-c', 'sleep 3 & P=$!; kill -STOP $P; sleep 5; grep State /proc/$P/status; kill -CONT $P; wait $P; echo $?']), NO_SETTING, 20_000_000).machine
    expect(logOf(m)).toBe('State:\tT (stopped)\n0\n')
  })
})

it('a command as text is parsed to the same again', () => {
  for (const text of ['a | b && c "d $e" > f', 'for i in 1 2; do echo $i; done', 'if true; then a; else b; fi', 'while read x; do echo ${x:-y}; done < f', '(a; b) 2>> g', 'case $x in a | b) c;; esac', 'echo $(ls -l) $((1 + 2))', 'x=1 y="a b" cmd']) {
    const first = parseShell(text)
    if (first instanceof SyntaxFault) throw new Error(first.message)
    const again = parseShell(commandText(first))
    expect(again instanceof SyntaxFault ? again.message : commandText(again)).toBe(commandText(first))
  }
})
