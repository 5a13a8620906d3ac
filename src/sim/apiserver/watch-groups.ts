import type { Derived } from '../engine/table.ts'
import { Listener, type WatchRow } from './listener.ts'

/** Watches by id, told in the order of their ids. The list is made when somebody is told, as many open at once. */
export class Audience {
  readonly #byId = new Map<string, Listener>()
  #inOrder: readonly Listener[] | undefined

  get size(): number {
    return this.#byId.size
  }

  get listeners(): readonly Listener[] {
    return (this.#inOrder ??= [...this.#byId.keys()].sort().map((id) => this.#byId.get(id)!))
  }

  add(row: WatchRow): void {
    this.#byId.set(row.id, new Listener(row))
    this.#inOrder = undefined
  }

  delete(row: WatchRow): void {
    this.#byId.delete(row.id)
    this.#inOrder = undefined
  }
}

/** The open watches of one resource, each in one of these groups by what it can care about. */
interface OfResource {
  readonly all: Audience
  readonly byNamespace: Map<string, Audience>
  /** By "namespace/name". */
  readonly byName: Map<string, Audience>
  readonly byNode: Map<string, Audience>
}

const ON_NODE = /^spec\.nodeName=([^,!]+)$/
const BY_NAME = /^metadata\.name=([^,!]+)$/

/** Finds the watches that a change can concern without making a key for groups that nobody is in. */
export class WatchGroups implements Derived<WatchRow> {
  readonly #resources = new Map<string, OfResource>()

  of(resource: string): OfResource | undefined {
    return this.#resources.get(resource)
  }

  apply(_id: string, from: WatchRow | undefined, to: WatchRow | undefined): void {
    if (from) this.#place(from, (audience) => audience.delete(from))
    if (to) this.#place(to, (audience) => audience.add(to))
  }

  #place(row: WatchRow, change: (audience: Audience) => void): void {
    const resource = row.stored ?? row.resource
    let groups = this.#resources.get(resource)
    if (!groups) this.#resources.set(resource, (groups = { all: new Audience(), byNamespace: new Map(), byName: new Map(), byNode: new Map() }))
    const node = row.resource === 'pods' && row.fieldSelector ? ON_NODE.exec(row.fieldSelector)?.[1] : undefined
    if (node) return within(groups.byNode, node, change)
    const name = row.fieldSelector ? BY_NAME.exec(row.fieldSelector)?.[1] : undefined
    if (name && (row.namespace || row.resource === 'nodes')) return within(groups.byName, `${row.namespace ?? ''}/${name}`, change)
    if (row.namespace) return within(groups.byNamespace, row.namespace, change)
    change(groups.all)
  }
}

function within(groups: Map<string, Audience>, group: string, change: (audience: Audience) => void): void {
  let audience = groups.get(group)
  if (!audience) groups.set(group, (audience = new Audience()))
  change(audience)
  if (audience.size === 0) groups.delete(group)
}
