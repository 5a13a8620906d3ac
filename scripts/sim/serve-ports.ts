import type { WebSocket } from 'ws'
import { bytesOf } from '../../src/sim/api/bytes.ts'
import { isStatus } from '../../src/sim/api/status.ts'
import type { GrantedStream } from '../../src/sim/apiserver/http/upgrade.ts'
import type { ForwardResult } from '../../src/sim/node/kubelet/streams.ts'
import type { ServedStreams } from './serve-streams.ts'

/** A request longer than this is no request. */
const MAX_REQUEST = 1024 * 1024
const PHRASES: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' }

/** One connection to a port of a pod: bytes go in, answers and what is wrong come out. The pods' servers speak HTTP. */
export class PortConnection {
  readonly #streams: ServedStreams
  readonly #granted: GrantedStream
  readonly #port: number
  readonly #out: (bytes: Buffer) => void
  readonly #lost: (error: string) => void
  #held: Buffer = Buffer.alloc(0)

  constructor(streams: ServedStreams, granted: GrantedStream, port: number, out: (bytes: Buffer) => void, lost: (error: string) => void) {
    this.#streams = streams
    this.#granted = granted
    this.#port = port
    this.#out = out
    this.#lost = (error) => lost(`error forwarding port ${port} to pod: ${error}`)
  }

  write(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes])
    if (this.#held.length > MAX_REQUEST) return this.#lost('the request is too long')
    for (let request = takeRequest(this.#held); request; request = takeRequest(this.#held)) {
      this.#held = request.rest
      const { path, isHead } = request
      void this.#streams.ask(this.#granted, { port: this.#port, path }).then((answer) => {
        if (isStatus(answer)) this.#lost(answer.message ?? 'refused')
        else if (answer.error) this.#lost(`failed to connect to localhost:${this.#port} inside its network namespace, IPv4: dial tcp4 127.0.0.1:${this.#port}: connect: ${answer.error}`)
        else this.#out(response(answer, isHead))
      })
    }
  }
}

/**
 * Ports of a pod over one websocket (kubelet: portforward/websocket.go): each port has a channel for data and one for its error, which
 * both begin with the port's number.
 */
export function carryPorts(streams: ServedStreams, granted: GrantedStream, ws: WebSocket): void {
  const send = (channel: number, bytes: Uint8Array): void => {
    if (ws.readyState === ws.OPEN) ws.send(Buffer.concat([Buffer.from([channel]), bytes]))
  }
  const connections = granted.ports.map((port, i) => new PortConnection(streams, granted, port, (bytes) => send(2 * i, bytes), (error) => {
    send(2 * i + 1, Buffer.from(error))
    ws.close(1000)
  }))
  granted.ports.forEach((port, i) => {
    send(2 * i, Buffer.from([port & 255, port >> 8]))
    send(2 * i + 1, Buffer.from([port & 255, port >> 8]))
  })
  ws.on('message', (data: Buffer) => {
    if (data[0]! % 2 === 0) connections[data[0]! >> 1]?.write(data.subarray(1))
  })
}

/** The first whole HTTP request of the bytes, and what is behind it; undefined where none is whole yet. */
function takeRequest(bytes: Buffer): { readonly path: string; readonly isHead: boolean; readonly rest: Buffer } | undefined {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = bytes.subarray(0, end).toString('latin1')
  const [method = '', path = '/'] = head.split('\r\n')[0]!.split(' ')
  const length = Number(/^content-length:\s*(\d+)/im.exec(head)?.[1] ?? 0)
  if (bytes.length < end + 4 + length) return undefined
  return { path, isHead: method === 'HEAD', rest: bytes.subarray(end + 4 + length) }
}

function response({ status, body }: ForwardResult, isHead: boolean): Buffer {
  const bytes = Buffer.from(bytesOf(body))
  const head = Buffer.from(`HTTP/1.1 ${status} ${PHRASES[status] ?? ''}\r\nContent-Type: text/html\r\nContent-Length: ${bytes.length}\r\n\r\n`)
  return isHead ? head : Buffer.concat([head, bytes])
}
