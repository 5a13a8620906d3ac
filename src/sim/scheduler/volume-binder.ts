import { joinKey, keyOf, type KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Request } from '../client/request.ts'
import type { Client, ReplyTo } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Index, Table } from '../engine/table.ts'
import { seconds } from '../engine/time.ts'
import type { Objects } from './plugin.ts'
import type { PodVolumes } from './plugins/volume-binding.ts'
import { BIND_COMPLETED, SELECTED_NODE, claimOf, type PersistentVolume, type PersistentVolumeClaim } from './storage.ts'

/** A placed pod whose claims are still to be bound before it is. */
interface Waiting {
  readonly pod: Pod
  /** "ns/name" of each claim. */
  readonly claims: readonly string[]
  readonly timer: number
}

const TIMEOUT = seconds(600)
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const CLAIMS = 'persistentvolumeclaims'
const VOLUMES = 'persistentvolumes'

/**
 * Gets volumes for a placed pod: reserves the found ones, asks for the others to be made on the node, and waits until the
 * volume controller has bound every claim (plugins/volumebinding: AssumePodVolumes, BindPodVolumes). The owning actor has
 * the handlers 'volumes' (answers) and 'volumes-late'.
 */
export class VolumeBinder {
  /** The cluster's objects with what was written and has not come back yet, so that no volume is given away twice. */
  readonly objects: Objects
  readonly #waiting: Table<Waiting>
  readonly #byClaim: Index<Waiting>
  readonly #written: Table<KubeObject>
  readonly #client: Client
  readonly #actor: string

  constructor(engine: Engine, actor: string, client: Client, objects: Objects) {
    this.#actor = actor
    this.#client = client
    this.#waiting = engine.table(`${actor}/binding-volumes`)
    this.#byClaim = this.#waiting.index(({ claims }) => claims)
    this.#written = engine.table(`${actor}/written-volumes`)
    const latest = <T extends KubeObject>(plural: string, object: T): T => (this.#written.get(`${plural}/${keyOf(object)}`) as T | undefined) ?? object
    this.objects = {
      get: <T extends KubeObject>(plural: string, namespace: string | undefined, name: string): T | undefined =>
        (this.#written.size > 0 ? (this.#written.get(`${plural}/${joinKey(namespace, name)}`) as T | undefined) : undefined) ?? objects.get<T>(plural, namespace, name),
      list: <T extends KubeObject>(plural: string, namespace?: string): readonly T[] => {
        const list = objects.list<T>(plural, namespace)
        return this.#written.size > 0 && plural === VOLUMES ? list.map((o) => latest(plural, o)) : list
      },
    }
  }

  /** Begins to get the volumes of a pod that was placed on `node`. */
  begin(ctx: EventContext, pod: Pod, node: string, { bindings, provisions }: PodVolumes): void {
    const then: ReplyTo = { actor: this.#actor, what: 'volumes', data: keyOf(pod) }
    for (const { claim, volume } of bindings) this.#write(ctx, VOLUMES, reserved(volume, claim), then)
    for (const claim of provisions) if (claim.metadata.annotations?.[SELECTED_NODE] !== node) this.#write(ctx, CLAIMS, selected(claim, node), then)
    const claims = [...bindings.map((b) => b.claim), ...provisions].map(keyOf)
    this.#waiting.set(keyOf(pod), { pod, claims, timer: ctx.schedule(TIMEOUT, this.#actor, 'volumes-late', keyOf(pod)) })
  }

  isWaiting(key: string): boolean {
    return this.#waiting.has(key)
  }

  /** A claim or volume changed. Gives back the pods that now have all they wait for. */
  heard(ctx: EventContext, plural: string, object: KubeObject): readonly Pod[] {
    this.#written.delete(`${plural}/${keyOf(object)}`)
    if (plural !== CLAIMS) return []
    const ready = this.#byClaim.keys(keyOf(object)).map((key) => this.#waiting.get(key)!).filter((w) => w.claims.every((claim) => this.#isBound(claim)))
    for (const { pod } of ready) this.cancel(ctx, keyOf(pod))
    return ready.map(({ pod }) => pod)
  }

  cancel(ctx: EventContext, key: string): void {
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    ctx.cancel(waiting.timer)
    this.#waiting.delete(key)
  }

  #isBound(key: string): boolean {
    const [namespace = '', name = ''] = key.split('/')
    const claim = claimOf(this.objects, namespace, name)
    return !!claim?.spec.volumeName && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
  }

  #write(ctx: EventContext, resource: string, body: KubeObject, then: ReplyTo): void {
    this.#written.set(`${resource}/${keyOf(body)}`, body)
    const request: Request = { verb: 'update', group: '', version: 'v1', resource, namespace: body.metadata.namespace, name: body.metadata.name, body }
    this.#client.send(ctx, request, then)
  }
}

const annotated = <T extends KubeObject>(object: T, annotations: Readonly<Record<string, string>>): T => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, ...annotations } },
})

/** The volume with a reference to the claim that is to have it. */
function reserved(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { namespace, name, uid, resourceVersion } = claim.metadata
  if (volume.spec.claimRef?.uid === uid && uid !== undefined) return volume
  const bound: PersistentVolume = { ...volume, spec: { ...volume.spec, claimRef: { kind: 'PersistentVolumeClaim', apiVersion: 'v1', namespace, name, uid, resourceVersion } } }
  return volume.spec.claimRef ? bound : annotated(bound, { [BOUND_BY_CONTROLLER]: 'yes' })
}

const selected = (claim: PersistentVolumeClaim, node: string): PersistentVolumeClaim => annotated(claim, { [SELECTED_NODE]: node })
