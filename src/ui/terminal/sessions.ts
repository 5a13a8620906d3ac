import { createStore } from 'zustand/vanilla'
import type { Seat } from '../../workers/protocol.ts'

/** The terminals of the page: shells side by side, each with a number that no other has had. */
export interface TerminalSessions {
  readonly open: readonly number[]
  readonly active: number
  /** The next one's number: a closed terminal's folder and variables are not the new one's. */
  readonly next: number
  /** Those that run a line. */
  readonly busy: readonly number[]
  /** The line of the page that was given to one of them last. */
  readonly handled: number
  /** Who reads what is typed. */
  readonly seats: Readonly<Record<number, Seat>>
}

export const FIRST_TERMINAL = 1
export const MOST_TERMINALS = 6

const initial: TerminalSessions = { open: [FIRST_TERMINAL], active: FIRST_TERMINAL, next: FIRST_TERMINAL + 1, busy: [], handled: -1, seats: {} }

/** They outlive the drawer, which may be closed, and every undo: they are the page's, not the cluster's. */
export const terminals = createStore<TerminalSessions>(() => initial)

/** For tests. */
export const resetTerminals = (): void => terminals.setState(initial, true)

/** True once for each line: the drawer may be closed and opened again. */
export function takeLine(id: number): boolean {
  if (id === terminals.getState().handled) return false
  terminals.setState({ handled: id })
  return true
}

export const chooseTerminal = (id: number): void => terminals.setState({ active: id })
export const seatTerminal = (id: number, seat: Seat): void => terminals.setState(({ seats }) => ({ seats: { ...seats, [id]: seat } }))
export const markTerminal = (id: number, isBusy: boolean): void => terminals.setState(({ busy }) => ({ busy: isBusy ? [...busy.filter((other) => other !== id), id] : busy.filter((other) => other !== id) }))

/** Opens one more and shows it; null: there are as many as there may be. */
export function openTerminal(): number | null {
  const { open, next } = terminals.getState()
  if (open.length >= MOST_TERMINALS) return null
  terminals.setState({ open: [...open, next], active: next, next: next + 1 })
  return next
}

/** Closes one; its neighbour comes to the front. The last one stays. */
export function closeTerminal(id: number): void {
  terminals.setState(({ open, active, busy }) => {
    if (open.length < 2 || !open.includes(id)) return {}
    const at = open.indexOf(id)
    return { open: open.filter((other) => other !== id), busy: busy.filter((other) => other !== id), active: id === active ? (open[at + 1] ?? open[at - 1] ?? active) : active }
  })
}

/** Shows a terminal in which nothing runs, for a line of the page: the one in front if it is free, another one, a new one; null: all are busy. */
export function freeTerminal(): number | null {
  const { open, active, busy } = terminals.getState()
  const free = [active, ...open].find((id) => !busy.includes(id))
  if (free === undefined) return openTerminal()
  chooseTerminal(free)
  return free
}
