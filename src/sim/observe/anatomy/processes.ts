import type { ProcessView } from '../../../workers/protocol-anatomy.ts'
import { CAPABILITIES } from '../../node/linux/capabilities.ts'
import type { PodRow } from '../../node/kubelet/state.ts'
import type { Machine, Process } from '../../node/linux/machine.ts'
import { hostPid } from '../../node/linux/processes.ts'
import { USERS } from '../../node/linux/users.ts'

/** What containerd gives the pause process (CRI: sandbox OOM score). */
const PAUSE_OOM_SCORE = -998
const MOST_COMMAND = 120

const EVERY = 2 ** CAPABILITIES.length - 1

/** The names of a set of capabilities. The number has more than 31 bits, so no bit operators. */
export function capabilityNames(set: number): readonly string[] {
  return CAPABILITIES.filter((_, i) => Math.floor(set / 2 ** i) % 2 === 1)
}

const userName = (uid: number): string => USERS[uid] ?? String(uid)

/** The first process of a sandbox: it holds what the pod's containers share. */
function pause(row: PodRow): ProcessView {
  const { hostPID } = row.pod.spec
  return {
    hostPid: row.sandbox.pid, pid: hostPID ? null : 1, depth: 0, command: '/pause', container: 'pause', user: 'nobody', uid: 65_535, gid: 65_535, groups: [65_535], state: 'S', oomScore: PAUSE_OOM_SCORE,
    capabilities: [], allCapabilities: false, listens: [], seccomp: true, noNewPrivileges: false,
  }
}

function viewOf(machine: Machine, process: Process, depth: number): ProcessView {
  const container = machine.containers[process.container]!
  const effective = process.user.uid === 0 ? container.capabilities : 0
  return {
    hostPid: hostPid(machine, process.id), pid: machine.hostPid ? null : process.pid, depth, command: process.argv.join(' ').slice(0, MOST_COMMAND) || process.comm, container: process.container,
    user: userName(process.user.uid), uid: process.user.uid, gid: process.user.gid, groups: process.user.groups,
    state: process.exit !== undefined ? 'Z' : process.wait ? 'S' : 'R', oomScore: container.oomScore, capabilities: capabilityNames(effective), allCapabilities: effective === EVERY,
    listens: process.listens, seccomp: container.seccomp, noNewPrivileges: container.noNewPrivileges,
  }
}

/** All processes of a pod as trees: pause, then each container's in the order of their start. */
export function processesOf(row: PodRow, machine: Machine | undefined): readonly ProcessView[] {
  if (row.sandbox.state !== 'ready' || !machine) return []
  const children = new Map<number, Process[]>()
  const ids = new Set(machine.processes.map(({ id }) => id))
  for (const process of machine.processes) {
    const parent = ids.has(process.parent) ? process.parent : 0
    children.set(parent, [...(children.get(parent) ?? []), process])
  }
  const rows: ProcessView[] = [pause(row)]
  const add = (parent: number, depth: number): void => {
    for (const process of children.get(parent) ?? []) {
      rows.push(viewOf(machine, process, depth))
      add(process.id, depth + 1)
    }
  }
  add(0, 0)
  return rows
}
