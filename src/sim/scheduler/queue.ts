import { keyOf } from '../api/meta.ts'
import type { Pod } from '../api/pod.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { minutes, seconds, type Micros } from '../engine/time.ts'
import type { ClusterEvent } from './cluster-event.ts'
import { mayMatter, worthTrying } from './hints.ts'
import { priorityOf } from './pod-info.ts'
import { Turns } from './turns.ts'

export type Place = 'active' | 'backoff' | 'error-backoff' | 'unschedulable' | 'gated' | 'in flight'

/** A pod that waits for a node (kube-scheduler: framework/types.go, QueuedPodInfo). */
export interface QueuedPod {
  readonly pod: Pod
  readonly place: Place
  /** When it entered the queue, or came back after a failed attempt. */
  readonly since: Micros
  readonly attempts: number
  /** Attempts that ended because no node would do, and attempts in a row that ended by an error. */
  readonly rejections: number
  readonly errors: number
  readonly objectors: readonly string[]
  readonly backoffUntil: Micros
  /** When its turn is among those of its place, as a text that sorts, while it is active or backs off. */
  readonly order?: string | undefined
}

const NOBODY: readonly string[] = []
const WINDOW = seconds(1)
const STALE_AFTER = minutes(5)
const FLUSH_TICK = seconds(30)
const MAX_PRIORITY = 2_147_483_648

/** What the scheduler's file says about waiting. */
export interface QueueRules {
  readonly initialBackoff: Micros
  readonly maxBackoff: Micros
  /** Is the pod kept out of the queue by its gates? */
  isGated(pod: Pod): boolean
}

const isGated = ({ spec }: Pod): boolean => (spec.schedulingGates?.length ?? 0) > 0
const DEFAULT_RULES: QueueRules = { initialBackoff: seconds(1), maxBackoff: seconds(10), isGated }

/** The first time so long, doubling with each failure up to the longest; 1 s and 10 s by default. */
export function backoffDuration(failures: number, { initialBackoff, maxBackoff }: QueueRules = DEFAULT_RULES): Micros {
  let delay = initialBackoff
  for (let i = 1; i < failures && delay < maxBackoff; i++) delay *= 2
  return failures === 0 ? 0 : Math.min(delay, maxBackoff)
}

const pad = (n: number, width: number): string => String(n).padStart(width, '0')
const floorTo = (at: Micros, step: Micros): Micros => at - (at % step)
const ceilTo = (at: Micros, step: Micros): Micros => (at % step === 0 ? at : floorTo(at, step) + step)

/** When time alone brings a waiting pod back, at the latest: its back-off is over, or the flush finds that nothing has woken it. */
export function dueAt({ place, since, backoffUntil }: QueuedPod): Micros | undefined {
  if (place === 'backoff') return backoffUntil
  if (place === 'error-backoff') return ceilTo(backoffUntil, WINDOW)
  return place === 'unschedulable' ? ceilTo(since + STALE_AFTER, FLUSH_TICK) : undefined
}

/**
 * The scheduling queue: active pods by priority and age; pods that back off, taken early when nothing is active
 * (SchedulerPopFromBackoffQ); pods that failed by an error, which sit their time out; the unschedulable, woken by events
 * that may help them (kube-scheduler: backend/queue). The owning actor has the handlers 'work' and 'flush'.
 */
export class SchedulingQueue {
  readonly pods: Table<QueuedPod>
  readonly #active: Turns
  readonly #backoff: Turns
  readonly #counters: Table<number>
  readonly #actor: string
  readonly #rules: QueueRules
  /** Pods that wait for no turn, by place. */
  readonly #places
  /** Unschedulable pods by who objected: most events matter to few of these groups. */
  readonly #objections

  constructor(engine: Engine, actor: string, rules: QueueRules = DEFAULT_RULES) {
    this.#actor = actor
    this.#rules = rules
    this.pods = engine.table<QueuedPod>(`${actor}/queue`)
    this.#active = this.pods.derive(new Turns('active'))
    this.#backoff = this.pods.derive(new Turns('backoff'))
    this.#counters = engine.table<number>(`${actor}/counters`)
    this.#places = this.pods.index((row) => (row.order === undefined ? row.place : undefined))
    this.#objections = this.pods.index((row) => (row.place === 'unschedulable' ? row.objectors.join(' ') : undefined))
  }

  keys(place: Place): readonly string[] {
    return this.#turns(place)?.all() ?? this.#places.keys(place)
  }

  count(place: Place): number {
    return this.#turns(place)?.size ?? this.#places.count(place)
  }

