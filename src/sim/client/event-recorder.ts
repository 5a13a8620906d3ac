import type { KubeObject, ObjectReference } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Teller } from '../engine/event.ts'
import type { Table } from '../engine/table.ts'
import { formatMicroTime, formatTime, minutes, seconds, unixSeconds, type Micros } from '../engine/time.ts'
import { create, EVENTS, type Request } from './request.ts'
import type { Answered, Client } from './transport.ts'

/** Who reports: `component` as in source.component; kubelets add their host. `modern`: the events.k8s.io recorder. */
export interface EventSource {
  readonly component: string
  readonly host?: string
  readonly modern?: boolean
}

/** Similar events seen of late: distinct messages; from the tenth on they are combined. */
interface Aggregate {
  readonly messages: readonly string[]
  readonly last: Micros
}

/** An event that was written: what a repetition patches. */
interface Observed {
  readonly name: string
  readonly namespace: string
  readonly count: number
}

interface Pending {
  readonly request: Request
}

const MAX_SIMILAR = 10
const SIMILAR_WITHIN = minutes(10)
const SPAM_BURST = 25
const SPAM_REFILL = seconds(300)

/**
 * Emits core/v1 Events as client-go's broadcaster does: similar ones are combined, repetitions counted, chatter about one
 * object dropped, and one request at a time goes out through the component's own client.
 */
export class EventRecorder {
  readonly #actor: string
  readonly #client: Client
  readonly #source: EventSource
  readonly #aggregates: Table<Aggregate>
  readonly #observed: Table<Observed>
  readonly #spam: Table<Micros>
  readonly #outbox: Table<Pending>
  readonly #counters: Table<number>
  readonly #told: Teller = () => ({ id: 'events.sent', params: { component: this.#source.component } })

  constructor(engine: Engine, client: Client, source: EventSource) {
    const label = source.host ? `${source.component}-${source.host}` : source.component
    this.#actor = `events-${label}`
    this.#client = client
    this.#source = source
    this.#aggregates = engine.table('events/aggregates')
    this.#observed = engine.table('events/observed')
    this.#spam = engine.table('events/spam')
    this.#outbox = engine.table(`events/outbox/${label}`)
    this.#counters = engine.table('events/counters')
    engine.actor(this.#actor, { sent: (ctx, answered: Answered) => this.#sent(ctx, answered) })
  }

  /** `as`: another name for the component, as a scheduler's profiles have. */
  emit(ctx: EventContext, object: KubeObject, type: 'Normal' | 'Warning', reason: string, message: string, action = '', as = this.#source.component): void {
    if (this.#source.modern) {
      // This recorder does not count repetitions of the kind that the scheduler reports.
      const observed = this.#first(ctx, object)
      this.#post(ctx, create(EVENTS, observed.namespace, this.#event(ctx, object, observed, type, reason, message, action, as)))
      return
    }
    const about = `${this.#actor} ${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${object.metadata.uid ?? ''}`
    const combined = this.#aggregate(ctx, `${about} ${type} ${reason}`, message)
    const text = combined === undefined ? message : combined
    const { fieldPath = '' } = object as { fieldPath?: string }
    const identity = combined === undefined ? `${about} ${fieldPath} ${type} ${reason} ${message}` : `${about} ${fieldPath} ${type} ${reason} combined`
    const known = this.#observed.get(identity)
    const observed: Observed = known ? { ...known, count: known.count + 1 } : this.#first(ctx, object)
    this.#observed.set(identity, observed)
    if (this.#isSpam(ctx, about)) return
    this.#post(ctx, known ? this.#repeat(ctx, observed, text) : create(EVENTS, observed.namespace, this.#event(ctx, object, observed, type, reason, text, action)))
  }

  #first(ctx: EventContext, object: KubeObject): Observed {
    return { name: this.#name(ctx, object), namespace: object.metadata.namespace ?? 'default', count: 1 }
  }

  #aggregate(ctx: EventContext, key: string, message: string): string | undefined {
    const known = this.#aggregates.get(key)
    const fresh = known && ctx.now - known.last <= SIMILAR_WITHIN ? known.messages : []
    const messages = fresh.includes(message) ? fresh : [...fresh, message]
    const full = messages.length >= MAX_SIMILAR
    this.#aggregates.set(key, { messages: full ? messages.slice(1) : messages, last: ctx.now })
    return full ? `(combined from similar events): ${message}` : undefined
  }

  /** A token bucket of 25 that refills one token in 300 s, as a theoretical arrival time. */
  #isSpam(ctx: EventContext, about: string): boolean {
    const due = Math.max(this.#spam.get(about) ?? 0, ctx.now) + SPAM_REFILL
    if (due - ctx.now > SPAM_BURST * SPAM_REFILL) return true
    this.#spam.set(about, due)
    return false
  }

  #name(ctx: EventContext, object: KubeObject): string {
    const n = (this.#counters.get('named') ?? 0) + 1
    this.#counters.set('named', n)
    return `${object.metadata.name}.${hexNanos(unixSeconds(ctx.now), (ctx.now % 1_000_000) * 1000 + (n % 1000))}`
  }

  #event(ctx: EventContext, object: KubeObject, observed: Observed, type: string, reason: string, message: string, action: string, component = this.#source.component): KubeObject {
    const { host, modern } = this.#source
    const metadata = { name: observed.name, namespace: observed.namespace }
    const involvedObject = referenceTo(object)
    if (modern) {
      return {
        apiVersion: 'v1', kind: 'Event', metadata, involvedObject, reason, message, source: {}, firstTimestamp: null, lastTimestamp: null, type,
        eventTime: formatMicroTime(ctx.now), action, reportingComponent: component, reportingInstance: `${component}-${host ?? 'control-plane'}`,
      } as KubeObject
    }
    const at = formatTime(ctx.now)
    return {
      apiVersion: 'v1', kind: 'Event', metadata, involvedObject, reason, message, source: host ? { component, host } : { component }, firstTimestamp: at, lastTimestamp: at,
      count: observed.count, type, eventTime: null, reportingComponent: component, reportingInstance: host ?? '',
    } as KubeObject
  }

