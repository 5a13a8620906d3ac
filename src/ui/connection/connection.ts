import { PROTOCOL_VERSION, type Answers, type Frame, type FromWorker, type Query, type SaveFile, type Seat, type ToWorker } from '../../workers/protocol.ts'

/** The part of a Worker that the connection uses, so that tests can bring their own. */
export interface WorkerLike {
  postMessage(message: ToWorker): void
  addEventListener(type: 'message', listener: (event: { data: FromWorker }) => void): void
  addEventListener(type: 'error', listener: (event: { message?: string }) => void): void
  terminate(): void
}

/** What the page wants to hear. */
export interface ConnectionListener {
  frame(frame: Frame): void
  output(session: number, stream: 'stdout' | 'stderr', text: string): void
  /** Who reads what is typed at a terminal. */
  seat(session: number, seat: Seat): void
  edit(session: number, edit: number, name: string, text: string): void
  /** The worker is up, empty or with the restored session. */
  ready(): void
  /** The worker broke or fell silent; a new one is on its way. `save`: what the worker could still tell. */
  lost(message: string, save: SaveFile | null): void
}

interface Waiting {
  readonly type: Query['type']
  resolve(value: unknown): void
  reject(error: Error): void
}

const BEAT_MS = 2_000
/** A worker that answers nothing for this long is taken for dead; it works in slices of a few milliseconds. */
const SILENT_MS = 8_000
/** Playing a long session again may take a while. */
const LOADING_MS = 60_000

/** The next frame is asked for when this one is on the screen; a page that is not seen draws none, and the worker goes on by itself. */
const afterPaint = (then: () => void): unknown => requestAnimationFrame(() => setTimeout(then, 0))

/**
 * The main thread's end of the wire: asks and gets answers by id, passes frames on, notices when the worker dies.
 * `start` may be called again after a loss.
 */
export class Connection {
  readonly #make: () => WorkerLike
  readonly #listener: ConnectionListener
  readonly #waiting = new Map<number, Waiting>()
  #worker: WorkerLike | null = null
  #nextId = 1
  #heardAt = 0
  #beat: ReturnType<typeof setInterval> | undefined
  #ready: Promise<void> = Promise.resolve()

  constructor(make: () => WorkerLike, listener: ConnectionListener) {
    this.#make = make
    this.#listener = listener
  }

  /** Starts a worker; resolves when its cluster has booted, rejects when it breaks before. */
  start(): Promise<void> {
    this.stop('the worker was replaced')
    const worker = this.#make()
    this.#worker = worker
    this.#heardAt = Date.now()
    this.#ready = new Promise((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => {
        if (this.#worker !== worker) return
        this.#heardAt = Date.now()
        if (data.type !== 'ready') {
          this.#hear(data, reject)
          return
        }
        if (data.protocol !== PROTOCOL_VERSION) reject(new Error(`The worker speaks version ${data.protocol} of the wire, the page version ${PROTOCOL_VERSION}. Reload the page.`))
        else {
          resolve()
          this.#listener.ready()
        }
      })
      worker.addEventListener('error', (event) => {
        if (this.#worker !== worker) return
        const message = event.message ?? 'the worker could not be loaded'
        reject(new Error(message))
        this.#lose(message, null)
      })
    })
    this.#ready.catch(() => undefined)
    this.#beat = setInterval(() => this.#check(), BEAT_MS)
    return this.#ready
  }

  /** Ends the worker; whatever was asked is refused. */
  stop(why: string): void {
    clearInterval(this.#beat)
    this.#worker?.terminate()
    this.#worker = null
    const open = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of open) reject(new Error(why))
  }

  /** Asks the worker. Rejects with the worker's reason, or when the worker is lost. */
  ask<T extends Query['type']>(query: Extract<Query, { type: T }>): Promise<Answers[T]> {
    return new Promise((resolve, reject) => {
      if (this.#worker === null) {
        reject(new Error('the simulation is not running'))
        return
      }
      const id = this.#nextId++
      this.#waiting.set(id, { type: query.type, resolve: resolve as (value: unknown) => void, reject })
      this.#worker.postMessage({ id, query })
    })
  }

  #hear(data: Exclude<FromWorker, { type: 'ready' }>, refuseStart: (error: Error) => void): void {
    switch (data.type) {
      case 'frame':
        this.#listener.frame(data)
        afterPaint(() => this.#worker?.postMessage({ ack: data.clock.index }))
        return
      case 'answer':
        this.#take(data.id)?.resolve(data.value)
        return
      case 'failure':
        this.#take(data.id)?.reject(new Error(data.message))
        return
      case 'output':
        this.#listener.output(data.session, data.stream, data.text)
        return
      case 'seat':
        this.#listener.seat(data.session, data.seat)
        return
      case 'edit':
        this.#listener.edit(data.session, data.edit, data.name, data.text)
        return
      case 'crash':
        refuseStart(new Error(data.message))
        this.#lose(data.message, data.save)
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }

  /** Asks something small of a quiet worker; gives it up when it stays silent. */
  #check(): void {
    const silent = Date.now() - this.#heardAt
    if (silent < BEAT_MS) return
    // The page itself may have slept (a hidden tab, a closed lid): only a question that stays open counts.
    const waiting = [...this.#waiting.values()]
    const asked = waiting.some(({ type }) => type !== 'terminal')
    const patience = waiting.some(({ type }) => type === 'load' || type === 'reset') ? LOADING_MS : SILENT_MS
    if (silent > patience && asked && document.visibilityState === 'visible') this.#lose('the worker did not answer', null)
    else if (!asked) this.ask({ type: 'hash' }).catch(() => undefined)
  }

  #lose(message: string, save: SaveFile | null): void {
    this.stop(message)
    this.#listener.lost(message, save)
  }
}
