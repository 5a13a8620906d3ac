import type { ControllerContext, HandlerContext } from '../../client/controller.ts'
import type { Micros } from '../../engine/time.ts'

/** What the controller believes of one volume on one node (cache/actual_state_of_world.go). */
export interface Attached {
  /** An attach that failed half-way is uncertain: it is tried again, and detached when it is not wanted any more. */
  readonly certain: boolean
  /** In the node's volumesInUse, or assumed to be until the node reports. */
  readonly mounted: boolean
  /** Listed in the node's volumesAttached. */
  readonly reported: boolean
  /** When nobody wanted it any more. */
  readonly unwantedSince?: Micros
}

/** A row of the table "volumes", by name of the PersistentVolume. */
export interface VolumeRow {
  /** "kubernetes.io/csi/<driver>^<handle>" */
  readonly unique: string
  readonly driver: string
  readonly handle: string
  /** May it be attached to several nodes at once? */
  readonly shared: boolean
  readonly nodes: Readonly<Record<string, Attached>>
}

/** An attach or detach that runs, or that failed and waits for its back-off. Key "<volume> <node>". */
export interface Operation {
  readonly what: 'attach' | 'detach'
  /** While it runs: when it is given up. */
  readonly deadline?: Micros
  /** After a failure: when it may run again, and the wait that was taken. */
  readonly until?: Micros
  readonly wait?: Micros
}

export const VOLUMES_TABLE = 'volumes'
export const NODES_TABLE = 'nodes'
export const OPERATIONS = 'operations'
/** "<volume> <node>" whose pods have been told of a Multi-Attach error. */
export const TOLD = 'told'

type Tables = Pick<ControllerContext | HandlerContext, 'state'>

/** Writes a volume's row and keeps "nodes" (node → its volumes) in step; a row without nodes goes. */
export function setRow(ctx: Tables, name: string, row: VolumeRow): void {
  const rows = ctx.state<VolumeRow>(VOLUMES_TABLE)
  const before = Object.keys(rows.get(name)?.nodes ?? {})
  const after = Object.keys(row.nodes)
  const nodes = ctx.state<readonly string[]>(NODES_TABLE)
  for (const node of before) {
    if (node in row.nodes) continue
    const left = (nodes.get(node) ?? []).filter((volume) => volume !== name)
    if (left.length > 0) nodes.set(node, left)
    else nodes.delete(node)
  }
  for (const node of after) if (!nodes.get(node)?.includes(name)) nodes.set(node, [...(nodes.get(node) ?? []), name].sort())
  if (after.length > 0) rows.set(name, row)
  else rows.delete(name)
}

export function setAttached(ctx: Tables, name: string, row: VolumeRow, node: string, attached: Attached | undefined): VolumeRow {
  const { [node]: _old, ...others } = row.nodes
  const next = { ...row, nodes: attached ? { ...others, [node]: attached } : others }
  setRow(ctx, name, next)
  return next
}
