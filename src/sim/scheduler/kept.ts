import type { NodeInfo } from './node-info.ts'
import { sameShape, shapeOf } from './pod-shape.ts'
import type { Pod } from '../api/pod.ts'
import type { FilterRun } from './plugin.ts'
import type { Lineup, Snapshot } from './snapshot.ts'

/**
 * Values by place of a node in the order of examination, each good as long as the very same NodeInfo stands there. That is seen
 * by its stamp: to compare the objects themselves, thousands of them would have to be fetched from memory.
 */
export class Column<T> {
  readonly #nodes: readonly NodeInfo[]
  readonly #stamps: Int32Array
  /** The stamps that the values are for; none is 0. */
  readonly #seen: Int32Array
  readonly #values: (T | undefined)[]
  #work: (node: NodeInfo, place: number) => T

  constructor({ nodes, stamps }: Lineup, work: (node: NodeInfo, place: number) => T) {
    this.#nodes = nodes
    this.#stamps = stamps
    this.#seen = new Int32Array(nodes.length)
    this.#values = new Array<T | undefined>(nodes.length).fill(undefined)
    this.#work = work
  }

  /** From now on values are worked out by `work`, which must be the same function of the node, only with fresher means. */
  workWith(work: (node: NodeInfo, place: number) => T): this {
    this.#work = work
    return this
  }

  at(place: number): T {
    return this.#seen[place] === this.#stamps[place] ? this.#values[place]! : this.#fresh(place)
  }

  #fresh(place: number): T {
    const value = this.#work(this.#nodes[place]!, place)
    this.#seen[place] = this.#stamps[place]!
    this.#values[place] = value
    return value
  }

  forget(place: number): void {
    this.#seen[place] = 0
  }
}

/** The values of a label, numbered as they are met. */
export class Domains {
  readonly #numbers = new Map<string, number>()
  readonly #values: string[] = []

  number(value: string): number {
    let n = this.#numbers.get(value)
    if (n === undefined) {
      n = this.#values.push(value) - 1
      this.#numbers.set(value, n)
    }
    return n
  }

  value(n: number): string {
    return this.#values[n]!
  }
}

const MOST_COLUMNS = 64
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
  readonly #columns = new Map<unknown, Column<unknown>>()
  readonly #domains = new Map<string, Domains>()
  #places: readonly number[] | undefined
  #names: { readonly places: readonly number[]; readonly names: readonly string[] } | undefined

  constructor(lineup: Lineup) {
    this.lineup = lineup
  }

  /** The column of a key; `work` must be the same function of the node whenever the key is the same. */
  column<T>(key: string | object, work: (node: NodeInfo, place: number) => T): Column<T> {
    const known = this.#columns.get(key) as Column<T> | undefined
    if (known) return known.workWith(work)
    if (this.#columns.size >= MOST_COLUMNS) this.#columns.clear()
    const column = new Column<T>(this.lineup, work)
    this.#columns.set(key, column as Column<unknown>)
    return column
  }

  /** The numbers of a label's values. */
  domains(key: string): Domains {
    let domains = this.#domains.get(key)
    if (!domains) this.#domains.set(key, (domains = new Domains()))
    return domains
  }

  /** All places in order. */
  places(): readonly number[] {
    return (this.#places ??= Array.from(this.lineup.nodes, (_, i) => i))
  }

  /** The names of the nodes at `places`, the same list as last time if they are the same places. */
  names(places: readonly number[]): readonly string[] {
    const before = this.#names
    if (before && (before.places === places || same(before.places, places))) return before.names
    const names = places.map((place) => this.lineup.nodes[place]!.name)
    this.#names = { places, names }
    return names
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** What is kept for one snapshot under one profile, and the last one that was asked for. */
interface Shapes {
  readonly byShape: Map<string, Kept>
  pod?: Pod
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
export function keptFor(pod: Pod, snapshot: Snapshot, profile: object): Kept {
  const shapes = shapesOf(snapshot, profile)
  const { lineup } = snapshot
  if (shapes.kept?.lineup !== lineup || !sameShape(shapes.pod!, pod)) shapes.kept = byShape(shapes.byShape, shapeOf(pod), lineup)
  shapes.pod = pod
  return shapes.kept
}

function byShape(shapes: Map<string, Kept>, shape: string, lineup: Lineup): Kept {
  let kept = shapes.get(shape)
  if (kept?.lineup === lineup) return kept
  if (shapes.size >= Math.min(MOST_SHAPES, Math.max(4, MOST_PLACES / lineup.nodes.length))) shapes.clear()
  shapes.set(shape, (kept = new Kept(lineup)))
  return kept
}
