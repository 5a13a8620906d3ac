import { textOf } from '../../src/sim/api/bytes.ts'
import { isStatus, type Status } from '../../src/sim/api/status.ts'
import type { GrantedStream } from '../../src/sim/apiserver/http/upgrade.ts'
import type { Answered } from '../../src/sim/client/transport.ts'
import type { Cluster } from '../../src/sim/cluster.ts'
import type { EventContext } from '../../src/sim/engine/engine.ts'
import { Kubelets } from '../../src/sim/node/kubelet/kubelets.ts'
import type { ExecResult, StreamEnd, StreamNews } from '../../src/sim/api/pod-streams.ts'
import type { ForwardRequest, ForwardResult } from '../../src/sim/node/kubelet/streams.ts'

/** What the other side of a stream hears. `ended`: the command's exit code, or why it could not begin. */
export interface StreamHears {
  news(stdout: string, stderr: string): void
  ended(result: number | Status): void
}

/** The near end of an exec or attach: what is typed, and hanging up. */
export interface OpenedStream {
  type(bytes: Uint8Array): void
  closeInput(): void
  hangUp(): void
}

/** Virtual time that bytes take to a kubelet, µs. */
const WAY = 2000

/** Streams of clients outside to processes in containers: events of the actor family `http/stream-<n>`. */
export class ServedStreams {
  readonly #cluster: Cluster
  readonly #hears = new Map<string, StreamHears>()
  readonly #ends = new Map<string, StreamEnd>()
  readonly #early = new Map<string, { text: string; close: boolean }[]>()
  readonly #answers = new Map<string, (answer: ForwardResult | Status) => void>()
  #count = 0

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** Handler `stream` of the actor `http`. */
  news(ctx: EventContext, { end, stdout, stderr }: StreamNews): void {
    const id = ctx.instance
    this.#ends.set(id, end)
    for (const typed of this.#early.get(id) ?? []) this.#send(ctx, end, typed)
    this.#early.delete(id)
    this.#hears.get(id)?.news(stdout, stderr)
  }

  /** Handler `ended` of the actor `http`. */
  ended(ctx: EventContext, { answer }: Answered): void {
    const id = ctx.instance
    const asked = this.#answers.get(id)
    this.#answers.delete(id)
    if (asked) return asked(answer as unknown as ForwardResult)
    const hears = this.#hears.get(id)
    this.#forget(id)
    hears?.ended(isStatus(answer) ? answer : (answer as unknown as ExecResult).code)
  }

  open(granted: GrantedStream, hears: StreamHears): OpenedStream {
    const id = `stream-${++this.#count}`
    const { container, command, tty, stdin } = granted
    this.#hears.set(id, hears)
    const body = granted.kind === 'exec' ? { container, command, tty, stream: true, ...(stdin ? { open: true } : {}) } : { container, stdin }
    this.#begin(id, granted, body)
    const input = (typed: { text: string; close: boolean }): void => {
      if (!stdin || !this.#hears.has(id)) return
      const end = this.#ends.get(id)
      if (end) this.#command((ctx) => this.#send(ctx, end, typed))
      else this.#early.set(id, [...(this.#early.get(id) ?? []), typed])
    }
    return {
      type: (bytes) => input({ text: textOf(bytes), close: false }),
      closeInput: () => input({ text: '', close: true }),
      hangUp: () => {
        const end = this.#ends.get(id)
        if (this.#hears.has(id) && end) this.#command((ctx) => this.#send(ctx, end, undefined))
        this.#forget(id)
      },
    }
  }

  /** One request to a port of a pod. */
  ask(granted: GrantedStream, request: ForwardRequest): Promise<ForwardResult | Status> {
    const id = `stream-${++this.#count}`
    return new Promise((done) => {
      this.#answers.set(id, done)
      this.#begin(id, granted, request)
    })
  }

  #begin(id: string, { pod, kind }: GrantedStream, body: object): void {
    const { kubelets } = this.#cluster
    const then = { actor: `http/${id}`, what: 'ended', data: null }
    this.#command((ctx) => {
      const refused = kubelets instanceof Kubelets ? kubelets.exec(ctx, pod, body as never, then, kind) : NO_PROCESSES
      if (refused) ctx.schedule(WAY, then.actor, then.what, { answer: refused, data: null, sentAt: ctx.now })
    })
  }

  #send(ctx: EventContext, { node, ...at }: StreamEnd, typed: { text: string; close: boolean } | undefined): void {
    ctx.schedule(WAY, `kubelet/${node}`, typed ? 'exec-input' : 'stream-close', { ...at, ...typed })
  }

  #command(act: (ctx: EventContext) => void): void {
    this.#cluster.timeline.command('http', 'serve', act)
  }

  #forget(id: string): void {
    this.#hears.delete(id)
    this.#ends.delete(id)
    this.#early.delete(id)
  }
}

const NO_PROCESSES: Status = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', reason: 'BadRequest', code: 400, message: 'the fake kubelets of this cluster run no processes' }
