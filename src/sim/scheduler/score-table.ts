import type { NodeGroups, Numbers } from './columns.ts'
import { heapRoot } from './heap-root.ts'
import type { Feasible } from './plugin.ts'
import type { Scores } from './scoring.ts'

/** Lists of equal numbers by length and number, shared by all who need one. */
const uniform = new Map<number, Map<number, readonly number[]>>()
const MOST_UNIFORM = 500

function uniformList(value: number, length: number): readonly number[] {
  let lists = uniform.get(length)
  if (!lists) {
    if (uniform.size >= MOST_UNIFORM) uniform.clear()
    uniform.set(length, (lists = new Map()))
  }
  let list = lists.get(value)
  if (!list) {
    if (lists.size >= MOST_UNIFORM) lists.clear()
    lists.set(value, (list = new Array<number>(length).fill(value)))
  }
  return list
}

/** Scores that are kept by place, under which key, and what they count. */
export interface Steady {
  readonly key: string
  readonly numbers: Numbers
  readonly weight: number
}

/** Scores by group of nodes. */
export interface Grouped {
  readonly groups: NodeGroups
  readonly scores: readonly number[]
}

/** The weighted scores of one plugin: one number when all nodes have the same; where they are kept they are looked up when asked for. */
export type WeightedScores = readonly number[] | number | Steady | Grouped

/** The scores of one attempt. Names of nodes and full lists are made only when somebody looks, which must be before nodes change or another decision is made. */
export class ScoreTable implements Scores {
  readonly plugins: readonly string[]
  readonly skipped: readonly string[]
  /** Which of the nodes has won. */
  readonly winner: number
  readonly #lists: readonly WeightedScores[]
  readonly #feasible: Feasible

  constructor(plugins: readonly string[], lists: readonly WeightedScores[], skipped: readonly string[], feasible: Feasible) {
    this.plugins = plugins
    this.#lists = lists
    this.winner = heapRoot(feasible.kept.totals, feasible.count)
    this.skipped = skipped
    this.#feasible = feasible
  }

  get nodes(): readonly string[] {
    return this.#feasible.kept.names(this.#feasible)
  }

  /** Of each node, the sum over the plugins. */
  get totals(): readonly number[] {
    return [...this.#feasible.kept.totals.subarray(0, this.#feasible.count)]
  }

  get weighted(): readonly (readonly number[])[] {
    const { count } = this.#feasible
    return this.#lists.map((list) => this.#listed(list, count, count - 1))
  }

  /** As plain data. */
  plain(): Scores {
    return { nodes: this.nodes, plugins: this.plugins, weighted: this.weighted, skipped: this.skipped }
  }

  /** As plain data, of the first nodes in scoring order and in any case of the winner. */
  some(most: number): Scores {
    const { places, count, kept: { lineup } } = this.#feasible
    if (count <= most) return this.plain()
    const last = Math.max(this.winner, most - 1)
    const names = new Array<string>(most)
    for (let i = 0; i < most; i++) names[i] = lineup.names[places[i < most - 1 ? i : last]!]!
    return { nodes: names, plugins: this.plugins, weighted: this.#lists.map((list) => this.#listed(list, most, last)), skipped: this.skipped }
  }

  /** The scores of the first nodes up to before the `n`th, and of the `last`. Attempts are kept by the thousand, so equal ones make no list of their own. */
  #listed(list: WeightedScores, n: number, last: number): readonly number[] {
    if (typeof list === 'number') return uniformList(list, n)
    const scores = new Array<number>(n)
    let uniform = true
    for (let i = 0; i < n; i++) {
      scores[i] = this.#scoreAt(list, i < n - 1 ? i : last)
      uniform &&= scores[i] === scores[0]
    }
    return uniform ? uniformList(scores[0]!, n) : scores
  }

  #scoreAt(list: Exclude<WeightedScores, number>, i: number): number {
    if ('groups' in list) return list.scores[list.groups.of[i]!]!
    return 'numbers' in list ? list.numbers.at(this.#feasible.places[i]!) * list.weight : list[i]!
  }
}
