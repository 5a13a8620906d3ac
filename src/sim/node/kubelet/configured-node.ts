import type { JsonObject } from '../../api/meta.ts'
import { compareQuantities, fromBytes, milliValue, subQuantities, value, type ResourceList } from '../../api/quantity.ts'
import { NODES, patch } from '../../client/request.ts'
import type { EventContext } from '../../engine/engine.ts'
import { idOf, type Flags } from '../../flags/index.ts'
import { EVICTION_HARD, KUBE_RESERVED, MAX_PODS, PODS_PER_CORE, REGISTER_WITH_TAINTS, SYSTEM_RESERVED } from '../../flags/kubelet.ts'
import type { Node } from '../../kinds/node/node.ts'
import { amountIn } from './thresholds.ts'
import type { NodeRow } from './state.ts'
import type { KubeletWorld } from './world.ts'

/** Fields that decide how much of a node pods may have. */
const AMOUNTS: ReadonlySet<string> = new Set([MAX_PODS, PODS_PER_CORE, KUBE_RESERVED, SYSTEM_RESERVED, EVICTION_HARD].map((flag) => idOf(flag)))
export const isAboutAmounts = (flag: string): boolean => AMOUNTS.has(flag)

const less = (amount: string, by: string | undefined): string => (by === undefined ? amount : compareQuantities(amount, by) <= 0 ? '0' : subQuantities(amount, by))

/** What pods may not have so that they are not evicted at once (pkg/kubelet/cm, helpers.go: hardEvictionReservation). */
function keptFree(flags: Flags, name: string, amount: string): string | undefined {
  const hard = flags.get(EVICTION_HARD)
  const threshold = name === 'memory' ? hard['memory.available'] : name === 'ephemeral-storage' ? hard['nodefs.available'] : undefined
  return threshold && fromBytes(amountIn(threshold, value(amount)))
}

/** Sizes of huge pages that a processor knows; none are set aside at boot. */
const HUGE_PAGES: ResourceList = { 'hugepages-1Gi': '0', 'hugepages-2Mi': '0' }

/** What a node with such a machine offers (pkg/kubelet: nodestatus/setters.go, cm/node_container_manager_linux.go). */
function amountsOf(flags: Flags, capacity: ResourceList): { readonly capacity: ResourceList; readonly allocatable: ResourceList } {
  const [most, perCore, kube, system] = [flags.get(MAX_PODS), flags.get(PODS_PER_CORE), flags.get(KUBE_RESERVED), flags.get(SYSTEM_RESERVED)]
  const cores = Math.floor(milliValue(capacity['cpu']) / 1000)
  const all = { ...capacity, pods: `${perCore > 0 ? Math.min(most, perCore * cores) : most}` }
  const left = (name: string, amount: string): string => less(less(less(amount, kube[name as 'cpu']), system[name as 'cpu']), keptFree(flags, name, amount))
  return { capacity: all, allocatable: Object.fromEntries(Object.entries(all).map(([name, amount]) => [name, left(name, amount)])) }
}

/** Was less set aside for pods than the machine has, by who made it? */
function isSetAside({ capacity = {}, allocatable }: NonNullable<Node['status']>): boolean {
  return allocatable !== undefined && Object.keys(capacity).some((name) => compareQuantities(allocatable[name] ?? '0', capacity[name]!) !== 0)
}

const isInitial = (flags: Flags): boolean => [MAX_PODS, PODS_PER_CORE].every((flag) => flags.get(flag) === flag.initial) && [KUBE_RESERVED, SYSTEM_RESERVED].every((flag) => Object.keys(flags.get(flag)).length === 0) && flags.get(EVICTION_HARD) === EVICTION_HARD.initial

/**
 * A node as its kubelet registers it. What the machine was made with goes before the defaults of the configuration (its number of pods, and
 * what it has set aside), fields that somebody has set before the machine.
 */
export function configuredNode(flags: Flags, node: Node): Node {
  const taints = flags.get(REGISTER_WITH_TAINTS)
  const own = taints.length === 0 ? node : { ...node, spec: { ...node.spec, taints: [...(node.spec?.taints ?? []), ...taints] } }
  const { status = {} } = own
  const made = { ...HUGE_PAGES, ...status.capacity }
  if (!isInitial(flags)) return { ...own, status: { ...status, ...amountsOf(flags, made) } }
  if (isSetAside(status)) return { ...own, status: { ...status, capacity: made, allocatable: { ...HUGE_PAGES, ...status.allocatable } } }
  const { allocatable } = amountsOf(flags, made)
  return { ...own, status: { ...status, capacity: made, allocatable: { ...allocatable, ...(made['pods'] ? { pods: made['pods'] } : {}) } } }
}

/** What the cgroup of all pods is held to: the machine without what is reserved (cm/node_container_manager_linux.go: getNodeAllocatableInternalAbsolute). */
export function amountForPods(flags: Flags, { milliCpu, memory }: Pick<NodeRow, 'milliCpu' | 'memory'>): { readonly milliCpu: number; readonly memory: number } {
  const [kube, system] = [flags.get(KUBE_RESERVED), flags.get(SYSTEM_RESERVED)]
  return { milliCpu: Math.max(0, milliCpu - milliValue(kube.cpu) - milliValue(system.cpu)), memory: Math.max(0, memory - value(kube.memory) - value(system.memory)) }
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
