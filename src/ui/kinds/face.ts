import type { ApiObject } from '../../workers/protocol.ts'
import type { Status } from '../kit/status.ts'
import { conditionOf, listAt, numberAt, textAt } from './access.ts'

/** How an object looks: its state as colour and glyph, and the word beside them. */
export interface Face {
  readonly status: Status
  /** A text of namespace "kinds", or with `literal` one of Kubernetes' own words. */
  readonly word: string
  readonly literal?: boolean
}

const BAD_WAITING = /BackOff|^Err|Error|Invalid/

/** What is wrong with a container, if something is: its waiting or terminated reason. */
function trouble(pod: ApiObject): string | undefined {
  for (const list of ['initContainerStatuses', 'containerStatuses']) {
    for (const container of listAt(pod, 'status', list)) {
      const reason = textAt(container, 'state', 'waiting', 'reason')
      if (BAD_WAITING.test(reason)) return reason
      const code = numberAt(container, 'state', 'terminated', 'exitCode')
      if (code !== 0) return textAt(container, 'state', 'terminated', 'reason') || 'Error'
    }
  }
  return undefined
}

const podFaces = new WeakMap<ApiObject, Face>()

/** The state of a pod as kubectl's STATUS column would put it, in the five or six words that matter. Each object is looked at once. */
export function podFace(pod: ApiObject): Face {
  const known = podFaces.get(pod)
  if (known !== undefined) return known
  const face = lookAtPod(pod)
  podFaces.set(pod, face)
  return face
}

function lookAtPod(pod: ApiObject): Face {
  const phase = textAt(pod, 'status', 'phase')
  if (textAt(pod, 'metadata', 'deletionTimestamp') !== '') return { status: 'gone', word: 'stopping' }
  if (phase === 'Succeeded') return { status: 'done', word: 'completed' }
  if (phase === 'Failed') return { status: 'bad', word: textAt(pod, 'status', 'reason') || 'Failed', literal: true }
  const wrong = trouble(pod)
  if (wrong !== undefined) return { status: 'bad', word: wrong, literal: true }
  if (textAt(pod, 'spec', 'nodeName') === '') {
    const scheduled = conditionOf(pod, 'PodScheduled')
    if (scheduled?.reason === 'SchedulingGated') return { status: 'warn', word: 'SchedulingGated', literal: true }
    return scheduled?.status === 'False' ? { status: 'warn', word: 'pending' } : { status: 'busy', word: 'scheduling' }
  }
  const ready = conditionOf(pod, 'Ready')
  if (ready?.status === 'True') return { status: 'ok', word: 'ready' }
  if (phase !== 'Running') return { status: 'busy', word: 'starting' }
  const started = listAt(pod, 'status', 'containerStatuses').every((container) => container !== null && (container as { started?: boolean }).started === true)
  const before = ready?.lastTransitionTime ?? ''
  const lost = started && before !== '' && before > textAt(pod, 'status', 'startTime') && wasReady(pod)
  return lost ? { status: 'warn', word: 'notReady' } : { status: 'busy', word: started ? 'waitingReady' : 'starting' }
}

/** A pod whose Ready turned after its containers ran has been ready before. */
function wasReady(pod: ApiObject): boolean {
  const turned = conditionOf(pod, 'Ready')?.lastTransitionTime ?? ''
  return listAt(pod, 'status', 'containerStatuses').every((container) => {
    const since = textAt(container, 'state', 'running', 'startedAt')
    return since !== '' && turned > since
  })
}

export function nodeFace(node: ApiObject): Face {
  const ready = conditionOf(node, 'Ready')
  if (ready?.status === 'Unknown') return { status: 'unknown', word: 'nodeUnknown' }
  if (ready?.status !== 'True') return { status: 'bad', word: 'NotReady', literal: true }
  if (textAt(node, 'spec', 'unschedulable') === 'true') return { status: 'warn', word: 'cordoned' }
  return { status: 'ok', word: 'ready' }
}

/** A workload: all replicas ready, on the way, or stuck. */
function workloadFace(object: ApiObject): Face {
  const desired = Math.max(0, Number(textAt(object, 'spec', 'replicas') || (object.kind === 'DaemonSet' ? textAt(object, 'status', 'desiredNumberScheduled') : '1')))
  const ready = object.kind === 'DaemonSet' ? numberAt(object, 'status', 'numberReady') : numberAt(object, 'status', 'readyReplicas')
  if (textAt(object, 'metadata', 'deletionTimestamp') !== '') return { status: 'gone', word: 'deleting' }
  const progressing = conditionOf(object, 'Progressing')
  if (progressing?.status === 'False') return { status: 'bad', word: progressing.reason ?? 'Failed', literal: true }
  if (conditionOf(object, 'ReplicaFailure')?.status === 'True') return { status: 'bad', word: 'ReplicaFailure', literal: true }
  if (object.kind === 'Deployment' && textAt(object, 'spec', 'paused') === 'true') return { status: 'warn', word: 'paused' }
  const total = object.kind === 'Deployment' ? numberAt(object, 'status', 'replicas') : ready
  const updated = object.kind === 'Deployment' ? numberAt(object, 'status', 'updatedReplicas') : ready
  if (numberAt(object, 'metadata', 'generation') > numberAt(object, 'status', 'observedGeneration')) return { status: 'busy', word: 'progressing' }
  if (desired === 0 && total === 0) return { status: 'idle', word: 'zero' }
  return ready >= desired && total === desired && updated >= desired ? { status: 'ok', word: 'available' } : { status: 'busy', word: 'progressing' }
}

/** The face of any object; kinds without a state of their own just exist. */
export function faceOf(object: ApiObject): Face {
  switch (object.kind) {
    case 'Pod':
      return podFace(object)
    case 'Node':
      return nodeFace(object)
    case 'Deployment':
    case 'ReplicaSet':
    case 'StatefulSet':
    case 'DaemonSet':
      return workloadFace(object)
    case 'Namespace':
      return textAt(object, 'status', 'phase') === 'Terminating' ? { status: 'gone', word: 'deleting' } : { status: 'ok', word: 'active' }
    case 'Event':
      return textAt(object, 'type') === 'Warning' ? { status: 'warn', word: 'warning' } : { status: 'idle', word: 'exists' }
    default:
      return textAt(object, 'metadata', 'deletionTimestamp') === '' ? { status: 'idle', word: 'exists' } : { status: 'gone', word: 'deleting' }
  }
}

const RANK: readonly Status[] = ['bad', 'warn', 'unknown', 'busy', 'gone', 'idle', 'done', 'ok']

/** Failing first; for what may be left out and for the worst of a group. */
export const severity = (status: Status): number => RANK.indexOf(status)
