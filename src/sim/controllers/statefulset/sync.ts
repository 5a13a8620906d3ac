import { compileSelector } from '../../api/labels.ts'
import { isBeingDeleted, splitKey, uidOf } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { isStatus } from '../../api/status.ts'
import { claim } from '../../client/claim.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must, Refused } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { nextAvailabilityCheck } from '../../client/replicas/status.ts'
import { get, PODS, update } from '../../client/request.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { StatefulSet, StatefulSetStatus } from '../../kinds/statefulset/statefulset.ts'
import { isCreated, isRunningAndAvailable, isRunningAndReady, isUnavailable, keepsIdentity, newPod, ordinalOf, revisionOf, startOf } from './identity.ts'
import { awaitsClaims, createStatefulPod, deleteStatefulPod, ensureClaims, fixClaimOwners } from './pods.ts'
import { revisionsOf, STATEFUL_SETS, truncateHistory, type Revisions } from './revisions.ts'

export const WRITTEN = 'written'

/** One sync of a StatefulSet (kube-controller-manager: statefulset, stateful_set_control.go). Throws Refused. */
export function syncStatefulSet(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key)
  const set = ctx.lister<StatefulSet>('statefulsets').get(namespace, name)
  if (!set) {
    ctx.once(() => {
      ctx.state(WRITTEN).delete(key)
      return null
    })
    return undefined
  }
  if (ctx.once(() => Number(ctx.state<string>(WRITTEN).get(key) ?? 0) > Number(set.metadata.resourceVersion))) return { retry: `the cache does not show the last write of ${key} yet` }
  const revisions = revisionsOf(ctx, set)
  const lister = ctx.lister<Pod>('pods')
  const candidates = [...lister.by('owner', uidOf(set)), ...lister.by('orphan', namespace ?? '').filter((pod) => ordinalOf(set, pod) >= 0)]
  const pods = claim(ctx, { owner: set, owners: STATEFUL_SETS, resource: PODS, selector: compileSelector(set.spec.selector) }, candidates)
  const { now } = ctx
  const work = new Work(ctx, set, revisions, pods, now)
  const failure = attempt(() => work.run(key))
  const written = writeStatus(ctx, key, set, work.status())
  if (failure) return { retry: failure.message }
  truncateHistory(ctx, set, pods, revisions)
  const wait = set.spec.minReadySeconds ?? 0
  if (wait === 0 || (written.readyReplicas ?? 0) === written.availableReplicas) return undefined
  return { after: nextAvailabilityCheck(pods, wait, now) ?? seconds(wait) }
}

function attempt(run: () => void): Refused | undefined {
  try {
    run()
    return undefined
  } catch (thrown) {
    if (thrown instanceof Refused) return thrown
    throw thrown
  }
}

/** The steps of one sync over the pods by ordinal. OrderedReady does one thing at a time, Parallel all at once. */
class Work {
  readonly #ctx: ControllerContext
  readonly #set: StatefulSet
  readonly #revisions: Revisions
  readonly #now: Micros
  readonly #replicas: Pod[] = []
  /** Beyond the wished range, highest ordinal first. */
  readonly #condemned: readonly Pod[]
  readonly #ordered: boolean
  #deletedCurrent = 0

  constructor(ctx: ControllerContext, set: StatefulSet, revisions: Revisions, pods: readonly Pod[], now: Micros) {
    this.#ctx = ctx
    this.#set = set
    this.#revisions = revisions
    this.#now = now
    this.#ordered = set.spec.podManagementPolicy !== 'Parallel'
    const start = startOf(set)
    const end = start + (set.spec.replicas ?? 1)
    for (let ordinal = start; ordinal < end; ordinal++)
      this.#replicas.push(pods.find((pod) => ordinalOf(set, pod) === ordinal) ?? newPod(set, this.#revisionFor(ordinal), ordinal))
    this.#condemned = pods
      .filter((pod) => ordinalOf(set, pod) >= 0 && (ordinalOf(set, pod) < start || ordinalOf(set, pod) >= end))
      .sort((a, b) => ordinalOf(set, b) - ordinalOf(set, a))
  }

