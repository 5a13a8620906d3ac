import { isStatus } from '../../src/sim/api/status.ts'
import type { HttpAnswer, HttpRequest } from '../../src/sim/apiserver/http/message.ts'
import { serveHttp } from '../../src/sim/apiserver/http/door.ts'
import { userNamed } from '../../src/sim/apiserver/authentication/user.ts'
import { ApiServer } from '../../src/sim/apiserver/server.ts'
import { installObjects } from '../../src/sim/apiserver/installing.ts'
import { rbacObjects } from '../../src/sim/bootstrap-rbac.ts'
import { serverObjects } from '../../src/sim/bootstrap-server.ts'
import { API_SERVER_OBJECTS } from '../../src/sim/bootstrap.ts'
import { ControllerRunner } from '../../src/sim/client/controller-runner.ts'
import { InformerFactory } from '../../src/sim/client/informer.ts'
import { Client } from '../../src/sim/client/transport.ts'
import { controllers } from '../../src/sim/controllers/index.ts'
import { Engine, type EventContext } from '../../src/sim/engine/engine.ts'
import type { Step } from '../../src/sim/engine/event.ts'
import { ms, seconds, type Micros } from '../../src/sim/engine/time.ts'
import { scheme } from '../../src/sim/kinds/index.ts'
import { columnTexts } from './requests-tables.ts'
import { openWatch, type WatchedEvent } from './requests-watch.ts'

/** Controllers of the recorded control plane (requests/README.md), by the names that they may have here. */
const RUNNING = /^(namespace|service-?account(-?token)?s?|root-?ca-?cert(ificate)?-?publisher|resource-?quota|cluster-?role-?aggregation|garbage-?collector|validating-?admission-?policy-?status)(-controller)?$/i

export interface Answer {
  readonly code: number
  readonly body?: unknown
  readonly warnings?: readonly string[]
  readonly events?: readonly unknown[]
}

/** A recorded request: who asks stands in a word of its own (requests/README.md). */
export interface SentRequest extends HttpRequest {
  readonly user?: string
  readonly groups?: readonly string[]
  readonly during?: readonly SentRequest[]
}

const ADMIN = { ...userNamed('kubernetes-admin'), uid: 'admin' }

/** Any signing request will do where the recordings say @CSR@. */
const SIGNING_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIR01HNENBUUF3RERFS01BZ0dBMVVFQXd3QmVEQlpNQk1HQnlxR1NNNDlBZ0VHQ0NxR1NNNDlBd0VIQTBJQQpCTElYeEhUdkR3SV' +
  'BsbWVJTFVHVUd4OTNYTnNRQ2gyeE96eHNvNVE0OFVyTXg1ai91eGwvdGJsdVFvZTlWOG8rCm44ZlQrOWc1WnZCL1pBc2hZQ3BZdmFTZ0FEQUtCZ2dxaGtqT1BRUURBZ05JQURCRkFpQk1NWndPOGlR' +
  'Z1dFc20KWmhvSlhobVZiRHhFZjdlQld5c2U3cGkwcVl0YjJnSWhBS2laM2ZSOGhlWkYrcFFHN2ViSWgxMDVKWXBsNTZoUgpGMUc2ZnpueW85ckwKLS0tLS1FTkQgQ0VSVElGSUNBVEUgUkVRVUVTVC' +
  '0tLS0tCg=='

/** A body with the signing request that the recordings leave out. */
function complete<T>(body: T): T {
  const text = JSON.stringify(body) as string | undefined
  return text?.includes('@CSR@') ? (JSON.parse(text.replaceAll('@CSR@', SIGNING_REQUEST)) as T) : body
}

/** The identity behind the recording's word: certificate, token, or somebody whom the administrator impersonates. */
function identified({ user, groups, ...request }: SentRequest): HttpRequest {
  if (user === undefined || user === 'admin') return { ...request, who: ADMIN }
  if (user === 'anonymous') return request
  if (user === 'badtoken') return { ...request, token: 'badtoken' }
  if (user === 'alice') return { ...request, token: 'alicetoken' }
  return { ...request, who: ADMIN, impersonate: { name: user, ...(groups ? { groups } : {}) } }
}

/**
 * The control plane of the recorded requests: API server and some controllers, an empty namespace `t`. What a case did is
 * undone after it, so that the next one finds the cluster as it was.
 */
export class RequestsWorld {
  readonly engine = new Engine({ seed: 1 })
  readonly server: ApiServer
  now: Micros = 0
  readonly #start: Micros
  #done: { readonly step: Step; readonly before: Micros }[] = []
  readonly #events = new Map<string, WatchedEvent[]>()
  #watches = 0

