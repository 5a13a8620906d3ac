import { findCondition } from '../api/conditions.ts'
import { uidOf, type JsonValue } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import { formatTime, type Micros } from '../engine/time.ts'
import { patch, PODS, type Request } from './request.ts'

/**
 * The status patch that marks a pod as disrupted (condition DisruptionTarget) before it is deleted, optionally as
 * Failed; undefined when that is known already (util/pod: PatchPodStatus).
 */
export function disruptionPatch(pod: Pod, reason: string | undefined, message: string, now: Micros, failed = false): Request | undefined {
  const known = findCondition(pod.status?.conditions, 'DisruptionTarget')
  const conditionNeeded = reason !== undefined && (known?.status !== 'True' || known.reason !== reason || known.message !== message)
  if (!conditionNeeded && !failed) return undefined
  const at = formatTime(now)
  const generation = pod.metadata.generation
  const condition: JsonValue = {
    type: 'DisruptionTarget',
    ...(generation === undefined ? {} : { observedGeneration: generation }),
    status: 'True',
    lastProbeTime: null,
    lastTransitionTime: known?.status === 'True' ? known.lastTransitionTime : at,
    reason,
    message,
  }
  const status: JsonValue = {
    ...(failed ? { phase: 'Failed', ...(generation === undefined ? {} : { observedGeneration: generation }) } : {}),
    ...(conditionNeeded ? { conditions: [condition] } : {}),
  }
  return patch(PODS, pod, { metadata: { uid: uidOf(pod) }, status }, 'strategic', 'status')
}
