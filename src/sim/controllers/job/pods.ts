import { isBeingDeleted } from '../../api/meta.ts'
import { isPodTerminal, isSidecar, podCondition, type Pod } from '../../api/pod.ts'
import type { ContainerStatus } from '../../api/pod-status.ts'
import { parseTime, seconds, type Micros } from '../../engine/time.ts'
import type { Job } from '../../kinds/job/job.ts'
import { matchFailurePolicy } from './policies.ts'

export const TRACKING = 'batch.kubernetes.io/job-tracking'
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index'
const FAILURE_COUNT = 'batch.kubernetes.io/job-index-failure-count'
const IGNORED_COUNT = 'batch.kubernetes.io/job-index-ignored-failure-count'
const MAX_COUNT = 2_147_483_647

export const isIndexed = (job: Job): boolean => job.spec.completionMode === 'Indexed'
export const isSuspended = (job: Job): boolean => job.spec.suspend === true
export const isTracked = (pod: Pod): boolean => pod.metadata.finalizers?.includes(TRACKING) ?? false
export const isTerminating = (pod: Pod): boolean => isBeingDeleted(pod) && !isPodTerminal(pod)
/** A pod is replaced only when it has ended, not when it begins to. */
export const replacesOnlyFailed = (job: Job): boolean => job.spec.podReplacementPolicy === 'Failed' || job.spec.podFailurePolicy !== undefined

/** Did the pod fail? One that is being deleted counts, unless only the end counts (job_controller.go: isPodFailed). */
export const isFailed = (pod: Pod, job: Job): boolean =>
  pod.status?.phase === 'Failed' || (!replacesOnlyFailed(job) && isBeingDeleted(pod) && pod.status?.phase !== 'Succeeded')

/** The pod's completion index; -1 for none. */
export function indexOf(pod: Pod): number {
  const text = pod.metadata.annotations?.[COMPLETION_INDEX]
  return text !== undefined && /^\+?\d+$/.test(text) ? Number(text) : -1
}

/** Does the pod's index count for the Job? */
export const hasValidIndex = (pod: Pod, job: Job): boolean => {
  const index = indexOf(pod)
  return index >= 0 && index < (job.spec.completions ?? 0)
}

export const failureCount = (pod: Pod): number => annotatedCount(pod, FAILURE_COUNT)
/** Failures of the pod's index before it, the ignored ones too. */
export const absoluteFailureCount = (pod: Pod): number => failureCount(pod) + annotatedCount(pod, IGNORED_COUNT)

function annotatedCount(pod: Pod, name: string): number {
  const text = pod.metadata.annotations?.[name] ?? ''
  const n = /^\+?\d+$/.test(text) ? Number(text) : 0
  return n > MAX_COUNT ? 0 : n
}

/** What the replacement of `pod` remembers of its index's failures (getNewIndexFailureCounts). */
export function failureAnnotations(job: Job, pod: Pod | undefined): Readonly<Record<string, string>> {
  if (!pod) return { [FAILURE_COUNT]: '0' }
  const { counts } = matchFailurePolicy(job.spec.podFailurePolicy, pod)
  const ignored = annotatedCount(pod, IGNORED_COUNT) + (counts ? 0 : 1)
  return { [FAILURE_COUNT]: `${failureCount(pod) + (counts ? 1 : 0)}`, ...(ignored > 0 ? { [IGNORED_COUNT]: `${ignored}` } : {}) }
}

/** When a pod ended, by what is known: containers, condition Ready, deletion, creation (backoff_utils.go: getFinishedTime). */
export function finishedAt(pod: Pod): Micros {
  const sidecars = new Set((pod.spec.initContainers ?? []).filter(isSidecar).map((c) => c.name))
  const ends = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? []).filter((c) => sidecars.has(c.name))].map(endOf)
  if (ends.length > 0 && ends.every((end) => end !== undefined)) return Math.max(...(ends as Micros[]))
  const ready = podCondition(pod, 'Ready')
  const unready = ready?.status === 'False' ? parseTime(ready.lastTransitionTime) : undefined
  if (unready !== undefined) return unready
  const deleted = parseTime(pod.metadata.deletionTimestamp)
  if (deleted !== undefined) return deleted - seconds(pod.metadata.deletionGracePeriodSeconds ?? 0)
  return parseTime(pod.metadata.creationTimestamp) ?? 0
}

const endOf = ({ state }: ContainerStatus): Micros | undefined => parseTime(state?.terminated?.finishedAt)
