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
  readonly involvedObject?: { readonly kind?: string; readonly name?: string; readonly namespace?: string; readonly uid?: string; readonly fieldPath?: string }
}

/** The events about an object, as descriptions list them. Of a node both those that name its uid and those that have its name in that place (describe.go: NodeDescriber). */
export function eventsAbout(ctx: KubectlContext, object: KubeObject): readonly EventObject[] {
  const { name, uid } = object.metadata
  const found = object.kind === 'Node' ? [...search(ctx, object, uid), ...search(ctx, object, name)] : search(ctx, object, uid)
  return [...found].sort((a, b) => written(a) - written(b))
}

/** What descriptions sort by: an event of the newer API, as the scheduler's, has no last timestamp and comes first (event.SortableEvents). */
const written = (e: EventObject): Micros => parseTime(e.lastTimestamp ?? undefined) ?? -Infinity

function search(ctx: KubectlContext, object: KubeObject, uid: string | undefined): readonly EventObject[] {
  const { name, namespace } = object.metadata
  const fieldSelector = [`involvedObject.name=${name}`, ...(namespace ? [`involvedObject.namespace=${namespace}`] : []), `involvedObject.kind=${object.kind}`, ...(uid ? [`involvedObject.uid=${uid}`] : [])].join(',')
  const answer = ctx.call(list(EVENTS, namespace ?? 'default', { fieldSelector })) as unknown
  return isStatus(answer) ? [] : ((answer as KubeList).items as readonly EventObject[])
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
  const message = ({ involvedObject, message = '' }: EventObject): string => `${involvedObject?.fieldPath ? `${involvedObject.fieldPath}: ` : ''}${message.trim()}`
  const rows = events.map((e) => `  ${e.type ?? ''}\t${e.reason ?? ''}\t${eventAge(e, now)}\t${e.source?.component || e.reportingComponent || ''}\t${message(e)}\n`)
  return `Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n${rows.join('')}`
}
