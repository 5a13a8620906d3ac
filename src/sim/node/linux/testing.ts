import { BASE } from './rootfs.ts'
import { NO_SETTING } from './setting.ts'
import { newMachine, startContainer, withContainerMade, type ContainerConfig } from './pod-machine.ts'
import type { LogChunk, Machine } from './machine.ts'

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
