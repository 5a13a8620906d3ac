import { deepEqual } from '../../api/deep.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { must } from '../../client/must.ts'
import { get, NODES, patch } from '../../client/request.ts'
import type { Node } from '../../kinds/node/node.ts'

/** Row of the table "in-use": unique names of volumes that a node has or wants, each with the uids of its pods. */
export type InUse = Readonly<Record<string, readonly string[]>>
const IN_USE = 'in-use'

/** The pod uses the volume from now on; the node says so before it touches the volume. */
export function markInUse(ctx: ControllerContext, node: string, unique: string, pod: string): void {
  const isNew = ctx.once(() => {
    const table = ctx.state<InUse>(IN_USE)
    const row = table.get(node) ?? {}
    const pods = row[unique] ?? []
    if (pods.includes(pod)) return false
    table.set(node, { ...row, [unique]: [...pods, pod] })
    return true
  })
  if (isNew) reportInUse(ctx, node)
}

export function drop(ctx: ControllerContext, node: string, unique: string, pod: string): void {
  ctx.once(() => {
    const table = ctx.state<InUse>(IN_USE)
    const { [unique]: pods = [], ...others } = table.get(node) ?? {}
    const left = pods.filter((p) => p !== pod)
    const next = left.length > 0 ? { ...others, [unique]: left } : others
    if (Object.keys(next).length > 0) table.set(node, next)
    else table.delete(node)
    return null
  })
}

/** Writes the node's volumesInUse when it differs. */
export function reportInUse(ctx: ControllerContext, name: string): void {
  const wanted = ctx.once(() => Object.keys(ctx.state<InUse>(IN_USE).get(name) ?? {}).sort())
  const node = must(ctx.call<Node>(get(NODES, undefined, name)))
  if (deepEqual(node.status?.volumesInUse ?? [], wanted)) return
  must(ctx.call(patch(NODES, node, { status: { volumesInUse: wanted.length > 0 ? wanted : null } }, 'strategic', 'status')))
}
