import { heapRoot } from './heap-root.ts'
import type { NodeGroups, Numbers } from './kept.ts'
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

  get totals(): readonly number[] {
    return this.#listed(this.#feasible.kept.totals, this.#first(this.#feasible.count))
  }

  get weighted(): readonly (readonly number[])[] {
    const all = this.#first(this.#feasible.count)
    return this.#lists.map((list) => this.#listed(list, all))
  }

  /** As plain data. */
  plain(): Scores {
    return { nodes: this.nodes, plugins: this.plugins, weighted: this.weighted, totals: this.totals, skipped: this.skipped }
  }

  /** As plain data, of the first nodes in scoring order and in any case of the winner. */
  some(most: number): Scores {
    const { places, count, kept } = this.#feasible
    if (count <= most) return this.plain()
    const shown = this.#first(most)
    if (this.winner >= most) shown[most - 1] = this.winner
    const nodes = shown.map((i) => kept.lineup.nodes[places[i]!]!.name)
    return { nodes, plugins: this.plugins, weighted: this.#lists.map((list) => this.#listed(list, shown)), totals: this.#listed(kept.totals, shown), skipped: this.skipped }
  }

  #first(n: number): number[] {
    const first = new Array<number>(n)
    for (let i = 0; i < n; i++) first[i] = i
    return first
  }

  /** The numbers of some of the nodes. */
  #listed(list: WeightedScores | Float64Array, shown: readonly number[]): readonly number[] {
    if (typeof list === 'number') return uniformList(list, shown.length)
    const numbers = new Array<number>(shown.length)
    if ('numbers' in list) for (let i = 0; i < shown.length; i++) numbers[i] = list.numbers.at(this.#feasible.places[shown[i]!]!) * list.weight
    else if ('groups' in list) for (let i = 0; i < shown.length; i++) numbers[i] = list.scores[list.groups.of[shown[i]!]!]!
    else for (let i = 0; i < shown.length; i++) numbers[i] = list[shown[i]!]!
    return numbers
  }
}
