import { uidOf } from '../../api/meta.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { Flag } from '../../flags/flag.ts'
import type { Table } from '../../engine/table.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { HandlerContext, Watches } from '../controller.ts'
import { ENDPOINT_SLICES } from '../request.ts'

export const SERVICE_NAME = 'kubernetes.io/service-name'
export const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'

/** Name of the state table: expected generation by slice uid, by Service; DELETING is an expected deletion. */
export const TRACKED = 'tracked-slices'
export type Tracked = Readonly<Record<string, number>>
const DELETING = -1

/** Its own syncs are delayed, because they come in swarms when many slices change. */
const SYNC_DELAY = seconds(1)

export const serviceKeyOf = (slice: EndpointSlice): string | undefined => {
  const name = slice.metadata.labels?.[SERVICE_NAME]
  return name ? `${slice.metadata.namespace}/${name}` : undefined
}

/**
 * What a controller of EndpointSlices has written and not yet seen, so that it neither acts on a stale cache nor reacts
 * to its own writes (endpointslice util: endpointslice_tracker.go).
 */
export class SliceTracker {
  readonly #rows: Table<Tracked>

  constructor(ctx: { state<V>(name: string): Table<V> }) {
    this.#rows = ctx.state(TRACKED)
  }

  /** Is a slice in the cache older than what was written, missing, or there although deleted? */
  isStale(key: string, slices: readonly EndpointSlice[]): boolean {
    const row = this.#rows.get(key)
    if (!row) return false
    const seen = new Set<string>()
    for (const slice of slices) {
      seen.add(uidOf(slice))
      const expected = row[uidOf(slice)]
      if (expected !== undefined && (expected === DELETING || expected > (slice.metadata.generation ?? 0))) return true
    }
    return Object.keys(row).some((uid) => row[uid] !== DELETING && !seen.has(uid))
  }

  /** Does the slice tell anything that was not expected? */
  isNews(key: string, slice: EndpointSlice): boolean {
    const expected = this.#rows.get(key)?.[uidOf(slice)]
    return expected === undefined || (expected !== DELETING && (slice.metadata.generation ?? 0) > expected)
  }

  wrote(key: string, slice: EndpointSlice): void {
    this.#rows.set(key, { ...this.#rows.get(key), [uidOf(slice)]: slice.metadata.generation ?? 0 })
  }

  expectDeletion(key: string, slice: EndpointSlice): void {
    this.#rows.set(key, { ...this.#rows.get(key), [uidOf(slice)]: DELETING })
  }

  /** A slice is gone; false when nobody expected that. */
  deletionSeen(key: string, slice: EndpointSlice): boolean {
    const row = this.#rows.get(key)
    const { [uidOf(slice)]: expected, ...rest } = row ?? {}
    if (expected === undefined) return true
    this.#rows.set(key, rest)
    return expected === DELETING
  }

  forget(key: string): void {
    this.#rows.delete(key)
  }
}

/** Slice events of a controller that writes slices under the label `managedBy`; the flag may make the delay longer. */
export function ownSlices(managedBy: string, delay = SYNC_DELAY, batch?: Flag<Micros>): Watches<EndpointSlice> {
  const mine = (slice: EndpointSlice): boolean => slice.metadata.labels?.[MANAGED_BY] === managedBy
  const wake = (ctx: HandlerContext, key: string | undefined): void => {
    if (key) ctx.enqueueAfter(key, batch ? Math.max(delay, ctx.flag(batch)) : delay)
  }
  return {
    resource: ENDPOINT_SLICES,
    onAdd(ctx, slice) {
      const key = serviceKeyOf(slice)
      if (key && mine(slice) && new SliceTracker(ctx).isNews(key, slice)) wake(ctx, key)
    },
    onUpdate(ctx, old, slice) {
      const before = serviceKeyOf(old)
      const key = serviceKeyOf(slice)
      if (before !== key) {
        wake(ctx, before)
        wake(ctx, key)
      } else if (key && (mine(old) !== mine(slice) || (mine(slice) && new SliceTracker(ctx).isNews(key, slice)))) wake(ctx, key)
    },
    onDelete(ctx, slice) {
      const key = serviceKeyOf(slice)
      if (key && mine(slice) && !new SliceTracker(ctx).deletionSeen(key, slice)) wake(ctx, key)
    },
  }
}
