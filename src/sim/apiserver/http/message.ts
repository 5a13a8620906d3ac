import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { Micros } from '../../engine/time.ts'
import type { Change } from '../../store/store.ts'
import type { Impersonation } from '../authentication/impersonation.ts'
import type { UserInfo } from '../authentication/user.ts'
import type { WatchEvent } from './watch.ts'
import type { WatchRow } from '../listener.ts'

/** An HTTP request as the door sees it: text or plain data as body, the identity that the transport has established. */
export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The text after the question mark. */
  readonly query?: string
  readonly contentType?: string
  readonly accept?: string
  /** A user whom the transport has authenticated, by certificate as it were. */
  readonly who?: UserInfo
  /** A bearer token. Without `who` and `token` the request is anonymous. */
  readonly token?: string
  /** The Impersonate-* headers. */
  readonly impersonate?: Impersonation
  readonly userAgent?: string
  readonly body?: JsonValue
}

/** What goes back: plain data, or a text for the few answers that are no JSON. */
export interface HttpAnswer {
  readonly code: number
  /** Texts of Warning headers, in order. */
  readonly warnings: readonly string[]
  readonly body: JsonValue
  /** Set where the answer is not simply application/json. */
  readonly contentType?: string
  /** What was written, for traces. */
  readonly changes: readonly Change[]
  /** A watch to be opened; its events are shaped by `watchEvent`. */
  readonly watch?: OpenedWatch
}

/** A watch that the door has granted; the host opens it (`apiserver` event "watch") and closes it after `timeoutSeconds`. */
export interface OpenedWatch {
  readonly row: Omit<WatchRow, 'id' | 'client' | 'to' | 'latency'>
  readonly timeoutSeconds?: number
  readonly bookmarks: boolean
  /** The present state as ADDED events, followed by a bookmark, before anything else (WatchList). */
  readonly initialEvents: boolean
  /** A BOOKMARK event; `ends` marks the end of the initial events. */
  bookmark(resourceVersion: string, ends?: boolean): WatchEvent
  /** How objects of events are presented; `now` is for the ages in tables. */
  shape(object: KubeObject, now: Micros): JsonValue
}
