import { deepEqual } from '../api/deep.ts'
import { matches, selectorText, type Selector } from '../api/labels.ts'
import type { Pod } from '../api/pod.ts'
import type { Derived } from '../engine/table.ts'
import { imagesOf, type NodeInfo } from './node-info.ts'

/** The cluster as one scheduling cycle sees it. Nodes are in the order in which they are examined. */
export interface Snapshot {
  readonly nodes: readonly NodeInfo[]
  get(name: string): NodeInfo | undefined
  /** Nodes on which some pod has any affinity or anti-affinity. */
  withAffinity(): readonly NodeInfo[]
  withRequiredAntiAffinity(): readonly NodeInfo[]
  /** How many nodes have an image. */
  imageNodes(image: string): number
  /** Numbers of living pods of a namespace that match, by node; nodes with none are left out. */
  matching(namespace: string, selector: Selector): ReadonlyMap<string, number>
  /** The same numbers summed up over nodes with the same value of a label; nodes without the label count as ''. */
  matchingBy(key: string, namespace: string, selector: Selector): ReadonlyMap<string, number>
  /** The values that a label has on the nodes, '' for nodes without it; in the order of examination. */
  values(key: string): readonly string[]
  /** Is a claim ("ns/name") mounted by some pod on a node? */
  isClaimUsed(key: string): boolean
}

interface Change {
  readonly name: string
  readonly gone: readonly Pod[]
  readonly come: readonly Pod[]
}

interface Counter {
  readonly namespace: string
  readonly selector: Selector
  readonly counts: Map<string, number>
  version: number
  /** Sums by label key and value, as long as no node's labels change. */
  readonly sums: Map<string, Map<string, number>>
  labels: number
}

const KEPT_CHANGES = 4096
const KEPT_COUNTERS = 512

