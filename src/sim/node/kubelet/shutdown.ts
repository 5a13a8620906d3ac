import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import { SHUTDOWN_GRACE_PERIOD, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY, SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS } from '../../flags/kubelet.ts'
import { reportNode } from './node-report.ts'
import type { PodRow, ShutdownGroup } from './state.ts'
import { requestEnd } from './termination.ts'
import { actorOf, rowKey, type KubeletWorld } from './world.ts'

const MESSAGE = 'Pod was terminated in response to imminent node shutdown.'
const SYSTEM_CRITICAL = 2_000_000_000
const POLL = seconds(1)
/** What a node that is shut down on purpose gives its pods where its kubelet was not told: 30 s, 10 of them for critical ones. */
const USUAL = { all: seconds(30), critical: seconds(10) }

/** Priorities from low to high with their seconds (nodeshutdown_manager.go: migrateConfig). */
function periods(world: KubeletWorld): readonly { readonly priority: number; readonly seconds: number }[] {
  const own = world.flags.get(SHUTDOWN_GRACE_PERIOD_BY_PRIORITY)
  if (own.length > 0) return own
  const all = world.flags.get(SHUTDOWN_GRACE_PERIOD)
  const [period, critical] = all > 0 ? [all, Math.min(all, world.flags.get(SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS))] : [USUAL.all, USUAL.critical]
  return [{ priority: 0, seconds: Math.floor((period - critical) / seconds(1)) }, { priority: SYSTEM_CRITICAL, seconds: Math.floor(critical / seconds(1)) }]
}

/** Each pod into the highest group that is not above its priority, or the lowest one (groupByPriority). */
function groups(world: KubeletWorld, rows: readonly PodRow[]): readonly ShutdownGroup[] {
  const made = periods(world).map((p) => ({ ...p, pods: [] as { key: string; uid: string }[] }))
  for (const row of rows) {
    const priority = row.pod.spec.priority ?? 0
    const at = made.filter((g) => g.priority <= priority).length - 1
    made[Math.max(0, at)]!.pods.push({ key: rowKey(row.node, row.pod), uid: row.uid })
  }
  return made.filter((g) => g.pods.length > 0)
}

/** The machine is being shut down: no new pods, and those that run end group by group (pkg/kubelet/nodeshutdown). */
export function beginShutdown(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.up || !node.kubelet || node.shutdown) return
  const rows = world.byNode.keys(name).map((key) => world.pods.get(key)!).filter((row) => !row.rejected && row.life !== 'terminated' && row.life !== 'finished')
  const next = { ...node, shutdown: { groups: groups(world, rows), since: ctx.now, begun: false } }
  world.nodes.set(name, next)
  ctx.note('kubelet.shutsDown', { node: name })
  world.aboutNode(ctx, name, 'Normal', 'Shutdown', 'Shutdown manager detected shutdown event')
  reportNode(world, ctx, next)
  ctx.schedule(0, actorOf(name), 'shutdown-next', null)
}

/** Ends the group whose turn it is, or waits for it; true when nothing is left and the power can go. */
export function continueShutdown(world: KubeletWorld, ctx: EventContext, name: string): boolean {
  const node = world.nodes.get(name)
  if (!node?.up || !node.shutdown) return false
  const { groups: left, since, begun } = node.shutdown
  const [group, ...rest] = left
  if (!group) return true
  const wait = (): boolean => {
    ctx.schedule(POLL, actorOf(name), 'shutdown-next', null)
    return false
  }
  if (!begun) {
    world.nodes.set(name, { ...node, shutdown: { groups: left, since: ctx.now, begun: true } })
    for (const { key } of group.pods) endPod(world, ctx, key, seconds(group.seconds))
    return wait()
  }
  const isLeft = ({ key, uid }: { readonly key: string; readonly uid: string }): boolean => {
    const row = world.pods.get(key)
    return row?.uid === uid && row.life !== 'terminated' && row.life !== 'finished'
  }
  if (group.pods.some(isLeft) && ctx.now - since < seconds(group.seconds)) return wait()
  world.nodes.set(name, { ...node, shutdown: { groups: rest, since: ctx.now, begun: false } })
  return wait()
}

function endPod(world: KubeletWorld, ctx: EventContext, key: string, most: Micros): void {
  const row = world.pods.get(key)
  if (!row) return
  const grace = Math.min(most, seconds(row.pod.spec.terminationGracePeriodSeconds ?? 30))
  requestEnd(world, ctx, row, { grace, reason: 'Terminated', message: MESSAGE, deleted: false, since: ctx.now, conditionReason: 'TerminationByKubelet' })
}
