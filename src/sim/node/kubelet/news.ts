import type { Machine } from '../linux/machine.ts'
import type { PodRow } from './state.ts'

/** Has a stream something to tell that has not been told? */
export function hasNews({ streams = {} }: PodRow, machine: Machine): boolean {
  return Object.values(streams).some(({ own, container, session, sent, told, id }) => {
    if (own) return !told || ((machine.containers[container]?.log?.count ?? 0) > sent && machine.containers[container]!.id === id)
    const { stdout = '', stderr = '' } = machine.sessions[session] ?? {}
    return !told || stdout !== '' || stderr !== ''
  })
}
