import { selectorText, matches, type Selector } from '../api/labels.ts'
import type { Pod } from '../api/pod.ts'
import type { Node } from '../kinds/node/node.ts'
import type { NodeInfo } from './node-info.ts'
import { podInfo, termSelects, type AffinityTerm, type PodInfo } from './pod-info.ts'

/** Pods of one sort; the same `text` means the same sort. */
export interface Sort {
  readonly text: string
  /** The labels that decide. */
  readonly labels: readonly string[]
  has(pod: Pod): boolean
}

/** Nodes that take part in a count, by what their labels, name and taints say; the same `text` means the same nodes. */
export interface Scope {
  readonly text: string
  has(node: Node): boolean
}

/** Pods counted by the value that a label has on their nodes. */
export interface Sum {
  /** Every value on the nodes of the scope, those with no such pod too. */
  readonly values: ReadonlyMap<string, number>
  readonly total: number
}

const NO_LABELS = Object.freeze({})
export const EVERY_NODE: Scope = { text: '', has: () => true }

/** Nodes that have a label. */
export const labelled = (key: string): Scope => ({ text: `has ${key}`, has: (node) => node.metadata.labels?.[key] !== undefined })

const labelsOf = ({ requirements }: Selector): readonly string[] => requirements.map(({ key }) => key)
export const textOf = (selector: Selector): string => (selector.nothing ? '!' : selectorText(selector))

const sorts = new WeakMap<Selector, { readonly namespace: string; readonly sort: Sort }>()

/** Living pods of a namespace that match a selector; for the same selector object the same sort. */
export function livingPods(namespace: string, selector: Selector): Sort {
  const known = sorts.get(selector)
  if (known?.namespace === namespace) return known.sort
  const sort: Sort = {
    text: `living ${namespace} ${textOf(selector)}`,
    labels: labelsOf(selector),
    has: ({ metadata }) => metadata.namespace === namespace && metadata.deletionTimestamp === undefined && matches(selector, metadata.labels),
  }
  sorts.set(selector, { namespace, sort })
  return sort
}

/** Pods that all of the terms speak of; the terms name their namespaces. */
export const podsOfTerms = (terms: readonly AffinityTerm[]): Sort => ({
  text: `terms ${terms.map((t) => t.text).join(' & ')}`,
  labels: terms.flatMap(({ selector }) => labelsOf(selector)),
  has: (pod) => terms.every((term) => termSelects(term, pod, NO_LABELS)),
})

interface KeptSum {
  readonly key: string
  readonly scope: Scope
  readonly values: Map<string, number>
  total: number
}

/** Where and how often something is; sums by label are worked out when asked for and kept in step from then on. */
class Tally {
  readonly byNode = new Map<string, number>()
  /** Few, so looking through them is quicker than a text for each. */
  #sums: readonly KeptSum[] = []

  bump(name: string, node: Node | undefined, by: number): void {
    const n = (this.byNode.get(name) ?? 0) + by
    if (n === 0) this.byNode.delete(name)
    else this.byNode.set(name, n)
    if (node) for (const sum of this.#sums) shift(sum, node, by)
  }

  sum(key: string, scope: Scope, nodes: ReadonlyMap<string, NodeInfo>): Sum {
    for (const sum of this.#sums) if (sum.key === key && sum.scope.text === scope.text) return sum
    const sum: KeptSum = { key, scope, values: new Map(), total: 0 }
    for (const { node, name } of nodes.values()) shift(sum, node, this.byNode.get(name) ?? 0)
    this.#sums = [...this.#sums, sum]
    return sum
  }

  /** A node came, went or is otherwise now; sums that this moves are worked out anew when they are next asked for. */
  renode(from: Node | undefined, to: Node | undefined): void {
    this.#sums = this.#sums.filter((sum) => {
      if (from || !to) return domainOf(sum, from) === domainOf(sum, to)
      shift(sum, to, 0)
      return true
    })
  }
}

const domainOf = ({ key, scope }: KeptSum, node: Node | undefined): string | undefined =>
  node && scope.has(node) ? (node.metadata.labels?.[key] ?? '') : undefined

function shift(sum: KeptSum, node: Node, by: number): void {
  const value = domainOf(sum, node)
  if (value === undefined) return
  sum.values.set(value, (sum.values.get(value) ?? 0) + by)
  sum.total += by
}

interface Counted {
  readonly sort: Sort
  readonly tally: Tally
  version: number
}

/** Pods that came to a node or went from it; `node` is the state under which they were counted. */
interface Change {
  readonly name: string
  readonly node: Node
  readonly gone: readonly Pod[]
  readonly come: readonly Pod[]
}

export const TERM_KINDS = ['requiredAffinity', 'requiredAntiAffinity', 'preferredAffinity', 'preferredAntiAffinity'] as const
export type TermKind = (typeof TERM_KINDS)[number]

