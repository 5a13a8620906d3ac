import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { OpenedWatch } from '../../src/sim/apiserver/http/message.ts'
import { watchEvents } from '../../src/sim/apiserver/http/watch.ts'
import type { Micros } from '../../src/sim/engine/time.ts'

/** What the API server delivers to a watch. */
export interface WatchedEvent {
  readonly type: 'SYNC' | 'ADDED' | 'MODIFIED' | 'DELETED' | 'EXPIRED'
  readonly object?: KubeObject
  readonly items?: readonly KubeObject[]
  readonly resourceVersion: string
}

/** The events of a watch as they would be read from the wire; `bookmark`: the revision of a last one before the end. */
export function openWatch(watch: OpenedWatch, deliveries: readonly WatchedEvent[], bookmark: string | undefined, now: Micros): readonly unknown[] {
  const events = deliveries.flatMap((delivery) => watchEvents(watch, delivery, now))
  return bookmark === undefined ? events : [...events, watch.bookmark(bookmark)]
}
