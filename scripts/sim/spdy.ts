import { createDeflate, createInflate, constants } from 'node:zlib'
import { SPDY_DICTIONARY } from './spdy-dictionary.ts'

/** What a SPDY connection brings. Streams are begun by the client; `fin`: nothing more comes from it. */
export interface SpdyHears {
  opened(stream: number, headers: Readonly<Record<string, string>>, fin: boolean): void
  data(stream: number, bytes: Buffer, fin: boolean): void
  reset(stream: number): void
}

const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const FIN = 1
const HEAD = 8
/** Longer frames are nobody's. */
const MAX_FRAME = 4 * 1024 * 1024

/** The server's end of a SPDY/3.1 connection, as far as Kubernetes' clients use it: streams, data, pings; no flow control. */
export class SpdyConnection {
  readonly #send: (bytes: Buffer) => void
  readonly #hears: SpdyHears
  readonly #fail: () => void
  readonly #gone: () => void
  readonly #inflate = createInflate({ dictionary: SPDY_DICTIONARY })
  readonly #deflate = createDeflate({ flush: constants.Z_SYNC_FLUSH })
  #held = Buffer.alloc(0) as Buffer
  #work: Promise<void> = Promise.resolve()
  #closed = false

  constructor(send: (bytes: Buffer) => void, hears: SpdyHears, fail: () => void, gone: () => void = () => undefined) {
    this.#send = send
    this.#hears = hears
    this.#fail = fail
    this.#gone = gone
  }

  receive(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes])
    while (this.#held.length >= HEAD) {
      const length = this.#held.readUInt32BE(4) & 0xffffff
      if (length > MAX_FRAME) return this.#fail()
      if (this.#held.length < HEAD + length) return
      const frame = this.#held.subarray(0, HEAD + length)
      this.#held = this.#held.subarray(HEAD + length)
      // Headers are unpacked in order, so everything waits its turn.
      this.#work = this.#work.then(() => (this.#closed ? undefined : this.#frame(frame))).catch(() => this.#fail())
    }
  }

  write(stream: number, bytes: Uint8Array, fin = false): void {
    const head = Buffer.alloc(HEAD)
    head.writeUInt32BE(stream, 0)
    head.writeUInt32BE(((fin ? FIN : 0) << 24) + bytes.length, 4)
    this.#send(Buffer.concat([head, bytes]))
  }

  /** The client has gone. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#gone()
    this.#inflate.close()
    this.#deflate.close()
  }

  async #frame(frame: Buffer): Promise<void> {
    const fin = (frame[4]! & FIN) !== 0
    if (frame[0]! < 0x80) return this.#hears.data(frame.readUInt32BE(0), frame.subarray(HEAD), fin)
    const type = frame.readUInt16BE(2)
    if (type === PING) this.#send(frame)
    else if (type === RST_STREAM) this.#hears.reset(frame.readUInt32BE(HEAD))
    else if (type === SYN_STREAM) {
      const stream = frame.readUInt32BE(HEAD) & 0x7fffffff
      const headers = headersOf(await through(this.#inflate, frame.subarray(HEAD + 10)))
      await this.#reply(stream)
      this.#hears.opened(stream, headers, fin)
    }
  }

  /** Accepts a stream, without headers of our own. */
  async #reply(stream: number): Promise<void> {
    const block = await through(this.#deflate, Buffer.alloc(4))
    const head = Buffer.alloc(HEAD + 4)
    head.writeUInt16BE(0x8003, 0)
    head.writeUInt16BE(SYN_REPLY, 2)
    head.writeUInt32BE(4 + block.length, 4)
    head.writeUInt32BE(stream, HEAD)
    this.#send(Buffer.concat([head, block]))
  }
}

/** One block through a compressor whose state goes on from block to block. */
function through(stream: ReturnType<typeof createInflate> | ReturnType<typeof createDeflate>, block: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    const take = (part: Buffer): void => void parts.push(part)
    stream.on('data', take)
    stream.once('error', reject)
    stream.write(block, () => {
      stream.off('data', take)
      stream.off('error', reject)
      resolve(Buffer.concat(parts))
    })
  })
}

/** Names and values, each with its length before it; names come in small letters. */
function headersOf(block: Buffer): Record<string, string> {
  const headers: Record<string, string> = {}
  let at = 4
  const text = (): string => {
    const length = block.readUInt32BE(at)
    const word = block.toString('utf8', at + 4, at + 4 + length)
    at += 4 + length
    return word
  }
  for (let n = block.readUInt32BE(0); n > 0; n--) {
    const name = text()
    headers[name.toLowerCase()] = text()
  }
  return headers
}
