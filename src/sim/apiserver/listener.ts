import type { EventContext } from '../engine/engine.ts'
import type { Micros } from '../engine/time.ts'
import type { KindDefinition, StoredAs } from '../kinds/definition.ts'
import { scheme } from '../kinds/index.ts'
import { atRevision, type Change } from '../store/store.ts'
import { changeInVersion } from '../store/versioned-store.ts'
import type { CustomKind } from './custom/kind.ts'
import { matcher, type Matcher } from './selection.ts'

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

/** How objects of a custom kind come to their version now. */
export type Versions = (kind: KindDefinition, now: Micros) => StoredAs | undefined

/** A custom kind in the version that a watch asked for. */
const inVersion = (kind: KindDefinition, version: string): KindDefinition => (kind.version === version || !kind.custom ? kind : ((kind as CustomKind).inVersion(version) ?? kind))

/** An open watch with what its row means: the version that it asked for, its selectors compiled when they are first asked. */
export class Listener {
  readonly #row: WatchRow
  /** Undefined for custom resources. */
  readonly #kind: KindDefinition | undefined
  #matches: Matcher | undefined

  constructor(row: WatchRow) {
    this.#row = row
    this.#kind = scheme.resource(row.group, row.version, row.resource)
  }

  get id(): string {
    return this.#row.id
  }

  /** One change, as what it is for this watch: an object that begins or ceases to match is added or deleted. */
  deliver(ctx: EventContext, stored: KindDefinition, written: Change, versions?: Versions): void {
    const row = this.#row
    const kind = this.#kind ?? inVersion(stored, row.version)
    const as = kind.custom && versions ? versions(kind, ctx.now) : kind.storedAs
    const change = as ? changeInVersion(as, written) : written
    const matches = (this.#matches ??= matcher(kind, row.namespace, row.labelSelector, row.fieldSelector))
    const now = change.type !== 'DELETED' && matches(change.object)
    const before = change.from !== undefined && matches(change.from)
    if (!now && !before) return
    const type = now ? (before ? 'MODIFIED' : 'ADDED') : 'DELETED'
    // An object that leaves the selection is shown as it last was within it.
    const object = type === 'DELETED' && change.type !== 'DELETED' ? atRevision(change.from!, change.revision) : change.object
    const { latency, to } = row
    ctx.schedule(latency, to.actor, to.what, { watch: row.id, type, object, resourceVersion: object.metadata.resourceVersion, data: to.data })
  }
}
