import type { Table } from '../engine/table.ts'
import { minutes, type Micros } from '../engine/time.ts'

/** What a controller has asked for and not yet seen in its cache. */
export interface Expectation {
  readonly adds: number
  readonly deletes: number
  readonly at: Micros
}

/** A controller that uses expectations lists these two in its `state`. */
export const EXPECTATION_TABLES = ['expectations', 'expected-deletions'] as const

interface HasState {
  state<V>(name: string): Table<V>
}

const TIMEOUT = minutes(5)

/**
 * Guards against acting twice on a stale cache: after asking for n creations a key is not acted upon until n were
 * observed, or five minutes have passed. Deletions are tracked by pod (kube-controller-manager:
 * controller_utils.go, UIDTrackingControllerExpectations).
 */
export class Expectations {
  readonly #rows: Table<Expectation>
  readonly #deletions: Table<true>

  constructor(ctx: HasState) {
    this.#rows = ctx.state('expectations')
    this.#deletions = ctx.state('expected-deletions')
  }

  satisfied(key: string, now: Micros): boolean {
    const row = this.#rows.get(key)
    return !row || (row.adds <= 0 && row.deletes <= 0) || now - row.at > TIMEOUT
  }

  expectCreations(key: string, adds: number, now: Micros): void {
    this.#rows.set(key, { adds, deletes: 0, at: now })
  }

  expectDeletions(key: string, pods: readonly string[], now: Micros): void {
    this.#forgetDeletions(key)
    this.#rows.set(key, { adds: 0, deletes: pods.length, at: now })
    for (const pod of pods) this.#deletions.set(`${key} ${pod}`, true)
  }

  creationObserved(key: string, n = 1): void {
    const row = this.#rows.get(key)
    if (row && n > 0) this.#rows.set(key, { ...row, adds: row.adds - n })
  }

  /** Counts a deletion once, whether it is first seen as a timestamp or as the object's end. */
  deletionObserved(key: string, pod: string): void {
    const deletion = `${key} ${pod}`
    const row = this.#rows.get(key)
    if (!row || !this.#deletions.has(deletion)) return
    this.#deletions.delete(deletion)
    this.#rows.set(key, { ...row, deletes: row.deletes - 1 })
  }

  forget(key: string): void {
    this.#forgetDeletions(key)
    this.#rows.delete(key)
  }

  #forgetDeletions(key: string): void {
    if (this.#deletions.size === 0) return
    for (const row of [...this.#deletions.keys()]) if (row.startsWith(`${key} `)) this.#deletions.delete(row)
  }
}
