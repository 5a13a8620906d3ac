import { findCondition } from '../../api/conditions.ts'
import { isBeingDeleted, keyOf, splitKey } from '../../api/meta.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext, HandlerContext } from '../../client/controller.ts'
import { Refused } from '../../client/must.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import { PODS, update } from '../../client/request.ts'
import type { PodCondition } from '../../api/pod-status.ts'
import { formatTime, minutes, parseTime, type Micros } from '../../engine/time.ts'

/** So long may a pod be marked as disrupted without being deleted. */
const TIMEOUT = minutes(2)
/** The queue's key for a look at all marks, and the state table of when each gets too old, by pod. */
export const STALE = 'marks'
export const MARKS = 'marks'

/** When the mark DisruptionTarget of a pod that nobody deletes is to go; undefined for any other pod. The kubelet's own marks stay. */
function staleAt(pod: Pod): Micros | undefined {
  const mark = findCondition(pod.status?.conditions, 'DisruptionTarget')
  if (!mark || mark.status !== 'True' || mark.reason === 'TerminationByKubelet' || isBeingDeleted(pod) || isPodTerminal(pod)) return undefined
  return (parseTime(mark.lastTransitionTime) ?? 0) + TIMEOUT
}

/** Remembers a pod that is marked, and forgets one that is not or that goes. */
export function watchMark(ctx: HandlerContext, pod: Pod, gone = false): void {
  const at = gone ? undefined : staleAt(pod)
  const marks = ctx.state<Micros>(MARKS)
  if (at === undefined) {
    if (marks.size > 0 && marks.has(keyOf(pod))) marks.delete(keyOf(pod))
    return
  }
  marks.set(keyOf(pod), at)
  ctx.enqueueAfter(STALE, Math.max(0, at - ctx.now))
}

/** Takes back the marks of pods that were to be disrupted and were not (disruption.go: syncStalePodDisruption). */
export function syncStale(ctx: ControllerContext): ReconcileResult {
  const { now } = ctx
  const marks = ctx.once(() => ctx.state<Micros>(MARKS).keys().map((key) => [key, ctx.state<Micros>(MARKS).get(key)!] as const))
  let next: Micros | undefined
  for (const [key, at] of marks) {
    if (at > now) next = Math.min(next ?? at, at)
    else clear(ctx, key, now)
  }
  return next === undefined ? undefined : { after: next - now }
}

function clear(ctx: ControllerContext, key: string, now: Micros): void {
  const { namespace, name } = splitKey(key)
  const pod = ctx.lister<Pod>('pods').get(namespace, name)
  if (!pod || (staleAt(pod) ?? Infinity) > now) return
  const { generation } = pod.metadata
  const cleared = {
    type: 'DisruptionTarget', ...(generation === undefined ? {} : { observedGeneration: generation }), status: 'False', lastProbeTime: null, lastTransitionTime: formatTime(now),
  } as unknown as PodCondition
  const conditions = pod.status!.conditions!.map((c) => (c.type === 'DisruptionTarget' ? cleared : c))
  ctx.note('disruption.stale', { pod: name })
  const answer = ctx.call(update(PODS, { ...pod, status: { ...pod.status, conditions } } as Pod, 'status'))
  if (isStatus(answer) && !isNotFound(answer)) throw new Refused(answer)
}
