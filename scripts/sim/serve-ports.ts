import type { WebSocket } from 'ws'
import { bytesOf } from '../../src/sim/api/bytes.ts'
import { isStatus } from '../../src/sim/api/status.ts'
import type { GrantedStream } from '../../src/sim/apiserver/http/upgrade.ts'
import type { ForwardResult } from '../../src/sim/node/kubelet/streams.ts'
import type { ServedStreams } from './serve-streams.ts'

/** A request longer than this is no request. */
const MAX_REQUEST = 1024 * 1024
const PHRASES: Readonly<Record<number, string>> = { 200: 'OK', 302: 'Found', 404: 'Not Found', 500: 'Internal Server Error', 503: 'Service Unavailable' }

/**
 * Ports of a pod over one websocket (kubelet: portforward/websocket.go): each port has a channel for data and one for its error, which
 * both begin with the port's number. The pods' servers speak HTTP, so data is taken apart into requests.
 */
export function carryPorts(streams: ServedStreams, granted: GrantedStream, ws: WebSocket): void {
  const held: Buffer[] = granted.ports.map(() => Buffer.alloc(0))
  const send = (channel: number, bytes: Uint8Array): void => {
    if (ws.readyState === ws.OPEN) ws.send(Buffer.concat([Buffer.from([channel]), bytes]))
  }
  const lost = (i: number, error: string): void => {
    send(2 * i + 1, Buffer.from(`error forwarding port ${granted.ports[i]} to pod: ${error}`))
    ws.close(1000)
  }
  granted.ports.forEach((port, i) => {
    send(2 * i, Buffer.from([port & 255, port >> 8]))
    send(2 * i + 1, Buffer.from([port & 255, port >> 8]))
  })
  ws.on('message', (data: Buffer) => {
    const i = data[0]! >> 1
    if (data[0]! % 2 === 1 || held[i] === undefined) return
    held[i] = Buffer.concat([held[i], data.subarray(1)])
    if (held[i].length > MAX_REQUEST) return lost(i, 'the request is too long')
    for (let request = takeRequest(held[i]); request; request = takeRequest(held[i]!)) {
      held[i] = request.rest
      const { path, isHead } = request
      void streams.ask(granted, { port: granted.ports[i]!, path }).then((answer) => {
        if (isStatus(answer)) lost(i, answer.message ?? 'refused')
        else if (answer.error) lost(i, `failed to connect to localhost:${granted.ports[i]} inside its network namespace, IPv4: dial tcp4 127.0.0.1:${granted.ports[i]}: connect: ${answer.error}`)
        else send(2 * i, response(answer, isHead))
      })
    }
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
