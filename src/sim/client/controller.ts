import type { KubeObject } from '../api/meta.ts'
import type { Sum, TallyRule } from '../engine/tally.ts'
import type { Micros } from '../engine/time.ts'
import type { Flag } from '../flags/flag.ts'
import type { ReconcileContext, ReconcileResult } from './reconcile-context.ts'
import type { WatchDelivery, WatchSpec } from './transport.ts'
import type { Backoff } from './work-queue.ts'

/** What an event handler of an informer may do: look into caches and put keys into the controller's queue. */
export interface HandlerContext {
  readonly now: Micros
  enqueue(key: string): void
  enqueueAfter(key: string, delay: Micros): void
  /** Uncached-by-log reads of the shared caches, for mapping an object to keys. */
  lister<T extends KubeObject>(plural: string): import('./lister.ts').Cache<T>
  /** The controller's own state tables (expectations …), by the short name under which it declared them. */
  state<V>(name: string): import('../engine/table.ts').Table<V>
  /** Opens a watch of the controller's own, whose deliveries reach its `deliver`; the id is unique to the controller. */
  watch(id: string, spec: WatchSpec): void
  unwatch(id: string): void
  /** A setting of kube-controller-manager. */
  flag<T>(flag: Flag<T>): T
}

/** One informer subscription of a controller. */
export interface Watches<T extends KubeObject = KubeObject> {
  readonly resource: { readonly group: string; readonly version: string; readonly resource: string }
  /** Indexes of the shared cache that this controller looks things up by (client-go: AddIndexers). */
  readonly indexes?: Readonly<Record<string, (obj: T) => string | readonly string[] | undefined>>
  /** Sums over the shared cache that this controller reads. */
  readonly tallies?: readonly TallyRule<T, Sum<T>>[]
  onAdd?(ctx: HandlerContext, obj: T): void
  onUpdate?(ctx: HandlerContext, old: T, obj: T): void
  onDelete?(ctx: HandlerContext, obj: T): void
}

/**
 * A controller: a name, what it watches, and a reconcile that sees a key, never an event. Ten lines make a new one; the
 * machinery gives it informers, a work queue with back-off, workers, a rate-limited client and an event recorder.
 */
export interface Controller {
  /** As in kube-controller-manager's --controllers, e.g. "replicaset-controller". */
  readonly name: string
  /** source.component of its Events, where that is not the name. */
  readonly component?: string
  /** Concurrent syncs: Kubernetes' default, or the one number where there is no flag for it (flags/: CONCURRENT_SYNCS). */
  readonly workers: number
  readonly watches: readonly Watches<never>[]
  /** Short names of own state tables. */
  readonly state?: readonly string[]
  /** Requests per second and burst of this controller's client; 20 and 30 unless given. */
  readonly qps?: number
  readonly burst?: number
  /** Of the work queue; 5 ms doubling up to 1000 s unless given. */
  readonly backoff?: Backoff
  /** Called once when the controller starts, e.g. to enqueue a periodic key. */
  start?(ctx: HandlerContext): void
  /** Told what the controller's own watches bring; `delivery.data` is the watch's id. */
  deliver?(ctx: HandlerContext, delivery: WatchDelivery): void
  reconcile(ctx: ControllerContext, key: string): ReconcileResult
}

export interface ControllerContext extends ReconcileContext {
  /** Own state tables; write them only inside `once`. */
  state<V>(name: string): import('../engine/table.ts').Table<V>
  /** Runs once, with what event handlers may do; gives back plain data. */
  inside<T>(act: (ctx: HandlerContext) => T): T
  enqueueAfter(key: string, delay: Micros): void
  /** A setting of kube-controller-manager. Needs no log: a change restarts the controllers, so no reconcile lives through one. */
  flag<T>(flag: Flag<T>): T
}
