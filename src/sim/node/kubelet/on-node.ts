import type { Micros } from '../../engine/time.ts'
import { NODE_ROOT } from '../linux/node-root.ts'
import { withContainerMade } from '../linux/container.ts'
import { machineAt, execIn, newMachine } from '../linux/pod-machine.ts'
import type { KernelSetting } from '../linux/setting.ts'
import type { Mount } from '../linux/machine.ts'
import { HOST_NAMESPACES } from '../linux/namespaces.ts'
import { NODE_RELEASE } from './linux.ts'
import type { PodRow } from './state.ts'
import { nodeRoot } from './volumes.ts'
import type { KubeletWorld } from './world.ts'

const CONTAINER = 'node'
const FIRST_PID = 900_000
const PATIENCE: Micros = 5_000_000
const ENV = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', SHELL: '/bin/bash' }

/** What a command of root prints on a node that only looks: whatever it writes is gone when it has ended. */
export function lookOnNode(world: KubeletWorld, name: string, argv: readonly string[], at: Micros, how: { readonly cwd?: string; readonly stdin?: string } = {}): { readonly stdout: string; readonly stderr: string; readonly code: number } {
  const node = world.nodes.get(name)
  if (!node?.up) return { stdout: '', stderr: `ssh: connect to host ${name} port 22: No route to host\n`, code: 255 }
  const nobody = { uid: '', node: name } as PodRow
  const setting: KernelSetting = {
    nodeName: name, cgroups: world.cgroups, cpus: Math.ceil(node.milliCpu / 1000), memory: node.memory, release: NODE_RELEASE, limits: {}, bootedAt: node.bootedAt, namespaces: { ...HOST_NAMESPACES }, sysctls: {}, host: (when) => world.hostView(name, when, nobody),
  }
  const empty = newMachine({ now: at, firstPid: FIRST_PID, ip: node.address, hostname: node.hostName, network: 'host', sharedPid: false, hostPid: true })
  const root: Mount = { at: '/', fs: 'host', from: '/', readOnly: false, type: 'ext4', source: '/dev/vda1', options: 'rw,relatime,discard' }
  const made = withContainerMade(empty, {
    name: CONTAINER, id: '0'.repeat(64), argv: [], env: ENV, cwd: how.cwd ?? '/root', user: { uid: 0, gid: 0, groups: [0] }, root: NODE_ROOT, mounts: [], readOnlyRoot: false, milliCpuRequest: 0, milliCpuLimit: 0, oomScore: 0, oomGroup: false, capabilities: 2 ** 41 - 1,
    noNewPrivileges: false, seccomp: false, privileged: true, cgroup: '/user.slice', cgroups: world.cgroups, ports: [], terminationPath: '', layers: 0,
  })
  const mounts = [root, ...world.hostView(name, at, nobody).mounts.filter((m) => m.at !== '/')]
  const machine = { ...made, roots: { ...made.roots, host: nodeRoot(world, name) }, containers: { [CONTAINER]: { ...made.containers[CONTAINER]!, mounts } } }
  const begun = execIn(machine, setting, CONTAINER, 'look', argv, how.stdin ?? '', at)
  if ('code' in begun) return { stdout: '', stderr: `${argv[0] ?? ''}: command not found\n`, code: 127 }
  const session = machineAt(begun.machine, setting, at + PATIENCE).machine.sessions['look']!
  return { stdout: session.stdout, stderr: session.stderr, code: session.code ?? 124 }
}
