import type { KubeObject } from '../../api/meta.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { Index } from '../../engine/table.ts'
import { formatMicroTime, type Micros } from '../../engine/time.ts'
import type { KindDefinition } from '../../kinds/definition.ts'
import { scheme } from '../../kinds/index.ts'
import { storeKey, type Change, type Store } from '../../store/store.ts'
import type { ApiService } from '../../kinds/apiservice/index.ts'
import type { CustomKinds } from '../custom/custom-kinds.ts'
import type { WatchHub } from '../watch-hub.ts'

/** What a controller within kube-apiserver sees: the store itself, through which watchers hear of what it writes. */
export interface Inside {
  readonly store: Store
  readonly custom: CustomKinds
  /** Names of APIServices by the Service ("ns/name") that they are served by. */
  readonly remote: Index<KubeObject>
  /** A uid for a new object, which follows from its key and the instant. */
  put(ctx: EventContext, kind: KindDefinition, object: KubeObject): void
  erase(ctx: EventContext, kind: KindDefinition, key: string, last?: KubeObject): void
  /** A Warning about an object, for people. */
  event(ctx: EventContext, regarding: KubeObject, reason: string, action: string, note: string): void
}

/** A control loop that runs within kube-apiserver. What it does follows from the store alone, so a key may come twice. */
export interface InnerController {
  readonly name: string
  /** Keys of its own that a stored change calls for, by resource; 'custom' stands for all custom resources. */
  readonly wakes: Readonly<Record<string, (change: Change, inside: Inside) => readonly string[]>>
  /** From a change to the look at it. */
  delay(now: Micros): Micros
  sync(inside: Inside, ctx: EventContext, key: string): void
}

const CUSTOM = 'custom'
/** Creates an Event. */
type Emit = (ctx: EventContext, event: KubeObject) => void

/** Runs the controllers within kube-apiserver: told of each stored change, they look at what it means a little later. */
export class InnerControllers implements Inside {
  readonly store: Store
  readonly custom: CustomKinds
  readonly remote: Index<KubeObject>
  readonly #hub: WatchHub
  readonly #byResource = new Map<string, InnerController[]>()
  readonly #byName: ReadonlyMap<string, InnerController>
  readonly #uid: () => string
  readonly #emit: Emit

  constructor(store: Store, hub: WatchHub, custom: CustomKinds, controllers: readonly InnerController[], uid: () => string, emit: Emit) {
    this.#emit = emit
    this.store = store
    this.custom = custom
    this.#hub = hub
    this.#uid = uid
    this.remote = store.objects.index((object, key) => (key.startsWith('apiservices/') ? servedBy(object as ApiService) : undefined))
    this.#byName = new Map(controllers.map((c) => [c.name, c]))
    for (const controller of controllers)
      for (const resource of Object.keys(controller.wakes)) this.#byResource.set(resource, [...(this.#byResource.get(resource) ?? []), controller])
  }

  /** A change has been stored. */
  told(ctx: EventContext, change: Change): void {
    const { resource } = change
    const own = this.#byResource.get(resource)
    if (own) this.#wake(ctx, own, resource, change)
    else if (change.type === 'DELETED' && resource.includes('.')) this.#wake(ctx, this.#byResource.get(CUSTOM) ?? [], CUSTOM, change)
  }

  #wake(ctx: EventContext, controllers: readonly InnerController[], resource: string, change: Change): void {
    for (const controller of controllers)
      for (const key of controller.wakes[resource]!(change, this)) ctx.schedule(controller.delay(ctx.now), 'apiserver', 'inner', [controller.name, key])
  }

  /** Handler of the server's actor. */
  sync(ctx: EventContext, [name, key]: readonly [string, string]): void {
    this.#byName.get(name)!.sync(this, ctx, key)
  }

  put(ctx: EventContext, kind: KindDefinition, object: KubeObject): void {
    const { namespace, name } = object.metadata
    const key = storeKey(kind.resourceKey ?? kind.plural, namespace, name)
    const complete = object.metadata.uid ? object : { ...object, metadata: { ...object.metadata, uid: this.#uid() } }
    this.#dispatch(ctx, kind, this.store.put(key, complete))
  }

  erase(ctx: EventContext, kind: KindDefinition, key: string, last?: KubeObject): void {
    const change = this.store.remove(key, last)
    if (change) this.#dispatch(ctx, kind, change)
  }

  event(ctx: EventContext, regarding: KubeObject, reason: string, action: string, note: string): void {
    const { apiVersion, kind, metadata } = regarding
    const { name, namespace, uid, resourceVersion } = metadata
    this.#emit(ctx, {
      apiVersion: 'events.k8s.io/v1', kind: 'Event', metadata: { name: `${name}.${this.#uid().slice(0, 8)}`, namespace: namespace ?? 'default' }, type: 'Warning', reason, action, note,
      eventTime: formatMicroTime(ctx.now), reportingController: 'ipallocator-repair-controller', reportingInstance: 'ipallocator-repair-controller-control-plane',
      regarding: { apiVersion, kind, name, uid, resourceVersion, ...(namespace ? { namespace } : {}) },
    } as KubeObject)
  }

  #dispatch(ctx: EventContext, kind: KindDefinition, change: Change): void {
    this.#hub.dispatch(ctx, kind, change)
    this.told(ctx, change)
  }
}

const servedBy = ({ spec }: ApiService): string | undefined => (spec.service ? `${spec.service.namespace}/${spec.service.name}` : undefined)

/** One of Kubernetes' own kinds. */
export const ownKind = (group: string, version: string, plural: string): KindDefinition => scheme.resource(group, version, plural)!
