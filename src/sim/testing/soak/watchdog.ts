import { isBeingDeleted, keyOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Engine } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { allowed } from './allowed.ts'
import { Availability } from './availability.ts'
import { overcommitted } from './capacity.ts'

interface Change {
  readonly resource: string
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED'
  readonly from?: KubeObject
  readonly object: KubeObject
}

/** Caches are stale and clients rate limited: a controller may still act upon a wish of this long ago. */
const STALE = seconds(30)

export const ownerUid = (object: KubeObject): string | undefined => object.metadata.ownerReferences?.find((ref) => ref.controller)?.uid
export const isLive = (pod: Pod): boolean => !isBeingDeleted(pod) && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed'

/** Holds every committed write against what Kubernetes promises. Violations are collected as sentences. */
export class Watchdog {
  readonly violations: string[] = []
  readonly #engine: Engine
  readonly #availability: Availability
  /** What a Deployment or ReplicaSet wished lately, by uid: [until when it counts, pods]. The last one counts on. */
  readonly #wishes = new Map<string, (readonly [Micros, number])[]>()
  readonly #most = new Map<string, number>()
  #relabelledAt: Micros = -Infinity

  constructor(engine: Engine) {
    this.#engine = engine
    this.#availability = new Availability(engine, (text) => this.#violated(text))
    engine.table<Change>('etcd/changes').listen((_key, change) => {
      if (change) this.#see(change as Change)
    })
  }

  stop(): void {
    this.#engine.table<Change>('etcd/changes').listen(undefined)
  }

  /** The most pods that the Deployment of this uid was allowed at any time. */
  everAllowed(uid: string): number {
    return this.#most.get(uid) ?? 0
  }

  /** Something is done from outside that may make pods disappear until then. The caller knows the time: the engine's last event may be long ago. */
  disturbed(until: Micros): void {
    this.#availability.disturbed(until)
  }

  /** Labels are changed by hand at this instant: ownership is in motion for a while. */
  relabelled(at: Micros): void {
    this.#relabelledAt = at
  }

  #violated(text: string): void {
    this.violations.push(`at ${(this.#engine.now / 1e6).toFixed(6)} s: ${text}`)
  }

  #objects<T extends KubeObject>(resource: string): readonly T[] {
    const table = this.#engine.table<KubeObject>('etcd')
    return table.keys().filter((key) => key.startsWith(`${resource}/`)).map((key) => table.get(key) as T)
  }

  #see({ resource, type, from, object }: Change): void {
    if (type === 'DELETED') return
    if (resource === 'deployments') {
      const { total } = allowed(object as Deployment)
      this.#most.set(object.metadata.uid!, Math.max(total, this.everAllowed(object.metadata.uid!)))
      this.#wish(object, total)
      this.#availability.seeDeployment(object as Deployment, from as Deployment | undefined)
    } else if (resource === 'replicasets') {
      this.#replicaSet(object as ReplicaSet, from as ReplicaSet | undefined)
    } else if (resource === 'pods') {
      this.#pod(object as Pod, from as Pod | undefined)
    }
  }

  #wish({ metadata }: KubeObject, pods: number): void {
    const until = this.#engine.now + STALE
    const lately = (this.#wishes.get(metadata.uid!) ?? []).filter(([end]) => end >= this.#engine.now)
    const last = this.#wishes.get(metadata.uid!)?.at(-1)
    if (last && lately.length === 0) lately.push([until, last[1]])
    this.#wishes.set(metadata.uid!, [...lately, [until, pods]])
  }

  /** The largest wish that a controller may still act upon. */
  #largestWish(uid: string): number {
    const wishes = this.#wishes.get(uid) ?? []
    return wishes.reduce((most, [until, pods], i) => (until >= this.#engine.now || i === wishes.length - 1 ? Math.max(most, pods) : most), 0)
  }

  #replicaSet(rs: ReplicaSet, from: ReplicaSet | undefined): void {
    this.#wish(rs, rs.spec.replicas ?? 1)
    const owner = ownerUid(rs)
    const grew = (rs.spec.replicas ?? 1) > (from?.spec.replicas ?? 0)
    if (!owner || !grew || !this.#wishes.has(owner)) return
    const sum = this.#objects<ReplicaSet>('replicasets').filter((other) => ownerUid(other) === owner).reduce((n, other) => n + (other.spec.replicas ?? 1), 0)
    const most = this.#largestWish(owner)
    if (sum > most) this.#violated(`${keyOf(rs)} was scaled up so that its Deployment's ReplicaSets ask for ${sum} pods where maxSurge allows ${most}`)
  }

  #pod(pod: Pod, from: Pod | undefined): void {
    const node = pod.spec.nodeName
    if (from?.spec.nodeName && from.spec.nodeName !== node) this.#violated(`pod ${keyOf(pod)} moved from ${from.spec.nodeName} to ${node}`)
    if (node && from && !from.spec.nodeName) this.#bound(node)
    if (!from) this.#made(pod)
    this.#availability.seePod(pod)
  }

  #bound(name: string): void {
    const node = this.#engine.table<KubeObject>('etcd').get(`nodes/${name}`) as Node | undefined
    if (!node) return this.#violated(`a pod was bound to ${name}, which does not exist`)
    const pods = this.#objects<Pod>('pods').filter((pod) => pod.spec.nodeName === name && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed')
    for (const text of overcommitted(node, pods)) this.#violated(`the scheduler overcommitted ${name}: ${text}`)
  }

  #made(pod: Pod): void {
    const owner = ownerUid(pod)
    if (!owner || !this.#wishes.has(owner) || this.#engine.now - this.#relabelledAt < STALE) return
    const live = this.#objects<Pod>('pods').filter((other) => ownerUid(other) === owner && isLive(other)).length
    const most = this.#largestWish(owner)
    if (live > most) this.#violated(`pod ${keyOf(pod)} was made although its ReplicaSet has ${live} and wants ${most}`)
  }
}
