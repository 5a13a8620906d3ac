import { findCondition } from '../../api/conditions.ts'
import { isPodTerminal, type Pod } from '../../api/pod.ts'
import { parseTime, type Micros } from '../../engine/time.ts'
import type { PodBehaviour } from './contract.ts'
import type { Look } from './pod-status.ts'

/** What the fake kubelet does with a pod next: nothing, something now, or look again at an instant. */
export type Stage =
  | { readonly do: 'nothing' }
  | { readonly do: 'wait'; readonly until: Micros }
  | { readonly do: 'show'; readonly look: Look }
  | { readonly do: 'remove' }

/** Exact instants that the status only knows in whole seconds. */
export interface Marks {
  /** When the Running status was sent. */
  readonly runningAt?: Micros
  /** When the deletion was seen. */
  readonly deletedAt?: Micros
}

const NOTHING: Stage = { do: 'nothing' }
const isMarkedReady = (pod: Pod): boolean => findCondition(pod.status?.conditions, 'Ready')?.status === 'True'

/** The next stage of a bound pod on a live node (KWOK: stages pod-ready, pod-complete, pod-delete, in our own words). */
export function nextStage(pod: Pod, behaviour: PodBehaviour, marks: Marks, now: Micros): Stage {
  if (pod.metadata.deletionTimestamp !== undefined) return deletion(pod, behaviour, marks, now)
  if (isPodTerminal(pod)) return NOTHING
  const running = behaviour.face !== 'image-pull-back-off'
  const started = pod.status?.startTime !== undefined
  if (!started) return { do: 'show', look: { phase: running ? 'Running' : 'Pending', ready: behaviour.ready && behaviour.readyAfter === 0 } }
  if (!running) return NOTHING
  return life(pod, behaviour, marks.runningAt ?? parseTime(pod.status?.startTime) ?? now, now)
}

function life(pod: Pod, { ready, readyAfter, end }: PodBehaviour, runningAt: Micros, now: Micros): Stage {
  if (end && now >= runningAt + end.after) {
    return { do: 'show', look: { phase: end.exitCode === 0 ? 'Succeeded' : 'Failed', ready: false, exitCode: end.exitCode } }
  }
  const readyNow = ready && now >= runningAt + readyAfter
  if (isMarkedReady(pod) !== readyNow) return { do: 'show', look: { phase: 'Running', ready: readyNow } }
  if (!end && (!ready || readyNow)) return NOTHING
  return { do: 'wait', until: runningAt + Math.min(ready && !readyNow ? readyAfter : Infinity, end ? end.after : Infinity) }
}

function deletion(pod: Pod, { stopAfter }: PodBehaviour, marks: Marks, now: Micros): Stage {
  if (pod.metadata.deletionGracePeriodSeconds === 0 && (pod.spec.restartPolicy ?? 'Always') === 'Always') return NOTHING
  const stopped = (marks.deletedAt ?? now) + stopAfter
  const ended = isPodTerminal(pod)
  if (!ended && now < stopped) return { do: 'wait', until: stopped }
  if (!ended && pod.spec.restartPolicy && pod.spec.restartPolicy !== 'Always' && pod.status?.startTime !== undefined) {
    return { do: 'show', look: { phase: 'Failed', ready: false, exitCode: 143 } }
  }
  // What still has finalizers is not asked to go: its owner has to see the end first.
  return ended && (pod.metadata.finalizers ?? []).length > 0 ? NOTHING : { do: 'remove' }
}
