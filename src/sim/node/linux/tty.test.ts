import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Kernel } from './kernel.ts'
import type { Machine } from './machine.ts'
import { execIn, newMachine, startContainer, withContainerMade, type ContainerConfig } from './pod-machine.ts'
import { BASE } from './rootfs.ts'
import { NO_SETTING } from './setting.ts'
import { typeInto, waitsForKeys } from './tty.ts'

const CONFIG: ContainerConfig = {
  name: 'app', id: 'ab'.repeat(32), argv: [], env: { PATH: '/bin:/usr/bin', HOME: '/root' }, cwd: '/', user: { uid: 0, gid: 0, groups: [0] }, root: BASE, mounts: [], readOnlyRoot: false,
  milliCpuRequest: 0, milliCpuLimit: 0, oomScore: 1000, oomGroup: true, capabilities: 0, noNewPrivileges: false, seccomp: false, privileged: false, cgroup: '/x', cgroups: 'v2', ports: [], terminationPath: '/dev/termination-log', layers: 30,
}
const KEY = 'exec 1'

/** A shell on a terminal of a container: what is typed, and all that the terminal shows. */
class Typist {
  machine: Machine
  readonly #key: string
  constructor(tty: boolean, own = false) {
    const empty = withContainerMade(newMachine({ now: 0, firstPid: 1000, ip: '10.0.0.1', hostname: 'app', network: 'own', sharedPid: false, hostPid: false }), { ...CONFIG, ...(own ? { stdin: true, tty } : {}) })
    const started = startContainer(empty, NO_SETTING, 'app', own ? ['sh'] : ['sleep', '100000'], 0)
    if ('code' in started) throw new Error(started.message)
    this.#key = own ? 'own app' : KEY
    const opened = own ? started : execIn(started.machine, NO_SETTING, 'app', KEY, ['sh'], '', 0, { open: true, tty })
    if ('code' in opened) throw new Error(opened.message)
    this.machine = opened.machine
    this.type('')
  }
  type(text: string): string {
    const before = this.shown().length
    const kernel = new Kernel(this.machine, NO_SETTING)
    typeInto(kernel, this.#key, text)
    kernel.run(kernel.now + 100_000)
    this.machine = kernel.freeze()
    return this.shown().slice(before)
  }
  shown(): string {
    const { stdout, stderr } = this.machine.sessions[this.#key]!
    let log = ''
    for (let c = this.machine.containers['app']!.log; c; c = c.before) log = c.text + log
    return log + stdout + stderr
  }
  get waits(): boolean {
    return waitsForKeys(new Kernel(this.machine, NO_SETTING), this.#key)
  }
  get code(): number | undefined {
    return this.machine.sessions[this.#key]!.code
  }
}

describe('a terminal', () => {
  it('echoes, edits the line, and a shell answers with a prompt', () => {
    const t = new Typist(true, true)
    expect(t.shown()).toBe('/ # ')
    expect(t.waits).toBe(true)
    expect(t.type('cd /tmp\n')).toBe('cd /tmp\n/tmp # ')
    expect(t.type('ecjo\x7f\x7fho hi\r')).toBe('ecjo\b \b\b \bho hi\nhi\n/tmp # ')
    expect(t.type('X=1; echo $X $((X+1))\n')).toContain('\n1 2\n')
    expect(t.type('cd\n')).toBe('cd\n~ # ')
  })

  it('asks for more while a command is not finished', () => {
    const t = new Typist(true, true)
    expect(t.type('for i in 1 2\n')).toBe('for i in 1 2\n> ')
    expect(t.type('do echo $i; done\n')).toBe('do echo $i; done\n1\n2\n/ # ')
    expect(t.type('cat <<E\n')).toBe('cat <<E\n> ')
    expect(t.type('a\nE\n')).toBe('a\nE\n> a\n/ # ')
    expect(t.type('echo "a\n')).toBe('echo "a\n> ')
    expect(t.type('b"\n')).toBe('b"\na\nb\n/ # ')
    expect(t.type('done\n')).toMatch(/^done\nsh: syntax error: unexpected "done"\n\/ # $/)
  })

  it('ends what runs on Ctrl-C and drops the rest of the line, and the shell on Ctrl-D', () => {
    const t = new Typist(true, true)
    expect(t.type('sleep 1000; echo never\n')).toBe('sleep 1000; echo never\n')
    expect(t.waits).toBe(false)
    expect(t.type('\x03')).toBe('^C\n/ # ')
    expect(t.type('echo $?\n')).toBe('echo $?\n130\n/ # ')
    expect(t.type('half\x03')).toBe('half^C\n/ # ')
    expect(t.type('cat\n')).toBe('cat\n')
    expect(t.type('x\n')).toBe('x\nx\n')
    expect(t.type('\x04')).toBe('/ # ')
    expect(t.type('nosuch; exit 3\n')).toContain('sh: nosuch: not found\n')
    expect(t.machine.containers['app']!.ended?.code).toBe(3)
  })

  it('keeps a mistake from ending the shell', () => {
    const t = new Typist(true, true)
    expect(t.type('echo ${X?gone}\n')).toMatch(/gone\n\/ # $/)
    expect(t.type('echo $((1/0))\n')).toMatch(/\n\/ # $/)
  })
})

describe('an input that is no terminal', () => {
  it('gives commands one by one, without echo and prompt', () => {
    const t = new Typist(false)
    expect(t.shown()).toBe('')
    expect(t.type('echo a; ')).toBe('')
    expect(t.type('echo b\n')).toBe('a\nb\n')
    expect(t.type('read x\nline of input\necho "[$x]"\nexit 4\n')).toBe('[line of input]\n')
    expect(t.code).toBe(4)
  })
})

describe('whatever is typed', () => {
  it('a shell neither throws nor goes on without bounds, and Ctrl-C and Ctrl-D still end it', () => {
    const key = fc.constantFrom('echo a', 'cat', 'sleep 9', 'read x', 'sh', 'exec sh', 'while :; do :; done', '(', ')', '{', '"', "'", '`', '$(', '<<E', 'E', '|', '&', ';', '\\', '\n', '\r', '\t', '\x7f', '\x15', '\x1b[A', '\x03', '\x04', '\x1c', '\x00', 'é', '世', '\udc80')
    fc.assert(fc.property(fc.array(key, { maxLength: 25 }), fc.boolean(), (keys, own) => {
      const t = new Typist(true, own)
      for (const k of keys) t.type(k)
      expect(t.shown().length).toBeLessThan(2_000_000)
      const over = (): boolean => t.code !== undefined || t.machine.containers['app']!.ended !== undefined
      for (let i = 0; i < 30 && !over(); i++) t.type(i % 2 ? '\x15\x03' : '\x04')
      expect(over()).toBe(true)
    }), { numRuns: 60 })
  })
})

