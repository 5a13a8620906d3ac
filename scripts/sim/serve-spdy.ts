import { bytesOf } from '../../src/sim/api/bytes.ts'
import { endStatus, type GrantedStream } from '../../src/sim/apiserver/http/upgrade.ts'
import { PortConnection } from './serve-ports.ts'
import type { OpenedStream, ServedStreams } from './serve-streams.ts'
import { SpdyConnection } from './spdy.ts'

/** The way back to a client. */
export interface Pipe {
  send(bytes: Buffer): void
  close(): void
}

/**
 * Port-forward as kubectl does it (client-go: tools/portforward). Each connection is two streams with one request id: an error stream, which ends empty when all went well, and a data stream.
 */
export function forwardOverSpdy(streams: ServedStreams, granted: GrantedStream, pipe: Pipe): SpdyConnection {
  const errors = new Map<string, number>()
  const open = new Map<number, { readonly connection: PortConnection; readonly end: (error: string) => void }>()
  const spdy: SpdyConnection = new SpdyConnection((bytes) => pipe.send(bytes), {
    opened(stream, headers, fin) {
      const id = headers['requestid'] ?? ''
      if (headers['streamtype'] === 'error') {
        errors.set(id, stream)
        return
      }
      const port = Number(headers['port'])
      const error = errors.get(id)
      errors.delete(id)
      const end = (why: string): void => {
        if (!open.delete(stream)) return
        spdy.write(stream, Buffer.alloc(0), true)
        if (error !== undefined) spdy.write(error, Buffer.from(why), true)
      }
      open.set(stream, { connection: new PortConnection(streams, granted, port, (bytes) => open.has(stream) && spdy.write(stream, bytes), end), end })
      if (fin) end('')
    },
    data(stream, bytes, fin) {
      const found = open.get(stream)
      if (bytes.length > 0) found?.connection.write(bytes)
      if (fin) found?.end('')
    },
    reset: (stream) => open.get(stream)?.end(''),
  }, () => pipe.close())
  return spdy
}

/** Exec and attach with a stream for each of input, outputs and error (kubelet: remotecommand/httpstream.go, v4). */
export function commandOverSpdy(streams: ServedStreams, granted: GrantedStream, pipe: Pipe): SpdyConnection {
  const { stdin, stdout, stderr, tty } = granted
  const wanted = ['error', ...(stdin ? ['stdin'] : []), ...(stdout ? ['stdout'] : []), ...(stderr && !tty ? ['stderr'] : []), ...(tty ? ['resize'] : [])]
  const ids = new Map<string, number>()
  let stream: OpenedStream | undefined
  const write = (type: string, text: string, fin = false): void => {
    const id = ids.get(type)
    if (id !== undefined && (text !== '' || fin)) spdy.write(id, Buffer.from(bytesOf(text)), fin)
  }
  const begin = (): OpenedStream => streams.open(granted, {
    news: (out, err) => {
      write('stdout', out)
      write('stderr', err)
    },
    ended: (result) => {
      for (const type of ['stdout', 'stderr']) write(type, '', true)
      write('error', JSON.stringify(typeof result === 'number' ? endStatus(result) : result), true)
    },
  })
  const spdy: SpdyConnection = new SpdyConnection((bytes) => pipe.send(bytes), {
    opened(id, headers) {
      ids.set(headers['streamtype'] ?? '', id)
      if (!stream && wanted.every((type) => ids.has(type))) stream = begin()
    },
    data(id, bytes, fin) {
      if (id !== ids.get('stdin')) return
      if (bytes.length > 0) stream?.type(bytes)
      if (fin) stream?.closeInput()
    },
    reset: (id) => id === ids.get('stdin') && stream?.closeInput(),
  }, () => pipe.close(), () => stream?.hangUp())
  return spdy
}
