import type { NodeInfo } from './node-info.ts'
import type { Rejection } from './rejection.ts'

/** Which nodes were refused and why, in the order in which they were examined. A map by name is made only if somebody asks. */
export class Rejections implements Iterable<readonly [string, Rejection]> {
  static readonly NONE = new Rejections()
  readonly #nodes: NodeInfo[] = []
  readonly #verdicts: Rejection[] = []
  #byName: Map<string, Rejection> | undefined

  get size(): number {
    return this.#nodes.length
  }

  /** Only while it is being made. */
  push(node: NodeInfo, rejection: Rejection): void {
    this.#nodes.push(node)
    this.#verdicts.push(rejection)
  }

  /** The same with further ones behind. */
  with(nodes: readonly NodeInfo[], rejection: Rejection): Rejections {
    const all = new Rejections()
    for (let i = 0; i < this.#nodes.length; i++) all.push(this.#nodes[i]!, this.#verdicts[i]!)
    for (const node of nodes) all.push(node, rejection)
    return all
  }

  get(name: string): Rejection | undefined {
    if (!this.#byName) {
      this.#byName = new Map()
      for (let i = 0; i < this.#nodes.length; i++) this.#byName.set(this.#nodes[i]!.name, this.#verdicts[i]!)
    }
    return this.#byName.get(name)
  }

  values(): readonly Rejection[] {
    return this.#verdicts
  }

  nodes(): readonly NodeInfo[] {
    return this.#nodes
  }

  /** The first `n`, with names. */
  first(n: number): (readonly [string, Rejection])[] {
    return this.#verdicts.slice(0, n).map((rejection, i) => [this.#nodes[i]!.name, rejection] as const)
  }

  [Symbol.iterator](): Iterator<readonly [string, Rejection]> {
    return this.first(this.size)[Symbol.iterator]()
  }
}
