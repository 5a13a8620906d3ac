import type { StreamEnd, StreamNews } from '../api/pod-streams.ts'
import type { EventContext } from '../engine/engine.ts'
import type { Engine } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { ms, type Micros } from '../engine/time.ts'

/** A row of table `kubectl/streams`, by pid: the connection of an `exec`, `attach` and the like whose input is open. */
export interface OpenStream {
  readonly end: StreamEnd | null
  /** Keys go to a terminal over there, which echoes them. */
  readonly tty: boolean
  /** The process over there waits for somebody to type. */
  readonly waits: boolean
  /** What was typed before the connection was there. */
  readonly early: readonly Typed[]
}

/** Payload of the command `input`: keys (with a terminal) or bytes; `end` closes the input. */
export interface Typed {
  readonly text?: string
  readonly end?: boolean
}

/** How long bytes travel from here to a kubelet. */
const WAY: Micros = ms(2)

/** The open connections of kubectl processes to processes in containers. */
export class KubectlStreams {
  readonly open: Table<OpenStream>

  constructor(engine: Engine) {
    this.open = engine.table('kubectl/streams')
  }

  /** The process has an input that is still open, and nothing to write. */
  expect(pid: string, tty: boolean): void {
    if (!this.open.has(pid)) this.open.set(pid, { end: null, tty, waits: false, early: [] })
  }

  news(ctx: EventContext, pid: string, { end, waits }: StreamNews): void {
    const stream = this.open.get(pid)
    if (!stream) return
    this.open.set(pid, { ...stream, end, waits, early: [] })
    for (const typed of stream.early) this.#send(ctx, end, typed)
  }

  type(ctx: EventContext, pid: string, typed: Typed): void {
    const stream = this.open.get(pid)
    if (!stream) return
    if (!stream.end) {
      this.open.set(pid, { ...stream, early: [...stream.early, typed] })
      return
    }
    this.open.set(pid, { ...stream, waits: false })
    this.#send(ctx, stream.end, typed)
  }

  /** The process has ended or was interrupted: `hangUp` tells the other side. */
  close(ctx: EventContext, pid: string, hangUp: boolean): void {
    const stream = this.open.get(pid)
    if (!stream) return
    this.open.delete(pid)
    if (hangUp && stream.end) {
      const { node, ...at } = stream.end
      ctx.schedule(WAY, `kubelet/${node}`, 'stream-close', at)
    }
  }

  #send(ctx: EventContext, { node, ...at }: StreamEnd, { text = '', end = false }: Typed): void {
    ctx.schedule(WAY, `kubelet/${node}`, 'exec-input', { ...at, text, close: end })
  }
}
