import { controllerRef, keyOf, type KubeObject } from '../../api/meta.ts'
import { isPodReady, type Pod } from '../../api/pod.ts'
import type { Container } from '../../api/container.ts'
import { isNamespaceTerminating, isNotFound, isStatus, type Status } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { createPod, deletePod, podFromTemplate, reportCreated, reportDeleted, slowStart } from '../../client/pod-control.ts'
import { rankForDeletion } from '../../client/replicas/ranking.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { remaining, remainingOfIndex } from './backoff.ts'
import { firstFree, merge, withIndexes } from './intervals.ts'
import { Memory } from './memory.ts'
import { withoutTracking } from './orphans.ts'
import { COMPLETION_INDEX, failureAnnotations, indexOf, isIndexed, isSuspended, isTerminating, isTracked, replacesOnlyFailed, TRACKING } from './pods.ts'
import type { View } from './view.ts'

/** At most so many pods are created or deleted in one sync. */
const BURST = 500
const BATCH = seconds(1)

/** Deletes the active pods of a Job that has come to its end; their finalizers stay until they are counted. */
export function deleteActive(ctx: ControllerContext, view: View): { readonly deleted: number; readonly message: string | undefined } {
  const answers = ctx.all<KubeObject>(view.activePods.map(deletePod))
  let deleted = answers.length
  let message: string | undefined
  answers.forEach((answer, i) => {
    const pod = view.activePods[i]!
    if (reportDeleted(ctx, view.job, pod.metadata.name, answer) && !isNotFound(answer)) {
      deleted--
      message ??= (answer as Status).message
    }
    if (isPodReady(pod)) view.ready--
  })
  view.active -= deleted
  view.terminating += deleted
  return { deleted, message }
}

/** Creates or deletes pods until so many run as are wanted (job_controller.go: manageJob). The first refusal's message. */
export function manage(ctx: ControllerContext, view: View): string | undefined {
  const { job, activePods, succeeded } = view
  if (isSuspended(job)) return deletePods(ctx, view, forRemoval(job, activePods, activePods.length, ctx.now))
  const { completions, parallelism = 1 } = job.spec
  const wanted = completions === undefined ? (succeeded > 0 ? view.active : parallelism) : Math.max(0, Math.min(completions - succeeded, parallelism))
  const doomed = forRemoval(job, activePods, Math.max(0, view.active - wanted), ctx.now).slice(0, BURST)
  if (doomed.length > 0) return deletePods(ctx, view, doomed)
  const missing = wanted - (replacesOnlyFailed(job) ? view.terminating : 0) - view.active
  return missing > 0 ? createMissing(ctx, view, missing) : undefined
}

/** Takes the finalizer from pods and deletes them: they do not count. */
function deletePods(ctx: ControllerContext, view: View, doomed: readonly Pod[]): string | undefined {
  const { key, job } = view
  const { now } = ctx
  ctx.once(() => {
    new Memory(ctx).expectations.expectDeletions(key, doomed.map(keyOf), now)
    return null
  })
  const failed = new Map<string, Status>()
  const tracked = doomed.filter(isTracked)
  ctx.all(tracked.map(withoutTracking)).forEach((answer, i) => isStatus(answer) && failed.set(keyOf(tracked[i]!), answer))
  const going = doomed.filter((pod) => !failed.has(keyOf(pod)))
  ctx.all<KubeObject>(going.map(deletePod)).forEach((answer, i) => {
    const refused = reportDeleted(ctx, job, going[i]!.metadata.name, answer)
    if (refused) failed.set(keyOf(going[i]!), refused)
  })
  let message: string | undefined
  for (const pod of doomed) {
    const refused = failed.get(keyOf(pod))
    if (refused) {
      ctx.once(() => {
        new Memory(ctx).expectations.deletionObserved(key, keyOf(pod))
        return null
      })
      if (!isNotFound(refused)) {
        message ??= refused.message
        continue
      }
    }
    view.active--
    view.terminating++
    if (isPodReady(pod)) view.ready--
  }
  return message
}

/** Which active pods go: those with a doubled, invalid or no index first, then as ReplicaSets choose. */
function forRemoval(job: Job, pods: readonly Pod[], atLeast: number, now: Micros): readonly Pod[] {
  const superfluous = isIndexed(job) ? badIndexes(job, pods, now) : []
  if (superfluous.length >= atLeast) return superfluous
  const left = superfluous.length === 0 ? pods : pods.filter((pod) => !superfluous.includes(pod))
  return [...superfluous, ...rankForDeletion(left, [], () => false, now).slice(0, atLeast - superfluous.length)]
}

