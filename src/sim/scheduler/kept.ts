import type { NodeInfo } from './node-info.ts'
import { sameShape, shapeOf } from './pod-shape.ts'
import type { Pod } from '../api/pod.ts'
import type { Cycle, Feasible, FilterRun } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Rejection } from './rejection.ts'
import type { Scoring } from './scoring.ts'
import { Changes, type Lineup, type Snapshot } from './snapshot.ts'

type Work<T> = (node: NodeInfo, place: number) => T

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

/** The number of the verdict that lets a pod pass. */
export const PASSES = 0
const MOST_COLUMNS = 64
const MOST_PAIRS = 100_000
/** Places of all shapes of one snapshot together, so that many shapes of pods in a large cluster do not fill the memory. */
const MOST_PLACES = 200_000
const MOST_SHAPES = 256

/**
 * What was worked out for pods of one shape: verdicts and raw scores of plugins that look at nothing but the pod's shape
 * and the node. When the next pod of the shape comes, only nodes that have changed are looked at again (as KEP-5598 has it).
 * Only memory: leaving it away changes no result.
 */
export class Kept {
  readonly lineup: Lineup
  /** The answers of the first so many plugins, all local, to such pods at PreFilter. */
  filters: { readonly plugins: number; readonly runs: readonly FilterRun[] } | undefined
  /** Verdicts of filters, numbered; the one that lets a pod pass is `PASSES`. */
  readonly verdicts = new Numbered<Rejection | undefined>()
  /** What the local scorers say, for the facts of the snapshot that it was worked out from. */
  scoring: Scoring | undefined
  /** What plugins have prepared for such pods, by what it is about. */
  readonly about = new WeakMap<object, object>()
  readonly #columns = new Map<unknown, Column<object>>()
  readonly #numbers = new Map<unknown, Numbers>()
  readonly #labels = new Map<unknown, Labels>()
  readonly #pairs = new WeakMap<Labels, WeakMap<Labels, { readonly met: Numbered<number>; readonly labels: Labels }>>()
  readonly #domains = new Map<string, Numbered<string>>()
  /**
   * Room for the places that pass and for their totals. Thousands of lists of hundreds of numbers would be a good part of all
   * memory that a rollout goes through; so what is written here is good until the next decision about such a pod.
   */
  readonly passed: Int32Array
  readonly totals: Float64Array
  #names: { readonly places: Int32Array; readonly names: readonly string[] } | undefined

  constructor(lineup: Lineup) {
    this.lineup = lineup
    this.verdicts.number(undefined)
    const n = lineup.nodes.length
    this.passed = new Int32Array(n)
    this.totals = new Float64Array(n)
  }

  /** The column of a key; `work` must be the same function of the node whenever the key is the same. */
  column<T extends object>(key: string | object, work: Work<T>): Column<T> {
    const known = this.#columns.get(key) as Column<T> | undefined
    return known ? known.workWith(work) : remember(this.#columns as Map<unknown, Column<T>>, key, new Column<T>(this.lineup, work))
  }

  /** As `column`, for numbers. */
  numbers(key: string | object, work: Work<number>, looks?: Looks): Numbers {
    const known = this.#numbers.get(key)
    return known ? known.workWith(work) : remember(this.#numbers, key, new Numbers(this.lineup, work, looks))
  }

  /** As `column`, for labels. */
  labels(key: string | object, work: Work<number>, looks?: Looks): Labels {
    const known = this.#labels.get(key)
    return known ? known.workWith(work) : remember(this.#labels, key, new Labels(this.lineup, work, looks))
  }

  /** A column whose label stands for those of all of `columns`, at least one: as many different ones as there are combinations. */
  together(columns: readonly Labels[]): Labels {
    return columns.reduce((all, next) => this.#pair(all, next))
  }

  #pair(a: Labels, b: Labels): Labels {
    let pairs = this.#pairs.get(a)
    if (!pairs) this.#pairs.set(a, (pairs = new WeakMap()))
    let pair = pairs.get(b)
    // What was met once keeps its number, so sometimes the numbers are given out anew.
    if (!pair || pair.met.values.length > MOST_PAIRS) {
      const met = new Numbered<number>()
      pairs.set(b, (pair = { met, labels: new Labels(this.lineup, (_, place) => met.number(a.at(place) * 0x1_0000_0000 + b.at(place))) }))
    }
    return pair.labels
  }

  /** The numbers of a label's values. */
  domains(key: string): Numbered<string> {
    let domains = this.#domains.get(key)
    if (!domains) this.#domains.set(key, (domains = new Numbered()))
    return domains
  }

  /** The names of the nodes at `places`, the same list as last time if they are the same places. */
  names({ places, count }: Feasible): readonly string[] {
    const before = this.#names
    if (before && same(before.places, places, count)) return before.names
    const first = places.slice(0, count)
    const names = Array.from(first, (place) => this.lineup.names[place]!)
    this.#names = { places: first, names }
    return names
  }
}

function remember<V>(columns: Map<unknown, V>, key: unknown, column: V): V {
  if (columns.size >= MOST_COLUMNS) columns.clear()
  columns.set(key, column)
  return column
}

/** Are they the same places, the first `n` of `b`? */
function same(a: Int32Array, b: Int32Array, n: number): boolean {
  if (a.length !== n) return false
  for (let i = 0; i < n; i++) if (a[i] !== b[i]) return false
  return true
}

/** What is kept for one snapshot under one profile, and the last one that was asked for. */
interface Shapes {
  readonly byShape: Map<string, Kept>
  pod?: Pod
  info?: PodInfo
  kept?: Kept
}

const all = new WeakMap<Snapshot, WeakMap<object, Shapes>>()

function shapesOf(snapshot: Snapshot, profile: object): Shapes {
  let profiles = all.get(snapshot)
  if (!profiles) all.set(snapshot, (profiles = new WeakMap()))
  let shapes = profiles.get(profile)
  if (!shapes) profiles.set(profile, (shapes = { byShape: new Map() }))
  return shapes
}

/** What is kept for pods like this one under `profile`. */
export function keptFor({ pod, info, snapshot }: Cycle, profile: object): Kept {
  const shapes = shapesOf(snapshot, profile)
  const { lineup } = snapshot
  if (shapes.kept?.lineup !== lineup || !sameShape(shapes.pod!, shapes.info!, pod, info)) shapes.kept = byShape(shapes.byShape, shapeOf(pod), lineup)
  shapes.pod = pod
  shapes.info = info
  return shapes.kept
}

function byShape(shapes: Map<string, Kept>, shape: string, lineup: Lineup): Kept {
  let kept = shapes.get(shape)
  if (kept?.lineup === lineup) return kept
  if (shapes.size >= Math.min(MOST_SHAPES, Math.max(4, MOST_PLACES / lineup.nodes.length))) shapes.clear()
  shapes.set(shape, (kept = new Kept(lineup)))
  return kept
}
