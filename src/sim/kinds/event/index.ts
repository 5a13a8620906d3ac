import { since } from '../../api/human-duration.ts'
import type { Micros } from '../../engine/time.ts'
import { defineKind, nameColumn, textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import { fromCore, toCore } from './convert.ts'
import type { Event, EventsV1Event } from './event.ts'
import { validateEvent, validateNewEvent, validateNewEventUpdate } from './validate.ts'

const first = (e: Event, now: Micros): string => since(e.firstTimestamp || e.eventTime, now)
const last = (e: Event, now: Micros): string =>
  e.series ? since(e.series.lastObservedTime, now) : e.lastTimestamp ? since(e.lastTimestamp, now) : first(e, now)

function source(e: Event): string {
  const component = e.source?.component || e.reportingComponent || ''
  const instance = e.source?.host || e.reportingInstance || ''
  return instance ? `${component}, ${instance}` : component
}

const object = (e: Event): string => {
  const kind = (e.involvedObject?.kind ?? '').toLowerCase()
  return e.involvedObject?.name ? `${kind}/${e.involvedObject.name}` : kind
}

const columns: readonly Column<Event>[] = [
  { name: 'Last Seen', type: 'string', cell: last },
  textColumn('Type', (e) => e.type ?? ''),
  textColumn('Reason', (e) => e.reason ?? ''),
  textColumn('Object', object),
  textColumn('Subobject', (e) => e.involvedObject?.fieldPath ?? '', 1),
  textColumn('Source', source, 1),
  textColumn('Message', (e) => (e.message ?? '').trim()),
  { name: 'First Seen', type: 'string', priority: 1, cell: first },
  // A number in a column of strings, as the server sends it.
  { name: 'Count', type: 'string', priority: 1, cell: (e) => (e.series ? (e.series.count ?? 0) : e.count || 1) },
  { ...nameColumn, priority: 1 },
]

const selectable = (e: Event): Readonly<Record<string, string>> => ({
  'involvedObject.kind': e.involvedObject?.kind ?? '',
  'involvedObject.namespace': e.involvedObject?.namespace ?? '',
  'involvedObject.name': e.involvedObject?.name ?? '',
  'involvedObject.uid': e.involvedObject?.uid ?? '',
  'involvedObject.apiVersion': e.involvedObject?.apiVersion ?? '',
  'involvedObject.resourceVersion': e.involvedObject?.resourceVersion ?? '',
  'involvedObject.fieldPath': e.involvedObject?.fieldPath ?? '',
  reason: e.reason ?? '',
  reportingComponent: e.reportingComponent ?? '',
  source: e.source?.component || e.reportingComponent || '',
  type: e.type ?? '',
})

/** v1 Event (registry/core/event: strategy.go). */
export const eventKind = defineKind<Event>('', 'v1', 'Event', {
  createsOnUpdate: true,
  looseMeta: true,
  validate: validateEvent,
  validateUpdate: validateEvent,
  columns,
  selectableFields: selectable,
})

/** Field labels of events.k8s.io/v1 (events/v1: AddFieldLabelConversionsForEvent). */
function selectableNew(e: EventsV1Event): Readonly<Record<string, string>> {
  const out: Record<string, string> = {}
  for (const [key, value] of Object.entries(selectable(toCore(e)))) {
    if (key === 'reportingComponent') out['reportingController'] = value
    else if (key !== 'source') out[key.replace(/^involvedObject\./, 'regarding.')] = value
  }
  return out
}

/** events.k8s.io/v1 Event: the same objects with stricter rules. */
export const eventsV1Kind = defineKind<EventsV1Event>('events.k8s.io', 'v1', 'Event', {
  createsOnUpdate: true,
  looseMeta: true,
  validate: (e) => validateNewEvent(toCore(e)),
  validateUpdate: (e, old) => validateNewEventUpdate(toCore(e), toCore(old)),
  columns: columns.map((c) => ({ ...c, cell: (e: EventsV1Event, now) => c.cell(toCore(e), now) })),
  selectableFields: selectableNew,
  storedAs: { apiVersion: 'v1', toStored: toCore, fromStored: (stored) => fromCore(stored as unknown as Event) },
})
