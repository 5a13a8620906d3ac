import type { Table } from '../../engine/table.ts'
import { EXPECTATION_TABLES, Expectations } from '../../client/expectations.ts'
import type { BackoffRecord } from './backoff.ts'

/** The controller's own tables; `finalizers`: uids whose finalizer was removed but not seen to be gone; `finished`: uid by key. */
export const JOB_TABLES: readonly string[] = [...EXPECTATION_TABLES, 'finalizers', 'backoff', 'finished', 'written']

interface HasState {
  state<V>(name: string): Table<V>
}

/** What the job controller remembers of a Job between syncs. In a reconcile, write only inside `once`. */
export class Memory {
  readonly expectations: Expectations
  readonly #finalizers: Table<readonly string[]>
  readonly #backoff: Table<BackoffRecord>
  readonly #finished: Table<string>
  readonly #written: Table<string>

  constructor(ctx: HasState) {
    this.expectations = new Expectations(ctx)
    this.#finalizers = ctx.state('finalizers')
    this.#backoff = ctx.state('backoff')
    this.#finished = ctx.state('finished')
    this.#written = ctx.state('written')
  }

  /** Uids of pods that have been asked to lose the tracking finalizer. */
  expectedRemovals(key: string): readonly string[] {
    return this.#finalizers.get(key) ?? []
  }

  expectRemovals(key: string, uids: readonly string[]): void {
    const known = this.expectedRemovals(key)
    this.#finalizers.set(key, [...known, ...uids.filter((uid) => !known.includes(uid))])
  }

  removalObserved(key: string, uid: string): void {
    const known = this.#finalizers.get(key)
    if (!known?.includes(uid)) return
    const left = known.filter((other) => other !== uid)
    if (left.length > 0) this.#finalizers.set(key, left)
    else this.#finalizers.delete(key)
  }

  backoff(key: string): BackoffRecord | undefined {
    return this.#backoff.get(key)
  }

  setBackoff(key: string, record: BackoffRecord): void {
    this.#backoff.set(key, record)
  }

  /** Has the Job of this uid been written as finished, though the cache may not show it yet? */
  isFinished(key: string, uid: string): boolean {
    return this.#finished.get(key) === uid
  }

  setFinished(key: string, uid: string): void {
    this.#finished.set(key, uid)
  }

  /** Is the cached version older than the controller's last write (controller/util/consistency)? */
  isBehind(key: string, version: string | undefined): boolean {
    return Number(this.#written.get(key) ?? 0) > Number(version ?? 0)
  }

  wrote(key: string, version: string | undefined): void {
    if (version) this.#written.set(key, version)
  }

  /** A finished Job needs no memory of failures or writes. */
  settle(key: string): void {
    for (const table of [this.#backoff, this.#finished, this.#written] as readonly Table<unknown>[]) if (table.has(key)) table.delete(key)
  }

  forget(key: string): void {
    this.settle(key)
    this.expectations.forget(key)
    if (this.#finalizers.has(key)) this.#finalizers.delete(key)
  }
}
