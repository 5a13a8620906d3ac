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

/** The weighted scores of one plugin: one number when all nodes have the same. */
export type WeightedScores = readonly number[] | number

/** The scores of one attempt. Names of nodes and full lists are made only when somebody looks. */
export class ScoreTable implements Scores {
  readonly plugins: readonly string[]
  readonly totals: readonly number[]
  readonly skipped: readonly string[]
  readonly #lists: readonly WeightedScores[]
  readonly #names: () => readonly string[]
  readonly #nameAt: (i: number) => string

  constructor(plugins: readonly string[], lists: readonly WeightedScores[], totals: readonly number[], skipped: readonly string[], names: () => readonly string[], nameAt: (i: number) => string) {
    this.plugins = plugins
    this.#lists = lists
    this.totals = totals
    this.skipped = skipped
    this.#names = names
    this.#nameAt = nameAt
  }

  get nodes(): readonly string[] {
    return this.#names()
  }

  get weighted(): readonly (readonly number[])[] {
    return this.#lists.map((list) => (typeof list === 'number' ? uniformList(list, this.totals.length) : list))
  }

  /** As plain data. */
  plain(): Scores {
    return { nodes: this.nodes, plugins: this.plugins, weighted: this.weighted, totals: this.totals, skipped: this.skipped }
  }

  /** As plain data, of the first nodes in scoring order and in any case of the `won`th. */
  some(kept: number, won: number): Scores {
    if (this.totals.length <= kept) return this.plain()
    const pick = (list: readonly number[]): number[] => {
      const few = list.slice(0, kept)
      if (won >= kept) few[kept - 1] = list[won]!
      return few
    }
    const nodes: string[] = []
    for (let i = 0; i < kept; i++) nodes.push(this.#nameAt(i === kept - 1 && won >= kept ? won : i))
    const weighted = this.#lists.map((list) => (typeof list === 'number' ? uniformList(list, kept) : pick(list)))
    return { nodes, plugins: this.plugins, weighted, totals: pick(this.totals), skipped: this.skipped }
  }
}
