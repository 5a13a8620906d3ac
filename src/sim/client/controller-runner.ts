import type { KubeObject } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Teller } from '../engine/event.ts'
import { invariant } from '../engine/invariant.ts'
import type { Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'
import type { Flag } from '../flags/flag.ts'
import { flagsIn, type Flags } from '../flags/index.ts'
import { CONCURRENT_SYNCS, KUBE_API_BURST, KUBE_API_QPS, startsController } from '../flags/kube-controller-manager.ts'
import { controllerUser } from './account.ts'
import type { Controller, ControllerContext, HandlerContext, Watches } from './controller.ts'
import { EventRecorder } from './event-recorder.ts'
import type { InformerFactory } from './informer.ts'
import type { Cache } from './lister.ts'
import type { ReconcileResult } from './reconcile-context.ts'
import { Jobs, type JobContext, type Place } from './resumable.ts'
import { Client, type Answered, type WatchDelivery, type WatchSpec } from './transport.ts'
import { WorkQueue } from './work-queue.ts'

/** Why a component does not run: somebody stopped it, its process begins anew, or its flags leave it out. */
export type NotRunning = 'stopped' | 'restarting' | 'disabled'

/** Components that do not run, by name: they drop what they hear. */
export type ComponentStates = Table<NotRunning>

/** From the end of a process to the start of the next one. */
const RESTART: Micros = seconds(2)

/** Of kube-controller-manager's client unless flags say otherwise; some controllers have a multiple. */
const QPS = 20
const BURST = 30

const tellAnswer: Teller = ({ actor, payload }) => ({ id: 'controller.answer', params: { controller: actor, key: ((payload as Answered).data as Place).job } })

/**
 * Gives a Controller its machinery: handlers on the shared informers, a work queue, workers that run the resumable
 * reconcile, a client with its own rate limit, an event recorder. The actor's name is the controller's.
 */
export class ControllerRunner {
  readonly controller: Controller
  readonly queue: WorkQueue
  readonly jobs: Jobs<ReconcileResult>
  readonly recorder: EventRecorder
  readonly #informers: InformerFactory
  readonly #states = new Map<string, Table<unknown>>()
  readonly #stopped: ComponentStates
  readonly #handler: RunnerContext
  readonly #flags: Flags
  readonly #client: Client
  readonly #flag = <T>(flag: Flag<T>): T => this.#flags.get(flag)

  /** `own`: it runs in a process of its own, which kube-controller-manager's flags do not reach. */
  constructor(engine: Engine, controller: Controller, informers: InformerFactory, own = false) {
    const { name } = controller
    this.controller = controller
    this.#informers = informers
    this.#flags = flagsIn(engine)
    this.#stopped = engine.table<NotRunning>('components')
    const client = new Client(engine, name, {
      user: controllerUser(name),
      qps: controller.qps ?? QPS,
      burst: controller.burst ?? BURST,
    })
    this.#handler = new RunnerContext(this, informers, this.#flags, client)
    this.#client = client
    this.queue = new WorkQueue(engine, name, controller.workers, controller.backoff)
    if (!own) this.#followFlags(client)
    this.recorder = new EventRecorder(engine, client, { component: controller.component ?? name })
    for (const short of controller.state ?? []) this.#states.set(short, engine.table(`${name}/${short}`))
    this.jobs = new Jobs<ReconcileResult>(engine, name, client, (ctx, key) => controller.reconcile(this.#controllerContext(ctx, key), key), {
      lister: (plural) => informers.lister(plural),
      emit: (ctx, object, type, reason, message) => this.recorder.emit(ctx, object, type, reason, message),
      finished: (ctx, key, result) => this.#finished(ctx, key, result),
    })
    engine.actor(name, {
      start: (ctx) => (own || this.#isWanted() ? controller.start?.(this.#handlerContext(ctx)) : this.#disable(ctx)),
      work: (ctx, key: string) => {
        if (this.#stopped.has(name) || !this.queue.take(ctx, key)) return
        ctx.note('controller.work', { controller: name, key })
        this.jobs.start(ctx, key)
      },
      timer: (ctx, key: string) => this.queue.due(ctx, key),
      answer: (ctx, answered: Answered) => {
        ctx.tell(tellAnswer)
        this.jobs.answer(ctx, answered)
      },
      wake: (ctx, place: never) => this.jobs.wake(ctx, place),
      heard: (ctx, delivery: WatchDelivery) => this.#stopped.has(name) || controller.deliver?.(this.#handlerContext(ctx), delivery),
      stop: (ctx) => this.#stop(ctx),
      resume: (ctx) => (own || this.#isWanted() ? this.#resume(ctx) : this.#disable(ctx)),
      restarted: (ctx) => {
        if (this.#stopped.get(name) !== 'restarting') return
        if (this.#isWanted()) this.#resume(ctx)
        else this.#disable(ctx)
      },
    })
    for (const watches of controller.watches) this.#subscribe(watches as unknown as Watches)
  }

  state<V>(name: string): Table<V> {
    const table = this.#states.get(name)
    invariant(table, `${this.controller.name} has no state table ${name}; list it in "state"`)
    return table as unknown as Table<V>
  }

  /** The numbers that flags give: workers, and the rate of the client. */
  #followFlags(client: Client): void {
    const { name, qps = QPS, burst = BURST } = this.controller
    const concurrent = CONCURRENT_SYNCS[name]
    if (concurrent) this.#flags.follow(concurrent, (workers) => (this.queue.workers = workers))
    const limit = (): void => client.limit((qps / QPS) * this.#flags.get(KUBE_API_QPS), Math.round((burst / BURST) * this.#flags.get(KUBE_API_BURST)))
    this.#flags.follow(KUBE_API_QPS, limit)
    this.#flags.follow(KUBE_API_BURST, limit)
  }

  /** Do the flags of kube-controller-manager let it run? */
  #isWanted(): boolean {
    return startsController(this.#flag, this.controller.name)
  }

  #disable(ctx: EventContext): void {
    this.#stopped.set(this.controller.name, 'disabled')
    ctx.note('controller.disabled', { controller: this.controller.name })
  }

  /** The process ends, and another one starts a little later: what it had in memory is gone, and every cached object is an add again. */
  restart(ctx: EventContext): void {
    const { name } = this.controller
    if (this.#stopped.get(name) === 'stopped') return
    this.#stop(ctx, 'restarting')
    ctx.schedule(RESTART, name, 'restarted')
  }

  #subscribe(watches: Watches): void {
    const informer = this.#informers.informer(watches.resource)
    for (const [name, by] of Object.entries(watches.indexes ?? {})) informer.addIndex(name, by)
    for (const rule of watches.tallies ?? []) informer.addTally(rule)
    const stopped = this.#stopped
    const { name } = this.controller
    const running = (): boolean => stopped.size === 0 || !stopped.has(name)
    informer.handlers.push({
      onAdd: watches.onAdd && ((ctx, obj) => running() && watches.onAdd!(this.#handlerContext(ctx), obj)),
      onUpdate: watches.onUpdate && ((ctx, old, obj) => running() && watches.onUpdate!(this.#handlerContext(ctx), old, obj)),
      onDelete: watches.onDelete && ((ctx, obj) => running() && watches.onDelete!(this.#handlerContext(ctx), obj)),
    })
  }

  #finished(ctx: EventContext, key: string, result: ReconcileResult): void {
    const failed = result !== undefined && 'retry' in result
    this.queue.done(ctx, key, failed)
    if (failed) ctx.note('controller.retry', { controller: this.controller.name, key, why: result.retry })
    else if (result !== undefined) this.queue.addAfter(ctx, key, result.after)
  }

  #stop(ctx: EventContext, why: NotRunning = 'stopped'): void {
    this.#stopped.set(this.controller.name, why)
    this.#client.abandon(ctx)
    this.queue.clear(ctx)
    for (const key of [...this.jobs.table.keys()]) this.jobs.cancel(key)
    // What it remembered was in its memory: expectations, back-offs, times.
    for (const table of this.#states.values()) for (const key of [...table.keys()]) table.delete(key)
    ctx.note('controller.stopped', { controller: this.controller.name })
  }

  /** A restarted controller lists anew: every cached object is an add to it. */
  #resume(ctx: EventContext): void {
    this.#stopped.delete(this.controller.name)
    ctx.note('controller.started', { controller: this.controller.name })
    const handler = this.#handlerContext(ctx)
    this.controller.start?.(handler)
    for (const watches of this.controller.watches as unknown as readonly Watches[])
      for (const object of this.#informers.lister(watches.resource.resource).list()) watches.onAdd?.(handler, object)
  }

  #handlerContext(ctx: EventContext): HandlerContext {
    this.#handler.enter(ctx)
    return this.#handler
  }

  #controllerContext(job: JobContext, key: string): ControllerContext {
    void key
    const context = job as unknown as { -readonly [K in keyof ControllerContext]: ControllerContext[K] }
    context.state = <V>(name: string): Table<V> => this.state<V>(name)
    context.flag = this.#flag
    context.inside = <T>(act: (ctx: HandlerContext) => T): T => job.once(() => act(this.#handlerContext(job.eventContext)))
    context.enqueueAfter = (other: string, delay: Micros) =>
      job.once(() => {
        this.queue.addAfter(job.eventContext, other, delay)
        return null
      })
    return context
  }
}

/** What a handler of the runner's controller sees; one for all events, since only one runs at a time. */
class RunnerContext implements HandlerContext {
  readonly #runner: ControllerRunner
  readonly #informers: InformerFactory
  readonly #flags: Flags
  readonly #client: Client
  #ctx!: EventContext

  constructor(runner: ControllerRunner, informers: InformerFactory, flags: Flags, client: Client) {
    this.#client = client
    this.#runner = runner
    this.#informers = informers
    this.#flags = flags
  }

  enter(ctx: EventContext): void {
    this.#ctx = ctx
  }

  get now(): Micros {
    return this.#ctx.now
  }

  enqueue(key: string): void {
    this.#runner.queue.add(this.#ctx, key)
  }

  enqueueAfter(key: string, delay: Micros): void {
    this.#runner.queue.addAfter(this.#ctx, key, delay)
  }

  lister<T extends KubeObject>(plural: string): Cache<T> {
    return this.#informers.lister<T>(plural)
  }

  state<V>(name: string): Table<V> {
    return this.#runner.state<V>(name)
  }

  watch(id: string, spec: WatchSpec): void {
    const { name } = this.#runner.controller
    this.#client.watch(this.#ctx, `${name}/${id}`, spec, { actor: name, what: 'heard', data: id })
  }

  unwatch(id: string): void {
    this.#client.unwatch(this.#ctx, `${this.#runner.controller.name}/${id}`)
  }

  flag<T>(flag: Flag<T>): T {
    return this.#flags.get(flag)
  }
}
