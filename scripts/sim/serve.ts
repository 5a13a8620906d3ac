import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { userNamed } from '../../src/sim/apiserver/authentication/user.ts'
import type { HttpAnswer, HttpRequest } from '../../src/sim/apiserver/http/message.ts'
import { headersOf, requestOf } from './serve-messages.ts'
import { ServedCluster } from './serve-cluster.ts'
import type { ServeOptions } from './serve-options.ts'
import { upgrader } from './serve-upgrade.ts'

const ADMIN = userNamed('kubernetes-admin')
/** Longer bodies are not even read to their end. */
const MAX_READ = 4 * 1024 * 1024
const SHORTEST_WATCH = 1800

export interface Serving {
  readonly url: string
  readonly cluster: ServedCluster
  close(): Promise<void>
}

/** Serves the REST API of a simulated cluster over HTTP or HTTPS, while its time goes on beside. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const cluster = new ServedCluster(options)
  const { certificate } = options
  const heard = (message: IncomingMessage, response: ServerResponse): void => {
    answer(cluster, options, message, response).catch((reason: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: String(reason), reason: 'InternalError', code: 500 }))
    })
  }
  const server = certificate ? createSecureServer(certificate, heard) : createServer(heard)
  const upgrades = upgrader(cluster, (message) => identified(plainRequest(message), options.token))
  server.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => upgrades.upgrade(message, socket, head))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  cluster.start()
  return { url: `${certificate ? 'https' : 'http'}://${options.host}:${(server.address() as AddressInfo).port}`, cluster, close: () => (upgrades.close(), stop(server, cluster)) }
}

function stop(server: Server, cluster: ServedCluster): Promise<void> {
  cluster.stop()
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

async function answer(cluster: ServedCluster, options: ServeOptions, message: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = requestOf(message, await bodyOf(message))
  const granted = 'refused' in request ? request.refused : cluster.serve(identified(request, options.token))
  if (granted.watch) stream(cluster, granted, response)
  else write(granted, message.method === 'HEAD', response)
}

/** The administrator by token, or anybody without one where none is asked for. */
function identified(request: HttpRequest, token: string | undefined): HttpRequest {
  const isAdmin = token === undefined ? request.token === undefined : request.token === token
  return isAdmin ? { ...request, who: ADMIN } : request
}

/** An upgraded request has no body. */
function plainRequest(message: IncomingMessage): HttpRequest {
  const request = requestOf(message, Buffer.alloc(0))
  return 'refused' in request ? { method: message.method ?? 'GET', path: '/' } : request
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of message as AsyncIterable<Buffer>) {
    size += part.length
    if (size <= MAX_READ) parts.push(part)
  }
  return Buffer.concat(parts)
}

function write({ code, body, contentType, warnings }: HttpAnswer, isHead: boolean, response: ServerResponse): void {
  const text = contentType && typeof body === 'string' ? body : `${JSON.stringify(body)}\n`
  response.writeHead(code, { ...headersOf(contentType, warnings), 'content-length': Buffer.byteLength(text) })
  response.end(isHead ? undefined : text)
}

/** A watch: one JSON document a line, until the client goes or the time is over. */
function stream(cluster: ServedCluster, granted: HttpAnswer, response: ServerResponse): void {
  const { watch, warnings } = granted
  response.writeHead(200, { ...headersOf('application/json', warnings), 'transfer-encoding': 'chunked' })
  response.flushHeaders()
  const close = cluster.watch(watch!, (event) => {
    response.write(`${JSON.stringify(event)}\n`)
    if (event.type === 'ERROR') response.end()
  })
  const bookmarks = watch!.bookmarks ? setInterval(() => response.write(`${JSON.stringify(watch!.bookmark(cluster.revision))}\n`), 60_000) : undefined
  const end = setTimeout(() => {
    if (watch!.bookmarks) response.write(`${JSON.stringify(watch!.bookmark(cluster.revision))}\n`)
    response.end()
  }, (watch!.timeoutSeconds ?? SHORTEST_WATCH) * 1000)
  response.once('close', () => {
    clearTimeout(end)
    clearInterval(bookmarks)
    close()
  })
}
