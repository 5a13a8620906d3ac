import { deepEqual } from '../../api/deep.ts'
import { keyOf, type JsonValue } from '../../api/meta.ts'
import { patch, PODS, remove } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { formatTime, seconds } from '../../engine/time.ts'
import { armAges } from './image-ages.ts'
import type { PodRow } from './state.ts'
import { podStatus } from './status.ts'
import { actorOf, dropPod, type KubeletWorld } from './world.ts'

/** Makes the pod's status as it is now and sends it if it has changed. */
export function report(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const wanted = podStatus(row, world.node(row).address, ctx.now)
  return flush(world, ctx, { ...row, wanted: deepEqual(wanted, row.wanted) ? row.wanted! : wanted })
}

const SANDBOX_IS_THERE = 'PodReadyToStartContainers'

/** Between the sandbox and the containers only that is told; everything else stays as it was told last (kubelet.go: OnPodSandboxReady). */
export function reportSandbox(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const before = row.wanted ?? row.sent
  if (!before) return report(world, ctx, row)
  const conditions = (before.conditions ?? []).map((c) => (c.type === SANDBOX_IS_THERE && c.status !== 'True' ? { ...c, status: 'True' as const, lastTransitionTime: formatTime(ctx.now) } : c))
  return flush(world, ctx, { ...row, wanted: conditions.some((c, i) => c !== before.conditions![i]) ? { ...before, conditions } : before })
}

/** Sends the status that was made last; one patch is under way at a time (pkg/kubelet/status: manager). */
export function flush(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  const node = world.node(row)
  if (row.gone) return maybeRemove(world, ctx, row)
  const { wanted } = row
  if (row.isStatic && !row.mirror) return maybeRemove(world, ctx, row)
  if (!wanted || row.patching || row.removing || !node.up || !node.kubelet) return world.put(row)
  if (wanted === row.sent || deepEqual(wanted, row.sent)) return maybeRemove(world, ctx, row)
  const body = { metadata: { uid: row.mirror?.uid ?? row.uid }, status: wanted } as unknown as JsonValue
  world.client(row.node).send(ctx, patch(PODS, row.pod, body, 'merge', 'status'), { actor: actorOf(row.node), what: 'patched', data: { pod: keyOf(row.pod), uid: row.uid } })
  return world.put({ ...row, patching: true, sent: wanted })
}

/** When nothing of the pod is left and the API server knows, the object itself can go. */
export function maybeRemove(world: KubeletWorld, ctx: EventContext, row: PodRow): PodRow {
  if (row.life !== 'terminated') return world.put(row)
  if (row.gone || row.isStatic) {
    if (row.mirror) world.client(row.node).send(ctx, remove(PODS, row.pod, { gracePeriodSeconds: 0, preconditions: { uid: row.mirror.uid } }))
    if (row.isStatic) ctx.schedule(seconds(1), actorOf(row.node), 'static', null)
    dropPod(world, ctx, row)
    armAges(world, ctx, row.node)
    if (row.next) ctx.schedule(0, actorOf(row.node), 'pods', { type: 'ADDED', object: row.next })
    return row
  }
  if (!row.pod.metadata.deletionTimestamp || row.removing || row.patching) return world.put(row)
  ctx.note('kubelet.removed', { pod: row.pod.metadata.name, node: row.node })
  world.client(row.node).send(ctx, remove(PODS, row.pod, { gracePeriodSeconds: 0, preconditions: { uid: row.uid } }))
  return world.put({ ...row, removing: true })
}
