import { isConditionTrue } from '../../api/conditions.ts'
import { isNotFound, isStatus } from '../../api/status.ts'
import type { ControllerContext } from '../../client/controller.ts'
import { get, NODES, remove } from '../../client/request.ts'
import { attachmentName } from '../../client/storage/attachments.ts'
import { VOLUME_ATTACHMENTS, type VolumeAttachment } from '../../client/storage/objects.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { DISABLE_FORCE_DETACH } from '../../flags/kube-controller-manager.ts'
import type { Node } from '../../kinds/node/node.ts'
import { failed, operationOf, PATIENCE, setOperation, type Turn } from './attach.ts'
import { reportAttached } from './report.ts'
import { setAttached, type Attached, type VolumeRow } from './state.ts'

/** After so long a volume is taken from a node that does not answer (ReconcilerMaxWaitForUnmountDuration). */
const LONGEST_UNMOUNT = seconds(360)
const OUT_OF_SERVICE = 'node.kubernetes.io/out-of-service'

/** One look at a volume that nobody on `node` wants any more: wait for the unmount or force, then detach. */
export function detach(ctx: ControllerContext, name: string, row: VolumeRow, node: string): Turn {
  const key = `${name} ${node}`
  const known = operationOf(ctx, key)
  const { now } = ctx
  if (known?.what === 'detach' && known.deadline !== undefined) return finish(ctx, name, row, node, now)
  if (known?.until !== undefined && known.what === 'detach' && now < known.until) return { row, at: known.until }
  const attached = row.nodes[node]!
  const since = attached.unwantedSince ?? now
  const marked = attached.unwantedSince === undefined ? keep(ctx, name, row, node, { ...attached, unwantedSince: now }) : row
  const seen = ctx.lister<Node>('nodes').get(undefined, node)
  const expired = now - since > LONGEST_UNMOUNT
  const forced = expired && !ctx.flag(DISABLE_FORCE_DETACH) && !isConditionTrue(seen?.status?.conditions, 'Ready')
  const outOfService = seen?.spec.taints?.some((taint) => taint.key === OUT_OF_SERVICE) ?? false
  // Nobody asks again by himself: the next look is when the time is over, or when the node says something.
  if (attached.mounted && !forced && !outOfService) return { row: marked, at: expired ? undefined : since + LONGEST_UNMOUNT + 100_000 }
  const silent = keep(ctx, name, marked, node, { ...marked.nodes[node]!, reported: false })
  reportAttached(ctx, node)
  if (!expired && !outOfService && stillMounted(ctx, row, node)) {
    const at = failed(ctx, key, 'detach', known, now)
    return { row: keep(ctx, name, silent, node, { ...silent.nodes[node]!, reported: true }), at }
  }
  ctx.note(expired ? 'attach.forced' : outOfService ? 'attach.outOfService' : 'attach.detach', { volume: name, node })
  const attachment = attachmentOf(ctx, row, node)
  const answer = attachment && ctx.call(remove(VOLUME_ATTACHMENTS, attachment))
  if (answer && isStatus(answer) && answer.status === 'Failure' && !isNotFound(answer)) return { row: silent, at: failed(ctx, key, 'detach', known, now) }
  setOperation(ctx, key, { what: 'detach', deadline: now + PATIENCE, wait: known?.wait })
  return finish(ctx, name, silent, node, ctx.now)
}

const attachmentOf = (ctx: ControllerContext, { handle, driver }: VolumeRow, node: string): VolumeAttachment | undefined =>
  ctx.lister<VolumeAttachment>('volumeattachments').get(undefined, attachmentName(handle, driver, node))

const keep = (ctx: ControllerContext, name: string, row: VolumeRow, node: string, attached: Attached): VolumeRow => ctx.once(() => setAttached(ctx, name, row, node, attached))

/** The node is asked itself before its volume is taken away (verifyVolumeIsSafeToDetach). */
function stillMounted(ctx: ControllerContext, { unique }: VolumeRow, node: string): boolean {
  const fresh = ctx.call<Node>(get(NODES, undefined, node))
  return !isStatus(fresh) && (fresh.status?.volumesInUse ?? []).includes(unique)
}

/** Waits until the attachment is gone. */
function finish(ctx: ControllerContext, name: string, row: VolumeRow, node: string, now: Micros): Turn {
  const key = `${name} ${node}`
  const known = operationOf(ctx, key)
  const attachment = attachmentOf(ctx, row, node)
  if (!attachment) {
    ctx.note('attach.detached', { volume: name, node })
    setOperation(ctx, key, undefined)
    const next = ctx.once(() => setAttached(ctx, name, row, node, undefined))
    ctx.enqueueAfter(`node ${node}`, 0)
    return { row: next }
  }
  const deadline = known?.deadline ?? now
  if (!attachment.status?.detachError && now < deadline) return { row, at: deadline }
  return { row, at: failed(ctx, key, 'detach', known, now) }
}
