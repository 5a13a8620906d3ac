import type { PodCondition } from '../../api/pod-status.ts'
import { formatTime } from '../../engine/time.ts'
import type { PodRow, ResizeCondition } from './state.ts'

/** The conditions that tell of a resize; none once the pod is over. */
export function resizeConditions({ resizing }: PodRow): readonly PodCondition[] {
  const told = (type: string, c: ResizeCondition | undefined): readonly PodCondition[] =>
    c ? [{ type, observedGeneration: c.generation, status: 'True', lastProbeTime: formatTime(c.probed), lastTransitionTime: formatTime(c.since), ...(c.reason ? { reason: c.reason } : {}), ...(c.message ? { message: c.message } : {}) }] : []
  return [...told('PodResizePending', resizing?.pending), ...told('PodResizeInProgress', resizing?.progress)]
}
