import type { Feasible } from './plugin.ts'
import type { Scores } from './scoring.ts'

/** Lists of equal numbers, shared by all who need one. */
const uniform = new Map<string, readonly number[]>()
const MOST_UNIFORM = 500

function uniformList(value: number, length: number): readonly number[] {
  const key = `${value} ${length}`
  let list = uniform.get(key)
  if (!list) {
    if (uniform.size >= MOST_UNIFORM) uniform.clear()
    uniform.set(key, (list = new Array<number>(length).fill(value)))
  }
  return list
}

/** The weighted scores of one plugin: one number when all nodes have the same, a function where they are kept and looked up when asked for. */
export type WeightedScores = readonly number[] | number | ((i: number) => number)

const valuesOf = (list: WeightedScores, n: number): readonly number[] =>
  typeof list === 'number' ? uniformList(list, n) : typeof list === 'function' ? Array.from({ length: n }, (_, i) => list(i)) : list

/** The scores of one attempt. Names of nodes and full lists are made only when somebody looks, which must be before nodes change. */
export class ScoreTable implements Scores {
  readonly plugins: readonly string[]
  readonly totals: readonly number[]
  readonly skipped: readonly string[]
  readonly #lists: readonly WeightedScores[]
  readonly #feasible: Feasible

  constructor(plugins: readonly string[], lists: readonly WeightedScores[], totals: readonly number[], skipped: readonly string[], feasible: Feasible) {
    this.plugins = plugins
    this.#lists = lists
    this.totals = totals
    this.skipped = skipped
    this.#feasible = feasible
  }

  get nodes(): readonly string[] {
    return this.#feasible.kept.names(this.#feasible.places)
  }

  get weighted(): readonly (readonly number[])[] {
    return this.#lists.map((list) => valuesOf(list, this.totals.length))
  }

  /** As plain data. */
  plain(): Scores {
    return { nodes: this.nodes, plugins: this.plugins, weighted: this.weighted, totals: this.totals, skipped: this.skipped }
  }

  /** As plain data, of the first nodes in scoring order and in any case of the `won`th. */
  some(kept: number, won: number): Scores {
    if (this.totals.length <= kept) return this.plain()
    const { places, kept: { lineup } } = this.#feasible
    const shown = Array.from({ length: kept }, (_, i) => (i === kept - 1 && won >= kept ? won : i))
    const nodes = shown.map((i) => lineup.nodes[places[i]!]!.name)
    const weighted = this.#lists.map((list) => (typeof list === 'number' ? uniformList(list, kept) : typeof list === 'function' ? shown.map(list) : shown.map((i) => list[i]!)))
    return { nodes, plugins: this.plugins, weighted, totals: shown.map((i) => this.totals[i]!), skipped: this.skipped }
  }
}
