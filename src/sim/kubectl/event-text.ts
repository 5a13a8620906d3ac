import { humanDuration } from '../api/human-duration.ts'
import type { KubeList, KubeObject } from '../api/meta.ts'
import { isStatus } from '../api/status.ts'
import { EVENTS, list } from '../client/request.ts'
import { parseTime, type Micros } from '../engine/time.ts'
import type { KubectlContext } from './context.ts'

/** What describe and `kubectl events` read of an Event. */
export interface EventObject extends KubeObject {
  readonly type?: string
  readonly reason?: string
  readonly message?: string
  readonly count?: number
  readonly firstTimestamp?: string | null
  readonly lastTimestamp?: string | null
  readonly eventTime?: string | null
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string }
  readonly source?: { readonly component?: string; readonly host?: string }
  readonly reportingComponent?: string
  readonly reportingInstance?: string
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly namespace?: string; readonly uid?: string }
}

/** The events about an object, oldest first. */
export function eventsAbout(ctx: KubectlContext, object: KubeObject): readonly EventObject[] {
  const { name, namespace, uid } = object.metadata
  const fieldSelector = [`involvedObject.name=${name}`, ...(namespace ? [`involvedObject.namespace=${namespace}`] : []), `involvedObject.kind=${object.kind}`, ...(uid ? [`involvedObject.uid=${object.kind === 'Node' ? name : uid}`] : [])].join(',')
  const answer = ctx.call(list(EVENTS, namespace ?? 'default', { fieldSelector })) as unknown
  const found = isStatus(answer) ? [] : ((answer as KubeList).items as readonly EventObject[])
  return [...found].sort((a, b) => lastSeen(a) - lastSeen(b))
}

export const firstSeen = (e: EventObject): Micros => parseTime(e.firstTimestamp ?? e.eventTime ?? undefined) ?? 0
export const lastSeen = (e: EventObject): Micros => parseTime(e.series?.lastObservedTime ?? e.lastTimestamp ?? e.eventTime ?? e.firstTimestamp ?? undefined) ?? 0

/** "10s", or "10s (x3 over 1m)" of a repeated one. */
export function eventAge(e: EventObject, now: Micros): string {
  const count = e.series?.count ?? e.count ?? 1
  const age = (at: Micros): string => humanDuration(now - at)
  return count > 1 ? `${age(lastSeen(e))} (x${count} over ${age(firstSeen(e))})` : age(e.firstTimestamp || e.eventTime ? firstSeen(e) : lastSeen(e))
}

/** The "Events:" part at the end of every description, cells separated by tabs. */
export function eventsText(events: readonly EventObject[], now: Micros): string {
  if (events.length === 0) return 'Events:\t<none>\n'
  const source = (e: EventObject): string => [e.source?.component || e.reportingComponent || '', e.source?.host ?? ''].filter(Boolean).join(', ')
  const rows = events.map((e) => `  ${e.type ?? ''}\t${e.reason ?? ''}\t${eventAge(e, now)}\t${source(e)}\t${(e.message ?? '').trim()}\n`)
  return `Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n${rows.join('')}`
}
