import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { WebSocketServer, type WebSocket } from 'ws'
import { bytesOf } from '../../src/sim/api/bytes.ts'
import { badRequest, isStatus, type Status } from '../../src/sim/api/status.ts'
import { endStatus, grantStream, type GrantedStream } from '../../src/sim/apiserver/http/upgrade.ts'
import type { HttpRequest } from '../../src/sim/apiserver/http/message.ts'
import { carryPorts } from './serve-ports.ts'
import { commandOverSpdy, forwardOverSpdy } from './serve-spdy.ts'
import type { ServedCluster } from './serve-cluster.ts'

/** Versions of the channel protocol that exec and attach speak here, best first (apimachinery: util/remotecommand). */
const COMMANDS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
const PORTS: readonly string[] = ['v4.channel.k8s.io', 'portforward.k8s.io']
const MAX_FRAME = 1024 * 1024
const STDIN = 0
const STDOUT = 1
const STDERR = 2
const ERROR = 3
const CLOSE = 255

export interface Upgrader {
  /** Handler of the server's event `upgrade`. */
  upgrade(message: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Breaks off all that is open. */
  close(): void
}

/** Upgrades requests for exec, attach and port-forward to websockets; everything else is refused in HTTP. */
export function upgrader(cluster: ServedCluster, identify: (message: IncomingMessage) => HttpRequest): Upgrader {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME, handleProtocols: (offered, message) => [...offered].find((name) => protocolsOf(message).includes(name)) ?? false })
  const raw = new Set<Duplex>()
  const close = (): void => {
    sockets.clients.forEach((ws) => ws.terminate())
    for (const socket of raw) socket.destroy()
  }
  const upgrade: Upgrader['upgrade'] = (message, socket, head) => {
    socket.on('error', () => socket.destroy())
    const refuse = (status: Status): void => {
      const text = JSON.stringify(status)
      socket.end(`HTTP/1.1 ${status.code ?? 400} ${status.reason ?? 'BadRequest'}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(text)}\r\nConnection: close\r\n\r\n${text}`)
    }
    const offered = (message.headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
    const kind = message.headers.upgrade?.toLowerCase()
    const isSpdy = kind === 'spdy/3.1'
    const granted = grantStream(cluster.cluster.server, identify(message), cluster.cluster.timeline.clock, isSpdy)
    if (isStatus(granted)) return refuse(granted)
    if (isSpdy) {
      raw.add(socket.once('close', () => raw.delete(socket)))
      return carrySpdy(cluster, granted, socket, head)
    }
    if (kind !== 'websocket') return refuse(badRequest(`unable to upgrade: unable to negotiate protocol: this server speaks websockets and SPDY/3.1, client asked for ${message.headers.upgrade ?? ''}`))
    if (!offered.some((name) => protocolsOf(message).includes(name))) return refuse(badRequest(`unable to upgrade: unable to negotiate protocol: client supports [${offered.join(' ')}], server accepts [${protocolsOf(message).join(' ')}]`))
    sockets.handleUpgrade(message, socket, head, (ws) => (granted.kind === 'portforward' ? carryPorts(cluster.streams, granted, ws) : carryCommand(cluster, granted, ws)))
  }
  return { upgrade, close }
}

const protocolsOf = ({ url = '' }: IncomingMessage): readonly string[] => (/\/portforward(?:\?|$)/.test(url) ? PORTS : COMMANDS)

/** SPDY, which kubectl falls back to where a websocket's tunnel is refused, and which older clients begin with. */
function carrySpdy(cluster: ServedCluster, granted: GrantedStream, socket: Duplex, head: Buffer): void {
  const protocol = granted.kind === 'portforward' ? 'portforward.k8s.io' : 'v4.channel.k8s.io'
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`)
  const carry = granted.kind === 'portforward' ? forwardOverSpdy : commandOverSpdy
  const spdy = carry(cluster.streams, granted, { send: (bytes) => void (socket.writable && socket.write(bytes)), close: () => socket.destroy() })
  if (head.length > 0) spdy.receive(head)
  socket.on('data', (bytes: Buffer) => spdy.receive(bytes))
  socket.on('close', () => spdy.close())
}

/** A frame of a channel: its number, then the bytes. */
const frame = (channel: number, text: string): Buffer => Buffer.from([channel, ...bytesOf(text)])

function carryCommand(cluster: ServedCluster, granted: GrantedStream, ws: WebSocket): void {
  const send = (channel: number, text: string): void => {
    if (text !== '' && ws.readyState === ws.OPEN) ws.send(frame(channel, text))
  }
  const stream = cluster.streams.open(granted, {
    news: (stdout, stderr) => {
      if (granted.stdout) send(STDOUT, stdout)
      if (granted.stderr) send(STDERR, stderr)
    },
    ended: (result) => {
      send(ERROR, JSON.stringify(typeof result === 'number' ? endStatus(result) : result))
      ws.close(1000)
    },
  })
  // Clients that wait for the first frame get empty ones, as from the real server.
  if (granted.stdout) ws.send(Buffer.from([STDOUT]))
  if (granted.stderr) ws.send(Buffer.from([STDERR]))
  ws.on('message', (data: Buffer) => {
    if (data[0] === STDIN) stream.type(data.subarray(1))
    else if (data[0] === CLOSE && data[1] === STDIN) stream.closeInput()
  })
  ws.on('close', () => stream.hangUp())
  ws.on('error', () => stream.hangUp())
}
