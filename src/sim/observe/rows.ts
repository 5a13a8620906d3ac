import type { HistoryRow } from '../../workers/protocol.ts'
import { notesOf, type Note, type SimEvent, type Step } from '../engine/event.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'

export type RowKind = 'command' | 'change' | 'reconcile' | 'delivery' | 'timer' | 'request'

const ETCD = 'etcd'

/** Keys of the API objects that a step wrote, in order, each once. */
export function touchedKeys(step: Step): readonly string[] {
  const keys: string[] = []
  for (let i = 0; i < step.diffs.length; i += 4)
    if ((step.diffs[i] as Table<unknown>).name === ETCD && !keys.includes(step.diffs[i + 1] as string)) keys.push(step.diffs[i + 1] as string)
  return keys
}

/** True when the step wrote an API object. */
export function isChange(step: Step): boolean {
  for (let i = 0; i < step.diffs.length; i += 4) if ((step.diffs[i] as Table<unknown>).name === ETCD) return true
  return false
}

/** One actor's turn: a worker took a key, the scheduler a pod, a kubelet synced. */
export const isReconcile = ({ event }: Step): boolean =>
  event.what === 'work' || event.what === 'schedule-one' || event.what === 'sync-pod' || event.what === 'sync'

const TIMER_FROM: Micros = 100_000

/** True for an event that waited on purpose, not one that was only on its way. */
export const isTimer = (event: SimEvent): boolean => event.at - event.since >= TIMER_FROM

export function kindOf(step: Step): RowKind {
  if (step.root) return 'command'
  if (isChange(step)) return 'change'
  if (isReconcile(step)) return 'reconcile'
  if (step.event.actor === 'apiserver') return 'request'
  return isTimer(step.event) ? 'timer' : 'delivery'
}

/** The sentence of a step: the last note, because what an actor did says more than that it began. */
export const sentenceOf = (step: Step): Note | null => notesOf(step).at(-1) ?? null

export const rowOf = (step: Step, index: number): HistoryRow => ({
  index,
  at: step.event.at,
  actor: step.event.actor,
  what: step.event.what,
  kind: kindOf(step),
  touched: touchedKeys(step),
  sentence: sentenceOf(step),
})