  #turns(place: Place): Turns | undefined {
    return place === 'active' ? this.#active : place === 'backoff' ? this.#backoff : undefined
  }

  /** A pod without a node has come. */
  add(ctx: EventContext, pod: Pod): void {
    this.#enter(ctx, { pod, place: 'active', since: ctx.now, attempts: 0, rejections: 0, errors: 0, objectors: NOBODY, backoffUntil: 0, order: undefined }, 'active')
  }

  /** The pod changed while it waits: that may make it schedulable. */
  update(ctx: EventContext, pod: Pod, events: readonly ClusterEvent[]): void {
    const key = keyOf(pod)
    const row = this.pods.get(key)
    if (!row || row.pod.metadata.uid !== pod.metadata.uid) {
      if (row) this.remove(ctx, key)
      this.add(ctx, pod)
      return
    }
    const next: QueuedPod = { ...row, pod }
    if (row.place === 'gated') this.#enter(ctx, next, 'active')
    else if (row.place === 'unschedulable' && events.some((e) => worthTrying(pod, row.objectors, e))) this.#requeue(ctx, next)
    else this.pods.set(key, next)
  }

  remove(ctx: EventContext, key: string): void {
    const row = this.pods.get(key)
    if (!row) return
    this.pods.delete(key)
    this.#dropIdleTimer(ctx)
  }

  /** Moves the unschedulable pods that the event may help. */
  wake(ctx: EventContext, event: ClusterEvent): void {
    if (this.#places.count('unschedulable') === 0) return
    for (const group of this.#objections.groups()) {
      if (!mayMatter(group.split(' '), event)) continue
      for (const key of this.#objections.keys(group)) {
        const row = this.pods.get(key)!
        if (worthTrying(row.pod, row.objectors, event)) this.#requeue(ctx, row)
      }
    }
  }

  /** Takes the next pod to try; undefined when there is none. */
  pop(): { readonly key: string; readonly row: QueuedPod } | undefined {
    const key = this.#active.first() ?? this.#backoff.first()
    if (key === undefined) return undefined
    const row = this.pods.get(key)!
    const taken: QueuedPod = { ...row, place: 'in flight', order: undefined, attempts: row.attempts + 1 }
    this.pods.set(key, taken)
    return { key, row: taken }
  }

  /** The attempt failed. Without objectors it failed by an error and comes back after its back-off. */
  failed(ctx: EventContext, key: string, pod: Pod, objectors: readonly string[]): void {
    const row = this.pods.get(key)
    if (!row) return
    const isError = objectors.length === 0
    const rejections = isError ? row.rejections : row.rejections + 1
    const errors = isError ? row.errors + 1 : 0
    const backoffUntil = floorTo(ctx.now + backoffDuration(errors || rejections, this.#rules), WINDOW)
    const next: QueuedPod = { ...row, pod, since: ctx.now, rejections, errors, objectors, backoffUntil }
    if (isError) this.#requeue(ctx, next)
    else {
      this.pods.set(key, { ...next, place: 'unschedulable', order: undefined })
      this.#flushAt(ctx, ceilTo(ctx.now + STALE_AFTER, FLUSH_TICK))
    }
  }

  /** Handler 'flush': errors whose back-off is over, and pods that nothing has woken for five minutes. */
  flush(ctx: EventContext): void {
    this.#counters.delete('flush seq')
    this.#counters.delete('flush at')
    for (const key of this.#places.keys('error-backoff')) {
      const row = this.pods.get(key)!
      if (row.backoffUntil <= ctx.now) this.#enter(ctx, row, 'active')
      else this.#flushAt(ctx, ceilTo(row.backoffUntil, WINDOW))
    }
    for (const key of this.#places.keys('unschedulable')) {
      const row = this.pods.get(key)!
      if (row.since + STALE_AFTER <= ctx.now) this.#requeue(ctx, row)
      else this.#flushAt(ctx, ceilTo(row.since + STALE_AFTER, FLUSH_TICK))
    }
  }

  /** Everything is forgotten, as when the process ends. */
  clear(ctx: EventContext): void {
    for (const key of [...this.pods.keys()]) this.remove(ctx, key)
    for (const name of ['work', 'flush']) {
      const seq = this.#counters.get(`${name} seq`)
      if (seq !== undefined) ctx.cancel(seq)
      this.#counters.delete(`${name} seq`)
    }
    this.#counters.delete('flush at')
  }

  /** Asks for the next turn unless it has been asked for. */
  work(ctx: EventContext, delay: Micros): void {
    if (this.#active.size + this.#backoff.size === 0 || this.#counters.has('work seq')) return
    this.#counters.set('work seq', ctx.schedule(delay, this.#actor, 'work'))
  }

  /** The turn that was asked for has come. */
  worked(): void {
    this.#counters.delete('work seq')
  }

  #requeue(ctx: EventContext, row: QueuedPod): void {
    const backsOff = floorTo(ctx.now, WINDOW) <= row.backoffUntil && row.backoffUntil > 0
    this.#enter(ctx, row, !backsOff ? 'active' : row.errors > 0 ? 'error-backoff' : 'backoff')
  }

  #enter(ctx: EventContext, row: QueuedPod, wanted: Place): void {
    const key = keyOf(row.pod)
    const place = this.#rules.isGated(row.pod) ? 'gated' : wanted
    this.pods.set(key, { ...row, place, order: this.#orderIn(place, row) })
    if (place === 'error-backoff') this.#flushAt(ctx, ceilTo(row.backoffUntil, WINDOW))
    this.#dropIdleTimer(ctx)
    this.work(ctx, 0)
  }

  /** Active pods by priority and age, others by the end of their back-off first. */
  #orderIn(place: Place, row: QueuedPod): string | undefined {
    if (place !== 'active' && place !== 'backoff') return undefined
    const age = `${pad(MAX_PRIORITY - priorityOf(row.pod), 10)} ${pad(row.since, 16)} ${pad(this.#number(), 12)}`
    return place === 'active' ? age : `${pad(row.backoffUntil, 16)} ${age}`
  }

  #number(): number {
    const n = (this.#counters.get('order') ?? 0) + 1
    this.#counters.set('order', n)
    return n
  }

  /** No timer without a pod that waits for it. */
  #dropIdleTimer(ctx: EventContext): void {
    const seq = this.#counters.get('flush seq')
    if (seq === undefined || this.count('unschedulable') + this.count('error-backoff') > 0) return
    ctx.cancel(seq)
    this.#counters.delete('flush seq')
    this.#counters.delete('flush at')
  }

  #flushAt(ctx: EventContext, at: Micros): void {
    const planned = this.#counters.get('flush at')
    if (planned !== undefined && planned <= at) return
    if (planned !== undefined) ctx.cancel(this.#counters.get('flush seq')!)
    const due = Math.max(at, ctx.now)
    this.#counters.set('flush seq', ctx.schedule(due - ctx.now, this.#actor, 'flush'))
    this.#counters.set('flush at', due)
  }
}
