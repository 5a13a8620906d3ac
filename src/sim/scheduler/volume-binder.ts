import { joinKey, keyOf, type KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Request } from '../client/request.ts'
import type { Client, ReplyTo } from '../client/transport.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Index, Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'
import type { Node } from '../kinds/node/node.ts'
import type { Objects } from './plugin.ts'
import type { PodVolumes } from './plugins/volume-binding.ts'
import { nodeReaches } from './plugins/volume-matching.ts'
import { BIND_COMPLETED, SELECTED_NODE, claimOf, volumeNotFound, volumeOf, type PersistentVolume, type PersistentVolumeClaim } from './storage.ts'

/** A placed pod whose claims are still to be bound before it is. */
interface Waiting {
  readonly pod: Pod
  readonly node: string
  /** Claim ("ns/name") and volume that were chosen for each other. */
  readonly bindings: readonly { readonly claim: string; readonly volume: string }[]
  /** Claims for which volumes are to be made. */
  readonly provisions: readonly string[]
  /** When the waiting began: one looks every second from then on. */
  readonly since: Micros
  readonly timer: number
  /** The next look, if there is something to see. */
  readonly look?: number
}

const POLL = seconds(1)
const BOUND_BY_CONTROLLER = 'pv.kubernetes.io/bound-by-controller'
const CLAIMS = 'persistentvolumeclaims'
const VOLUMES = 'persistentvolumes'

/**
 * Gets volumes for a placed pod: reserves the found ones, asks for the others to be made on the node, and waits until the
 * volume controller has bound every claim (plugins/volumebinding, binder.go: AssumePodVolumes, BindPodVolumes). The owning
 * actor has the handlers 'volumes' (answers), 'volumes-look' and 'volumes-late'.
 */
export class VolumeBinder {
  /** The cluster's objects with what was written and has not come back yet, so that no volume is given away twice. */
  readonly objects: Objects
  readonly #waiting: Table<Waiting>
  /** By what is waited for: "persistentvolumeclaims/ns/name", "persistentvolumes/name". */
  readonly #byObject: Index<Waiting>
  readonly #written: Table<KubeObject>
  readonly #client: Client
  readonly #actor: string

  constructor(engine: Engine, actor: string, client: Client, objects: Objects) {
    this.#actor = actor
    this.#client = client
    this.#waiting = engine.table(`${actor}/binding-volumes`)
    this.#byObject = this.#waiting.index(({ bindings, provisions }) => [
      ...bindings.flatMap(({ claim, volume }) => [`${CLAIMS}/${claim}`, `${VOLUMES}/${volume}`]),
      ...provisions.map((claim) => `${CLAIMS}/${claim}`),
    ])
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

  /** Begins to get the volumes of a pod that was placed on `node`, which may take so long. */
  begin(ctx: EventContext, pod: Pod, node: string, { bindings, provisions }: PodVolumes, timeout: Micros): void {
    const then: ReplyTo = { actor: this.#actor, what: 'volumes', data: keyOf(pod) }
    for (const { claim, volume } of bindings) this.#write(ctx, VOLUMES, reserved(volume, claim), then)
    for (const claim of provisions) if (claim.metadata.annotations?.[SELECTED_NODE] !== node) this.#write(ctx, CLAIMS, selected(claim, node), then)
    this.#waiting.set(keyOf(pod), {
      pod, node, since: ctx.now,
      bindings: bindings.map(({ claim, volume }) => ({ claim: keyOf(claim), volume: volume.metadata.name })),
      provisions: provisions.map(keyOf),
      timer: ctx.schedule(timeout, this.#actor, 'volumes-late', keyOf(pod)),
    })
  }

  isWaiting(key: string): boolean {
    return this.#waiting.has(key)
  }

  /** A claim or volume changed or went: pods for which that decides something are looked at on their next second. */
  heard(ctx: EventContext, plural: string, object: KubeObject): void {
    if (plural !== CLAIMS && plural !== VOLUMES) return
    const key = `${plural}/${keyOf(object)}`
    this.#written.delete(key)
    for (const pod of this.#byObject.keys(key)) {
      const waiting = this.#waiting.get(pod)!
      if (waiting.look !== undefined || this.#state(waiting) === 'wait') continue
      const look = ctx.schedule(POLL - ((ctx.now - waiting.since) % POLL), this.#actor, 'volumes-look', pod)
      this.#waiting.set(pod, { ...waiting, look })
    }
  }

  /** Handler 'volumes-look': the pod, when it has all that it waits for; why it will never get it; or nothing yet. */
  look(ctx: EventContext, key: string): Pod | { readonly failed: string } | undefined {
    const waiting = this.#waiting.get(key)
    if (!waiting) return undefined
    this.#waiting.set(key, { ...waiting, look: undefined })
    const state = this.#state(waiting)
    if (state === 'wait') return undefined
    if (state !== 'bound') return { failed: state }
    this.cancel(ctx, key)
    return waiting.pod
  }

  cancel(ctx: EventContext, key: string): void {
    const waiting = this.#waiting.get(key)
    if (!waiting) return
    ctx.cancel(waiting.timer)
    if (waiting.look !== undefined) ctx.cancel(waiting.look)
    this.#waiting.delete(key)
  }

  /** Whether all is bound, or what is wrong for good (binder.go: checkBindings). */
  #state({ bindings, provisions, node: name }: Waiting): 'bound' | 'wait' | string {
    const node = this.objects.get<Node>('nodes', undefined, name)
    if (!node) return `failed to get node ${JSON.stringify(name)}: node ${JSON.stringify(name)} not found`
    let left = false
    for (const { claim, volume } of bindings) {
      if (this.#written.has(`${VOLUMES}/${volume}`)) return 'wait'
      const found = volumeOf(this.objects, volume)
      if (!found) return `failed to check binding: ${volumeNotFound(volume)}`
      if (!nodeReaches(found, node)) return `pv ${JSON.stringify(volume)} node affinity doesn't match node ${JSON.stringify(name)}: no matching NodeSelectorTerms`
      if (!found.spec.claimRef?.uid) return `ClaimRef got reset for pv ${JSON.stringify(volume)}`
      const bound = this.#isBound(claim)
      if (bound === undefined) return `failed to check binding: could not find v1.PersistentVolumeClaim ${JSON.stringify(claim)}`
      if (!bound) return 'wait'
    }
    for (const key of provisions) {
      if (this.#written.has(`${CLAIMS}/${key}`)) return 'wait'
      const claim = this.#claim(key)
      if (!claim) return `failed to check provisioning pvc: could not find v1.PersistentVolumeClaim ${JSON.stringify(key)}`
      if (claim.metadata.annotations?.[SELECTED_NODE] !== name) return `provisioning failed for PVC ${JSON.stringify(claim.metadata.name)}`
      const volume = claim.spec.volumeName ? volumeOf(this.objects, claim.spec.volumeName) : undefined
      if (volume && !nodeReaches(volume, node)) return `pv ${JSON.stringify(volume.metadata.name)} node affinity doesn't match node ${JSON.stringify(name)}: no matching NodeSelectorTerms`
      left ||= !volume || !this.#isBound(key)
    }
    return left ? 'wait' : 'bound'
  }

  #claim(key: string): PersistentVolumeClaim | undefined {
    const [namespace = '', name = ''] = key.split('/')
    return claimOf(this.objects, namespace, name)
  }

  /** undefined: there is no such claim any more. */
  #isBound(key: string): boolean | undefined {
    const claim = this.#claim(key)
    return claim && !!claim.spec.volumeName && claim.metadata.annotations?.[BIND_COMPLETED] !== undefined
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
