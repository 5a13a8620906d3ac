import type { KubeObject } from '../api/meta.ts'
import { splitApiVersion } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import { ApiServer } from '../apiserver/server.ts'
import { ControllerRunner } from '../client/controller-runner.ts'
import type { Controller } from '../client/controller.ts'
import { InformerFactory } from '../client/informer.ts'
import type { Request } from '../client/request.ts'
import { Client } from '../client/transport.ts'
import { Engine } from '../engine/engine.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { scheme } from '../kinds/index.ts'

/** An API server and a few controllers, for tests of those controllers alone. Requests are executed at once. */
export class SmallWorld {
  readonly engine: Engine
  readonly server: ApiServer
  now: Micros = 0
  #refusal: string | undefined

  constructor(controllers: readonly Controller[], seed = 1) {
    const engine = new Engine({ seed })
    this.engine = engine
    this.server = new ApiServer(engine)
    const informers = new InformerFactory(engine, 'kcm', new Client(engine, 'kcm', { user: 'system:kube-controller-manager' }))
    const runners = controllers.map((controller) => new ControllerRunner(engine, controller, informers))
    engine.actor('boot', {
      boot: (ctx) => {
        informers.start(ctx)
        for (const { controller } of runners) ctx.schedule(0, controller.name, 'start')
      },
      send: (ctx, request: Request) => {
        const { answer } = this.server.execute(request, 'system:kube-controller-manager', ctx.now, ctx)
        this.#refusal = isStatus(answer) && answer.status === 'Failure' ? (answer.message ?? '') : undefined
      },
    })
    engine.command(0, 'boot', 'boot', null)
    for (const name of ['default', 'kube-node-lease']) this.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
    this.create({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: 'default' } })
    this.run(seconds(1))
  }

  run(duration: Micros): void {
    const end = this.now + duration
    for (let at = this.engine.queue.peek()?.at; at !== undefined && at <= end; at = this.engine.queue.peek()?.at) this.engine.step()
    this.now = end
  }

  /** How long nothing will happen. */
  get idle(): Micros {
    return (this.engine.queue.peek()?.at ?? Infinity) - this.now
  }

  /** What a refusal says; undefined when all is well. */
  send(request: Request): string | undefined {
    this.engine.command(this.now, 'boot', 'send', request)
    return this.#refusal
  }

  create(body: KubeObject): string | undefined {
    const kind = scheme.kindFor({ ...splitApiVersion(body.apiVersion), kind: body.kind })!
    return this.send({ verb: 'create', group: kind.group, version: kind.version, resource: kind.plural, namespace: kind.namespaced ? (body.metadata.namespace ?? 'default') : undefined, body })
  }

  patch(plural: string, name: string, body: unknown, subresource?: string): string | undefined {
    return this.send({ verb: 'patch', ...this.#named(plural, name), patchType: 'merge', body: body as never, subresource })
  }

  remove(plural: string, name: string, gracePeriodSeconds?: number): string | undefined {
    return this.send({ verb: 'delete', ...this.#named(plural, name), options: gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds } })
  }

  get<T extends KubeObject>(plural: string, name: string): T | undefined {
    const { namespace } = this.#named(plural, name)
    return this.server.store.get(namespace ? `${plural}/${namespace}/${name}` : `${plural}/${name}`) as T | undefined
  }

  list<T extends KubeObject>(plural: string): readonly T[] {
    return this.server.store.keys(plural).map((key) => this.server.store.get(key) as T)
  }

  /** "Reason: message" of all events about an object, by name. */
  events(about: string): readonly string[] {
    type Told = KubeObject & { readonly involvedObject: { readonly name: string }; readonly reason: string; readonly message: string }
    return this.list<Told>('events').filter((e) => e.involvedObject.name === about).map((e) => `${e.reason}: ${e.message}`)
  }

  #named(plural: string, name: string): Pick<Request, 'group' | 'version' | 'resource' | 'namespace' | 'name'> {
    const kind = scheme.kinds.find((k) => k.plural === plural)!
    return { group: kind.group, version: kind.version, resource: plural, namespace: kind.namespaced ? 'default' : undefined, name }
  }
}
