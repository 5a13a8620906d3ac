import { deepEqual } from '../../api/deep.ts'
import { rolloutNumbers } from '../../api/deployment-numbers.ts'
import { controllerOf, controllerRef, isBeingDeleted } from '../../api/meta.ts'
import { podTemplateHash } from '../../api/pod-template-hash.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { isAlreadyExists, isNamespaceTerminating, isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import { create, DEPLOYMENTS, remove, REPLICA_SETS, update } from '../../client/request.ts'
import type { Deployment, DeploymentStatus } from '../../kinds/deployment/deployment.ts'
import type { ReplicaSet } from '../../kinds/replicaset/replicaset.ts'
import { maxRevision, REVISION, revisionOf, withReplicasAnnotations, withRevisionAnnotations } from './annotations.ts'
import { condition, progressing, setCondition } from './conditions.ts'
import { newSetSize, type Resize } from './numbers.ts'
import { HASH_LABEL, replicasOf, sameTemplate, splitReplicaSets } from './replicasets.ts'
import { hasDeadline } from './status.ts'

const MAX_NAME = 253

/** The sets of one Deployment: the one with its template (undefined while there is none) and all others by age. */
export interface Sets {
  readonly fresh: ReplicaSet | undefined
  readonly old: readonly ReplicaSet[]
}

/**
 * One sync's hands: reads and writes around one Deployment. `d` is the sync's own copy: writes of its status in the
 * middle of a sync keep the old resourceVersion, so that a second one conflicts and is retried, as in Kubernetes.
 */
export class Rollout {
  readonly ctx: ControllerContext
  d: Deployment

  constructor(ctx: ControllerContext, d: Deployment) {
    this.ctx = ctx
    this.d = d
  }

  /** Old and new sets, the new one's annotations and the Deployment's revision brought up to date (sync.go). */
  sets(all: readonly ReplicaSet[], createNew: boolean): Sets {
    const { fresh, old } = splitReplicaSets(this.d, all)
    const revision = maxRevision(old) + 1
    if (fresh) return { fresh: this.#refresh(fresh, revision), old }
    return { fresh: createNew ? this.#create(old, revision) : undefined, old }
  }

  /** Scales one set; true when its size changed. Throws Refused. Without `force` equal sizes are left alone. */
  scale({ rs, to }: Resize, force = false): { readonly scaled: boolean; readonly rs: ReplicaSet } {
    const from = replicasOf(rs)
    if (!force && from === to) return { scaled: false, rs }
    const marked = withReplicasAnnotations(rs, this.d)
    if (from === to && marked === rs) return { scaled: false, rs }
    this.ctx.note(from === to ? 'deployment.annotate' : from < to ? 'deployment.scaleUp' : 'deployment.scaleDown', { name: this.d.metadata.name, replicaSet: rs.metadata.name, from, to })
    const written = must(this.ctx.call<ReplicaSet>(update(REPLICA_SETS, { ...marked, spec: { ...marked.spec, replicas: to } })))
    if (from !== to) {
      const way = from < to ? 'up' : 'down'
      this.ctx.event(this.d, 'Normal', 'ScalingReplicaSet', `Scaled ${way} replica set ${rs.metadata.name} from ${from} to ${to}`)
    }
    return { scaled: from !== to, rs: written }
  }

  /** Deletes empty old sets beyond the revision history limit, lowest revision first. Throws Refused. */
  cleanup(old: readonly ReplicaSet[]): void {
    const limit = this.d.spec.revisionHistoryLimit
    if (limit === undefined || limit === 2147483647) return
    const alive = old.filter((rs) => !isBeingDeleted(rs))
    const surplus = alive.length - limit
    if (surplus <= 0) return
    const byRevision = alive.slice().sort((a, b) => (revisionOf(a) ?? 0) - (revisionOf(b) ?? 0) || (a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? -1 : 1))
    for (const rs of byRevision.slice(0, surplus)) {
      if ((rs.status?.replicas ?? 0) !== 0 || replicasOf(rs) !== 0 || (rs.metadata.generation ?? 0) > (rs.status?.observedGeneration ?? 0)) continue
      this.ctx.note('deployment.cleanup', { name: this.d.metadata.name, replicaSet: rs.metadata.name, limit })
      const answer = this.ctx.call(remove(REPLICA_SETS, rs))
      if (isStatus(answer) && !isNotFound(answer)) throw new Refused(answer)
    }
  }

  /** Writes the status if it differs; false when there was nothing to write. Throws Refused. */
  writeStatus(status: DeploymentStatus): boolean {
    if (deepEqual(this.d.status ?? {}, status)) return false
    this.d = { ...this.d, status }
    this.#putStatus()
    return true
  }

  #putStatus(): void {
    must(this.#tryStatus())
  }

  #tryStatus(): Deployment | Status {
    const { metadata, status } = this.d
    this.ctx.note('deployment.status', { name: metadata.name, replicas: status?.replicas ?? 0, updated: status?.updatedReplicas ?? 0, available: status?.availableReplicas ?? 0 })
    return this.ctx.call<Deployment>(update(DEPLOYMENTS, this.d, 'status'))
  }

  /** Sets the condition Progressing on the sync's copy. */
  progress(status: 'True' | 'False' | 'Unknown', reason: string, message: string): void {
    const conditions = setCondition(this.d.status?.conditions, condition('Progressing', status, reason, message, this.ctx.now))
    this.d = { ...this.d, status: { ...this.d.status, conditions } }
  }

  writeProgress(status: 'True' | 'False' | 'Unknown', reason: string, message: string): void {
    this.progress(status, reason, message)
    this.#putStatus()
  }

  #setRevision(revision: string | undefined): boolean {
    if (revision === undefined || this.d.metadata.annotations?.[REVISION] === revision) return false
    this.d = { ...this.d, metadata: { ...this.d.metadata, annotations: { ...this.d.metadata.annotations, [REVISION]: revision } } }
    return true
  }

