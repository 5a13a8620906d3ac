import { inGoOrder } from '../api/go-order.ts'
import type { JsonValue } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import type { Answer } from '../client/reconcile-context.ts'
import { PODS, type Request } from '../client/request.ts'
import type { Answered, Client } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { formatMicroTime } from '../engine/time.ts'
import type { Connection } from './connection.ts'
import { prettyJson } from './print-json.ts'

/** Where connections to a local port lead: to a port of a pod, or to the API server (through its filter). */
export type Listening =
  | { readonly to: 'pod'; readonly namespace: string; readonly pod: string; readonly uid: string; readonly remote: number }
  | { readonly to: 'api'; readonly prefix: string; readonly filter: Filter | null }

/** Regular expressions of `kubectl proxy` (proxy_server.go: FilterServer). */
export interface Filter {
  readonly acceptPaths: readonly string[]
  readonly rejectPaths: readonly string[]
  readonly acceptHosts: readonly string[]
  readonly rejectMethods: readonly string[]
}

/** A row of table `kubectl/listeners`, by "port address". */
export interface ListenerRow {
  readonly pid: string
  readonly port: number
  readonly address: string
  readonly leads: Listening
  readonly who: Connection
}

/** Payload of the command `connect`: one HTTP request to a local port. `id` names the row of the answer. */
export interface LocalRequest {
  readonly id: string
  readonly port: number
  readonly host: string
  readonly method: string
  readonly path: string
  readonly contentType?: string
  readonly body?: string
}

/** A row of table `kubectl/connections`, by id: what came back. `reset`: the connection broke off without an answer. */
export interface LocalAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
  readonly reset?: true
}

interface Waiting {
  readonly id: string
  readonly port: number
  readonly remote: number
}

interface Forwarded {
  readonly kind: 'ForwardResult'
  readonly status: number
  readonly body: string
  readonly error?: string
}

const KEPT = 50
const key = (port: number, address: string): string => `${`${port}`.padStart(5, '0')} ${address}`

/** The local ports of kubectl processes (`port-forward`, `proxy`) and the connections to them. */
export class KubectlListeners {
  readonly rows: Table<ListenerRow>
  readonly answers: Table<LocalAnswer>
  readonly #client: Client

  constructor(engine: Engine, client: Client) {
    this.rows = engine.table('kubectl/listeners')
    this.answers = engine.table('kubectl/connections')
    this.#client = client
  }

  /** Takes a port, or gives back false when somebody has it. */
  listen(row: ListenerRow): boolean {
    const at = key(row.port, row.address)
    if (this.rows.has(at)) return false
    this.rows.set(at, row)
    return true
  }

  /** Who listens at a port; any address will do. */
  at(port: number, host = 'localhost'): ListenerRow | undefined {
    const own = host === 'localhost' ? ['127.0.0.1', '::1', '0.0.0.0'] : [host, '0.0.0.0']
    for (const address of own) {
      const row = this.rows.get(key(port, address))
      if (row) return row
    }
    return undefined
  }

  /** Does the process listen anywhere? */
  of(pid: string): boolean {
    return this.rows.size > 0 && [...this.rows.keys()].some((at) => this.rows.get(at)!.pid === pid)
  }

  close(pid: string): void {
    for (const at of [...this.rows.keys()]) if (this.rows.get(at)!.pid === pid) this.rows.delete(at)
  }

