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
import { isCreated, isRunningAndAvailable, isRunningAndReady, isUnavailable, newPod, ordinalOf, revisionOf, startOf } from './identity.ts'
import { awaitsClaims, claimsHaveOwners, createMissingClaims, createStatefulPods, deleteStatefulPods, fixClaimOwners, updateStatefulPod } from './pods.ts'
import { revisionsOf, STATEFUL_SETS, truncateHistory, type Revisions } from './revisions.ts'

export const WRITTEN = 'written'
const MAX_BATCH = 500

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
  const written = work.status()
  const unwritten = attempt(() => writeStatus(ctx, key, set, written))
  truncateHistory(ctx, set, pods, revisions)
  if (failure ?? unwritten) return { retry: (failure ?? unwritten)!.message }
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
    if (this.#ordered ? this.#keepInOrder() : this.#inBatches(this.#replicas, (batch) => this.#keepAll(batch))) return
    for (const pod of this.#condemned) {
      const wrong = claimsHaveOwners(this.#ctx, this.#set, pod) ? undefined : fixClaimOwners(this.#ctx, this.#set, pod)
      if (wrong !== undefined) throw new Refused(wrong)
    }
    if (this.#ordered ? this.#condemnFirst() : this.#inBatches(this.#condemned, (batch) => this.#condemnAll(batch))) return
    this.#update()
  }

  /** Batches of 1, 2, 4, … as long as a whole batch succeeds (slowStartBatch). Throws Refused. */
  #inBatches(pods: readonly Pod[], work: (batch: readonly Pod[]) => Refused | undefined): false {
    for (let done = 0, size = 1; done < pods.length; done += size, size = Math.min(2 * size, MAX_BATCH)) {
      const failure = work(pods.slice(done, done + size))
      if (failure) throw failure
    }
    return false
  }

  get #minReady(): number {
    return this.#set.spec.minReadySeconds ?? 0
  }

  #describe(key: string): void {
    const desired = this.#replicas.length
    const observed = this.#replicas.filter(isCreated).length + this.#condemned.length
    this.#ctx.note('statefulset.sync', { key, name: this.#set.metadata.name, desired, observed, difference: observed - desired })
  }

  /** Makes each replica be there and well, one after another; true when one of them must be waited for. Throws Refused. */
  #keepInOrder(): boolean {
    for (const pod of this.#replicas) {
      const failure = this.#keepAll([pod])
      if (failure) throw failure
      if (isPodTerminal(pod) || isUnavailable(pod, this.#minReady, this.#now)) return true
      this.#maintain(pod)
    }
    return false
  }

  /** Replaces finished pods and makes missing ones; in a set that bursts nothing waits for anything. */
  #keepAll(pods: readonly Pod[]): Refused | undefined {
    const ctx = this.#ctx
    const over = pods.filter((pod) => isPodTerminal(pod) && !isBeingDeleted(pod))
    const missing = pods.filter((pod) => !isCreated(pod) && !awaitsClaims(ctx, this.#set, pod))
    let failure = deleteStatefulPods(ctx, this.#set, over)
    for (const pod of missing) ctx.note('statefulset.create', { name: this.#set.metadata.name, pod: pod.metadata.name })
    const refusal = createStatefulPods(ctx, this.#set, missing)
    failure ??= refusal
    for (const pod of pods) {
      if (!isCreated(pod) || isPodTerminal(pod)) continue
      const wrong = attempt(() => {
        if (pod.status?.phase === 'Pending') createMissingClaims(ctx, this.#set, pod)
        if (!this.#ordered) this.#maintain(pod)
      })
      failure ??= wrong
    }
    return failure
  }

  #maintain(pod: Pod): void {
    updateStatefulPod(this.#ctx, this.#set, pod)
  }

  /** Scales one pod away, the highest first and only when all before it are well; true when one must be waited for. Throws Refused. */
  #condemnFirst(): boolean {
    const pod = this.#condemned[0]
    if (!pod) return false
    const broken = [...this.#replicas, ...this.#condemned.slice().reverse()].find((other) => isUnavailable(other, this.#minReady, this.#now))
    const well = isRunningAndReady(pod) && isRunningAndAvailable(pod, this.#minReady, this.#now)
    if (isBeingDeleted(pod) || (!well && pod !== broken)) return true
    const failure = this.#condemnAll([pod])
    if (failure) throw failure
    return true
  }

  #condemnAll(pods: readonly Pod[]): Refused | undefined {
    return deleteStatefulPods(this.#ctx, this.#set, pods.filter((pod) => !isBeingDeleted(pod)))
  }

  /** Deletes the highest pod of a former revision when all above it are updated and available. */
  #update(): void {
    const { updateStrategy } = this.#set.spec
    if (updateStrategy?.type === 'OnDelete') return
    const { name } = this.#revisions.update.metadata
    for (let i = this.#replicas.length - 1; i >= (updateStrategy?.rollingUpdate?.partition ?? 0); i--) {
      const pod = this.#replicas[i]!
      if (revisionOf(pod) !== name && !isBeingDeleted(pod)) {
        const failure = deleteStatefulPods(this.#ctx, this.#set, [pod])
        if (failure) throw failure
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
function writeStatus(ctx: ControllerContext, key: string, set: StatefulSet, status: StatefulSetStatus): void {
  const old = set.status
  const same =
    old !== undefined &&
    (status.observedGeneration ?? 0) <= (old.observedGeneration ?? 0) &&
    COMPARED.every((name) => (old[name] ?? 0) === (status[name] ?? 0)) &&
    old.currentRevision === status.currentRevision &&
    old.updateRevision === status.updateRevision
  if (same) return
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
}
