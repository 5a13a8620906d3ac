import type { NodeInfo } from './node-info.ts'
import type { Feasible } from './plugin.ts'
import { Changes, type Lineup } from './snapshot.ts'

/** Works a value out for the node at a place. */
export type Work<T> = (node: NodeInfo, place: number) => T

/** What a column depends on besides the pod's shape: a node with its pods, or the node alone. */
export type Looks = 'changes' | 'renewals'

/** Something by place of a node in the order of examination, good until the place is among the changes of the lineup that matter. */
abstract class ByPlace<T> {
  readonly #nodes: readonly NodeInfo[]
  readonly #changes: Changes
  #work: Work<T>
  /** How many changes have been heeded: to compare the objects themselves, thousands of them would have to be fetched from memory. */
  #heeded: number

  constructor(lineup: Lineup, work: Work<T>, looks: Looks = 'changes') {
    this.#nodes = lineup.nodes
    this.#changes = lineup[looks]
    this.#work = work
    this.#heeded = this.#changes.count
  }

  /** From now on values are worked out by `work`, which must be the same function of the node, only with fresher means. */
  workWith(work: Work<T>): this {
    this.#work = work
    return this
  }

  abstract forget(place: number): void

  protected fresh(place: number): T {
    return this.#work(this.#nodes[place]!, place)
  }

  protected heed(): void {
    const changes = this.#changes
    if (this.#heeded === changes.count) return
    if (changes.count - this.#heeded > Changes.KEPT) for (let place = 0; place < this.#nodes.length; place++) this.forget(place)
    else for (let n = this.#heeded; n < changes.count; n++) this.forget(changes.at(n))
    this.#heeded = changes.count
  }
}

/** Values of any kind but undefined. */
export class Column<T extends object> extends ByPlace<T> {
  readonly #values: (T | undefined)[]

  constructor(lineup: Lineup, work: Work<T>) {
    super(lineup, work)
    this.#values = new Array<T | undefined>(lineup.nodes.length).fill(undefined)
  }

  at(place: number): T {
    this.heed()
    return (this.#values[place] ??= this.fresh(place))
  }

  forget(place: number): void {
    this.#values[place] = undefined
  }
}

/** Numbers. Hundreds are asked for with every pod, so they stand in one typed array that loops read themselves. */
export class Numbers extends ByPlace<number> {
  readonly #values: Float64Array

  constructor(lineup: Lineup, work: Work<number>, looks?: Looks) {
    super(lineup, work, looks)
    this.#values = new Float64Array(lineup.nodes.length).fill(NaN)
  }

  /** The numbers that are known and not out of date; NaN: ask `at`. */
  known(): Float64Array {
    this.heed()
    return this.#values
  }

  at(place: number): number {
    this.heed()
    const value = this.#values[place]!
    return Number.isNaN(value) ? (this.#values[place] = this.fresh(place)) : value
  }

  forget(place: number): void {
    this.#values[place] = NaN
  }
}

/** What `Labels` hold where nothing is known. */
export const UNKNOWN = -2

/** Nodes that are alike in what a column of labels says. The list is the column's own: good until groups are asked for again. */
export interface NodeGroups {
  /** By node: its group. */
  readonly of: Int32Array
  /** By group: the place of one of its nodes. */
  readonly examples: readonly number[]
}

/** By label, from -1 on: its group, if that group has this label; so nothing need be cleared between two calls. */
let guesses = new Int32Array(256)

function guess(label: number, group: number): void {
  if (label + 1 >= guesses.length) guesses = new Int32Array(2 * (label + 1))
  guesses[label + 1] = group
}

/** Small whole numbers from -1 on that stand for something and are looked up in lists, which are quicker to handle as such. */
export class Labels extends ByPlace<number> {
  readonly #values: Int32Array
  #groups: Int32Array | undefined

  constructor(lineup: Lineup, work: Work<number>, looks?: Looks) {
    super(lineup, work, looks)
    this.#values = new Int32Array(lineup.nodes.length).fill(UNKNOWN)
  }

  /** Those that are known and not out of date; UNKNOWN: ask `at`. */
  known(): Int32Array {
    this.heed()
    return this.#values
  }

  at(place: number): number {
    this.heed()
    const value = this.#values[place]!
    return value === UNKNOWN ? (this.#values[place] = this.fresh(place)) : value
  }

  forget(place: number): void {
    this.#values[place] = UNKNOWN
  }

  groups({ places, count }: Feasible): NodeGroups {
    const known = this.known()
    const of = (this.#groups ??= new Int32Array(known.length))
    const labels: number[] = []
    const examples: number[] = []
    for (let i = 0; i < count; i++) {
      const place = places[i]!
      let label = known[place]!
      if (label === UNKNOWN) label = this.at(place)
      let group = label + 1 < guesses.length ? guesses[label + 1]! : labels.length
      if (group >= labels.length || labels[group] !== label) {
        group = labels.push(label) - 1
        examples.push(place)
        guess(label, group)
      }
      of[i] = group
    }
    return { of, examples }
  }
}

/** Values, the different ones numbered from 0 on as they are met. */
export class Numbered<T> {
  readonly #numbers = new Map<T, number>()
  readonly values: T[] = []

  number(value: T): number {
    let n = this.#numbers.get(value)
    if (n === undefined) {
      n = this.values.push(value) - 1
      this.#numbers.set(value, n)
    }
    return n
  }
}
