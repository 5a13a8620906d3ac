import { deepEqual } from '../../api/deep.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must } from '../../client/must.ts'
import { NODES, patch } from '../../client/request.ts'
import type { ReconcileResult } from '../../client/reconcile-context.ts'
import type { Node } from '../../kinds/node/node.ts'
import { NODES_TABLE, VOLUMES_TABLE, type VolumeRow } from './state.ts'

/** Writes the node's volumesAttached when it differs (statusupdater, node_status_updater.go). */
export function reportAttached(ctx: ControllerContext, name: string): ReconcileResult {
  const node = ctx.lister<Node>('nodes').get(undefined, name)
  if (!node) return undefined
  const listed = ctx.once(() => {
    const rows = ctx.state<VolumeRow>(VOLUMES_TABLE)
    const volumes = ctx.state<readonly string[]>(NODES_TABLE).get(name) ?? []
    return volumes.map((v) => rows.get(v)!).filter((row) => row.nodes[name]!.reported).map(({ unique }) => ({ name: unique, devicePath: '' }))
  })
  const wanted = listed.slice().sort((a, b) => (a.name < b.name ? -1 : 1))
  if (deepEqual(wanted, node.status?.volumesAttached ?? [])) return undefined
  ctx.note('attach.reported', { node: name, count: wanted.length })
  must(ctx.call(patch(NODES, node, { status: { volumesAttached: wanted.length > 0 ? wanted : null } }, 'strategic', 'status')))
  return undefined
}
