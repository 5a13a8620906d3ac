import { Column, Labels, Numbered, Numbers, type Looks, type Work } from './columns.ts'
import { sameShape, shapeOf } from './pod-shape.ts'
import type { Pod } from '../api/pod.ts'
import type { Cycle, Feasible, FilterRun } from './plugin.ts'
import type { PodInfo } from './pod-info.ts'
import type { Rejection } from './rejection.ts'
import type { Scoring } from './scoring.ts'
import type { Lineup, Snapshot } from './snapshot.ts'

/** The number of the verdict that lets a pod pass. */
export const PASSES = 0
const MOST_COLUMNS = 64
const MOST_PAIRS = 100_000
/** Places of all shapes of one snapshot together, so that many shapes of pods in a large cluster do not fill the memory. */
const MOST_PLACES = 200_000
const MOST_SHAPES = 256

/** Labels for the combinations of two columns' labels. */
interface Pair {
  readonly met: Numbered<number>
  readonly labels: Labels
}

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
  readonly #columns = new Map<unknown, Column<object>>()
  readonly #numbers = new Map<unknown, Numbers>()
  readonly #labels = new Map<unknown, Labels>()
  #about: WeakMap<object, object> | undefined
  #pairs: WeakMap<Labels, WeakMap<Labels, Pair>> | undefined
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

  /** What plugins have prepared for such pods, by what it is about. */
  get about(): WeakMap<object, object> {
    return (this.#about ??= new WeakMap())
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
    this.#pairs ??= new WeakMap()
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
