import type { Container } from '../../api/container.ts'
import type { Pod } from '../../api/pod.ts'
import { value } from '../../api/quantity.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds } from '../../engine/time.ts'
import type { NodeRow, PodRow, Reason } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

/** A device plugin comes (`count` devices, `healthy` of them), changes, or with 0 goes: a command of the node. */
export interface DevicePlugin {
  readonly resource: string
  readonly count: number
  readonly healthy?: number
}

/** The calls between a kubelet and a plugin that registers, in their order (deviceplugin/v1beta1). */
const CALLS = ['Register', 'GetDevicePluginOptions', 'ListAndWatch'] as const
/** A plugin that is gone keeps its place this long (cm/devicemanager: endpointStopGracePeriod). */
const PLACE_KEPT = seconds(300)
const STATUS_EVERY = seconds(10)

interface Step extends DevicePlugin {
  readonly call: number
}

const withDevices = (world: KubeletWorld, node: NodeRow, resource: string, devices: NonNullable<NodeRow['devices']>[string] | undefined): void => {
  const { [resource]: _old, ...others } = node.devices ?? {}
  world.nodes.set(node.name, { ...node, devices: devices ? { ...others, [resource]: devices } : others })
}

/** The next call of the handshake; behind the last one the node tells what it has. */
export function devicePlugin(world: KubeletWorld, ctx: EventContext, given: DevicePlugin | Step): void {
  const node = world.nodes.get(ctx.instance)
  if (!node?.up || !node.kubelet || !/^[^/]+\/[^/]+$/.test(given.resource)) return
  const { resource, count } = given
  if (count <= 0) return pluginLost(world, ctx, node, resource)
  const call = 'call' in given ? given.call : 0
  ctx.note('kubelet.devicePlugin', { node: node.name, resource, call: CALLS[call]! })
  if (call < CALLS.length - 1) {
    ctx.schedule(ms(3), actorOf(node.name), 'device-plugin', { ...given, call: call + 1 } satisfies Step)
    return
  }
  withDevices(world, node, resource, { ids: count, healthy: Math.max(0, Math.min(given.healthy ?? count, count)) })
  ctx.schedule(ctx.random.below(STATUS_EVERY), actorOf(node.name), 'report-pressure', null)
}

/** Its connection is gone: none of its devices counts as healthy, and after some minutes they are forgotten. */
function pluginLost(world: KubeletWorld, ctx: EventContext, node: NodeRow, resource: string): void {
  const known = node.devices?.[resource]
  if (!known) return
  ctx.note('kubelet.devicePluginLost', { node: node.name, resource })
  withDevices(world, node, resource, { ...known, healthy: 0 })
  ctx.schedule(ctx.random.below(STATUS_EVERY), actorOf(node.name), 'report-pressure', null)
  ctx.schedule(PLACE_KEPT, actorOf(node.name), 'devices-forgotten', resource)
}

/** The place of a plugin that has not come back is given up. */
export function devicesForgotten(world: KubeletWorld, ctx: EventContext, resource: string): void {
  const node = world.nodes.get(ctx.instance)
  if (node?.devices?.[resource]?.healthy !== 0) return
  withDevices(world, node, resource, { ids: 0, healthy: 0 })
  ctx.schedule(ctx.random.below(STATUS_EVERY), actorOf(node.name), 'report-pressure', null)
}

/** Ids of devices by container and resource. */
export type Allocation = NonNullable<PodRow['devices']>

/** Devices for a pod's containers, or why there are none; undefined for a pod that asks for none (devicemanager: Allocate). */
export function allocate(world: KubeletWorld, name: string, pod: Pod, others: readonly PodRow[]): Allocation | Reason | undefined {
  const devices = world.nodes.get(name)?.devices
  if (!devices) return undefined
  const taken = new Map<string, Set<string>>()
  const hold = (resource: string, ids: readonly string[]): void => {
    const held = taken.get(resource) ?? new Set<string>()
    taken.set(resource, held)
    for (const id of ids) held.add(id)
  }
  for (const row of others) for (const of of Object.values(row.devices ?? {})) for (const [resource, ids] of Object.entries(of)) hold(resource, ids)
  const out: Record<string, Record<string, readonly string[]>> = {}
  // What an init container has is used again by the containers behind it.
  const reusable: Record<string, readonly string[]> = {}
  const init = pod.spec.initContainers ?? []
  for (const container of [...init, ...pod.spec.containers]) {
    for (const [resource, needed] of wanted(container, devices)) {
      const all = ids(resource, devices[resource]!.healthy)
      const free = all.filter((id) => !taken.get(resource)?.has(id))
      const again = (reusable[resource] ?? []).slice(0, needed)
      if (all.length === 0) return refused(`no healthy devices present; cannot allocate unhealthy devices ${resource}`)
      if (free.length + again.length < needed) return refused(`requested number of devices unavailable for ${resource}. Requested: ${needed}, Available: ${free.length}`)
      const given = [...again, ...free].slice(0, needed)
      ;(out[container.name] ??= {})[resource] = given
      hold(resource, given)
      if (init.includes(container)) reusable[resource] = [...new Set([...(reusable[resource] ?? []), ...given])]
      else reusable[resource] = (reusable[resource] ?? []).filter((id) => !given.includes(id))
    }
  }
  return Object.keys(out).length > 0 ? out : undefined
}

const refused = (why: string): Reason => ({ reason: 'UnexpectedAdmissionError', message: `Pod was rejected: Allocate failed due to ${why}, which is unexpected` })

export const isRefusal = (made: Allocation | Reason): made is Reason => typeof (made as Reason).reason === 'string'

const wanted = ({ resources }: Container, devices: NonNullable<NodeRow['devices']>): readonly (readonly [string, number])[] =>
  Object.keys(resources?.limits ?? {}).filter((resource) => devices[resource]).sort().map((resource) => [resource, value(resources!.limits![resource])] as const).filter(([, n]) => n > 0)

const ids = (resource: string, count: number): readonly string[] => Array.from({ length: count }, (_, i) => `${resource.slice(resource.indexOf('/') + 1)}-${i}`)

/** What the modelled plugins answer to Allocate: a variable that names the devices, EXAMPLE_COM_GPU=gpu-0,gpu-1. */
export const deviceVariables = ({ devices }: PodRow, container: string): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(devices?.[container] ?? {}).map(([resource, given]) => [resource.toUpperCase().replace(/[^A-Z0-9]/g, '_'), given.join(',')]))
