import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { flagsIn, type Flags } from '../flags/index.ts'
import { EVENT_TTL } from '../flags/kube-apiserver.ts'

/** A write that put an object under a lease, and those before it: a chain, so that one more costs the same however many there are. */
interface Attached {
  readonly key: string
  readonly revision: number
  readonly before: Attached | undefined
}

/** A lease of etcd: when it ends, how many objects have been put under it, and which. */
interface EtcdLease {
  readonly name: string
  readonly expires: Micros
  readonly attached: number
  readonly last: Attached | undefined
}

/** Events written within this time share a lease, which is so much longer; a twentieth of the time to live where that is less. */
const REUSE = seconds(60)
const MAX_ATTACHED = 1000
/** The row of the lease that new events join; older ones stand under their names. */
const CURRENT = 'current'

const reuse = (ttl: Micros): Micros => Math.min(REUSE, Math.floor(ttl / 20))

/**
 * Events live for an hour, or what --event-ttl says: each write puts the object under a lease of etcd, which takes its objects with it when it ends
 * (apiserver: storage/etcd3, lease_manager.go). One timer a lease.
 */
export class EventLeases {
  readonly #leases: Table<EtcdLease>
  readonly #flags: Flags

  constructor(engine: Engine) {
    this.#flags = flagsIn(engine)
    this.#leases = engine.table<EtcdLease>('etcd/leases')
  }

  /** An Event was written: it lives so long from now. */
  attach(ctx: EventContext, key: string, revision: number): void {
    const ttl = this.#flags.get(EVENT_TTL)
    let lease = this.#leases.get(CURRENT)
    const most = ttl + reuse(ttl)
    if (!lease || lease.expires <= ctx.now + ttl || lease.expires > ctx.now + most || lease.attached >= MAX_ATTACHED) {
      if (lease) this.#leases.set(lease.name, lease)
      lease = { name: `${ctx.event.seq}`, expires: ctx.now + most, attached: 0, last: undefined }
      ctx.schedule(most, 'apiserver', 'lease-ended', lease.name)
    }
    const { name, expires, attached, last } = lease
    this.#leases.set(CURRENT, { name, expires, attached: attached + 1, last: { key, revision, before: last } })
  }

  /**
   * A lease is over: the keys of the objects that go with it, in order. What was written again since is under the lease of
   * that write, so `revisionOf` the stored object tells whether it is still under this one.
   */
  end(name: string, revisionOf: (key: string) => number | undefined): readonly string[] {
    const row = this.#leases.get(CURRENT)?.name === name ? CURRENT : name
    const keys: string[] = []
    for (let one = this.#leases.get(row)?.last; one; one = one.before) if (revisionOf(one.key) === one.revision) keys.push(one.key)
    this.#leases.delete(row)
    return keys.sort()
  }
}
