import type { Micros } from './time.ts'

/** Plain, immutable data. Interfaces of API objects are not index signatures, so the type cannot be spelled tighter. */
export type Payload = unknown

/**
 * One thing that one actor does at one instant. `seq` numbers events in the order in which they were scheduled and
 * breaks ties; `cause` is the seq of the event that scheduled this one, 0 for a command (a root of "why?").
 */
export interface SimEvent {
  readonly seq: number
  readonly at: Micros
  /** When it was scheduled: a long way from `at` means a timer, a short one work in hand. */
  readonly since: Micros
  /** "replicaset" or, for one of many alike, "kubelet/node-1": family, slash, instance. */
  readonly actor: string
  readonly what: string
  readonly cause: number
  readonly payload: Payload
}

/** A sentence in the making: `id` is a key of the translations, `params` fill it in. */
export interface Note {
  readonly id: string
  readonly params: Readonly<Record<string, string | number>>
}

/**
 * Makes a sentence of the event alone. What nearly every step has to say is told so: a function for all of them instead of
 * a sentence kept for each, made when somebody reads it.
 */
export type Teller = (event: SimEvent) => Note

/** `[table, key, from, to]`, flattened four by four: half the memory of objects. */
export type Diffs = readonly unknown[]

/** What one executed event did: enough to undo and redo it exactly. */
export interface Step {
  readonly event: SimEvent
  /** True for commands, which come from outside and not from the queue. */
  readonly root: boolean
  readonly diffs: Diffs
  readonly scheduled: readonly SimEvent[]
  readonly cancelled: readonly SimEvent[]
  /** Read them with `notesOf`. */
  readonly told: readonly (Note | Teller)[]
}

/** The sentences of a step, in the order in which they were said. */
export const notesOf = ({ event, told }: Step): readonly Note[] => told.map((note) => (typeof note === 'function' ? note(event) : note))
