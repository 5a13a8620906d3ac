import type { KubeObject } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import { broken } from '../engine/invariant.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import type { Lister } from './lister.ts'
import type { Answer, ReconcileContext } from './reconcile-context.ts'
import type { Request } from './request.ts'
import type { Answered, Client, WatchDelivery, WatchSpec } from './transport.ts'

/** Thrown to leave a resumable function while it waits; no Error, because nothing went wrong and no stack is wanted. */
const SUSPENDED = Symbol('suspended')

/**
 * An entry of the log for requests under way; when `left` is 0 the function goes on. Until then the answers that came are
 * collected beside the log (`SuspendedJob.came`), so that hundreds of requests at once do not copy it with every answer.
 */
interface Waiting {
  readonly answers: readonly (Answer<unknown> | null)[]
  readonly left: number
}

/** An entry of the log for a watch that is followed: `state` is what `step` made of the events so far. */
interface Following {
  readonly watch: string
  readonly state: unknown
  readonly timer: number
  readonly result?: { readonly value: unknown } | 'timeout'
}

/** What a follower makes of a watch event: a new state, or the end with a result. Plain data. */
export type Followed<S, R> = { readonly state: S } | { readonly done: R }

/** A suspended function: everything that it has read and been answered so far, in order. */
export interface SuspendedJob {
  readonly log: readonly unknown[]
  readonly since: Micros
  /** Answers to some of the requests of the log's last entry, in the order in which they came. */
  readonly came?: Came
}

/** In chunks, so that adding one copies little. */
interface Came {
  readonly count: number
  readonly chunks: readonly (readonly { readonly slot: number; readonly answer: Answer<unknown> }[])[]
}

const CHUNK = 32

function withAnswer(came: Came | undefined, slot: number, answer: Answer<unknown>): Came {
  if (!came) return { count: 1, chunks: [[{ slot, answer }]] }
  const { count, chunks } = came
  const last = chunks.at(-1)!
  return { count: count + 1, chunks: last.length < CHUNK ? [...chunks.slice(0, -1), [...last, { slot, answer }]] : [...chunks, [{ slot, answer }]] }
}

/** An entry of the log for a loop: the results of its turns, all lists but the last of the same length. */
interface Turns {
  readonly full: readonly (readonly unknown[])[]
  readonly last: readonly unknown[]
}

const TURNS = 512

/** Payload data that leads an answer back to its place in a job's log. */
export interface Place {
  readonly job: string
  readonly entry: number
  readonly slot: number
}

export interface JobHooks<R> {
  lister<T extends KubeObject>(plural: string): Lister<T>
  emit(ctx: EventContext, object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, action?: string): void
  finished(ctx: EventContext, job: string, result: R): void
  /** Warnings that came with an answer; nobody listens unless this is given. */
  warned?(ctx: EventContext, job: string, warnings: readonly string[]): void
}

/**
 * Runs functions in direct style that wait in virtual time. A function that must wait is left, its log is kept in a
 * table, and when the answer arrives it is run again from the top with the log replayed. So all state is plain data.
 */
export class Jobs<R> {
  readonly table: Table<SuspendedJob>
  readonly #client: Client
  readonly #run: (ctx: JobContext, job: string) => R
  readonly #hooks: JobHooks<R>

  constructor(engine: Engine, name: string, client: Client, run: (ctx: JobContext, job: string) => R, hooks: JobHooks<R>) {
    this.table = engine.table<SuspendedJob>(`jobs/${name}`)
    this.#client = client
    this.#run = run
    this.#hooks = hooks
  }

  start(ctx: EventContext, job: string): void {
    this.#resume(ctx, job, [], ctx.now)
  }

  /** Handler 'answer' of the owning actor. */
  answer(ctx: EventContext, { answer, data, warnings }: Answered<unknown> & { readonly warnings?: readonly string[] }): void {
    const { job, entry, slot } = data as Place
    const row = this.table.get(job)
    if (!row) return
    if (warnings?.length) this.#hooks.warned?.(ctx, job, warnings)
    const waiting = row.log[entry] as Waiting | undefined
    // A job that was cancelled and started anew may still get an answer meant for its predecessor.
    if (!waiting?.left) return
    const came = row.came?.count ?? 0
    if (came + 1 < waiting.left) {
      this.table.set(job, { log: row.log, since: row.since, came: withAnswer(row.came, slot, answer) })
      return
    }
    const answers = waiting.answers.slice()
    for (const chunk of row.came?.chunks ?? []) for (const earlier of chunk) answers[earlier.slot] = earlier.answer
    answers[slot] = answer
    const log = row.log.slice()
    log[entry] = { answers, left: 0 } satisfies Waiting
    this.#resume(ctx, job, log, row.since)
  }

