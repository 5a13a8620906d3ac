import { findCondition } from '../api/conditions.ts'
import type { JsonObject, KubeObject } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { createBelow, patch, PODS, type Request } from '../client/request.ts'
import { formatTime, type Micros } from '../engine/time.ts'

interface Wanted {
  readonly type: string
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
}

/** The patch of one condition; undefined when the pod has it already (podutil.UpdatePodCondition). */
function conditionPatch(pod: Pod, wanted: Wanted, now: Micros): JsonObject | undefined {
  const old = findCondition(pod.status?.conditions, wanted.type)
  const observedGeneration = pod.metadata.generation
  if (old && old.status === wanted.status && old.reason === wanted.reason && old.message === wanted.message && old.observedGeneration === observedGeneration) return undefined
  const lastTransitionTime = old?.status === wanted.status ? (old.lastTransitionTime ?? formatTime(now)) : formatTime(now)
  return { ...wanted, lastTransitionTime, ...(observedGeneration === undefined ? {} : { observedGeneration }) }
}

const statusPatch = (pod: Pod, status: JsonObject): Request => patch(PODS, pod, { metadata: { uid: pod.metadata.uid ?? '' }, status }, 'strategic', 'status')

/** PodScheduled=False with the reason, and the node promised to the pod: a name, '' to take the promise back, undefined to leave it. */
export function notScheduled(pod: Pod, reason: 'Unschedulable' | 'SchedulerError', message: string, promised: string | undefined, now: Micros): Request | undefined {
  const condition = conditionPatch(pod, { type: 'PodScheduled', status: 'False', reason, message }, now)
  const promise = promised !== undefined && (pod.status?.nominatedNodeName ?? '') !== promised
  if (!condition && !promise) return undefined
  return statusPatch(pod, { ...(condition ? { conditions: [condition] } : {}), ...(promise ? { nominatedNodeName: promised || null } : {}) })
}

/** Takes the promise of a node back. */
export const withoutPromise = (pod: Pod): Request => statusPatch(pod, { nominatedNodeName: null })

/** Tells where the pod will go once its volumes are there. */
export const withPromise = (pod: Pod, node: string): Request => statusPatch(pod, { nominatedNodeName: node })

/** Announces that the pod will be evicted for a more important one, which `scheduler` places. */
export function disruption(pod: Pod, scheduler: string, now: Micros): Request | undefined {
  const condition = conditionPatch(
    pod,
    { type: 'DisruptionTarget', status: 'True', reason: 'PreemptionByScheduler', message: `${scheduler}: preempting to accommodate a higher priority pod` },
    now,
  )
  return condition && statusPatch(pod, { conditions: [condition] })
}

/** Binds a pod to a node. */
export function bindingOf(pod: Pod, node: string): Request {
  const { name, namespace, uid } = pod.metadata
  const body: KubeObject & { readonly target: unknown } = { apiVersion: 'v1', kind: 'Binding', metadata: { name, namespace, uid }, target: { kind: 'Node', name: node } }
  return createBelow(PODS, pod, 'binding', body)
}
