import type { KubeObject } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { SortedKeys } from '../engine/sorted-keys.ts'
import type { Table } from '../engine/table.ts'
import type { Micros } from '../engine/time.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'
import { atRevision, type Change } from '../store/store.ts'
import { changeInVersion } from '../store/versioned-store.ts'
import { matcher, type Matcher } from './selection.ts'
import { WatchGroups } from './watch-groups.ts'

/** A row of the table of open watches; clients write the same shape (client/transport.ts: OpenWatch). */
export interface WatchRow {
  readonly id: string
  readonly client: string
  readonly to: { readonly actor: string; readonly what: string; readonly data?: unknown }
  readonly latency: Micros
  readonly group: string
  readonly version: string
  readonly resource: string
  /** The collection in the store, where it is not called like the resource. */
  readonly stored?: string
  readonly namespace?: string
  readonly labelSelector?: string
  readonly fieldSelector?: string
  readonly resourceVersion?: string
}

/**
 * The watch cache's fan-out. Every open watch stands in exactly one group, so a change asks only the watches that can
 * care: of its resource, its namespace, its node, its name.
 */
export class WatchHub {
  readonly open: Table<WatchRow>
  readonly #groups: WatchGroups
  /** Compiled selectors by row; a pure function of the row, so it needs no undoing. */
  readonly #matchers = new WeakMap<WatchRow, Matcher>()
  readonly #kinds = new WeakMap<WatchRow, KindDefinition>()

  constructor(engine: Engine) {
    this.open = engine.table<WatchRow>('apiserver/watches')
    this.#groups = this.open.derive(new WatchGroups())
  }

  /** The version that a watch asked for; a pure function of the row. */
  #kindOf(row: WatchRow): KindDefinition | undefined {
    let kind = this.#kinds.get(row)
    if (!kind && (kind = scheme.resource(row.group, row.version, row.resource))) this.#kinds.set(row, kind)
    return kind
  }

  /** Sends `change`, as it was stored, to every watch that selects the object before or after it. */
  dispatch(ctx: EventContext, kind: KindDefinition, change: Change): void {
    const { resource, object, from } = change
    const groups = this.#groups.of(resource)
    if (!groups) return
    const { namespace, name } = object.metadata
    this.#toGroup(ctx, kind, groups.all, change)
    if (namespace && groups.byNamespace.size > 0) this.#toGroup(ctx, kind, groups.byNamespace.get(namespace), change)
    if (groups.byName.size > 0) this.#toGroup(ctx, kind, groups.byName.get(`${namespace ?? ''}/${name}`), change)
    if (groups.byNode.size === 0) return
    const node = nodeOf(object)
    const before = from && nodeOf(from)
    if (node) this.#toGroup(ctx, kind, groups.byNode.get(node), change)
    if (before && before !== node) this.#toGroup(ctx, kind, groups.byNode.get(before), change)
  }

  #toGroup(ctx: EventContext, kind: KindDefinition, ids: SortedKeys | undefined, change: Change): void {
    if (ids) for (const id of ids.toArray()) this.deliver(ctx, kind, this.open.get(id)!, change)
  }

  /** One change to one watch, as what it is for that watch: an object that begins or ceases to match is added or deleted. */
  deliver(ctx: EventContext, stored: KindDefinition, row: WatchRow, written: Change): void {
    const kind = this.#kindOf(row) ?? stored
    const change = kind.storedAs ? changeInVersion(kind.storedAs, written) : written
    const matches = this.#matcher(row, kind)
    const now = change.type !== 'DELETED' && matches(change.object)
    const before = change.from !== undefined && matches(change.from)
    if (!now && !before) return
    const type = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED'
    // An object that leaves the selection is shown as it last was within it.
    const object = type === 'DELETED' && change.type !== 'DELETED' ? atRevision(change.from!, change.revision) : change.object
    ctx.schedule(row.latency, row.to.actor, row.to.what, {
      watch: row.id,
      type,
      object,
      resourceVersion: `${change.revision}`,
      data: row.to.data,
      sentAt: ctx.now,
    })
  }

  /** The present state, or the news since the watch's resourceVersion. */
  greet(ctx: EventContext, row: WatchRow, type: 'SYNC' | 'EXPIRED', revision: number, items?: readonly KubeObject[]): void {
    ctx.schedule(row.latency, row.to.actor, row.to.what, {
      watch: row.id, type, items, resourceVersion: `${revision}`, data: row.to.data, sentAt: ctx.now,
    })
  }

  #matcher(row: WatchRow, kind: KindDefinition): Matcher {
    let found = this.#matchers.get(row)
    if (!found) this.#matchers.set(row, (found = matcher(kind, row.namespace, row.labelSelector, row.fieldSelector)))
    return found
  }
}

const nodeOf = (object: KubeObject): string | undefined => (object.spec as { nodeName?: string } | undefined)?.nodeName
