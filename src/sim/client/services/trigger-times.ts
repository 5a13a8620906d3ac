import type { Pod } from '../../api/pod.ts'
import { podCondition } from '../../api/pod.ts'
import type { Table } from '../../engine/table.ts'
import type { Service } from '../../kinds/service/service.ts'

/** What was known of a Service at its last sync: creation time, and when each pod became (un)ready. */
export interface TriggerState {
  readonly service: string
  readonly pods: Readonly<Record<string, string>>
}

export const LAST_CHANGE = 'endpoints.kubernetes.io/last-change-trigger-time'

/**
 * The earliest of the changes since the last sync, for the annotation by which programming latency is measured;
 * undefined when nothing changed. RFC 3339 texts compare as times (endpointslice util: trigger_time_tracker.go).
 */
export function lastChangeTriggerTime(states: Table<TriggerState>, key: string, service: Service, pods: readonly Pod[]): string | undefined {
  const state = states.get(key)
  const times: Record<string, string> = {}
  let earliest: string | undefined
  const note = (time: string): void => {
    if (earliest === undefined || time < earliest) earliest = time
  }
  for (const pod of pods) {
    const time = podCondition(pod, 'Ready')?.lastTransitionTime
    if (!time) continue
    times[pod.metadata.name] = time
    if (time > (state?.pods[pod.metadata.name] ?? '')) note(time)
  }
  const created = service.metadata.creationTimestamp ?? ''
  if (created > (state?.service ?? '')) note(created)
  states.set(key, { service: created, pods: times })
  return earliest
}