  /** Ordinals below the partition stay with the current revision. */
  #revisionFor(ordinal: number): Revisions['current'] {
    const { updateStrategy, replicas = 1 } = this.#set.spec
    if (updateStrategy?.type !== 'RollingUpdate') return this.#revisions.update
    const kept = updateStrategy.rollingUpdate ? (updateStrategy.rollingUpdate.partition ?? 0) : (this.#set.status?.currentReplicas ?? replicas)
    return ordinal < startOf(this.#set) + kept ? this.#revisions.current : this.#revisions.update
  }

  run(key: string): void {
    this.#describe(key)
    if (isBeingDeleted(this.#set)) return
    for (const pod of this.#replicas) if (this.#keep(pod)) return
    for (const pod of this.#condemned) fixClaimOwners(this.#ctx, this.#set, pod, true)
    const broken = [...this.#replicas, ...this.#condemned.slice().reverse()].find((pod) => isUnavailable(pod, this.#minReady, this.#now))
    for (const pod of this.#condemned) if (this.#condemn(pod, broken)) return
    this.#update()
  }

  get #minReady(): number {
    return this.#set.spec.minReadySeconds ?? 0
  }

  #describe(key: string): void {
    const desired = this.#replicas.length
    const observed = this.#replicas.filter(isCreated).length + this.#condemned.length
    this.#ctx.note('statefulset.sync', { key, name: this.#set.metadata.name, desired, observed, difference: observed - desired, willDo: Math.abs(observed - desired) })
  }

  /** Makes one replica be there and well; true ends the sync until something happens. */
  #keep(pod: Pod): boolean {
    const ctx = this.#ctx
    if (isPodTerminal(pod)) {
      if (!isBeingDeleted(pod)) deleteStatefulPod(ctx, this.#set, pod)
      return true
    }
    if (!isCreated(pod)) {
      if (awaitsClaims(ctx, this.#set, pod)) return true
      ctx.note('statefulset.create', { name: this.#set.metadata.name, pod: pod.metadata.name })
      createStatefulPod(ctx, this.#set, pod)
      return this.#ordered
    }
    if (pod.status?.phase === 'Pending') ensureClaims(ctx, this.#set, pod)
    if (this.#ordered && (isBeingDeleted(pod) || !isRunningAndReady(pod) || !isRunningAndAvailable(pod, this.#minReady, this.#now))) return true
    fixClaimOwners(ctx, this.#set, pod, false)
    if (!keepsIdentity(this.#set, pod)) {
      const labels = { ...pod.metadata.labels, 'statefulset.kubernetes.io/pod-name': pod.metadata.name, 'apps.kubernetes.io/pod-index': `${ordinalOf(this.#set, pod)}` }
      must(ctx.call(update(PODS, { ...pod, metadata: { ...pod.metadata, labels } })))
    }
    return false
  }

  /** Scales one pod away; in order, and only when all before it are well. */
  #condemn(pod: Pod, broken: Pod | undefined): boolean {
    if (isBeingDeleted(pod)) return this.#ordered
    const well = isRunningAndReady(pod) && isRunningAndAvailable(pod, this.#minReady, this.#now)
    if (this.#ordered && !well && pod !== broken) return true
    deleteStatefulPod(this.#ctx, this.#set, pod)
    return this.#ordered
  }

  /** Deletes the highest pod of a former revision when all above it are updated and available. */
  #update(): void {
    const { updateStrategy } = this.#set.spec
    if (updateStrategy?.type === 'OnDelete') return
    const { name } = this.#revisions.update.metadata
    for (let i = this.#replicas.length - 1; i >= (updateStrategy?.rollingUpdate?.partition ?? 0); i--) {
      const pod = this.#replicas[i]!
      if (revisionOf(pod) !== name && !isBeingDeleted(pod)) {
        deleteStatefulPod(this.#ctx, this.#set, pod)
        this.#deletedCurrent++
        return
      }
      if (isUnavailable(pod, this.#minReady, this.#now)) return
    }
  }

  status(): StatefulSetStatus {
    const { current, update: next, collisions } = this.#revisions
    const pods = [...this.#replicas, ...this.#condemned].filter(isCreated)
    const alive = pods.filter((pod) => !isBeingDeleted(pod))
    const ofRevision = (name: string): number => alive.filter((pod) => revisionOf(pod) === name).length
    const ready = pods.filter(isRunningAndReady)
    const replicas = pods.length
    const updated = ofRevision(next.metadata.name)
    const desired = this.#set.spec.replicas ?? 1
    const complete = this.#set.spec.updateStrategy?.type === 'RollingUpdate' && updated === desired && ready.length === desired && replicas === desired
    const currentReplicas = complete ? updated : ofRevision(current.metadata.name) - this.#deletedCurrent
    return {
      availableReplicas: ready.filter((pod) => isRunningAndAvailable(pod, this.#minReady, this.#now)).length,
      collisionCount: collisions,
      ...(currentReplicas === 0 ? {} : { currentReplicas }),
      currentRevision: complete ? next.metadata.name : current.metadata.name,
      observedGeneration: this.#set.metadata.generation,
      ...(ready.length > 0 ? { readyReplicas: ready.length } : {}),
      replicas,
      updateRevision: next.metadata.name,
      ...(updated > 0 ? { updatedReplicas: updated } : {}),
    }
  }
}

const COMPARED = ['replicas', 'currentReplicas', 'readyReplicas', 'updatedReplicas', 'availableReplicas'] as const

/** Writes the status when it differs, trying once more with a fresh object. */
function writeStatus(ctx: ControllerContext, key: string, set: StatefulSet, status: StatefulSetStatus): StatefulSetStatus {
  const old = set.status
  const same =
    old !== undefined &&
    (status.observedGeneration ?? 0) <= (old.observedGeneration ?? 0) &&
    COMPARED.every((name) => (old[name] ?? 0) === (status[name] ?? 0)) &&
    old.currentRevision === status.currentRevision &&
    old.updateRevision === status.updateRevision
  if (same) return status
  ctx.note('statefulset.status', { name: set.metadata.name, replicas: status.replicas, ready: status.readyReplicas ?? 0, updated: status.updatedReplicas ?? 0 })
  let answer = ctx.call<StatefulSet>(update(STATEFUL_SETS, { ...set, status }, 'status'))
  if (isStatus(answer)) {
    const fresh = must(ctx.call<StatefulSet>(get(STATEFUL_SETS, set.metadata.namespace, set.metadata.name)))
    answer = must(ctx.call<StatefulSet>(update(STATEFUL_SETS, { ...fresh, status }, 'status')))
  }
  const version = answer.metadata.resourceVersion
  ctx.once(() => {
    if (version) ctx.state<string>(WRITTEN).set(key, version)
    return null
  })
  return status
}