  #refresh(fresh: ReplicaSet, revision: number): ReplicaSet {
    const marked = withRevisionAnnotations(this.d, fresh, revision)
    const minReadySeconds = this.d.spec.minReadySeconds ?? 0
    if (marked !== fresh || (fresh.spec.minReadySeconds ?? 0) !== minReadySeconds) {
      this.ctx.note('deployment.annotate', { name: this.d.metadata.name, replicaSet: fresh.metadata.name, from: replicasOf(fresh), to: replicasOf(fresh) })
      return must(this.ctx.call<ReplicaSet>(update(REPLICA_SETS, { ...marked, spec: { ...marked.spec, minReadySeconds } })))
    }
    let changed = this.#setRevision(marked.metadata.annotations?.[REVISION])
    if (hasDeadline(this.d) && !progressing(this.d.status)) {
      this.progress('True', 'FoundNewReplicaSet', `Found new replica set "${marked.metadata.name}"`)
      changed = true
    }
    if (changed) this.#putStatus()
    return marked
  }

  #create(old: readonly ReplicaSet[], revision: number): ReplicaSet {
    const { ctx } = this
    const wish = this.#newSet(old, revision)
    const { name } = wish.metadata
    const size = replicasOf(wish)
    ctx.note('deployment.create', { name: this.d.metadata.name, replicaSet: name, replicas: size, revision })
    const answer = ctx.call<ReplicaSet>(create(REPLICA_SETS, this.d.metadata.namespace, wish))
    const existed = isAlreadyExists(answer)
    const made = existed ? this.#existing(name, answer as Status) : answer
    if (isStatus(made)) throw this.#creationFailed(name, made)
    if (!existed && size > 0) ctx.event(this.d, 'Normal', 'ScalingReplicaSet', `Scaled up replica set ${name} from 0 to ${size}`)
    let changed = this.#setRevision(`${revision}`)
    if (!existed && hasDeadline(this.d)) {
      this.progress('True', 'NewReplicaSetCreated', `Created new replica set "${name}"`)
      changed = true
    }
    if (changed) this.#putStatus()
    return made
  }

  #newSet(old: readonly ReplicaSet[], revision: number): ReplicaSet {
    const { d } = this
    const hash = podTemplateHash(d.spec.template, d.status?.collisionCount)
    const labels = { ...d.spec.template.metadata?.labels, [HASH_LABEL]: hash }
    const template: PodTemplateSpec = { ...d.spec.template, metadata: { ...d.spec.template.metadata, labels } as PodTemplateSpec['metadata'] }
    const selector = { ...d.spec.selector, matchLabels: { ...d.spec.selector.matchLabels, [HASH_LABEL]: hash } }
    const empty: ReplicaSet = {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: setName(d.metadata.name, hash), namespace: d.metadata.namespace, labels, ownerReferences: [controllerRef(d)] },
      spec: { replicas: 0, minReadySeconds: d.spec.minReadySeconds ?? 0, selector, template },
    }
    const sized: ReplicaSet = { ...empty, spec: { ...empty.spec, replicas: newSetSize(d, [...old, empty], 0) } }
    return withReplicasAnnotations(withRevisionAnnotations(d, sized, revision), d)
  }

  /** The name is taken: by our own set that the cache has not shown yet, or by another template with the same hash. */
  #existing(name: string, refusal: Status): ReplicaSet {
    const rs = this.ctx.lister<ReplicaSet>('replicasets').get(this.d.metadata.namespace, name)
    if (!rs) throw new Refused(`replicaset.apps "${name}" not found`)
    if (controllerOf(rs)?.uid === this.d.metadata.uid && sameTemplate(this.d.spec.template, rs.spec.template)) return rs
    const collisionCount = (this.d.status?.collisionCount ?? 0) + 1
    this.ctx.note('deployment.collision', { name: this.d.metadata.name, replicaSet: name, count: collisionCount })
    this.d = { ...this.d, status: { ...this.d.status, collisionCount } }
    this.#tryStatus()
    throw new Refused(refusal)
  }

  #creationFailed(name: string, refusal: Status): Refused {
    if (isNamespaceTerminating(refusal)) return new Refused(refusal)
    const message = `Failed to create new replica set "${name}": ${refusal.message}`
    if (hasDeadline(this.d)) {
      this.progress('False', 'ReplicaSetCreateError', message)
      this.#tryStatus()
    }
    this.ctx.event(this.d, 'Warning', 'ReplicaSetCreateError', message)
    return new Refused(refusal)
  }

  /** The numbers of this sync in one sentence. */
  describe(key: string, { fresh, old }: Sets, mode: string): void {
    const { desired, maxTotal, minAvailable } = rolloutNumbers(this.d.spec)
    const oldReplicas = old.reduce((n, rs) => n + replicasOf(rs), 0)
    const newReplicas = fresh ? replicasOf(fresh) : 0
    const observed = oldReplicas + newReplicas
    this.ctx.note(`deployment.${mode}.sync`, { key, name: this.d.metadata.name, desired, observed, difference: observed - desired, newReplicas, oldReplicas, maxTotal, minAvailable })
  }
}

/** "web" and its hash make "web-<hash>"; long names are cut. */
export function setName(deployment: string, hash: string): string {
  const room = MAX_NAME - 1 - hash.length
  return `${deployment.length > room && room > 0 ? deployment.slice(0, room) : deployment}-${hash}`
}
