import { deepEqual } from '../api/deep.ts'
import type { Pod } from '../api/pod.ts'
import type { Derived } from '../engine/table.ts'
import { imagesOf, type NodeInfo } from './node-info.ts'
import { Tallies } from './tallies.ts'

/** Nodes by place; another object whenever nodes come, go or change places. */
export class Lineup {
  readonly nodes: readonly NodeInfo[]
  /** Places where something is otherwise that a verdict or score may be due to. */
  readonly changes = new Changes()
  /** Those of them where it is the node itself, not only its pods. */
  readonly renewals = new Changes()
  #names: readonly string[] | undefined
  #places: Int32Array | undefined

  constructor(nodes: readonly NodeInfo[]) {
    this.nodes = nodes
  }

  /** By place, to be read without fetching the nodes from memory. */
  get names(): readonly string[] {
    return (this.#names ??= this.nodes.map(({ name }) => name))
  }

  /** All places in order. */
  get places(): Int32Array {
    return (this.#places ??= new Int32Array(this.nodes.length).map((_, place) => place))
  }
}

/** Places that changed: the last so many, and how many there were in all. */
export class Changes {
  static readonly KEPT = 1024
  /** Round and round; many a lineup never changes. */
  #places: Int32Array | undefined
  count = 0

  add(place: number): void {
    this.#places ??= new Int32Array(Changes.KEPT)
    this.#places[this.count++ % Changes.KEPT] = place
  }

  /** The place of the `n`th change, one of the last `KEPT`. */
  at(n: number): number {
    return this.#places![n % Changes.KEPT]!
  }
}

/** The cluster as one scheduling cycle sees it. Nodes are in the order in which they are examined. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  readonly lineup: Lineup
  get(name: string): NodeInfo | undefined
  /** Another number whenever something else than the nodes' own pods may have changed what local plugins go by: how many nodes there are, their taints and images. */
  readonly facts: number
  /** How many nodes have a taint of effect PreferNoSchedule. */
  readonly discouraged: number
  /** How many nodes have an image. */
  imageNodes(image: string): number
  /** Numbers of pods by node and by label, kept in step. */
  readonly tallies: Tallies
  /** Is a claim ("ns/name") mounted by some pod on a node? */
  isClaimUsed(key: string): boolean
}

const sameTaints = (a: NodeInfo, b: NodeInfo): boolean => a.node.spec.taints === b.node.spec.taints || deepEqual(a.node.spec.taints, b.node.spec.taints)
const sameLabels = (a: NodeInfo, b: NodeInfo): boolean =>
  a.node.metadata.labels === b.node.metadata.labels || deepEqual(a.node.metadata.labels, b.node.metadata.labels)

const isDiscouraged = ({ node }: NodeInfo): boolean => node.spec.taints?.some(({ effect }) => effect === 'PreferNoSchedule') ?? false

const zoneOf = (info: NodeInfo): string => {
  const labels = info.node.metadata.labels ?? {}
  const region = labels['topology.kubernetes.io/region'] ?? labels['failure-domain.beta.kubernetes.io/region'] ?? ''
  const zone = labels['topology.kubernetes.io/zone'] ?? labels['failure-domain.beta.kubernetes.io/zone'] ?? ''
  return region || zone ? `${region}:\u0000:${zone}` : ''
}

/** Zones take turns, so that neighbours in the order lie in different zones (backend/cache/node_tree.go). */
function examinationOrder(infos: readonly NodeInfo[]): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>()
  for (const info of infos) {
    const zone = zoneOf(info)
    const list = zones.get(zone)
    if (list) list.push(info)
    else zones.set(zone, [info])
  }
  if (zones.size === 1) return [...infos]
  const lists = [...zones.keys()].sort().map((zone) => zones.get(zone)!)
  const out: NodeInfo[] = []
  for (let i = 0; out.length < infos.length; i++) for (const list of lists) if (i < list.length) out.push(list[i]!)
  return out
}

/**
 * The snapshot that follows the table of NodeInfos write by write, undo and redo included. Everything here is a pure
 * function of that table; only the time at which it is worked out depends on who asks.
 */