  /** Handler 'wake' of the owning actor: a sleep is over. */
  wake(ctx: EventContext, { job, entry }: Place): void {
    const row = this.table.get(job)
    if (!row) return
    const log = row.log.slice()
    const waiting = log[entry] as Waiting | Following
    if ('watch' in waiting) {
      this.#client.unwatch(ctx, waiting.watch)
      log[entry] = { ...waiting, result: 'timeout' } satisfies Following
    } else log[entry] = { answers: [], left: 0 } satisfies Waiting
    this.#resume(ctx, job, log, row.since)
  }

  /** Handler of the owning actor for events of watches that jobs follow. */
  deliver(ctx: EventContext, delivery: WatchDelivery): void {
    const { job, entry } = delivery.data as Place
    const row = this.table.get(job)
    const following = row?.log[entry] as Following | undefined
    if (!row || following?.watch !== delivery.watch || following.result) return
    this.#resume(ctx, job, row.log.slice(), row.since, delivery)
  }

  /** Forgets a suspended job; late answers are dropped, and with `ctx` the watches that it follows are closed. */
  cancel(job: string, ctx?: EventContext): void {
    if (ctx) {
      for (const entry of this.table.get(job)?.log ?? []) {
        const following = entry as Following | null
        if (typeof following !== 'object' || following === null || !('watch' in following) || following.result) continue
        this.#client.unwatch(ctx, following.watch)
        if (following.timer) ctx.cancel(following.timer)
      }
    }
    this.table.delete(job)
  }

  #resume(ctx: EventContext, job: string, log: unknown[], since: Micros, delivery?: WatchDelivery): void {
    const context = new JobContext(ctx, job, log, this.#client, this.#hooks, delivery)
    let result: R
    try {
      result = this.#run(context, job)
    } catch (thrown) {
      if (thrown !== SUSPENDED) throw thrown
      this.table.set(job, { log, since })
      return
    }
    this.table.delete(job)
    this.#hooks.finished(ctx, job, result)
  }
}

/** The context handed to a resumable function; see ReconcileContext for the rules. */
export class JobContext implements ReconcileContext {
  readonly eventContext: EventContext
  readonly job: string
  readonly #log: unknown[]
  readonly #client: Client
  readonly #hooks: JobHooks<never>
  readonly #delivery: WatchDelivery | undefined
  #position = 0
  #stepping = false

  constructor(ctx: EventContext, job: string, log: unknown[], client: Client, hooks: JobHooks<never>, delivery?: WatchDelivery) {
    this.#delivery = delivery
    this.eventContext = ctx
    this.job = job
    this.#log = log
    this.#client = client
    this.#hooks = hooks
  }

  get now(): Micros {
    return this.once(() => this.eventContext.now)
  }

