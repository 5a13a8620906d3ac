import type { Diffs, Note, Payload, SimEvent, Step, Teller } from './event.ts'
import { HashSum } from './hash.ts'
import { broken, invariant } from './invariant.ts'
import { EventQueue } from './queue.ts'
import { randomStream, type Random } from './random.ts'
import { Scratch } from './scratch.ts'
import { Table, type Recorder } from './table.ts'
import type { Micros } from './time.ts'

/** What a handler may do besides reading and writing tables. Valid only while the handler runs. */
export interface EventContext {
  readonly now: Micros
  readonly event: SimEvent
  /** The part of the actor's name after the slash: "node-1" of "kubelet/node-1"; "" without one. */
  readonly instance: string
  /** The actor's own stream. */
  readonly random: Random
  /** Schedules an event `delay` µs from now, caused by this one. Returns its seq, the handle for `cancel`. */
  schedule(delay: Micros, actor: string, what: string, payload?: Payload, cause?: number): number
  /** Takes a pending event back. False when it has run already or never was. */
  cancel(seq: number): boolean
  /** Adds a sentence to the step. */
  note(id: string, params: Readonly<Record<string, string | number>>): void
  /** Adds a sentence that can be told from the event; `teller` is one function for all events of its kind. */
  tell(teller: Teller): void
}

export type Handler = (ctx: EventContext, payload: never) => void
export type Handlers = Readonly<Record<string, Handler>>

/** A handler threw: a bug. The step was rolled back, so the state is that before the event. */
export class EngineFault extends Error {
  override readonly name = 'EngineFault'
  constructor(readonly event: SimEvent, readonly reason: unknown) {
    super(`${event.actor} failed at ${event.what} (event ${event.seq}): ${reason instanceof Error ? reason.message : String(reason)}`)
    this.cause = reason
  }
}

export interface Checkpoint {
  readonly tables: ReadonlyMap<string, ReadonlyMap<string, unknown>>
  readonly queue: readonly SimEvent[]
  readonly nextSeq: number
  readonly now: Micros
}

/**
 * The clockwork: actors, their tables, the queue of events. It runs one event at a time and hands out what the event did
 * as a Step, which `undo` and `redo` apply exactly. It knows no history; that is the Timeline's.
 */
export class Engine implements Recorder {
  readonly seed: number
  readonly queue = new EventQueue()
  /** Freezes what is written to tables, so that mutation throws; for development and tests. */
  debug = false
  readonly #tables = new Map<string, Table<unknown>>()
  readonly #actors = new Map<string, Handlers>()
  readonly #resolved = new Map<string, { handlers: Handlers; instance: string; random: Random }>()
  readonly #counters: Table<number>
  #nextSeq = 1
  #now: Micros = 0
  #running = false
  /** What the running event has done so far; diffs four by four. */
  readonly #diffs = new Scratch<unknown>()
  readonly #scheduled = new Scratch<SimEvent>()
  readonly #cancelled = new Scratch<SimEvent>()
  readonly #told = new Scratch<Note | Teller>()
  readonly #ctx: MutableContext

  constructor(options: { readonly seed: number }) {
    this.seed = options.seed
    this.#counters = this.table<number>('random')
    this.#ctx = new MutableContext(this)
  }

  /** The instant of the last event that ran. */
  get now(): Micros {
    return this.#now
  }

  get nextSeq(): number {
    return this.#nextSeq
  }

  get running(): boolean {
    return this.#running
  }

  /** The table called `name`; the same one on every call. */
  table<V>(name: string): Table<V> {
    let table = this.#tables.get(name)
    if (!table) this.#tables.set(name, (table = new Table<unknown>(name, this)))
    return table as Table<unknown> as Table<V>
  }

