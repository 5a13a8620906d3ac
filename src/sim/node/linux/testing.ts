import { BASE } from './rootfs.ts'
import { Kernel } from './kernel.ts'
import { NO_SETTING } from './setting.ts'
import { execIn, newMachine, startContainer, withContainerMade, type ContainerConfig } from './pod-machine.ts'
import type { LogChunk, Machine } from './machine.ts'
import { typeInto } from './tty.ts'

const config: ContainerConfig = {
  name: 'app', id: 'ab'.repeat(32), argv: [], env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOSTNAME: 'app', HOME: '/root' }, cwd: '/', user: { uid: 0, gid: 0, groups: [0] }, root: BASE, mounts: [], readOnlyRoot: false,
  milliCpuRequest: 100, milliCpuLimit: 0, oomScore: 1000, oomGroup: true, capabilities: 0xa80425fb, noNewPrivileges: false, seccomp: false, privileged: false, cgroup: '/kubepods/x', cgroups: 'v2', ports: [], terminationPath: '/dev/termination-log', layers: 3,
}

/** A machine with one container `app` in which a program has been started; for tests. */
export function started(argv: readonly string[], more: Partial<ContainerConfig> = {}): Machine {
  const empty = newMachine({ now: 0, firstPid: 1000, ip: '10.244.0.9', hostname: 'app', network: 'own', sharedPid: false, hostPid: false })
  const result = startContainer(withContainerMade(empty, { ...config, ...more }), NO_SETTING, 'app', argv, 0)
  if ('code' in result) throw new Error(result.message)
  return result.machine
}

/** What the container `app` has written. */
export function logOf(machine: Machine): string {
  const lines: string[] = []
  for (let chunk: LogChunk | null = machine.containers['app']!.log; chunk; chunk = chunk.before) lines.push(chunk.text)
  return lines.reverse().join('')
}

const KEY = 'exec 1'

/** Somebody at a terminal of a container: what is typed, and what the terminal shows of it; for tests. */
export class Terminal {
  machine: Machine

  constructor(argv: readonly string[], more: Partial<ContainerConfig> = {}) {
    const opened = execIn(started(['sleep', '1000000'], more), NO_SETTING, 'app', KEY, argv, '', 0, { open: true, tty: true })
    if ('code' in opened) throw new Error(opened.message)
    this.machine = opened.machine
    this.type('')
  }

  /** Types keys and waits a tenth of a second; what has come on the screen since. */
  type(keys: string): string {
    const before = this.shown().length
    const kernel = new Kernel(this.machine, NO_SETTING)
    typeInto(kernel, KEY, keys)
    kernel.run(kernel.now + 100_000)
    this.machine = kernel.freeze()
    return this.shown().slice(before)
  }

  /** Lets so many µs pass. */
  pass(time: number): void {
    const kernel = new Kernel(this.machine, NO_SETTING)
    kernel.run(kernel.now + time)
    this.machine = kernel.freeze()
  }

  shown(): string {
    const { stdout, stderr } = this.machine.sessions[KEY]!
    return stdout + stderr
  }

  get code(): number | undefined {
    return this.machine.sessions[KEY]!.code
  }
}
