import { findCondition } from '../../api/conditions.ts'
import { isBeingDeleted, keyOf, splitKey } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { PODS, update } from '../../client/request.ts'
import type { PodCondition } from '../../api/pod-status.ts'
import { formatTime, minutes, parseTime, type Micros } from '../../engine/time.ts'

/** So long may a pod be marked as disrupted without being deleted. */
const TIMEOUT = minutes(2)
const STALE = 'stale '

export const isStaleKey = (key: string): boolean => key.startsWith(STALE)

/** When the mark DisruptionTarget of a pod that nobody deletes is to go; undefined for any other pod. The kubelet's own marks stay. */
function staleAt(pod: Pod): Micros | undefined {
  const mark = findCondition(pod.status?.conditions, 'DisruptionTarget')
  if (!mark || mark.status !== 'True' || mark.reason === 'TerminationByKubelet' || isBeingDeleted(pod) || isPodTerminal(pod)) return undefined
  return (parseTime(mark.lastTransitionTime) ?? 0) + TIMEOUT
}

export function watchMark(ctx: HandlerContext, pod: Pod): void {
  const at = staleAt(pod)
  if (at !== undefined) ctx.enqueueAfter(STALE + keyOf(pod), Math.max(0, at - ctx.now))
}

/** Takes back the mark of a pod that was to be disrupted and was not (disruption.go: syncStalePodDisruption). */
export function syncStale(ctx: ControllerContext, key: string): ReconcileResult {
  const { namespace, name } = splitKey(key.slice(STALE.length))
  const pod = ctx.lister<Pod>('pods').get(namespace, name)
  const at = pod && staleAt(pod)
  if (at === undefined) return undefined
  const { now } = ctx
  if (at > now) return { after: at - now }
  const { generation } = pod!.metadata
  const cleared = {
    type: 'DisruptionTarget', ...(generation === undefined ? {} : { observedGeneration: generation }), status: 'False', lastProbeTime: null, lastTransitionTime: formatTime(now),
  } as unknown as PodCondition
  const conditions = pod!.status!.conditions!.map((c) => (c.type === 'DisruptionTarget' ? cleared : c))
  ctx.note('disruption.stale', { pod: name })
  const answer = ctx.call(update(PODS, { ...pod!, status: { ...pod!.status, conditions } } as Pod, 'status'))
  return isStatus(answer) && !isNotFound(answer) ? { retry: answer.message ?? '' } : undefined
}