  tables(): readonly Table<unknown>[] {
    return [...this.#tables.values()]
  }

  /** Registers an actor family. Events to "name" and to "name/instance" reach it. Throws when the name is taken. */
  actor(name: string, handlers: Handlers): void {
    invariant(!this.#actors.has(name), `actor ${name} is registered twice; give each actor its own name`)
    this.#actors.set(name, handlers)
  }

  /** Runs the next event of the queue; undefined when nothing is due. Throws EngineFault, rolled back. */
  step(): Step | undefined {
    const event = this.queue.pop()
    return event && this.#execute(event, false)
  }

  /** Executes a command at instant `at` (not before the last event): the root of a chain of causes. */
  command(at: Micros, actor: string, what: string, payload: Payload): Step {
    invariant(at >= this.#now, `a command at ${at} would lie before the last event at ${this.#now}`)
    return this.#execute({ seq: this.#nextSeq++, at, since: at, actor, what, cause: 0, payload }, true)
  }

  /** Runs `body` as an event of actor `as` at instant `at` and takes back whatever it wrote: a look at what would happen. */
  probe<T>(at: Micros, as: string, body: (ctx: EventContext) => T): T {
    invariant(!this.#running, 'probe() cannot run inside an event')
    const before = this.#now
    const event: SimEvent = { seq: this.#nextSeq++, at, since: at, actor: as, what: 'probe', cause: 0, payload: null }
    const { instance, random } = this.#resolve(as)
    this.#running = true
    this.#now = at
    this.#ctx.enter(event, instance, random, this.#told)
    try {
      return body(this.#ctx)
    } finally {
      this.#running = false
      this.undo(this.#taken(event, true), before)
    }
  }

  undo(step: Step, previousNow: Micros): void {
    this.#revert(step.diffs)
    // In this order, since an event may have been scheduled and cancelled within the step.
    for (const event of step.cancelled) this.queue.add(event)
    for (const event of step.scheduled) this.queue.remove(event)
    this.#nextSeq -= step.scheduled.length
    if (step.root) this.#nextSeq--
    else this.queue.add(step.event)
    this.#now = previousNow
  }

  redo(step: Step): void {
    if (step.root) this.#nextSeq++
    else this.queue.remove(step.event)
    this.#nextSeq += step.scheduled.length
    const { diffs } = step
    for (let i = 0; i < diffs.length; i += 4) (diffs[i] as Table<unknown>).apply(diffs[i + 1] as string, diffs[i + 2], diffs[i + 3])
    for (const event of step.scheduled) this.queue.add(event)
    for (const event of step.cancelled) this.queue.remove(event)
    this.#now = step.event.at
  }

  checkpoint(): Checkpoint {
    const tables = new Map<string, ReadonlyMap<string, unknown>>()
    for (const [name, table] of this.#tables) tables.set(name, table.snapshot())
    return { tables, queue: this.queue.unordered(), nextSeq: this.#nextSeq, now: this.#now }
  }

  restore(checkpoint: Checkpoint): void {
    for (const [name, table] of this.#tables) table.restore(checkpoint.tables.get(name) ?? new Map())
    this.queue.restore(checkpoint.queue)
    this.#nextSeq = checkpoint.nextSeq
    this.#now = checkpoint.now
  }

  /** Hash of the whole state: all tables, the pending events, the counters. The order of insertion does not count. */
  hash(): string {
    const sum = new HashSum()
    for (const [name, table] of this.#tables) for (const [key, value] of table.rows()) sum.add(name, key, value)
    for (const event of this.queue.unordered()) sum.add('queue', `${event.seq}`, event)
    sum.add('engine', 'seq', this.#nextSeq)
    return sum.digest()
  }

  record(table: Table<unknown>, key: string, from: unknown, to: unknown): void {
    if (!this.#running) broken(`table ${table.name} was written outside an event; schedule an event or send a command`)
    if (this.debug && typeof to === 'object' && to !== null) deepFreeze(to)
    const diffs = this.#diffs
    diffs.push(table)
    diffs.push(key)
    diffs.push(from)
    diffs.push(to)
  }

  schedule(at: Micros, actor: string, what: string, payload: Payload, cause: number): number {
    if (!this.#running) broken(`${actor}/${what} was scheduled outside an event; send a command instead`)
    if (!Number.isSafeInteger(at) || at < this.#now) broken(`${actor}/${what} must be scheduled at a whole microsecond from now (${this.#now}) on; got ${at}`)
    const event: SimEvent = { seq: this.#nextSeq++, at, since: this.#now, actor, what, cause, payload }
    if (this.debug && typeof payload === 'object' && payload !== null) deepFreeze(payload)
    this.#scheduled.push(event)
    this.queue.add(event)
    return event.seq
  }

  cancel(seq: number): boolean {
    const event = this.queue.find(seq)
    if (!event) return false
    this.queue.remove(event)
    this.#cancelled.push(event)
    return true
  }

  /** A named stream outside an actor's own, for rooms that draw for somebody else. */
  stream(name: string): Random {
    return randomStream(this.seed, name, this.#counters)
  }

  #execute(event: SimEvent, root: boolean): Step {
    const actor = this.#resolve(event.actor)
    const handler = actor.handlers[event.what]
    if (!handler) broken(`actor ${event.actor} has no handler ${event.what}`)
    const before = this.#now
    this.#running = true
    this.#now = event.at
    this.#ctx.enter(event, actor.instance, actor.random, this.#told)
    try {
      handler(this.#ctx, event.payload as never)
    } catch (reason) {
      this.#running = false
      this.undo(this.#taken(event, root), before)
      throw new EngineFault(event, reason)
    }
    this.#running = false
    return this.#taken(event, root)
  }

  #taken(event: SimEvent, root: boolean): Step {
    return { event, root, diffs: this.#diffs.take(), scheduled: this.#scheduled.take(), cancelled: this.#cancelled.take(), told: this.#told.take() }
  }

  #revert(diffs: Diffs): void {
    for (let i = diffs.length - 4; i >= 0; i -= 4) (diffs[i] as Table<unknown>).apply(diffs[i + 1] as string, diffs[i + 3], diffs[i + 2])
  }

  #resolve(name: string): { handlers: Handlers; instance: string; random: Random } {
    let found = this.#resolved.get(name)
    if (!found) {
      const slash = name.indexOf('/')
      const handlers = this.#actors.get(slash < 0 ? name : name.slice(0, slash))
      invariant(handlers, `no actor is called ${name}; register it with engine.actor()`)
      found = { handlers, instance: slash < 0 ? '' : name.slice(slash + 1), random: this.stream(name) }
      this.#resolved.set(name, found)
    }
    return found
  }
}

class MutableContext implements EventContext {
  readonly #engine: Engine
  now: Micros = 0
  event!: SimEvent
  instance = ''
  random!: Random
  #told!: Scratch<Note | Teller>

  constructor(engine: Engine) {
    this.#engine = engine
  }

  enter(event: SimEvent, instance: string, random: Random, told: Scratch<Note | Teller>): void {
    this.now = event.at
    this.event = event
    this.instance = instance
    this.random = random
    this.#told = told
  }

  schedule(delay: Micros, actor: string, what: string, payload: Payload = null, cause: number = this.event.seq): number {
    return this.#engine.schedule(this.now + delay, actor, what, payload, cause)
  }

  cancel(seq: number): boolean {
    return this.#engine.cancel(seq)
  }

  note(id: string, params: Readonly<Record<string, string | number>>): void {
    this.#told.push({ id, params })
  }

  tell(teller: Teller): void {
    this.#told.push(teller)
  }
}

function deepFreeze(value: object): void {
  if (Object.isFrozen(value)) return
  Object.freeze(value)
  for (const item of Object.values(value)) if (typeof item === 'object' && item !== null) deepFreeze(item as object)
}
