import type { JsonObject } from '../../api/meta.ts'
import { compareQuantities, milliValue, subQuantities, type ResourceList } from '../../api/quantity.ts'
import { NODES, patch } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { idOf, type Flags } from '../../flags/index.ts'
import { KUBE_RESERVED, MAX_PODS, PODS_PER_CORE, REGISTER_WITH_TAINTS, SYSTEM_RESERVED } from '../../flags/kubelet.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { KubeletWorld } from './world.ts'

/** Fields that decide how much of a node pods may have. */
const AMOUNTS: ReadonlySet<string> = new Set([MAX_PODS, PODS_PER_CORE, KUBE_RESERVED, SYSTEM_RESERVED].map((flag) => idOf(flag)))
export const isAboutAmounts = (flag: string): boolean => AMOUNTS.has(flag)

const less = (amount: string, by: string | undefined): string => (by === undefined ? amount : compareQuantities(amount, by) <= 0 ? '0' : subQuantities(amount, by))

/**
 * What a node with such a machine offers (pkg/kubelet: nodestatus/setters.go, cm/node_container_manager_linux.go). Thresholds of
 * evictions are not taken off.
 */
function amountsOf(flags: Flags, capacity: ResourceList): { readonly capacity: ResourceList; readonly allocatable: ResourceList } {
  const [most, perCore, kube, system] = [flags.get(MAX_PODS), flags.get(PODS_PER_CORE), flags.get(KUBE_RESERVED), flags.get(SYSTEM_RESERVED)]
  const cores = Math.floor(milliValue(capacity['cpu']) / 1000)
  const all = { ...capacity, pods: `${perCore > 0 ? Math.min(most, perCore * cores) : most}` }
  const left = (name: string, amount: string): string => less(less(amount, kube[name as 'cpu']), system[name as 'cpu'])
  return { capacity: all, allocatable: Object.fromEntries(Object.entries(all).map(([name, amount]) => [name, left(name, amount)])) }
}

/** A node as its kubelet registers it: fields of the configuration that are not at their defaults go before what the machine was made with. */
export function configuredNode(flags: Flags, node: Node): Node {
  const taints = flags.get(REGISTER_WITH_TAINTS)
  const own = taints.length === 0 ? node : { ...node, spec: { ...node.spec, taints: [...(node.spec?.taints ?? []), ...taints] } }
  const isUsual = [MAX_PODS, PODS_PER_CORE].every((flag) => flags.get(flag) === flag.initial) && [KUBE_RESERVED, SYSTEM_RESERVED].every((flag) => Object.keys(flags.get(flag)).length === 0)
  return isUsual ? own : { ...own, status: { ...own.status, ...amountsOf(flags, own.status?.capacity ?? {}) } }
}

/** Every kubelet that runs tells what its node offers now. */
export function reportAmounts(world: KubeletWorld, ctx: EventContext): void {
  for (const name of world.nodes.keys()) {
    const { up, kubelet } = world.nodes.get(name)!
    const node = world.reader.get('nodes', undefined, name) as Node | undefined
    const known = node?.status?.capacity
    if (!node || !known || !up || !kubelet) continue
    const { capacity, allocatable } = amountsOf(world.flags, known)
    world.client(name).send(ctx, patch(NODES, node, { status: { capacity: { pods: capacity['pods']! }, allocatable } as JsonObject }, 'strategic', 'status'))
  }
}