  /** `complete`: with all controllers, as the bootstrap objects were recorded. */
  constructor(complete = false) {
    const { engine } = this
    this.server = new ApiServer(engine, { columnTexts }, 'Node,RBAC')
    const informers = new InformerFactory(engine, 'kube-controller-manager', new Client(engine, 'kube-controller-manager', { user: 'system:kube-controller-manager' }))
    const heartbeats = { beating: () => true, lastRenewal: (_node: string, now: Micros) => now }
    const metrics = { pods: () => 'the recorded control plane had no metrics server' }
    const runners = controllers({ heartbeats, metrics }).filter(({ name }) => complete || RUNNING.test(name)).map((controller) => new ControllerRunner(engine, controller, informers))
    engine.actor('world', {
      boot: (ctx) => {
        for (const object of API_SERVER_OBJECTS) this.#store(ctx, object)
        installObjects(this.server, ctx, [...rbacObjects(), ...serverObjects(ctx.now)])
        informers.start(ctx)
        for (const { controller } of runners) ctx.schedule(0, controller.name, 'start')
      },
      do: (ctx, act: (ctx: EventContext) => void) => act(ctx),
      event: (ctx, delivery: WatchedEvent) => void this.#events.get(ctx.instance)?.push(delivery),
    })
    this.#do((ctx) => void ctx.schedule(0, 'world', 'boot'))
    this.run(seconds(2))
    this.send({ method: 'POST', path: '/api/v1/namespaces', body: { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 't' } } })
    this.run(seconds(5))
    this.#do(() => this.server.store.compact())
    this.#start = this.now
    this.#done = []
  }

  /** Undoes everything since the world was made. */
  reset(): void {
    for (let i = this.#done.length - 1; i >= 0; i--) this.engine.undo(this.#done[i]!.step, this.#done[i]!.before)
    this.#done = []
    this.#events.clear()
    this.now = this.#start
  }

  run(duration: Micros): void {
    const end = this.now + duration
    for (let at = this.engine.queue.peek()?.at; at !== undefined && at <= end; at = this.engine.queue.peek()?.at) this.#step()
    this.now = end
  }

  send(request: SentRequest): Answer {
    const { during, ...sent } = request
    const plain = { ...sent, ...(sent.body === undefined ? {} : { body: complete(sent.body) }) }
    this.run(ms(1))
    const answer = this.#serve(identified(plain))
    if (!answer.watch) return { code: answer.code, body: answer.body, ...(answer.warnings.length ? { warnings: answer.warnings } : {}) }
    const id = `w${++this.#watches}`
    const events: WatchedEvent[] = []
    this.#events.set(id, events)
    const { row } = answer.watch
    this.#do((ctx) => void ctx.schedule(0, 'apiserver', 'watch', { ...row, id, client: 'outside', latency: 0, to: { actor: `world/${id}`, what: 'event' } }))
    this.run(ms(10))
    for (const next of during ?? []) {
      this.send(next)
      this.run(ms(10))
    }
    const { bookmarks, timeoutSeconds } = answer.watch
    return { code: answer.code, events: openWatch(answer.watch, events, bookmarks && timeoutSeconds ? `${this.server.store.revision}` : undefined, this.now) }
  }

  #serve(request: HttpRequest): HttpAnswer {
    let answer!: HttpAnswer
    this.#do((ctx) => {
      answer = serveHttp(this.server, request, ctx.now, ctx)
    })
    return answer
  }

  #do(act: (ctx: EventContext) => void): void {
    const before = this.engine.now
    const step = this.engine.command(this.now, 'world', 'do', act)
    this.#done.push({ step, before })
  }

  #step(): void {
    const before = this.engine.now
    const step = this.engine.step()
    if (!step) return
    this.now = Math.max(this.now, step.event.at)
    this.#done.push({ step, before })
  }

  #store(ctx: EventContext, object: (typeof API_SERVER_OBJECTS)[number]): void {
    const slash = object.apiVersion.indexOf('/')
    const group = slash < 0 ? '' : object.apiVersion.slice(0, slash)
    const version = object.apiVersion.slice(slash + 1)
    const kind = scheme.kindFor({ group, version, kind: object.kind })!
    const { answer } = this.server.execute({ verb: 'create', group, version, resource: kind.plural, namespace: object.metadata.namespace, body: object }, 'system:apiserver', ctx.now, ctx)
    if (isStatus(answer)) throw new Error(`${object.kind} ${object.metadata.name} was refused: ${answer.message ?? ''}`)
  }
}
