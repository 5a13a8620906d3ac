import type { EventContext } from '../../engine/engine.ts'
import { ms, type Micros } from '../../engine/time.ts'
import { withContainer, type PodRow } from './state.ts'
import { containerNamed, type KubeletWorld } from './world.ts'

/** From a process's end until the runtime says so. */
export const EXIT_SHOWS: Micros = ms(150)

/** A container's process has ended and the kubelet sees it at its next look. */
export function containerEnded(world: KubeletWorld, ctx: EventContext, row: PodRow, name: string): PodRow {
  const state = row.containers[name]
  if (!state?.run || state.run.state !== 'running') return row
  const ended = row.machine?.containers[name]?.ended
  const code = ended?.code ?? 137
  const reason = ended?.oom ? 'OOMKilled' : code === 0 ? 'Completed' : 'Error'
  ctx.note('kubelet.exited', { pod: row.pod.metadata.name, node: row.node, container: name, code })
  const message = terminationMessage(row, name, code)
  return world.put(withContainer(row, { ...state, run: { ...state.run, state: 'exited', ended: { at: ended?.at ?? ctx.now, code, reason, ...(message ? { message } : {}) } }, verdicts: {} }))
}

const LONGEST_MESSAGE = 4096
const LOG_BYTES = 2048
const LOG_LINES = 80

/** What a container left in its termination file, or the end of its log when it failed and wants that (kuberuntime: getTerminationMessage). */
function terminationMessage(row: PodRow, name: string, code: number): string {
  const container = containerNamed(row.pod, name)
  const root = row.machine?.roots[`messages:${name}`]
  const node = root?.t === 'd' ? root.entries['log'] : undefined
  const text = node?.t === 'f' ? node.data : ''
  if (text) return text.slice(0, LONGEST_MESSAGE)
  if (container?.terminationMessagePolicy !== 'FallbackToLogsOnError' || code === 0) return ''
  const pieces: string[] = []
  let lines = 0
  for (let chunk = row.machine?.containers[name]?.log ?? null; chunk && lines < LOG_LINES; chunk = chunk.before) {
    pieces.push(chunk.text)
    lines += chunk.text.split('\n').length - 1
  }
  const all = pieces.reverse().join('').split('\n')
  return all.slice(-(LOG_LINES + 1)).join('\n').slice(-LOG_BYTES)
}