  #repeat(ctx: EventContext, observed: Observed, message: string): Request {
    return {
      verb: 'patch',
      ...EVENTS,
      namespace: observed.namespace,
      name: observed.name,
      patchType: 'strategic',
      body: { count: observed.count, lastTimestamp: formatTime(ctx.now), message },
    }
  }

  #post(ctx: EventContext, request: Request): void {
    const n = (this.#counters.get(this.#actor) ?? 0) + 1
    this.#counters.set(this.#actor, n)
    const idle = this.#outbox.size === 0
    this.#outbox.set(`${n}`.padStart(12, '0'), { request })
    if (idle) this.#sendNext(ctx)
  }

  #sendNext(ctx: EventContext): void {
    const key = this.#outbox.firstKey()
    if (key === undefined) return
    this.#client.send(ctx, this.#outbox.get(key)!.request, { actor: this.#actor, what: 'sent', data: key })
  }

  /** Best effort: whatever the answer, the next one goes out. */
  #sent(ctx: EventContext, { data }: Answered): void {
    ctx.tell(this.#told)
    this.#outbox.delete(data as string)
    this.#sendNext(ctx)
  }
}

/** What an Event is about; undefined members are not there. */
function referenceTo({ apiVersion, kind, metadata, fieldPath }: KubeObject & { readonly fieldPath?: string }): ObjectReference {
  const { name, namespace, uid, resourceVersion } = metadata
  const about: { -readonly [K in keyof ObjectReference]: ObjectReference[K] } = { kind, name, uid, apiVersion, resourceVersion }
  if (namespace) about.namespace = namespace
  if (fieldPath) about.fieldPath = fieldPath
  return about
}

/** Nanoseconds since 1970 in hexadecimal digits: seconds × 10⁹ + nanos, in two halves of 32 bits, since the whole fits into no number. */
export function hexNanos(seconds: number, nanos: number): string {
  const upper = Math.floor(seconds / 0x1_0000) * 1_000_000_000
  const lower = (upper % 0x1_0000) * 0x1_0000 + (seconds % 0x1_0000) * 1_000_000_000 + nanos
  const high = Math.floor(upper / 0x1_0000) + Math.floor(lower / 0x1_0000_0000)
  return high > 0 ? `${high.toString(16)}${(lower % 0x1_0000_0000).toString(16).padStart(8, '0')}` : lower.toString(16)
}
