import type { KubeObject } from '../../src/sim/api/meta.ts'
import { isStatus, type Status } from '../../src/sim/api/status.ts'
import { ApiServer } from '../../src/sim/apiserver/server.ts'
import { API_SERVER_OBJECTS } from '../../src/sim/bootstrap.ts'
import { ControllerRunner } from '../../src/sim/client/controller-runner.ts'
import { InformerFactory } from '../../src/sim/client/informer.ts'
import type { Request } from '../../src/sim/client/request.ts'
import { Client, type Answered } from '../../src/sim/client/transport.ts'
import { controllers } from '../../src/sim/controllers/index.ts'
import { Engine } from '../../src/sim/engine/engine.ts'
import { seconds, type Micros } from '../../src/sim/engine/time.ts'
import { scheme } from '../../src/sim/kinds/index.ts'
import type { KindDefinition } from '../../src/sim/kinds/definition.ts'
import { Scheduler } from '../../src/sim/scheduler/scheduler.ts'

export const NAMESPACE = 'vol-case-ns'
const ALLOCATABLE = { cpu: '64', memory: '256Gi', pods: '1000', 'ephemeral-storage': '1Ti' }

/** A node whose kubelet nobody plays: it says that it is ready and never says anything else. */
const worker = (name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name } },
  spec: {},
  status: { capacity: ALLOCATABLE, allocatable: ALLOCATABLE, conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastHeartbeatTime: '2026-01-01T00:00:00Z', lastTransitionTime: '2026-01-01T00:00:00Z' }] },
})

/** Kinds by the name that the recordings use; the newest version of each. */
export function kindOf(name: string, apiVersion?: string): KindDefinition {
  const slash = apiVersion?.indexOf('/') ?? -1
  const found = apiVersion
    ? scheme.kindFor({ group: slash < 0 ? '' : apiVersion.slice(0, slash), version: apiVersion.slice(slash + 1), kind: name })
    : scheme.kinds.find((k) => k.kind === name)
  if (!found) throw new Error(`the scheme has no ${name}`)
  return found
}

/** A control plane without kubelets: API server, all controllers, scheduler, two nodes (the world of volumes/README.md). */
export class VolumesWorld {
  readonly engine = new Engine({ seed: 1 })
  readonly server: ApiServer
  now: Micros = 0
  /** Every uid that was looked at → "<uid:Kind/name>". */
  readonly seen = new Map<string, string>()
  #asked = 0
  readonly #answers = new Map<string, Answered<unknown>['answer']>()

  constructor() {
    const { engine } = this
    this.server = new ApiServer(engine)
    const informers = new InformerFactory(engine, 'kube-controller-manager', new Client(engine, 'kube-controller-manager', { user: 'system:kube-controller-manager' }))
    // Nobody writes leases, and the recorded controller manager would have waited an hour for them.
    const heartbeats = { beating: () => true, lastRenewal: (_node: string, now: Micros) => now }
    const metrics = { pods: () => 'the recorded control plane had no metrics server' }
    const runners = controllers({ heartbeats, metrics }).map((controller) => new ControllerRunner(engine, controller, informers))
    new Scheduler(engine)
    const user = new Client(engine, 'user', { user: 'kubernetes-admin' })
    engine.actor('user', {
      request: (ctx, request: Request) => user.send(ctx, request, { actor: ctx.event.actor, what: 'answer' }),
      answer: (ctx, answered: Answered<unknown>) => void this.#answers.set(ctx.instance, answered.answer),
    })
    engine.actor('world', {
      boot: (ctx) => {
        for (const object of API_SERVER_OBJECTS) {
          const kind = kindOf(object.kind, object.apiVersion)
          this.server.execute({ verb: 'create', ...restOf(kind), namespace: object.metadata.namespace, body: object }, 'system:apiserver', ctx.now, ctx)
        }
        informers.start(ctx)
        for (const { controller } of runners) ctx.schedule(0, controller.name, 'start')
        ctx.schedule(0, 'scheduler', 'start')
      },
    })
    engine.command(0, 'world', 'boot', null)
    this.run(seconds(1))
    this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } })
    for (const name of ['worker-a', 'worker-b']) this.create(worker(name))
    this.run(seconds(7))
  }

  run(duration: Micros): void {
    const end = this.now + duration
    for (let at = this.engine.queue.peek()?.at; at !== undefined && at <= end; at = this.engine.queue.peek()?.at) this.engine.step()
    this.now = end
  }

  /** Sends a request and runs until its answer is there. */
  send(request: Request): unknown {
    const id = `${++this.#asked}`
    this.engine.command(this.now, `user/${id}`, 'request', request)
    while (!this.#answers.has(id)) {
      const at = this.engine.queue.peek()?.at
      if (at === undefined) throw new Error(`${request.verb} ${request.resource} was never answered`)
      this.now = Math.max(this.now, at)
      this.engine.step()
    }
    return this.#answers.get(id)
  }

  create(body: KubeObject): KubeObject | Status {
    const kind = kindOf(body.kind, body.apiVersion)
    const made = this.send({ verb: 'create', ...restOf(kind), namespace: kind.namespaced ? NAMESPACE : undefined, body }) as KubeObject | Status
    if (!isStatus(made) && made.metadata.uid) this.seen.set(made.metadata.uid, `<uid:${made.kind}/${made.metadata.name}>`)
    return made
  }

  /** The stored object as the store has it now. */
  get(kindName: string, name: string): KubeObject | undefined {
    const kind = kindOf(kindName)
    return this.server.store.get(kind.namespaced ? `${kind.plural}/${NAMESPACE}/${name}` : `${kind.plural}/${name}`)
  }

  list(kindName: string, namespace: string | undefined = NAMESPACE): readonly KubeObject[] {
    const kind = kindOf(kindName)
    const keys = this.server.store.keys(kind.plural, kind.namespaced ? namespace : undefined)
    const found = keys.map((key) => this.server.store.get(key)!)
    for (const { metadata } of found) if (metadata.uid) this.seen.set(metadata.uid, `<uid:${kindName}/${metadata.name}>`)
    return found
  }

  patch(kindName: string, name: string, body: unknown, subresource?: string): unknown {
    return this.send({ verb: 'patch', ...this.#named(kindName, name), subresource, body: body as never, patchType: 'merge' })
  }

  delete(kindName: string, name: string, grace?: number): unknown {
    return this.send({ verb: 'delete', ...this.#named(kindName, name), options: grace === undefined ? {} : { gracePeriodSeconds: grace } })
  }

  #named(kindName: string, name: string): Pick<Request, 'group' | 'version' | 'resource' | 'namespace' | 'name'> {
    const kind = kindOf(kindName)
    return { ...restOf(kind), namespace: kind.namespaced ? NAMESPACE : undefined, name }
  }
}

const restOf = ({ group, version, plural }: KindDefinition): { group: string; version: string; resource: string } => ({ group, version, resource: plural })

/** The code, reason and message of an answer, as the recordings keep those of `try` steps. */
export function verdictOf(answer: unknown): { readonly code: number; readonly reason?: string; readonly message?: string } {
  return isStatus(answer as Status) ? { code: (answer as Status).code ?? 500, reason: (answer as Status).reason, message: (answer as Status).message } : { code: 200 }
}
