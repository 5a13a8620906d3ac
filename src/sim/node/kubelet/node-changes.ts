import { NODES, patch } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { idOf } from '../../flags/index.ts'
import { MAX_PODS, NODE_LEASE_DURATION_SECONDS } from '../../flags/kubelet.ts'
import { armCollection, armPressure } from './pressure.ts'
import type { NodeRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** A field of the configuration has another value: what was planned by it is planned anew. */
export function reconfigured(world: KubeletWorld, ctx: EventContext, flag: string, leaseChanged: () => void): void {
  if (flag === idOf(NODE_LEASE_DURATION_SECONDS)) leaseChanged()
  if (flag === idOf(MAX_PODS)) reportMaxPods(world, ctx)
  if (!/^kubelet\.(eviction|imageGC)/.test(flag)) return
  for (const name of world.nodes.keys()) ctx.schedule(0, actorOf(name), 'rearm', null)
}

/** Every kubelet that runs tells how many pods its node takes now. */
function reportMaxPods(world: KubeletWorld, ctx: EventContext): void {
  const pods = `${world.flags.get(MAX_PODS)}`
  for (const name of world.nodes.keys()) {
    const { up, kubelet } = world.nodes.get(name)!
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } }
    if (up && kubelet) world.client(name).send(ctx, patch(NODES, node, { status: { capacity: { pods }, allocatable: { pods } } }, 'strategic', 'status'))
  }
}

/** Programs of the node itself come to take this much besides the usual; nothing of it when `extra` has nothing. */
export function occupy(world: KubeletWorld, ctx: EventContext, extra: NodeRow['extra']): void {
  const known = world.nodes.get(ctx.instance)
  if (!known) return
  const { extra: _old, ...node } = known
  const taken = Object.entries(extra ?? {}).filter(([, amount]) => amount > 0)
  world.nodes.set(node.name, taken.length > 0 ? { ...node, extra: Object.fromEntries(taken) } : node)
  ctx.note('kubelet.occupied', { node: node.name, what: taken.map(([name]) => name).join(', ') })
  armPressure(world, ctx, node.name)
  armCollection(world, ctx, node.name)
}
