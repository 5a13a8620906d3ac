import type { NodeInfo } from './node-info.ts'
import type { Rejection } from './rejection.ts'

/**
 * Which nodes were refused and why, in the order in which they were examined. Of thousands of nodes only places and
 * verdicts are noted; names are looked up when somebody asks.
 */
export class Rejections implements Iterable<readonly [string, Rejection]> {
  static readonly NONE = new Rejections([])
  /** The list that `places` are in. */
  readonly #nodes: readonly NodeInfo[]
  readonly places: number[] = []
  readonly verdicts: Rejection[] = []
  #byName: Map<string, Rejection> | undefined
  #distinct: Map<Rejection, number> | undefined

  constructor(nodes: readonly NodeInfo[]) {
    this.#nodes = nodes
  }

  get size(): number {
    return this.places.length
  }

  /** Only while it is being made. */
  push(place: number, rejection: Rejection): void {
    this.places.push(place)
    this.verdicts.push(rejection)
  }

  /** The same with further nodes behind, all for one reason. */
  with(nodes: readonly NodeInfo[], rejection: Rejection): Rejections {
    const all = new Rejections([...this.places.map((place) => this.#nodes[place]!), ...nodes])
    for (const verdict of this.verdicts) all.push(all.size, verdict)
    while (all.size < this.size + nodes.length) all.push(all.size, rejection)
    return all
  }

  get(name: string): Rejection | undefined {
    this.#byName ??= new Map(this)
    return this.#byName.get(name)
  }

  /** Each verdict once, in the order in which they were given, and how often. */
  distinct(): ReadonlyMap<Rejection, number> {
    return (this.#distinct ??= this.#count())
  }

  /** The first `n`, with names. */
  first(n: number): (readonly [string, Rejection])[] {
    return this.verdicts.slice(0, n).map((rejection, i) => [this.#nodes[this.places[i]!]!.name, rejection] as const)
  }

  [Symbol.iterator](): Iterator<readonly [string, Rejection]> {
    return this.first(this.size)[Symbol.iterator]()
  }

  /** Neighbours mostly share a verdict, so runs are counted. */
  #count(): Map<Rejection, number> {
    const counts = new Map<Rejection, number>()
    const { verdicts } = this
    for (let from = 0; from < verdicts.length; ) {
      const verdict = verdicts[from]!
      let to = from + 1
      while (to < verdicts.length && verdicts[to] === verdict) to++
      counts.set(verdict, (counts.get(verdict) ?? 0) + to - from)
      from = to
    }
    return counts
  }
}
