import type { KubeObject } from '../api/meta.ts'
import type { Engine, EventContext } from '../engine/engine.ts'
import type { Table } from '../engine/table.ts'
import type { KindDefinition } from '../kinds/definition.ts'
import type { Change } from '../store/store.ts'
import type { Versions, WatchRow } from './listener.ts'
import { WatchGroups, type Audience } from './watch-groups.ts'

/**
 * The watch cache's fan-out. Every open watch stands in exactly one group, so a change asks only the watches that can
 * care: of its resource, its namespace, its node, its name.
 */
export class WatchHub {
  readonly open: Table<WatchRow>
  readonly #groups: WatchGroups
  readonly #versions: Versions | undefined

  constructor(engine: Engine, versions?: Versions) {
    this.#versions = versions
    this.open = engine.table<WatchRow>('apiserver/watches')
    this.#groups = this.open.derive(new WatchGroups())
  }

  /** Sends `change`, as it was stored, to every watch that selects the object before or after it. */
  dispatch(ctx: EventContext, kind: KindDefinition, change: Change): void {
    const { resource, object, from } = change
    const groups = this.#groups.of(resource)
    if (!groups) return
    const versions = this.#versions
    const { namespace, name } = object.metadata
    tell(ctx, kind, groups.all, change, versions)
    if (namespace && groups.byNamespace.size > 0) tell(ctx, kind, groups.byNamespace.get(namespace), change, versions)
    if (groups.byName.size > 0) tell(ctx, kind, groups.byName.get(`${namespace ?? ''}/${name}`), change, versions)
    if (groups.byNode.size === 0) return
    const node = nodeOf(object)
    const before = from && nodeOf(from)
    if (node) tell(ctx, kind, groups.byNode.get(node), change, versions)
    if (before && before !== node) tell(ctx, kind, groups.byNode.get(before), change, versions)
  }

  /** The present state, or the news since the watch's resourceVersion. */
  greet(ctx: EventContext, row: WatchRow, type: 'SYNC' | 'EXPIRED', revision: number, items?: readonly KubeObject[]): void {
    ctx.schedule(row.latency, row.to.actor, row.to.what, {
      watch: row.id, type, items, resourceVersion: `${revision}`, data: row.to.data,
    })
  }
}

function tell(ctx: EventContext, kind: KindDefinition, audience: Audience | undefined, change: Change, versions: Versions | undefined): void {
  if (audience) for (const listener of audience.listeners) listener.deliver(ctx, kind, change, versions)
}

const nodeOf = (object: KubeObject): string | undefined => (object.spec as { nodeName?: string } | undefined)?.nodeName
