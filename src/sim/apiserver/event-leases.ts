import type { Engine, EventContext } from '../engine/engine.ts'
import type { Index, Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { flagsIn, type Flags } from '../flags/index.ts'
import { EVENT_TTL } from '../flags/kube-apiserver.ts'

/** The lease that new events join: when it ends, and how many objects have been put under it. */
interface EtcdLease {
  readonly name: string
  readonly expires: Micros
  readonly attached: number
}

/** Events written within this time share a lease, which is so much longer; a twentieth of the time to live where that is less. */
const REUSE = seconds(60)
const MAX_ATTACHED = 1000
const CURRENT = 'current'

const reuse = (ttl: Micros): Micros => Math.min(REUSE, Math.floor(ttl / 20))

/**
 * Events live for an hour, or what --event-ttl says: each write puts the object under a lease of etcd, which takes its objects with it when it ends
 * (apiserver: storage/etcd3, lease_manager.go). One timer a lease.
 */
export class EventLeases {
  readonly #leases: Table<EtcdLease>
  readonly #held: Table<string>
  readonly #byLease: Index<string>
  readonly #flags: Flags

  constructor(engine: Engine) {
    this.#flags = flagsIn(engine)
    this.#leases = engine.table<EtcdLease>('etcd/leases')
    this.#held = engine.table<string>('etcd/leased')
    this.#byLease = this.#held.index((lease) => lease)
  }

  /** An Event was written: it lives so long from now. */
  attach(ctx: EventContext, key: string): void {
    const ttl = this.#flags.get(EVENT_TTL)
    let lease = this.#leases.get(CURRENT)
    const most = ttl + reuse(ttl)
    if (!lease || lease.expires <= ctx.now + ttl || lease.expires > ctx.now + most || lease.attached >= MAX_ATTACHED) {
      lease = { name: `${ctx.event.seq}`, expires: ctx.now + most, attached: 0 }
      ctx.schedule(most, 'apiserver', 'lease-ended', lease.name)
    }
    this.#leases.set(CURRENT, { ...lease, attached: lease.attached + 1 })
    this.#held.set(key, lease.name)
  }

  detach(key: string): void {
    this.#held.delete(key)
  }

  /** A lease is over: the keys of the objects that go with it. */
  end(name: string): readonly string[] {
    const keys = [...this.#byLease.keys(name)]
    for (const key of keys) this.#held.delete(key)
    return keys
  }
}
