import type { Table } from '../engine/table.ts'
import { minutes, type Micros } from '../engine/time.ts'

/** The state tables that a controller with expectations declares. */
export const EXPECTATION_TABLES: readonly string[] = ['expectations']

/** What was asked for and has not been seen in the cache yet. `deleting`: keys of pods. */
export interface Expectation {
  readonly adds: number
  readonly dels: number
  readonly deleting: readonly string[]
  readonly since: Micros
}

/** After so long an expectation counts as lost and the controller acts again. */
const EXPIRY = minutes(5)

/**
 * What a controller has asked for and not yet seen; while anything is outstanding it does not act, because its cache is
 * behind (pkg/controller: UIDTrackingControllerExpectations). In a reconcile, write only inside `once`.
 */
export class Expectations {
  readonly #table: Table<Expectation>

  constructor(ctx: { state<V>(name: string): Table<V> }) {
    this.#table = ctx.state<Expectation>('expectations')
  }

  /** True when everything was seen, nothing was asked for, or it is too long ago. */
  satisfied(key: string, now: Micros): boolean {
    const row = this.#table.get(key)
    return !row || (row.adds <= 0 && row.dels <= 0) || now - row.since > EXPIRY
  }

  expectCreations(key: string, adds: number, now: Micros): void {
    this.#table.set(key, { adds, dels: 0, deleting: [], since: now })
  }

  expectDeletions(key: string, deleting: readonly string[], now: Micros): void {
    this.#table.set(key, { adds: 0, dels: deleting.length, deleting, since: now })
  }

  /** Creations and deletions of one sync together. */
  expectBoth(key: string, adds: number, deleting: readonly string[], now: Micros): void {
    this.#table.set(key, { adds, dels: deleting.length, deleting, since: now })
  }

  creationObserved(key: string, count = 1): void {
    const row = this.#table.get(key)
    if (row && row.adds > 0) this.#table.set(key, { ...row, adds: Math.max(0, row.adds - count) })
  }

  /** Each pod counts once: as soon as it is marked for deletion, and not again when it is gone. */
  deletionObserved(key: string, pod: string): void {
    const row = this.#table.get(key)
    if (!row?.deleting.includes(pod)) return
    const deleting = row.deleting.filter((other) => other !== pod)
    this.#table.set(key, { ...row, deleting, dels: deleting.length })
  }

  forget(key: string): void {
    this.#table.delete(key)
  }
}
