import type { Event, EventsV1Event } from './event.ts'

/** The keys that both spellings share, and those that differ: v1 name, events.k8s.io name. */
const RENAMED = [
  ['involvedObject', 'regarding'], ['message', 'note'], ['source', 'deprecatedSource'], ['firstTimestamp', 'deprecatedFirstTimestamp'],
  ['lastTimestamp', 'deprecatedLastTimestamp'], ['count', 'deprecatedCount'], ['reportingComponent', 'reportingController'],
] as const

type Plain = Readonly<Record<string, unknown>>

function renamed(event: Plain, from: 0 | 1): Record<string, unknown> {
  const out: Record<string, unknown> = { ...event }
  for (const pair of RENAMED) delete out[pair[from]]
  for (const pair of RENAMED) if (event[pair[from]] !== undefined) out[pair[1 - from]!] = event[pair[from]]
  return out
}

/** What v1 always prints; events.k8s.io leaves the two reporting fields out when they are empty. */
const EMPTY_V1 = { eventTime: null, firstTimestamp: null, involvedObject: {}, lastTimestamp: null, reportingComponent: '', reportingInstance: '', source: {} }

/** events/v1 conversion.go: both groups serve the same objects under other names. They are kept as those of v1. */
export function toCore(event: EventsV1Event): Event {
  return { ...EMPTY_V1, ...renamed(event as unknown as Plain, 1), apiVersion: 'v1', kind: 'Event' } as unknown as Event
}

export function fromCore(event: Event): EventsV1Event {
  const out = renamed(event as unknown as Plain, 0)
  for (const key of ['reportingController', 'reportingInstance']) if (out[key] === '') delete out[key]
  const always = { deprecatedFirstTimestamp: null, deprecatedLastTimestamp: null, deprecatedSource: {}, eventTime: null, regarding: {} }
  return { ...always, ...out, apiVersion: 'events.k8s.io/v1', kind: 'Event' } as unknown as EventsV1Event
}
