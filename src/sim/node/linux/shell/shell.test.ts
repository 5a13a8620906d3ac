import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seconds } from '../../../engine/time.ts'
import { NO_SETTING } from '../setting.ts'
import { BASE } from '../rootfs.ts'
import { machineAt, newMachine, startContainer, withContainerMade, type ContainerConfig } from '../pod-machine.ts'
import { arithmetic, ArithmeticFault } from './arithmetic.ts'
import { matches } from './glob.ts'
import { parseShell } from './parse.ts'
import { SyntaxFault } from './syntax.ts'

const CONFIG: ContainerConfig = {
  name: 'app', id: 'cd'.repeat(32), argv: [], env: { HOME: '/root' }, cwd: '/', user: { uid: 0, gid: 0, groups: [0] }, root: BASE, mounts: [], readOnlyRoot: false, milliCpuRequest: 0, milliCpuLimit: 0, oomScore: 1000, oomGroup: true,
  capabilities: 0xa80425fb, noNewPrivileges: false, seccomp: false, privileged: false, cgroup: '/x', cgroups: 'v2', ports: [], terminationPath: '/dev/termination-log', layers: 3,
}

/** Pieces of scripts, put together at random: most are wrong. */
const piece = fc.constantFrom(
  'echo', 'x', '"a b"', "'q'", '$x', '${x:-d}', '${x#?}', '$(echo hi)', '`pwd`', '$((1+x))', '$((', ';', '\n', '&&', '||', '|', '&', '(', ')', '{', '}', 'if', 'then', 'else', 'fi', 'while', 'until', 'do', 'done', 'for', 'in', 'case', 'esac', ';;', '*)', '!', '>', '<', '>>', '2>&1',
  '<<E\n', 'E\n', '/tmp/f', 'f()', 'true', 'false', 'exit 3', 'return', 'break', 'continue', 'x=1', 'sleep 1', 'cat', 'trap "echo t" TERM', 'kill $$', 'wait', 'set -e', 'eval', 'read y', 'shift', 'test', '[', ']', '-n', '=', 'ls', 'yes', 'head -1', 'seq 3', 'exec', 'local a=1', '\\', '#', '~', '[a-z]', '$', '"', "'", '`', '${', '\u0000', 'ü',
)

test('whatever is written as a script, running it neither throws nor goes on without bounds', () => {
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 24 }).map((words) => words.join(' ')), (script) => {
      const empty = newMachine({ now: 0, firstPid: 100, ip: '10.0.0.9', hostname: 'app', network: 'own', sharedPid: false, hostPid: false })
      const begun = startContainer(withContainerMade(empty, CONFIG), NO_SETTING, 'app', ['sh', '-c', script], 0)
      if ('code' in begun) return
      const { machine } = machineAt(begun.machine, NO_SETTING, seconds(30), 3000)
      expect(machine.processes.length).toBeLessThan(300)
      const again = machineAt(begun.machine, NO_SETTING, seconds(30), 3000).machine
      expect(again.containers['app']!.ended).toEqual(machine.containers['app']!.ended)
    }),
    { numRuns: 400, seed: 7 },
  )
})

test('any text at all parses into a tree or a fault', () => {
  fc.assert(fc.property(fc.string({ maxLength: 80 }), (text) => {
    const node = parseShell(text)
    expect(node instanceof SyntaxFault || typeof node.k === 'string').toBe(true)
  }), { numRuns: 500, seed: 11 })
})

test('a script that is left half-way goes on from its value as if it had never been left', () => {
  const empty = newMachine({ now: 0, firstPid: 100, ip: '10.0.0.9', hostname: 'app', network: 'own', sharedPid: false, hostPid: false })
  const begun = startContainer(withContainerMade(empty, CONFIG), NO_SETTING, 'app', ['sh', '-c', 'i=0; while [ $i -lt 20 ]; do i=$((i+1)); echo $i; sleep 0.3; done; exit 7'], 0)
  if ('code' in begun) throw new Error(begun.message)
  const whole = machineAt(begun.machine, NO_SETTING, seconds(10)).machine
  let sliced = begun.machine
  for (let at = 0; at <= 10_000_000; at += 370_000) sliced = machineAt(sliced, NO_SETTING, at, 50).machine
  sliced = machineAt(sliced, NO_SETTING, seconds(10)).machine
  expect(sliced.containers['app']!.ended).toEqual(whole.containers['app']!.ended)
  expect(whole.containers['app']!.ended!.code).toBe(7)
})

test('arithmetic has the precedences of C and its own complaints', () => {
  const vars = new Map([['x', '3']])
  const variables = { get: (name: string) => vars.get(name), set: (name: string, value: string) => void vars.set(name, value) }
  expect(arithmetic('1 + 2 * x % 4 == 3 ? 5 : 6', variables)).toBe(5)
  expect(arithmetic('(x += 2) * -2', variables)).toBe(-10)
  expect(arithmetic('x++ + ++x', variables)).toBe(12)
  expect(arithmetic('0x10 | 010', variables)).toBe(24)
  expect(() => arithmetic('1 / 0', variables)).toThrow(ArithmeticFault)
  expect(() => arithmetic('2 +', variables)).toThrow(ArithmeticFault)
})

test('patterns match as globs, in linear time', () => {
  expect(matches('a*c', 'abbc')).toBe(true)
  expect(matches('[!a-c]?', 'dz')).toBe(true)
  expect(matches('\\*', '*')).toBe(true)
  expect(matches('\\*', 'x')).toBe(false)
  expect(matches('*a*a*a*a*a*b', 'a'.repeat(3000))).toBe(false)
})
