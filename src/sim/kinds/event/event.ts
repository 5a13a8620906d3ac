import type { KubeObject, MicroTime, ObjectReference, Time } from '../../api/meta.ts'

/** v1 Event (and events.k8s.io/v1, another spelling of the same object). */
export interface Event extends KubeObject {
  readonly action?: string
  readonly count?: number
  readonly eventTime?: MicroTime
  readonly firstTimestamp?: Time
  readonly involvedObject: ObjectReference
  readonly lastTimestamp?: Time
  readonly message?: string
  readonly reason?: string
  readonly related?: ObjectReference
  readonly reportingComponent?: string
  readonly reportingInstance?: string
  readonly series?: EventSeries
  readonly source?: EventSource
  readonly type?: string
}

export interface EventSource {
  readonly component?: string
  readonly host?: string
}

export interface EventSeries {
  readonly count?: number
  readonly lastObservedTime?: MicroTime
}

export interface EventsV1Event extends KubeObject {
  readonly action?: string
  readonly deprecatedCount?: number
  readonly deprecatedFirstTimestamp?: Time
  readonly deprecatedLastTimestamp?: Time
  readonly deprecatedSource?: EventSource
  readonly eventTime: MicroTime
  readonly note?: string
  readonly reason?: string
  readonly regarding?: ObjectReference
  readonly related?: ObjectReference
  readonly reportingController?: string
  readonly reportingInstance?: string
  readonly series?: EventSeries
  readonly type?: string
}