export class LiveSnapshot implements Snapshot, Derived<NodeInfo> {
  readonly #byName = new Map<string, NodeInfo>()
  readonly tallies = new Tallies(this.#byName)
  #inOrder: NodeInfo[] = []
  #lineup = new Lineup(this.#inOrder)
  #facts = 0
  #discouraged = 0
  readonly #place = new Map<string, number>()
  #orderStale = false
  readonly #images = new Map<string, number>()
  readonly #claims = new Map<string, number>()

  get nodes(): readonly NodeInfo[] {
    return this.lineup.nodes
  }

  get lineup(): Lineup {
    if (this.#orderStale) this.#sort()
    return this.#lineup
  }

  get facts(): number {
    return this.#facts
  }

  get discouraged(): number {
    return this.#discouraged
  }

  get(name: string): NodeInfo | undefined {
    return this.#byName.get(name)
  }

  imageNodes(image: string): number {
    return this.#images.get(image) ?? 0
  }

  isClaimUsed(key: string): boolean {
    return this.#claims.has(key)
  }

  apply(name: string, from: NodeInfo | undefined, to: NodeInfo | undefined): void {
    const follows = this.#follow(name, from, to)
    if (from?.node !== to?.node) this.#followNode(from, to)
    const place = this.#place.get(name)
    if (to) this.#byName.set(name, to)
    else this.#byName.delete(name)
    if (!from || !to || place === undefined || (from.node !== to.node && zoneOf(from) !== zoneOf(to))) this.#orderStale = true
    else {
      this.#inOrder[place] = to
      if (follows || from.node !== to.node) this.#lineup.changes.add(place)
      if (from.node !== to.node) this.#lineup.renewals.add(place)
    }
  }

  #sort(): void {
    const names = [...this.#byName.keys()].sort()
    this.#inOrder = examinationOrder(names.map((name) => this.#byName.get(name)!))
    this.#lineup = new Lineup(this.#inOrder)
    this.#place.clear()
    this.#inOrder.forEach((info, i) => this.#place.set(info.name, i))
    this.#orderStale = false
  }

  /** Does it matter that the node has other pods now? */
  #follow(name: string, from: NodeInfo | undefined, to: NodeInfo | undefined): boolean {
    const before = from?.pods ?? NOBODY
    const after = to?.pods ?? NOBODY
    if (before === after) return false
    const { gone, come } = difference(before, after)
    if (gone.length === come.length && gone.every((pod, i) => this.#isAlike(pod, come[i]!))) return false
    for (const pod of gone) this.#useClaims(pod, -1)
    for (const pod of come) this.#useClaims(pod, 1)
    this.tallies.follow(name, (to ?? from)!.node, gone, come)
    return true
  }

  /** Is it one pod in two states that make no difference to others, as before and after its binding is confirmed? */
  #isAlike(a: Pod, b: Pod): boolean {
    return a.spec.volumes === b.spec.volumes && a.spec.priority === b.spec.priority && this.tallies.isAlike(a, b)
  }

  #useClaims({ spec, metadata }: Pod, sign: 1 | -1): void {
    if (!spec.volumes) return
    for (const { persistentVolumeClaim } of spec.volumes) if (persistentVolumeClaim) bump(this.#claims, `${metadata.namespace}/${persistentVolumeClaim.claimName}`, sign)
  }

  #followNode(from: NodeInfo | undefined, to: NodeInfo | undefined): void {
    const relabelled = !from || !to || !sameLabels(from, to)
    const retainted = !from || !to || !sameTaints(from, to)
    if (relabelled || retainted) this.tallies.renode(from?.node, to?.node)
    if (retainted) {
      this.#facts++
      this.#discouraged += (to && isDiscouraged(to) ? 1 : 0) - (from && isDiscouraged(from) ? 1 : 0)
    }
    if (from?.node.status?.images === to?.node.status?.images) return
    this.#facts++
    if (from) for (const name of imagesOf(from.node).keys()) bump(this.#images, name, -1)
    if (to) for (const name of imagesOf(to.node).keys()) bump(this.#images, name, 1)
  }
}

const NOBODY: readonly Pod[] = []

function bump(map: Map<string, number>, key: string, by: number): void {
  const n = (map.get(key) ?? 0) + by
  if (n === 0) map.delete(key)
  else map.set(key, n)
}

/** What is in one list and not in the other; both mostly share a long beginning. */
function difference(before: readonly Pod[], after: readonly Pod[]): { gone: readonly Pod[]; come: readonly Pod[] } {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let endBefore = before.length
  let endAfter = after.length
  while (endBefore > start && endAfter > start && before[endBefore - 1] === after[endAfter - 1]) endBefore--, endAfter--
  return { gone: before.slice(start, endBefore), come: after.slice(start, endAfter) }
}

/** A snapshot of fixed nodes, for tests, dry runs and recorded cases. */
export function snapshotOf(infos: readonly NodeInfo[]): LiveSnapshot {
  const snapshot = new LiveSnapshot()
  for (const info of infos) snapshot.apply(info.name, undefined, info)
  return snapshot
}
