import { problemOfSettings, type Cluster } from '../sim/index.ts'
import type { SaveFile } from './protocol.ts'

/** The session as a save file: seed, size and every branch's commands with their places. */
export function saveOf(cluster: Cluster): SaveFile {
  const { timeline } = cluster
  return {
    version: 1,
    seed: cluster.seed,
    nodes: cluster.workers,
    ...(cluster.kubelet === 'kwok' && { kubelet: 'kwok' as const }),
    ...(hasCloud(cluster) && { cloud: true as const }),
    ...(cluster.metrics && { metrics: true as const }),
    ...(Object.keys(cluster.flags.initial).length > 0 && { flags: cluster.flags.initial }),
    branches: timeline.branches().map((branch) => ({
      parent: branch.parent,
      forkIndex: branch.forkIndex,
      endIndex: branch.endIndex,
      commands: branch.commands.filter((command) => command.index > cluster.origin.index),
    })),
    cursor: { branch: timeline.branch, index: timeline.index, at: timeline.clock },
    hash: cluster.engine.hash(),
  }
}

/** Only a cluster with a cloud has somebody who gives addresses to load balancers. */
const hasCloud = (cluster: Cluster): boolean => cluster.runners.some(({ controller }) => controller.name === 'service-lb-controller')

/** Throws RangeError or TypeError with what is wrong when a save does not hold together. */
export function checkSave(save: SaveFile): void {
  if (typeof save !== 'object' || save === null) throw new TypeError('a save file is an object')
  if (save.version !== 1) throw new RangeError(`this page reads save files of version 1; this one has version ${String(save.version)}`)
  if (!Number.isInteger(save.seed)) throw new RangeError(`the seed must be a whole number; got ${String(save.seed)}`)
  if (!Number.isInteger(save.nodes) || save.nodes < 0 || save.nodes > 5000) throw new RangeError(`the number of nodes must be from 0 to 5000; got ${String(save.nodes)}`)
  if (save.kubelet !== undefined && save.kubelet !== 'kwok') throw new RangeError(`kubelets are detailed, or "kwok"; got ${String(save.kubelet)}`)
  if (save.cloud !== undefined && save.cloud !== true) throw new RangeError(`a cloud is there (true) or not named; got ${String(save.cloud)}`)
  if (save.metrics !== undefined && save.metrics !== true) throw new RangeError(`a metrics server is there (true) or not named; got ${String(save.metrics)}`)
  if (save.flags !== undefined) checkFlags(save.flags, save.kubelet ?? 'detailed')
  if (!Array.isArray(save.branches) || save.branches.length === 0) throw new RangeError('a save file has at least one branch')
  save.branches.forEach((branch, id) => {
    if ((branch.parent === null) !== (id === 0)) throw new RangeError(`branch ${id} must ${id === 0 ? 'have no' : 'have a'} parent`)
    if (branch.parent !== null && !(branch.parent >= 0 && branch.parent < id)) throw new RangeError(`branch ${id} has parent ${branch.parent}, which does not come before it`)
    if (!Array.isArray(branch.commands)) throw new RangeError(`branch ${id} has no list of commands`)
  })
  if (!save.branches[save.cursor?.branch]) throw new RangeError(`the cursor stands on branch ${String(save.cursor?.branch)}, which is not there`)
}

function checkFlags(flags: NonNullable<SaveFile['flags']>, kubelet: 'detailed' | 'kwok'): void {
  if (typeof flags !== 'object' || flags === null || !Object.values(flags).every((text) => typeof text === 'string')) throw new TypeError('settings are texts by name')
  const problem = problemOfSettings(flags, kubelet)
  if (problem !== undefined) throw new RangeError(problem)
}

/** Plays a save into a freshly booted cluster. Throws where it does not fit, e.g. after an alteration. */
export function replay(cluster: Cluster, save: SaveFile): void {
  const { timeline } = cluster
  for (const branch of save.branches) {
    if (branch.parent !== null) timeline.seek(branch.forkIndex, branch.parent)
    for (const command of branch.commands) {
      runTo(cluster, command.index - 1)
      timeline.wait(command.at)
      if (timeline.clock !== command.at) throw new RangeError(`the command at step ${command.index} belongs to ${command.at} µs, but the clock stands at ${timeline.clock}`)
      timeline.command(command.actor, command.what, command.payload)
    }
    runTo(cluster, branch.endIndex)
  }
  timeline.seek(save.cursor.index, save.cursor.branch)
  timeline.wait(save.cursor.at)
}

function runTo(cluster: Cluster, index: number): void {
  const { timeline } = cluster
  while (timeline.index < index) if (!timeline.step()) throw new RangeError(`the history ends at step ${timeline.index}, before step ${index}`)
}
