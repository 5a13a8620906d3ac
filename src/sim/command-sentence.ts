import { describeFlagCommand } from './component-flags.ts'
import type { CommandRecord } from './engine/branch.ts'
import type { Note } from './engine/event.ts'
import type { KubectlCommand } from './kubectl/processes.ts'
import { describeStreamCommand, STREAM_COMMANDS } from './kubectl/stream-sentences.ts'

/** What can happen to a machine or its kubelet; each is a command of the timeline. */
export type NodeFault = 'crash' | 'restart' | 'reboot' | 'shutdown' | 'freeze' | 'thaw' | 'partition' | 'heal'
export const NODE_FAULTS: ReadonlySet<string> = new Set<NodeFault>(['crash', 'restart', 'reboot', 'shutdown', 'freeze', 'thaw', 'partition', 'heal'])

/** The sentence of a command, for marks and branch labels. */
export function describeCommand(command: CommandRecord): Note {
  const { actor, what, payload } = command
  if (actor.startsWith('kubectl/') && STREAM_COMMANDS.has(what)) return describeStreamCommand(what, payload)
  if (actor.startsWith('kubectl/')) return { id: 'command.kubectl', params: { line: `kubectl ${(payload as KubectlCommand).argv?.join(' ') ?? what}` } }
  if (actor.startsWith('kubelet/') && what === 'boot') return { id: 'command.boot', params: { node: actor.slice('kubelet/'.length) } }
  if (actor === 'flags') return describeFlagCommand(command)
  if (actor === 'scheduler' && what === 'configure') return { id: 'flag.fileCommand', params: { component: 'kube-scheduler' } }
  if (NODE_FAULTS.has(what)) return { id: `command.${what}`, params: { node: String(payload) } }
  if (what === 'stop' || what === 'resume') return { id: `command.${what}`, params: { component: actor } }
  return { id: 'command.other', params: { actor, what } }
}
