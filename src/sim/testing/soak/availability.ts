import { isBeingDeleted, keyOf, uidOf, type KubeObject } from '../../api/meta.ts'
import type { Pod } from '../../api/pod.ts'
import type { Engine } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Deployment } from '../../kinds/deployment/deployment.ts'
import { allowed } from './allowed.ts'

interface Guarded {
  readonly name: string
  /** Pods that must be available once they have been. */
  floor: number
  reached: boolean
  /** Not judged before this instant: the wish has changed, and a smaller or larger one may pass through any state. */
  notBefore: Micros
}

const AFTER_A_WISH = seconds(30)

const isReady = (pod: Pod): boolean => pod.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True') ?? false

/** Never fewer available pods than maxUnavailable allows, once so many were there, unless something was done to the pods themselves. */
export class Availability {
  readonly #engine: Engine
  readonly #violated: (text: string) => void
  readonly #guarded = new Map<string, Guarded>()
  #calmFrom: Micros = 0

  constructor(engine: Engine, violated: (text: string) => void) {
    this.#engine = engine
    this.#violated = violated
  }

  disturbed(until: Micros): void {
    this.#calmFrom = Math.max(this.#calmFrom, until)
  }

  seeDeployment(deployment: Deployment, from: Deployment | undefined): void {
    const uid = uidOf(deployment)
    const { available: floor } = allowed(deployment)
    const wished = !from || from.spec.replicas !== deployment.spec.replicas || JSON.stringify(from.spec.strategy) !== JSON.stringify(deployment.spec.strategy)
    if (wished || isBeingDeleted(deployment)) {
      const notBefore = isBeingDeleted(deployment) ? Infinity : this.#engine.now + AFTER_A_WISH
      this.#guarded.set(uid, { name: keyOf(deployment), floor, reached: false, notBefore })
    }
  }

  seePod(pod: Pod): void {
    const etcd = this.#engine.table<KubeObject>('etcd')
    const rs = controllerOf(pod, 'ReplicaSet')
    const owner = rs && etcd.get(`replicasets/${pod.metadata.namespace}/${rs.name}`)
    const deployment = owner && controllerOf(owner, 'Deployment')
    const guarded = deployment && this.#guarded.get(deployment.uid)
    if (!guarded) return
    if (this.#engine.now < Math.max(guarded.notBefore, this.#calmFrom)) {
      guarded.reached = false
      return
    }
    const available = this.#available(pod.metadata.namespace!, deployment.uid)
    if (available >= guarded.floor) guarded.reached = true
    else if (guarded.reached) {
      this.#violated(`Deployment ${guarded.name} has ${available} available pods where maxUnavailable demands ${guarded.floor}`)
      guarded.reached = false
    }
  }

  #available(namespace: string, deployment: string): number {
    const etcd = this.#engine.table<KubeObject>('etcd')
    const own = new Set<string>()
    let count = 0
    for (const key of etcd.keys()) {
      if (key.startsWith(`replicasets/${namespace}/`) && controllerOf(etcd.get(key)!, 'Deployment')?.uid === deployment) own.add(uidOf(etcd.get(key)!))
    }
    for (const key of etcd.keys()) {
      if (!key.startsWith(`pods/${namespace}/`)) continue
      const pod = etcd.get(key) as Pod
      if (own.has(controllerOf(pod, 'ReplicaSet')?.uid ?? '') && isReady(pod) && !isBeingDeleted(pod)) count++
    }
    return count
  }
}

const controllerOf = (object: KubeObject, kind: string) => object.metadata.ownerReferences?.find((ref) => ref.controller && ref.kind === kind)
