import { sha256Hex } from '../../api/sha256.ts'
import type { EventContext } from '../../engine/engine.ts'
import { ms, seconds, type Micros } from '../../engine/time.ts'
import type { ContainerImage, Node, NodeStatus, NodeSystemInfo } from '../../kinds/node/node.ts'
import type { NodeRow, StoredImage } from './state.ts'
import { actorOf, type KubeletWorld } from './world.ts'

const uuid = (hex: string): string => [[0, 8], [8, 12], [12, 16], [16, 20], [20, 32]].map(([from, to]) => hex.slice(from, to)).join('-')

/** The number that a machine draws each time it boots. */
export const bootId = (name: string, at: Micros): string => uuid(sha256Hex(`boot ${name} ${at}`))

const HANDLER = { recursiveReadOnlyMounts: true, userNamespaces: true } as const

/** What does not depend on the machine: the kubelet's port, and what it and the runtime can do. */
const ABILITIES: Pick<NodeStatus, 'daemonEndpoints' | 'declaredFeatures' | 'features' | 'runtimeHandlers'> = {
  daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
  declaredFeatures: ['ExtendWebSocketsToKubelet', 'InPlacePodLevelResourcesVerticalScaling', 'InPlacePodVerticalScalingInitContainers', 'RestartAllContainersOnContainerExits'],
  features: { supplementalGroupsPolicy: true },
  runtimeHandlers: [{ features: HANDLER, name: '' }, { features: HANDLER, name: 'runc' }],
}

/** A node as its kubelet registers it, with what the machine and its runtime are; what was said of it beforehand stays (nodestatus: setters.go). */
export function withMachine(node: Node, row: NodeRow, most: number): Node {
  const id = sha256Hex(`machine ${row.name}`).slice(0, 32)
  const own: Pick<NodeSystemInfo, 'machineID' | 'systemUUID' | 'bootID'> = { machineID: id, systemUUID: uuid(id), bootID: bootId(row.name, row.bootedAt) }
  const given = node.status?.nodeInfo
  const nodeInfo = given && { ...given, machineID: given.machineID || own.machineID, systemUUID: given.systemUUID || own.systemUUID, bootID: given.bootID || own.bootID }
  return { ...node, status: { ...ABILITIES, images: imageList(row.images, most), ...node.status, ...(nodeInfo ? { nodeInfo } : {}) } }
}

const lists = new WeakMap<readonly StoredImage[], readonly ContainerImage[]>()
const cut = new WeakMap<readonly ContainerImage[], readonly ContainerImage[]>()

/** The images of a node as its status lists them, the biggest first and `most` at most (nodeStatusMaxImages, -1: all): by content, with all their names (nodestatus: Images). */
export function imageList(images: readonly StoredImage[], most: number): readonly ContainerImage[] {
  let all = lists.get(images)
  if (!all) {
    const byDigest = new Map<string, StoredImage[]>()
    for (const image of images) byDigest.set(image.digest, [...(byDigest.get(image.digest) ?? []), image])
    all = [...byDigest].map(([digest, same]) => ({ names: [digest, ...same.map((i) => i.reference)].slice(0, MOST_NAMES), sizeBytes: same[0]!.size })).sort((a, b) => b.sizeBytes - a.sizeBytes || (a.names[0]! < b.names[0]! ? -1 : 1))
    lists.set(images, all)
  }
  if (most < 0 || all.length <= most) return all
  const known = cut.get(all)
  if (known?.length === most) return known
  const shown = all.slice(0, most)
  cut.set(all, shown)
  return shown
}

const MOST_NAMES = 5
/** How often a kubelet looks at its own status, and while it starts (kubelet.go: fastStatusUpdateOnce). */
const STATUS_EVERY = seconds(10)
const AT_START = ms(100)

/** The kubelet tells of a change within the ten seconds in which it looks at its own status. */
export function reportSoon(world: KubeletWorld, ctx: EventContext, name: string): void {
  const node = world.nodes.get(name)
  if (!node || node.reports) return
  world.nodes.set(name, { ...node, reports: true })
  ctx.schedule(ctx.random.below(ctx.now - node.bootedAt < STATUS_EVERY ? AT_START : STATUS_EVERY), actorOf(name), 'report-pressure', null)
}
