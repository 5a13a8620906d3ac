import type { KubeObject } from '../../api/meta.ts'
import { parseQuantity, value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { idOf } from '../../flags/index.ts'
import { NODE_LEASE_DURATION_SECONDS, NODE_STATUS_MAX_IMAGES } from '../../flags/kubelet.ts'
import { isAboutAmounts, reportAmounts } from './configured-node.ts'
import { reportSoon } from './machine-report.ts'
import { armCollection, armPressure } from './pressure.ts'
import { devicePlugin } from './devices.ts'
import type { NodeRow } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

export { rotateLogs } from './log-rotation.ts'

/** A field of the configuration has another value: what was planned by it is planned anew. */
export function reconfigured(world: KubeletWorld, ctx: EventContext, flag: string, leaseChanged: () => void): void {
  if (flag === idOf(NODE_LEASE_DURATION_SECONDS)) leaseChanged()
  if (isAboutAmounts(flag)) reportAmounts(world, ctx)
  if (flag === idOf(NODE_STATUS_MAX_IMAGES)) for (const { name } of world.nodes.values()) reportSoon(world, ctx, name)
  if (!/^kubelet\.(eviction|imageGC|imageMaximumGCAge|containerLogMax)/.test(flag)) return
  for (const name of world.nodes.keys()) ctx.schedule(0, actorOf(name), 'rearm', null)
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

const LOAD = 'orrery.dev/load'
const DEVICES = 'orrery.dev/devices'

/** "memory=6Gi disk=80Gi inodes=5000000 pids=30000": what the node's own programs take. What cannot be read is left out. */
export function parseOccupied(text: string): NonNullable<NodeRow['extra']> {
  const out: { memory?: number; disk?: number; inodes?: number; pids?: number } = {}
  for (const word of text.split(/[\s,;]+/)) {
    const m = /^(memory|disk|inodes|pids)=(.+)$/.exec(word)
    if (m && typeof parseQuantity(m[2]!) !== 'string') out[m[1] as 'memory'] = value(m[2]!)
  }
  return out
}

/** "example.com/gpu=2 example.com/fpga=1/4": devices by resource; of four one is healthy. */
export function parseDevices(text: string): Readonly<Record<string, { readonly count: number; readonly healthy: number }>> {
  const found = text.split(/[\s,;]+/).map((word) => /^([^=/\s]+\/[^=/\s]+)=(\d{1,4})(?:\/(\d{1,4}))?$/.exec(word)).filter((m) => m !== null)
  return Object.fromEntries(found.map((m) => [m[1]!, { count: Number(m[3] ?? m[2]), healthy: Number(m[2]) }]))
}

/** The node's annotations have changed: what they declare of its own programs and of device plugins comes to pass. */
export function declared(world: KubeletWorld, ctx: EventContext, object: KubeObject): void {
  const { annotations } = object.metadata
  const [load, devices] = [annotations?.[LOAD] ?? '', annotations?.[DEVICES] ?? '']
  const before = world.nodes.get(ctx.instance)
  const was = before?.declared ?? { load: '', devices: '' }
  if (!before || (was.load === load && was.devices === devices)) return
  world.nodes.set(before.name, { ...before, declared: { load, devices } })
  if (was.load !== load) occupy(world, ctx, parseOccupied(load))
  const [old, now] = [parseDevices(was.devices), parseDevices(devices)]
  for (const resource of Object.keys(old)) if (!now[resource]) devicePlugin(world, ctx, { resource, count: 0 })
  for (const [resource, wanted] of Object.entries(now)) {
    if (old[resource]?.count !== wanted.count || old[resource].healthy !== wanted.healthy) devicePlugin(world, ctx, { resource, ...wanted })
  }
}
