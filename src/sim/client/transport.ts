import type { KubeObject } from '../api/meta.ts'
import type { UserInfo } from '../apiserver/authentication/user.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Random } from '../engine/random.ts'
import type { Table } from '../engine/table.ts'
import { ms, type Micros } from '../engine/time.ts'
import type { Answer } from './reconcile-context.ts'
import type { Request } from './request.ts'

/** Where an answer or a watch event goes: an actor's handler, with data of its own carried along. */
export interface ReplyTo {
  readonly actor: string
  readonly what: string
  readonly data?: unknown
}

/** Payload of the event that carries a request to the API server. */
export interface SentRequest {
  readonly request: Request
  readonly user: string | UserInfo
  /** Name of the client, for the trace: "replicaset-controller", "kubelet/node-1". */
  readonly client: string
  readonly sentAt: Micros
  readonly then?: ReplyTo
}

/** Payload of the event that carries the answer back. */
export interface Answered<T = KubeObject> {
  readonly answer: Answer<T>
  readonly data: unknown
  readonly sentAt: Micros
}

/** What a watch is about. Selectors in their textual form. */
export interface WatchSpec {
  readonly group: string
  readonly version: string
  readonly resource: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  /** Start after this revision; absent: send the present state first, as one SYNC. */
  readonly resourceVersion?: string
}

/** A row of the API server's table of open watches. */
export interface OpenWatch extends WatchSpec {
  readonly id: string
  readonly client: string
  readonly to: ReplyTo
  readonly latency: Micros
}

/** Payload of an event that a watch delivers. SYNC: `items` is the present state. EXPIRED: list again. */
export interface WatchDelivery {
  readonly watch: string
  readonly type: 'SYNC' | 'ADDED' | 'MODIFIED' | 'DELETED' | 'EXPIRED'
  readonly object?: KubeObject
  readonly items?: readonly KubeObject[]
  readonly resourceVersion: string
  readonly data: unknown
}

export interface ClientOptions {
  /** As who it authenticates, e.g. "system:kube-scheduler". */
  readonly user: string
  /** Requests per second and burst (rest.Config); no limit when absent. */
  readonly qps?: number
  readonly burst?: number
}

export const APISERVER = 'apiserver'

/**
 * A REST client of the API server: every call is an event that travels there, is rate limited as client-go's token
 * bucket does, and comes back as an event to `then`. State: the limiter's one number.
 */
export class Client {
  readonly name: string
  readonly user: string
  readonly #limits: Table<Micros>
  readonly #random: Random
  readonly #queue: Engine['queue']
  #interval = 0
  #burst = 0

  constructor(engine: Engine, name: string, options: ClientOptions) {
    this.name = name
    this.user = options.user
    this.#limits = engine.table<Micros>('clients')
    this.#random = engine.stream(`client/${name}`)
    this.#queue = engine.queue
    this.limit(options.qps ?? 0, options.burst ?? 0)
  }

  /** Sets requests per second (0: no limit) and burst. */
  limit(qps: number, burst: number): void {
    this.#interval = qps ? Math.round(1_000_000 / qps) : 0
    this.#burst = burst
  }

  /** The process ends: requests that its rate limit still held back are never sent, and a new process begins with a full bucket. */
  abandon(ctx: EventContext): void {
    const held: number[] = []
    for (const { seq, actor, what, payload } of this.#queue.unordered()) {
      if (actor !== APISERVER || what !== 'request') continue
      const { client, sentAt } = payload as SentRequest
      if (client === this.name && sentAt > ctx.now) held.push(seq)
    }
    for (const seq of held.sort((a, b) => a - b)) ctx.cancel(seq)
    this.#limits.delete(this.name)
  }

  send(ctx: EventContext, request: Request, then?: ReplyTo, extraDelay: Micros = 0): void {
    const sentAt = ctx.now + extraDelay + this.#reserve(ctx.now)
    const sent: SentRequest = { request, user: request.user ?? this.user, client: this.name, sentAt, then }
    ctx.schedule(sentAt - ctx.now + this.#travel(), APISERVER, 'request', sent)
  }

  /** Opens a watch; deliveries reach `to`. The id closes it again and is chosen by the caller, unique in the cluster. */
  watch(ctx: EventContext, id: string, spec: WatchSpec, to: ReplyTo): void {
    const latency = ms(1) + this.#random.below(1000)
    const row: OpenWatch = { ...spec, id, client: this.name, to, latency }
    ctx.schedule(this.#travel(), APISERVER, 'watch', row)
  }

  unwatch(ctx: EventContext, id: string): void {
    ctx.schedule(0, APISERVER, 'unwatch', id)
  }

  #travel(): Micros {
    return 300 + this.#random.below(500)
  }

  /** Generic cell rate algorithm: equal to a token bucket of `burst`, with the theoretical arrival time as only state. */
  #reserve(now: Micros): Micros {
    if (this.#interval === 0) return 0
    const due = Math.max(this.#limits.get(this.name) ?? 0, now) + this.#interval
    this.#limits.set(this.name, due)
    return Math.max(0, due - this.#burst * this.#interval - now)
  }
}