function badIndexes(job: Job, pods: readonly Pod[], now: Micros): readonly Pod[] {
  const byIndex = new Map<number, Pod[]>()
  for (const pod of pods) byIndex.set(indexOf(pod), [...(byIndex.get(indexOf(pod)) ?? []), pod])
  return [...byIndex.keys()].sort((a, b) => a - b).flatMap((index) => {
    const same = byIndex.get(index)!
    return index < 0 || index >= (job.spec.completions ?? 0) ? same : same.length === 1 ? [] : rankForDeletion(same, [], () => false, now).slice(0, -1)
  })
}

function createMissing(ctx: ControllerContext, view: View, missing: number): string | undefined {
  const { job, delayed } = view
  const perIndex = job.spec.backoffLimitPerIndex !== undefined
  const { now } = ctx
  const wait = perIndex ? 0 : remaining(view.backoff, now)
  if (wait > 0) return delay(ctx, view, wait)
  const count = Math.min(missing, BURST)
  if (!isIndexed(job)) return create(ctx, view, count, () => plainPod(job))
  const pending = pendingIndexes(view, count)
  const waits = pending.map((index) => remainingOfIndex(perIndex ? delayed.get(index) : undefined, now))
  const ready = pending.filter((_, i) => waits[i] === 0)
  if (pending.length > 0 && ready.length === 0) return delay(ctx, view, Math.min(...waits))
  return create(ctx, view, ready.length, (i) => indexedPod(job, ready[i]!, delayed.get(ready[i]!)))
}

/** Nothing is made before the back-off is over; the sync is reported as without active pods, as Kubernetes does. */
function delay(ctx: ControllerContext, view: View, wait: Micros): undefined {
  ctx.note('job.backoff', { name: view.job.metadata.name, seconds: Math.ceil(wait / 1_000_000) })
  ctx.enqueueAfter(view.key, Math.max(wait, BATCH))
  view.active = 0
}

function pendingIndexes({ job, pods, activePods, succeededIndexes, failedIndexes }: View, count: number): readonly number[] {
  const terminating = replacesOnlyFailed(job) ? pods.filter(isTerminating) : []
  const taken = [...activePods, ...terminating].map(indexOf).filter((index) => index >= 0)
  return firstFree(merge(withIndexes(succeededIndexes, taken), failedIndexes ?? []), count, job.spec.completions ?? 0)
}

function create(ctx: ControllerContext, view: View, count: number, pod: (i: number) => Pod): string | undefined {
  const { key, job } = view
  const { now } = ctx
  ctx.once(() => {
    new Memory(ctx).expectations.expectCreations(key, count, now)
    return null
  })
  const { successes, failure } = slowStart<Pod>(ctx, count, (i) => createPod(job, pod(i)), (answer) => {
    const refused = reportCreated(ctx, job, answer)
    return refused && !isNamespaceTerminating(refused) ? refused : undefined
  })
  if (successes < count) {
    ctx.once(() => {
      new Memory(ctx).expectations.creationObserved(key, count - successes)
      return null
    })
  }
  view.active += successes
  return failure?.message
}

function plainPod(job: Job): Pod {
  const pod = podFromTemplate(job.spec.template, job, controllerRef(job))
  const finalizers = pod.metadata.finalizers ?? []
  return finalizers.includes(TRACKING) ? pod : { ...pod, metadata: { ...pod.metadata, finalizers: [...finalizers, TRACKING] } }
}

const MAX_PREFIX = 58

/** The pod of a completion index: name, label, annotation, host name and variable tell it. */
function indexedPod(job: Job, index: number, replaced: Pod | undefined): Pod {
  const pod = plainPod(job)
  const { labels, annotations } = pod.metadata
  const suffix = `-${index}-`
  const counts = job.spec.backoffLimitPerIndex === undefined ? {} : failureAnnotations(job, replaced)
  return {
    ...pod,
    metadata: {
      ...pod.metadata,
      generateName: job.metadata.name.slice(0, MAX_PREFIX - suffix.length) + suffix,
      labels: { ...labels, [COMPLETION_INDEX]: `${index}` },
      annotations: { ...annotations, [COMPLETION_INDEX]: `${index}`, ...counts },
    },
    spec: {
      ...pod.spec,
      hostname: `${job.metadata.name}-${index}`,
      ...(pod.spec.initContainers ? { initContainers: pod.spec.initContainers.map(withIndexVariable) } : {}),
      containers: pod.spec.containers.map(withIndexVariable),
    },
  }
}

const VARIABLE = 'JOB_COMPLETION_INDEX'
const INDEX_VARIABLE = { name: VARIABLE, valueFrom: { fieldRef: { fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } } }

const withIndexVariable = <C extends Container>(container: C): C =>
  container.env?.some(({ name }) => name === VARIABLE) ? container : { ...container, env: [...(container.env ?? []), INDEX_VARIABLE] }
