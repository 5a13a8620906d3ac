import type { KubeObject } from '../api/meta.ts'
import type { Status } from '../api/status.ts'
import type { Micros } from '../engine/time.ts'
import type { Lister } from './lister.ts'
import type { Request } from './request.ts'

/** What an API call gives back: the object (or list), or the Status that refused it. Test with `isStatus`. */
export type Answer<T> = T | Status

/**
 * What a resumable function (a reconcile, a kubectl verb) sees of the world. The function is written in direct style and
 * is run again from the top each time an awaited answer arrives, with every earlier answer replayed from a log; so
 * whatever it reads must come through here, and whatever it does besides requests goes into `once`.
 */
export interface ReconcileContext {
  /** The instant at which this point was first reached. */
  readonly now: Micros
  /** The cached, possibly stale view of a resource, e.g. `lister<Pod>('pods')`. Reads are replayed from the log. */
  lister<T extends KubeObject>(plural: string): Lister<T>
  /** Sends one request and waits for its answer. */
  call<T = KubeObject>(request: Request): Answer<T>
  /** Sends all at once (subject to the client's rate limit) and waits until every answer is there. Answers in order. */
  all<T = KubeObject>(requests: readonly Request[]): readonly Answer<T>[]
  /** Waits in virtual time. */
  sleep(delay: Micros): void
  /** Runs `effect` the first time this point is reached and remembers what it returned (plain data). */
  once<T>(effect: () => T): T
  /** A uniform integer in [0, bound) from the actor's own stream. */
  random(bound: number): number
  /** Adds the sentence of this step; translations have the key `id`. Said once, not again on re-runs. */
  note(id: string, params: Readonly<Record<string, string | number>>): void
  /** Emits a core/v1 Event about `object` through the actor's recorder (correlated, rate limited, best effort). */
  event(object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, action?: string): void
}

/** What a reconcile returns: nothing (done; forget failures), come again after a time, or try again with back-off. */
export type ReconcileResult = undefined | void | { readonly after: Micros } | { readonly retry: string }