const sameLabels = (a: NodeInfo, b: NodeInfo): boolean =>
  a.node.metadata.labels === b.node.metadata.labels || deepEqual(a.node.metadata.labels, b.node.metadata.labels)

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
  #order: NodeInfo[] = []
  readonly #place = new Map<string, number>()
  #orderStale = false
  readonly #affinity = new Set<string>()
  readonly #antiAffinity = new Set<string>()
  readonly #images = new Map<string, number>()
  readonly #claims = new Map<string, number>()
  readonly #counters = new Map<string, Counter>()
  #changes: Change[] = []
  #version = 0
  /** Goes up whenever a node comes, goes or changes its labels. */
  #labels = 0
  /** Values by label key, as they were at version `#valuesOf` of the labels. */
  readonly #values = new Map<string, readonly string[]>()
  #valuesOf = 0

  get nodes(): readonly NodeInfo[] {
    if (this.#orderStale) this.#sort()
    return this.#order
  }

  get(name: string): NodeInfo | undefined {
    return this.#byName.get(name)
  }

  withAffinity(): readonly NodeInfo[] {
    return this.#named(this.#affinity)
  }

  withRequiredAntiAffinity(): readonly NodeInfo[] {
    return this.#named(this.#antiAffinity)
  }

  imageNodes(image: string): number {
    return this.#images.get(image) ?? 0
  }

  isClaimUsed(key: string): boolean {
    return this.#claims.has(key)
  }

  matching(namespace: string, selector: Selector): ReadonlyMap<string, number> {
    return this.#counter(namespace, selector).counts
  }

  matchingBy(key: string, namespace: string, selector: Selector): ReadonlyMap<string, number> {
    const counter = this.#counter(namespace, selector)
    if (counter.labels !== this.#labels) {
      counter.sums.clear()
      counter.labels = this.#labels
    }
    let sums = counter.sums.get(key)
    if (!sums) {
      sums = new Map()
      for (const [name, n] of counter.counts) bump(sums, this.#value(name, key), n)
      counter.sums.set(key, sums)
    }
    return sums
  }

  values(key: string): readonly string[] {
    if (this.#valuesOf !== this.#labels) {
      this.#values.clear()
      this.#valuesOf = this.#labels
    }
    let values = this.#values.get(key)
    if (!values) this.#values.set(key, (values = [...new Set(this.nodes.map((info) => info.node.metadata.labels?.[key] ?? ''))]))
    return values
  }

  #value(name: string, key: string): string {
    return this.#byName.get(name)?.node.metadata.labels?.[key] ?? ''
  }

  #counter(namespace: string, selector: Selector): Counter {
    const key = `${namespace} ${selectorText(selector)}`
    const known = this.#counters.get(key)
    if (known && known.version > this.#version - this.#changes.length - 1) {
      this.#catchUp(known)
      return known
    }
    const counter: Counter = { namespace, selector, counts: new Map(), version: this.#version, sums: new Map(), labels: this.#labels }
    for (const info of this.#byName.values()) add(counter.counts, info.name, count(counter, info.pods))
    if (this.#counters.size >= KEPT_COUNTERS) this.#counters.clear()
    this.#counters.set(key, counter)
    return counter
  }

  apply(name: string, from: NodeInfo | undefined, to: NodeInfo | undefined): void {
    this.#follow(name, from, to)
    if (from?.node !== to?.node) this.#followNode(from, to)
    if (!from || !to || !sameLabels(from, to)) this.#labels++
    follow(this.#affinity, name, to !== undefined && to.affinityPods > 0)
    follow(this.#antiAffinity, name, to !== undefined && to.antiAffinityPods > 0)
    const place = this.#place.get(name)
    if (to) this.#byName.set(name, to)
    else this.#byName.delete(name)
    if (!from || !to || place === undefined || zoneOf(from) !== zoneOf(to)) this.#orderStale = true
    else this.#order[place] = to
  }

  #named(names: ReadonlySet<string>): readonly NodeInfo[] {
    return [...names].sort().map((name) => this.#byName.get(name)!)
  }

  #sort(): void {
    const names = [...this.#byName.keys()].sort()
    this.#order = examinationOrder(names.map((name) => this.#byName.get(name)!))
    this.#place.clear()
    this.#order.forEach((info, i) => this.#place.set(info.name, i))
    this.#orderStale = false
  }

  #follow(name: string, from: NodeInfo | undefined, to: NodeInfo | undefined): void {
    const before = from?.pods ?? []
    const after = to?.pods ?? []
    if (before === after) return
    const change = { name, ...difference(before, after) }
    for (const pod of change.gone) this.#useClaims(pod, -1)
    for (const pod of change.come) this.#useClaims(pod, 1)
    this.#version++
    this.#changes.push(change)
    if (this.#changes.length > 2 * KEPT_CHANGES) this.#changes = this.#changes.slice(-KEPT_CHANGES)
  }

  #useClaims(pod: Pod, sign: 1 | -1): void {
    for (const volume of pod.spec.volumes ?? []) {
      if (!volume.persistentVolumeClaim) continue
      bump(this.#claims, `${pod.metadata.namespace}/${volume.persistentVolumeClaim.claimName}`, sign)
    }
  }

  #followNode(from: NodeInfo | undefined, to: NodeInfo | undefined): void {
    if (from?.node.status?.images === to?.node.status?.images) return
    if (from) for (const name of imagesOf(from.node).keys()) bump(this.#images, name, -1)
    if (to) for (const name of imagesOf(to.node).keys()) bump(this.#images, name, 1)
  }

  #catchUp(counter: Counter): void {
    const first = this.#version - this.#changes.length
    for (let i = counter.version - first; i < this.#changes.length; i++) {
      const { name, gone, come } = this.#changes[i]!
      const n = count(counter, come) - count(counter, gone)
      if (n === 0) continue
      bump(counter.counts, name, n)
      for (const [key, sums] of counter.sums) bump(sums, this.#value(name, key), n)
    }
    counter.version = this.#version
  }
}

function follow(set: Set<string>, name: string, member: boolean): void {
  if (member) set.add(name)
  else set.delete(name)
}

function bump(map: Map<string, number>, key: string, by: number): void {
  const n = (map.get(key) ?? 0) + by
  if (n === 0) map.delete(key)
  else map.set(key, n)
}

function add(map: Map<string, number>, key: string, n: number): void {
  if (n > 0) map.set(key, n)
}

function count({ namespace, selector }: Counter, pods: readonly Pod[]): number {
  let n = 0
  for (const { metadata } of pods) {
    if (metadata.namespace === namespace && metadata.deletionTimestamp === undefined && matches(selector, metadata.labels)) n++
  }
  return n
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
