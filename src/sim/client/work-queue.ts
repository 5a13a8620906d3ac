import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'

/** A key's place in the queue. A row exists while anything of it does not have its resting value. */
export interface QueueRow {
  /** To be processed: added since processing last began. Several adds make one. */
  readonly dirty: boolean
  /** In a worker's hands. A dirty key is not handed out again until it is done. */
  readonly processing: boolean
  readonly since: Micros
  /** Failures in a row: the back-off is 5 ms × 2^failures, at most 1000 s. */
  readonly failures: number
  /** A pending delayed add. */
  readonly timer?: { readonly seq: number; readonly at: Micros }
  /** Dirty, but every worker was busy when its turn came: its order among those who wait. */
  readonly waiting?: string
}

/** With every member that a row may have, so that no copy has to grow. */
const REST: QueueRow = { dirty: false, processing: false, since: 0, failures: 0, timer: undefined, waiting: undefined }
/** Delays after failures: `base`, doubling up to `max`. */
export interface Backoff {
  readonly base: Micros
  readonly max: Micros
}

const RETRY_INTERVAL = 100_000
const RETRY_BURST = 100
const DEFAULT_BACKOFF: Backoff = { base: 5_000, max: 1_000_000_000 }

/**
 * The rate-limited, de-duplicating work queue of a controller (client-go: util/workqueue) with its workers. The owning
 * actor must have the handlers 'work' and 'timer', which lead back to `take` and `due`.
 */
export class WorkQueue {
  readonly rows: Table<QueueRow>
  readonly #waiting: Table<string>
  readonly #counters: Table<number>
  readonly #actor: string
  /** How many keys may be in work at once. */
  workers: number
  readonly #backoff: Backoff

  constructor(engine: Engine, actor: string, workers: number, backoff: Backoff = DEFAULT_BACKOFF) {
    this.rows = engine.table<QueueRow>(`queue/${actor}`)
    this.#waiting = engine.table<string>(`queue-waiting/${actor}`)
    this.#counters = engine.table<number>('queues')
    this.#actor = actor
    this.workers = workers
    this.#backoff = backoff
  }

  get busy(): number {
    return this.#counters.get(`${this.#actor} busy`) ?? 0
  }

  add(ctx: EventContext, key: string): void {
    const row = this.rows.get(key) ?? REST
    if (row.dirty) return
    this.rows.set(key, { ...row, dirty: true, since: row.processing ? row.since : ctx.now })
    if (!row.processing) ctx.schedule(0, this.#actor, 'work', key)
  }

  /** Adds the key after `delay`; of several delayed adds the earliest counts. */
  addAfter(ctx: EventContext, key: string, delay: Micros): void {
    if (delay <= 0) {
      this.add(ctx, key)
      return
    }
    const row = this.rows.get(key) ?? REST
    const at = ctx.now + delay
    if (row.timer && row.timer.at <= at) return
    if (row.timer) ctx.cancel(row.timer.seq)
    const seq = ctx.schedule(delay, this.#actor, 'timer', key)
    this.rows.set(key, { ...row, timer: { seq, at } })
  }

  /** Handler 'timer': a delayed add is due. */
  due(ctx: EventContext, key: string): void {
    const row = this.rows.get(key)
    if (!row) return
    this.rows.set(key, { ...row, timer: undefined })
    this.add(ctx, key)
  }

  /** Handler 'work': hands the key to a worker, if one is free; true when the caller shall process it now. */
  take(ctx: EventContext, key: string): boolean {
    const row = this.rows.get(key)
    if (!row || !row.dirty || row.processing) return false
    if (this.busy >= this.workers) {
      if (row.waiting) return false
      const order = `${this.#count('order')}`.padStart(12, '0')
      this.#waiting.set(order, key)
      this.rows.set(key, { ...row, waiting: order })
      return false
    }
    if (row.waiting) this.#waiting.delete(row.waiting)
    this.#counters.set(`${this.#actor} busy`, this.busy + 1)
    this.rows.set(key, { ...row, dirty: false, processing: true, since: ctx.now, waiting: undefined })
    return true
  }

  /** The worker is done with the key: success forgets failures, `failed` adds it again with back-off. */
  done(ctx: EventContext, key: string, failed: boolean): void {
    this.#counters.set(`${this.#actor} busy`, Math.max(0, this.busy - 1))
    const row = this.rows.get(key) ?? REST
    const failures = failed ? row.failures + 1 : 0
    const rest: QueueRow = { ...row, processing: false, failures }
    if (rest.dirty || rest.timer || failures > 0) this.rows.set(key, rest)
    else this.rows.delete(key)
    if (rest.dirty) ctx.schedule(0, this.#actor, 'work', key)
    if (failed) this.addAfter(ctx, key, Math.max(backoff(failures - 1, this.#backoff), this.#backoff === DEFAULT_BACKOFF ? this.#reserve(ctx.now) : 0))
    const next = this.#waiting.firstKey()
    if (next !== undefined) ctx.schedule(0, this.#actor, 'work', this.#waiting.get(next))
  }

  /** Everything is forgotten, e.g. when the process stops. */
  clear(ctx: EventContext): void {
    for (const key of [...this.rows.keys()]) {
      const row = this.rows.get(key)!
      if (row.timer) ctx.cancel(row.timer.seq)
      this.rows.delete(key)
    }
    for (const key of [...this.#waiting.keys()]) this.#waiting.delete(key)
    this.#counters.delete(`${this.#actor} busy`)
  }

  /** Ten retries a second for all keys together after a burst of a hundred (DefaultTypedControllerRateLimiter). */
  #reserve(now: Micros): Micros {
    const name = `${this.#actor} retries`
    const due = Math.max(this.#counters.get(name) ?? 0, now) + RETRY_INTERVAL
    this.#counters.set(name, due)
    return Math.max(0, due - RETRY_BURST * RETRY_INTERVAL - now)
  }

  #count(name: string): number {
    const key = `${this.#actor} ${name}`
    const n = (this.#counters.get(key) ?? 0) + 1
    this.#counters.set(key, n)
    return n
  }
}

/** ItemExponentialFailureRateLimiter: by default 5 ms doubling up to 1000 s. */
export function backoff(failuresBefore: number, { base, max }: Backoff = DEFAULT_BACKOFF): Micros {
  let delay = base
  for (let i = 0; i < failuresBefore && delay < max; i++) delay *= 2
  return Math.min(delay, max)
}
