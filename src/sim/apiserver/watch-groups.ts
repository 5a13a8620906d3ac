import { SortedKeys } from '../engine/sorted-keys.ts'
import type { Derived } from '../engine/table.ts'
import type { WatchRow } from './watch-hub.ts'

/** The open watches of one resource, each in one of these groups by what it can care about: ids in their order. */
interface OfResource {
  readonly all: SortedKeys
  readonly byNamespace: Map<string, SortedKeys>
  /** By "namespace/name". */
  readonly byName: Map<string, SortedKeys>
  readonly byNode: Map<string, SortedKeys>
}

const ON_NODE = /^spec\.nodeName=([^,!]+)$/
const BY_NAME = /^metadata\.name=([^,!]+)$/

/** Finds the watches that a change can concern without making a key for groups that nobody is in. */
export class WatchGroups implements Derived<WatchRow> {
  readonly #resources = new Map<string, OfResource>()

  of(resource: string): OfResource | undefined {
    return this.#resources.get(resource)
  }

  apply(id: string, from: WatchRow | undefined, to: WatchRow | undefined): void {
    if (from) this.#place(from, (keys) => keys.delete(id))
    if (to) this.#place(to, (keys) => keys.add(id))
  }

  #place(row: WatchRow, change: (keys: SortedKeys) => void): void {
    const resource = row.stored ?? row.resource
    let groups = this.#resources.get(resource)
    if (!groups) this.#resources.set(resource, (groups = { all: new SortedKeys(), byNamespace: new Map(), byName: new Map(), byNode: new Map() }))
    const node = row.resource === 'pods' && row.fieldSelector ? ON_NODE.exec(row.fieldSelector)?.[1] : undefined
    if (node) return within(groups.byNode, node, change)
    const name = row.fieldSelector ? BY_NAME.exec(row.fieldSelector)?.[1] : undefined
    if (name && (row.namespace || row.resource === 'nodes')) return within(groups.byName, `${row.namespace ?? ''}/${name}`, change)
    if (row.namespace) return within(groups.byNamespace, row.namespace, change)
    change(groups.all)
  }
}

function within(groups: Map<string, SortedKeys>, group: string, change: (keys: SortedKeys) => void): void {
  let keys = groups.get(group)
  if (!keys) groups.set(group, (keys = new SortedKeys()))
  change(keys)
  if (keys.size === 0) groups.delete(group)
}
