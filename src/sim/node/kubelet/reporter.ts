import { deepEqual } from '../../api/deep.ts'
import { keyOf, type JsonValue } from '../../api/meta.ts'
import { patch, PODS, remove } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import type { PodRow } from './state.ts'
import { podStatus } from './status.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** Sends what has changed of a pod's status; one patch is under way at a time (pkg/kubelet/status: manager). */
export function report(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.patching || row.removing) return row
  const node = world.nodes.get(row.node)
  if (!node?.up) return row
  const status = podStatus(row, node.address, ctx.now)
  if (deepEqual(status, row.sent)) return maybeRemove(world, ctx, row)
  const body = { metadata: { uid: row.uid }, status } as unknown as JsonValue
  world.client(row.node).send(ctx, patch(PODS, row.pod, body, 'merge', 'status'), { actor: actorOf(row.node), what: 'patched', data: keyOf(row.pod) })
  return world.put({ ...row, patching: true, sent: status })
}

/** When every container has stopped and the API server knows, the pod object itself can go. */
function maybeRemove(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (!row.pod.metadata.deletionTimestamp || !row.stopping) return row
  if (Object.values(row.containers).some((c) => c.state.running !== undefined || c.doing !== undefined)) return row
  ctx.note('kubelet.removed', { pod: row.pod.metadata.name, node: row.node })
  const options = { gracePeriodSeconds: 0, preconditions: { uid: row.uid } }
  world.client(row.node).send(ctx, remove(PODS, row.pod, options))
  return world.put({ ...row, removing: true })
}
