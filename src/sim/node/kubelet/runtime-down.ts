import type { EventContext } from '../../engine/engine.ts'
import { seconds, type Micros } from '../../engine/time.ts'
import type { NodeRow } from './state.ts'
import { plegSoon } from './worker.ts'
import { actorOf, NO_RUNTIME, type KubeletWorld } from './world.ts'

/** For so long a kubelet believes in a runtime that does not answer (runtime.go: baseRuntimeSyncThreshold), and so often it looks at its own status. */
const TRUSTED: Micros = seconds(30)
const STATUS_EVERY: Micros = seconds(10)
/** Dead containers are collected this often (kubelet.go: ContainerGCPeriod). */
const COLLECTED_EVERY: Micros = seconds(60)

/** Does the kubelet say that its runtime is down? */
export const isRuntimeDown = ({ runtimeDown }: NodeRow, now: Micros): boolean => runtimeDown !== undefined && now - runtimeDown >= TRUSTED

/** The runtime has ended: after half a minute the node is not ready, and what the kubelet asks of it each minute fails. Containers go on. */
export function runtimeStopped(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.runtime) return
  world.nodes.set(name, { ...node, runtime: false, runtimeDown: ctx.now })
  ctx.schedule(TRUSTED + ctx.random.below(STATUS_EVERY), actorOf(name), 'report-pressure', null)
  ctx.schedule(ctx.random.below(COLLECTED_EVERY), actorOf(name), 'collect-containers', null)
}

/** The runtime answers again: pods are looked at, and the node is ready with the next status. */
export function runtimeStarted(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node || node.runtime) return
  const { runtimeDown, ...rest } = node
  world.nodes.set(name, { ...rest, runtime: true })
  if (runtimeDown !== undefined && ctx.now - runtimeDown >= TRUSTED) ctx.schedule(ctx.random.below(STATUS_EVERY), actorOf(name), 'report-pressure', null)
  for (const key of [...world.byNode.keys(name)]) {
    const { blocked: _no, ...row } = world.pods.get(key)!
    plegSoon(world, ctx, world.put({ ...row, pleg: false }), world.nextRelist(row, ctx.now))
  }
}

/** One round of the container collector against a runtime that is down. */
export function collectorFails(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node?.up || !node.kubelet || node.runtime) return
  world.aboutNode(ctx, name, 'Warning', 'ContainerGCFailed', NO_RUNTIME)
  ctx.schedule(COLLECTED_EVERY, actorOf(name), 'collect-containers', null)
}