  /** A connection arrives at a process; `say` writes to its output. */
  connect(ctx: EventContext, pid: string, request: LocalRequest, say: (text: string) => void): void {
    const row = this.at(request.port, request.host)
    if (row?.pid !== pid) return this.#done(request.id, { status: 0, contentType: '', body: '', reset: true })
    const { user, token, impersonate } = row.who
    const who = { user, ...(token === undefined ? {} : { token }), ...(impersonate ? { impersonate } : {}) }
    const send = (asked: Request, remote: number): void => {
      const waiting: Waiting = { id: request.id, port: request.port, remote }
      this.#client.send(ctx, { ...asked, ...who } as Request, { actor: ctx.event.actor, what: 'connected', data: waiting })
    }
    const { leads } = row
    if (leads.to === 'pod') {
      say(`Handling connection for ${request.port}\n`)
      const body = { port: leads.remote, path: request.path }
      return send({ verb: 'create', ...PODS, namespace: leads.namespace, name: leads.pod, subresource: 'portforward', body } as Request, leads.remote)
    }
    const [path = '', query = ''] = request.path.split('?', 2)
    if (leads.filter && !accepted(leads.filter, request.method, path, request.host)) return this.#done(request.id, { status: 403, contentType: 'text/plain', body: 'Forbidden' })
    if (!path.startsWith(leads.prefix)) return this.#done(request.id, { status: 404, contentType: 'text/plain', body: '404 page not found\n' })
    const raw = { method: request.method, path: `/${path.slice(leads.prefix.length)}`, query, ...(request.body === undefined ? {} : { body: request.body, contentType: request.contentType ?? 'application/json' }) }
    send({ verb: 'get', group: '', version: '', resource: '', raw }, 0)
  }

  /** The answer to a connection: undefined when it went well, else why the process gives up. */
  connected(ctx: EventContext, { answer, data }: Answered<JsonValue>): string | undefined {
    const { id, port, remote } = data as Waiting
    const forwarded = answer as unknown as Forwarded
    if (isStatus(answer) && remote > 0) {
      this.#done(id, { status: 0, contentType: '', body: '', reset: true })
      return `${klogLine(ctx, `an error occurred forwarding ${port} -> ${remote}: ${answer.message ?? ''}`)}error: lost connection to pod\n`
    }
    if (remote === 0) {
      this.#done(id, apiAnswer(answer))
      return undefined
    }
    if (!forwarded.error) {
      this.#done(id, { status: forwarded.status, contentType: 'text/html', body: forwarded.body })
      return undefined
    }
    this.#done(id, { status: 0, contentType: '', body: '', reset: true })
    if (forwarded.error !== 'connection refused') return undefined
    const why = `error forwarding port ${remote} to pod: failed to connect to localhost:${remote} inside its network namespace, IPv4: dial tcp4 127.0.0.1:${remote}: connect: connection refused IPv6 dial tcp6: address localhost: no suitable address found `
    return `${klogLine(ctx, `an error occurred forwarding ${port} -> ${remote}: ${why}`)}error: lost connection to pod\n`
  }

  #done(id: string, answer: LocalAnswer): void {
    this.answers.set(id, answer)
    const keys = [...this.answers.keys()]
    for (const old of keys.slice(0, Math.max(0, keys.length - KEPT))) this.answers.delete(old)
  }
}

const klogLine = (ctx: EventContext, text: string): string => `E${formatMicroTime(ctx.now).slice(5, 10).replace('-', '')} ${formatMicroTime(ctx.now).slice(11, 26)}       1 portforward.go:424] "Unhandled Error" err=${JSON.stringify(text)}\n`

/** The server answers programs like curl in lines (apiserver: negotiation, pretty). */
function apiAnswer(answer: Answer<JsonValue>): LocalAnswer {
  if (typeof answer === 'string') return { status: 200, contentType: 'text/plain', body: answer }
  const status = isStatus(answer) ? (answer.code ?? 500) : 200
  return { status, contentType: 'application/json', body: prettyJson(inGoOrder(answer as JsonValue), '  ', '', false) }
}

function accepted(filter: Filter, method: string, path: string, host: string): boolean {
  const matches = (text: string, forms: readonly string[]): boolean => forms.some((form) => new RegExp(form).test(text))
  if (matches(path, filter.rejectPaths) || matches(method, filter.rejectMethods)) return false
  return matches(path, filter.acceptPaths) && matches(host.includes(':') ? `[${host}]` : host, filter.acceptHosts)
}
