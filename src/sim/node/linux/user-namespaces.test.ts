import { expect, it } from 'vitest'
import { machineAt } from './pod-machine.ts'
import { NO_SETTING } from './setting.ts'
import { logOf, started } from './testing.ts'

const run = (script: string, more = {}): string => logOf(machineAt(started(['sh', '-c', script], more), NO_SETTING, 10_000_000).machine)

it('without a map everybody is nobody, with -r its maker is root', () => {
  expect(run('unshare -U id -u; unshare -Ur id -un; cat /proc/self/uid_map; unshare -Ur cat /proc/self/uid_map /proc/self/setgroups')).toBe('65534\nroot\n         0          0 4294967295\n         0          0          1\ndeny\n')
})

it('anybody can make one, and is then allowed what belongs to it, but nothing outside', () => {
  const user = { user: { uid: 1000, gid: 1000, groups: [] }, capabilities: 0 }
  expect(run('unshare -m true; unshare -Ur id -u; unshare -Ur cat /proc/self/uid_map', user)).toBe('unshare: unshare failed: Operation not permitted\n0\n         0       1000          1\n')
  expect(run('unshare -Urm sh -c "mount -t tmpfs t /tmp && mount | tail -n 1"; unshare -Ur mount -t tmpfs t /tmp; unshare -Ur touch /etc/x; unshare -Uru sh -c "hostname y && hostname"', user)).toBe('t on /tmp type tmpfs (rw,relatime)\nmount: permission denied (are you root?)\ntouch: /etc/x: Permission denied\ny\n')
})

it('the seccomp profile of a runtime keeps it from containers', () => {
  expect(run('unshare -U id', { seccomp: true })).toBe('unshare: unshare failed: Operation not permitted\n')
})