/** One affinity term with the pods on nodes that have it. */
export interface TermGroup {
  readonly term: AffinityTerm
  /** Those pods by the value of the term's topology key; nodes without the key are left out. */
  sum(): Sum
}

const KEPT_CHANGES = 4096
const KEPT_SORTS = 512

/**
 * Counts of pods on nodes, kept in step with the nodes: of any sort that was once asked for, and by affinity term. So an
 * attempt costs what has changed since the last one, not all pods of the cluster.
 */
export class Tallies {
  readonly #nodes: ReadonlyMap<string, NodeInfo>
  readonly #sorts = new Map<string, Counted>()
  /** The labels that decide for any of the sorts. */
  readonly #labels = new Set<string>()
  readonly #terms: Readonly<Record<TermKind, Map<string, TermGroup & { readonly tally: Tally }>>> = {
    requiredAffinity: new Map(), requiredAntiAffinity: new Map(), preferredAffinity: new Map(), preferredAntiAffinity: new Map(),
  }
  #changes: Change[] = []
  #version = 0

  constructor(nodes: ReadonlyMap<string, NodeInfo>) {
    this.#nodes = nodes
  }

  /** Numbers of such pods by node; nodes with none are left out. */
  byNode(sort: Sort): ReadonlyMap<string, number> {
    return this.#counted(sort).byNode
  }

  byLabel(sort: Sort, key: string, scope: Scope): Sum {
    return this.#counted(sort).sum(key, scope, this.#nodes)
  }

  terms(kind: TermKind): Iterable<TermGroup> {
    return this.#terms[kind].values()
  }

  hasTerms(kind: TermKind): boolean {
    return this.#terms[kind].size > 0
  }

  /** Do two states of one pod count alike? */
  isAlike(a: Pod, b: Pod): boolean {
    const x = a.metadata
    const y = b.metadata
    if (x.uid !== y.uid || x.namespace !== y.namespace || x.deletionTimestamp !== y.deletionTimestamp || podInfo(a) !== podInfo(b)) return false
    if (x.labels !== y.labels) for (const label of this.#labels) if (x.labels?.[label] !== y.labels?.[label]) return false
    return true
  }

  /** A node came, went, or changed its labels or taints. */
  renode(from: Node | undefined, to: Node | undefined): void {
    for (const { tally } of this.#sorts.values()) tally.renode(from, to)
    for (const kind of TERM_KINDS) for (const { tally } of this.#terms[kind].values()) tally.renode(from, to)
  }

  follow(name: string, node: Node, gone: readonly Pod[], come: readonly Pod[]): void {
    // Those who come first, so that a group does not vanish for a moment when a pod is replaced by its next state.
    for (const pod of come) this.#followTerms(podInfo(pod), name, node, 1)
    for (const pod of gone) this.#followTerms(podInfo(pod), name, node, -1)
    this.#version++
    this.#changes.push({ name, node, gone, come })
    if (this.#changes.length > 2 * KEPT_CHANGES) this.#changes = this.#changes.slice(-KEPT_CHANGES)
  }

  #followTerms(info: PodInfo, name: string, node: Node, by: 1 | -1): void {
    if (!info.hasAffinity) return
    for (const kind of TERM_KINDS) {
      const groups = this.#terms[kind]
      for (const term of info[kind]) {
        let group = groups.get(term.text)
        if (!group) groups.set(term.text, (group = this.#group(term)))
        group.tally.bump(name, node, by)
        if (group.tally.byNode.size === 0) groups.delete(term.text)
      }
    }
  }

  #group(term: AffinityTerm): TermGroup & { readonly tally: Tally } {
    const tally = new Tally()
    const scope = labelled(term.topologyKey)
    return { term, tally, sum: () => tally.sum(term.topologyKey, scope, this.#nodes) }
  }

  #counted(sort: Sort): Tally {
    const known = this.#sorts.get(sort.text)
    if (known && known.version >= this.#version - this.#changes.length) {
      if (known.version < this.#version) this.#catchUp(known)
      return known.tally
    }
    const counted: Counted = { sort, tally: new Tally(), version: this.#version }
    for (const [name, info] of this.#nodes) {
      const n = count(sort, info.pods)
      if (n > 0) counted.tally.bump(name, undefined, n)
    }
    if (this.#sorts.size >= KEPT_SORTS) {
      this.#sorts.clear()
      this.#labels.clear()
    }
    this.#sorts.set(sort.text, counted)
    for (const label of sort.labels) this.#labels.add(label)
    return counted.tally
  }

  #catchUp(counted: Counted): void {
    const first = this.#version - this.#changes.length
    for (let i = counted.version - first; i < this.#changes.length; i++) {
      const { name, node, gone, come } = this.#changes[i]!
      const n = count(counted.sort, come) - count(counted.sort, gone)
      if (n !== 0) counted.tally.bump(name, node, n)
    }
    counted.version = this.#version
  }
}

function count(sort: Sort, pods: readonly Pod[]): number {
  let n = 0
  for (const pod of pods) if (sort.has(pod)) n++
  return n
}
