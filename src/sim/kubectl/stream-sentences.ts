import type { Note } from '../engine/event.ts'
import type { LocalRequest } from './listening.ts'
import { shownKeys } from './processes.ts'
import type { Typed } from './streams.ts'

/** Commands to a kubectl process that runs already. */
export const STREAM_COMMANDS: ReadonlySet<string> = new Set(['input', 'connect', 'interrupt'])

/** The sentence of what somebody types to a process, connects to it, or of Ctrl-C. */
export function describeStreamCommand(what: string, payload: unknown): Note {
  if (what === 'connect') {
    const { host, port, path } = payload as LocalRequest
    return { id: 'stream.command.connect', params: { url: `http://${host}:${port}${path}` } }
  }
  const { text } = (what === 'input' ? payload : {}) as Typed
  return text === undefined ? { id: `stream.command.${what === 'input' ? 'end' : 'interrupt'}`, params: {} } : { id: 'stream.command.type', params: { text: shownKeys(text) } }
}
