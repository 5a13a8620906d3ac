import type { JsonValue, KubeObject } from '../../api/meta.ts'
import type { Change } from '../../store/store.ts'
import type { WatchEvent } from './watch.ts'
import type { WatchRow } from '../watch-hub.ts'

/** An HTTP request as the door sees it: text or plain data as body, the identity that the transport has established. */
export interface HttpRequest {
  readonly method: string
  /** Without the query. */
  readonly path: string
  /** The text after the question mark. */
  readonly query?: string
  readonly contentType?: string
  readonly accept?: string
  /** Who asks; absent: the cluster's administrator. */
  readonly user?: string
  /** Groups of an impersonated user. */
  readonly groups?: readonly string[]
  readonly userAgent?: string
  readonly body?: JsonValue
}

/** What goes back: plain data, or a text for the few answers that are no JSON. */
export interface HttpAnswer {
  readonly code: number
  /** Texts of Warning headers, in order. */
  readonly warnings: readonly string[]
  readonly body: JsonValue
  /** Set where the answer is not application/json. */
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
  /** How objects of events are presented. */
  shape(object: KubeObject): JsonValue
}