  once<T>(effect: () => T): T {
    // A follower's step runs exactly once for each event, so nothing needs to be remembered.
    if (this.#stepping) return effect()
    if (this.#position < this.#log.length) return this.#log[this.#position++] as T
    const before = this.#log.length
    const value = effect()
    // What is read inside an effect would be replayed in the place of the effect's own result.
    if (this.#log.length !== before) broken(`${this.job}: a logged read (now, lister, once …) inside once()`)
    this.#log.push(value)
    this.#position++
    return value
  }

  lister<T extends KubeObject>(plural: string): Lister<T> {
    const cache = this.#hooks.lister<T>(plural)
    return {
      get: (namespace, name) => this.once(() => cache.get(namespace, name)),
      list: (namespace) => this.once(() => cache.list(namespace)),
      by: (index, value) => this.once(() => cache.by(index, value)),
    }
  }

  call<T = KubeObject>(request: Request): Answer<T> {
    return this.all<T>([request])[0]!
  }

  all<T = KubeObject>(requests: readonly Request[]): readonly Answer<T>[] {
    if (requests.length === 0) return []
    const entry = this.#position++
    if (entry < this.#log.length) {
      const waiting = this.#log[entry] as Waiting
      if (waiting.left === 0) return waiting.answers as readonly Answer<T>[]
      throw SUSPENDED
    }
    this.#log.push({ answers: requests.map(() => null), left: requests.length } satisfies Waiting)
    requests.forEach((request, slot) => {
      const data: Place = { job: this.job, entry, slot }
      this.#client.send(this.eventContext, request, { actor: this.eventContext.event.actor, what: 'answer', data })
    })
    throw SUSPENDED
  }

  sleep(delay: Micros): void {
    const entry = this.#position++
    if (entry < this.#log.length) {
      if ((this.#log[entry] as Waiting).left === 0) return
      throw SUSPENDED
    }
    this.#log.push({ answers: [], left: 1 } satisfies Waiting)
    const data: Place = { job: this.job, entry, slot: 0 }
    this.eventContext.schedule(delay, this.eventContext.event.actor, 'wake', data)
    throw SUSPENDED
  }

  /**
   * Watches and feeds each event to `step` until that is done; gives its result, or undefined when `timeout` µs have
   * passed. Only the state is kept between events, however many there are. `step` may use `once` but must not wait.
   */
  follow<S, R>(spec: WatchSpec, initial: S, step: (state: S, event: WatchDelivery) => Followed<S, R>, timeout?: Micros): R | undefined {
    const entry = this.#position++
    const data: Place = { job: this.job, entry, slot: 0 }
    if (entry >= this.#log.length) {
      const watch = `${this.#client.name}/${this.job}/${this.eventContext.event.seq}/${entry}`
      const timer = timeout === undefined ? 0 : this.eventContext.schedule(timeout, this.eventContext.event.actor, 'wake', data)
      this.#log.push({ watch, state: initial, timer } satisfies Following)
      this.#client.watch(this.eventContext, watch, spec, { actor: this.eventContext.event.actor, what: 'delivery', data })
      throw SUSPENDED
    }
    const following = this.#log[entry] as Following
    if (following.result) return following.result === 'timeout' ? undefined : (following.result.value as R)
    const delivery = this.#delivery
    if (!delivery || (delivery.data as Place).entry !== entry) throw SUSPENDED
    this.#stepping = true
    const next = step(following.state as S, delivery)
    this.#stepping = false
    if (!('done' in next)) {
      this.#log[entry] = { ...following, state: next.state } satisfies Following
      throw SUSPENDED
    }
    this.#client.unwatch(this.eventContext, following.watch)
    if (following.timer) this.eventContext.cancel(following.timer)
    this.#log[entry] = { ...following, state: null, result: { value: next.done } } satisfies Following
    return next.done
  }

  /**
   * Runs `body` for 0 … count - 1 and gives what it returned (plain data). Once a turn is over its part of the log is
   * forgotten, so that a long loop is not replayed from its start. `before` is the result of the turn before.
   */
  each<T>(count: number, body: (index: number, before: T | undefined) => T): readonly T[] {
    const entry = this.#position++
    if (entry >= this.#log.length) this.#log.push({ full: [], last: [] } satisfies Turns)
    const known = this.#log[entry] as Turns
    // What an earlier run has left behind stays as it is; of its turns only the last, short list is copied, and that once a run.
    let full = known.full as readonly (readonly T[])[]
    let last = [...(known.last as readonly T[])]
    let index = full.length * TURNS + last.length
    while (index < count) {
      const result = body(index++, last.at(-1) ?? full.at(-1)?.at(-1))
      last.push(result)
      if (last.length === TURNS) {
        full = [...full, last]
        last = []
      }
      this.#log[entry] = { full, last } satisfies Turns
      this.#log.length = entry + 1
      this.#position = entry + 1
    }
    return [...full.flat(), ...last]
  }

  /** Runs `body` with a state until it says `{ done }`. Only the state is kept from turn to turn, however many there are. */
  loop<S, R>(initial: S, body: (state: S) => Followed<S, R>): R {
    const entry = this.#position++
    if (entry >= this.#log.length) this.#log.push({ state: initial })
    for (;;) {
      const row = this.#log[entry] as Followed<S, R>
      if ('done' in row) return row.done
      this.#log[entry] = body(row.state)
      this.#log.length = entry + 1
      this.#position = entry + 1
    }
  }

  /** Waits for an answer from outside, which reaches `Jobs.answer` with the place as its data; `ask` runs once. */
  external<T>(ask: (place: Place) => void): T {
    const entry = this.#position++
    if (entry < this.#log.length) {
      const waiting = this.#log[entry] as Waiting
      if (waiting.left === 0) return waiting.answers[0] as T
      throw SUSPENDED
    }
    this.#log.push({ answers: [null], left: 1 } satisfies Waiting)
    ask({ job: this.job, entry, slot: 0 })
    throw SUSPENDED
  }

  random(bound: number): number {
    return this.once(() => this.eventContext.random.below(bound))
  }

  note(id: string, params: Readonly<Record<string, string | number>>): void {
    this.once(() => {
      this.eventContext.note(id, params)
      return null
    })
  }

  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, action?: string): void {
    this.once(() => {
      this.#hooks.emit(this.eventContext, object, type, reason, message, action)
      return null
    })
  }
}
