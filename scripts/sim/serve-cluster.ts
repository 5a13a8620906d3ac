import { serveHttp } from '../../src/sim/apiserver/http/door.ts'
import type { HttpAnswer, HttpRequest, OpenedWatch } from '../../src/sim/apiserver/http/message.ts'
import { watchEvents, type Delivered, type WatchEvent } from '../../src/sim/apiserver/http/watch.ts'
import type { Answered } from '../../src/sim/client/transport.ts'
import { createCluster, type Cluster } from '../../src/sim/cluster.ts'
import type { EventContext } from '../../src/sim/engine/engine.ts'
import { minutes, parseTime, type Micros } from '../../src/sim/engine/time.ts'
import type { StreamNews } from '../../src/sim/api/pod-streams.ts'
import { withDescriptions } from './serve-openapi.ts'
import type { ServeOptions } from './serve-options.ts'
import { ServedStreams } from './serve-streams.ts'

const TICK_MS = 10
/** Real time that one tick may take, so that requests are answered in between. */
const TICK_LIMIT_MS = 40
const STEPS_AT_ONCE = 200
/** How far a tick may run ahead of itself without a speed limit. */
const MAX_SPEED_TICK = 1_000_000

/** How long before its start a cluster begins to boot. */
const BOOT_TIME = minutes(5)

/** The host's time as virtual time. */
const presentTime = (): Micros => Math.max(BOOT_TIME, parseTime(new Date().toISOString())!)

interface Listener {
  readonly watch: OpenedWatch
  readonly tell: (event: WatchEvent) => void
}

/** A headless cluster whose virtual time follows the real one; requests from outside are events of the actor `http`. */
export class ServedCluster {
  readonly cluster: Cluster
  readonly streams: ServedStreams
  readonly #speed: number
  readonly #listeners = new Map<string, Listener>()
  #timer: NodeJS.Timeout | undefined
  #lastTick = 0
  #watches = 0

  constructor({ seed, nodes, kubelet, speed, start = presentTime(), flags = {} }: ServeOptions) {
    this.#speed = speed
    this.cluster = createCluster({ seed, nodes, kubelet, flags, history: { keep: false } })
    this.streams = new ServedStreams(this.cluster)
    this.cluster.engine.actor('http', {
      serve: (ctx, act: (ctx: EventContext) => void) => act(ctx),
      event: (ctx, delivered: Delivered) => this.#deliver(ctx.instance, delivered, ctx.now),
      stream: (ctx, news: StreamNews) => this.streams.news(ctx, news),
      ended: (ctx, answered: Answered) => this.streams.ended(ctx, answered),
    })
    const { timeline } = this.cluster
    timeline.runUntil(start - BOOT_TIME)
    this.cluster.boot()
    timeline.runUntil(start)
  }

  get revision(): string {
    return `${this.cluster.server.store.revision}`
  }

  /** Lets time go on. */
  start(): void {
    this.#lastTick = performance.now()
    this.#timer = setInterval(() => this.tick(), TICK_MS)
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  /** Runs the virtual time that has become due. */
  tick(): void {
    const now = performance.now()
    const { timeline } = this.cluster
    const due = this.#speed === Infinity ? MAX_SPEED_TICK : Math.round((now - this.#lastTick) * 1000 * this.#speed)
    this.#lastTick = now
    const until = timeline.clock + due
    while (timeline.runUntil(until, STEPS_AT_ONCE) >= STEPS_AT_ONCE && performance.now() - now < TICK_LIMIT_MS);
  }

  serve(request: HttpRequest): HttpAnswer {
    const { server, timeline } = this.cluster
    let answer!: HttpAnswer
    timeline.command('http', 'serve', (ctx: EventContext) => {
      answer = serveHttp(server, request, ctx.now, ctx)
    })
    return request.path.startsWith('/openapi/') && answer.code === 200 ? { ...answer, body: withDescriptions(answer.body) } : answer
  }

  /** Opens a granted watch; gives back what closes it. */
  watch(watch: OpenedWatch, tell: (event: WatchEvent) => void): () => void {
    const { timeline } = this.cluster
    const id = `http-${++this.#watches}`
    this.#listeners.set(id, { watch, tell })
    timeline.command('apiserver', 'watch', { ...watch.row, id, client: 'http', latency: 0, to: { actor: `http/${id}`, what: 'event' } })
    return () => {
      if (this.#listeners.delete(id)) timeline.command('apiserver', 'unwatch', id)
    }
  }

  #deliver(id: string, delivered: Delivered, now: Micros): void {
    const listener = this.#listeners.get(id)
    if (listener) for (const event of watchEvents(listener.watch, delivered, now)) listener.tell(event)
  }
}

