import type { NodeInfo } from './node-info.ts'
import { shapeOf } from './pod-shape.ts'
import type { Pod } from '../api/pod.ts'
import type { Snapshot } from './snapshot.ts'

/** Values by place of a node in the order of examination, each good as long as the very same NodeInfo stands there. */
export class Column<T> {
  readonly #nodes: (NodeInfo | undefined)[]
  readonly #values: (T | undefined)[]
  #work: (node: NodeInfo) => T

  constructor(size: number, work: (node: NodeInfo) => T) {
    this.#nodes = new Array<NodeInfo | undefined>(size).fill(undefined)
    this.#values = new Array<T | undefined>(size).fill(undefined)
    this.#work = work
  }

  /** From now on values are worked out by `work`, which must be the same function of the node, only with fresher means. */
  workWith(work: (node: NodeInfo) => T): this {
    this.#work = work
    return this
  }

  at(place: number, node: NodeInfo): T {
    if (this.#nodes[place] === node) return this.#values[place]!
    const value = this.#work(node)
    this.#nodes[place] = node
    this.#values[place] = value
    return value
  }

  forget(place: number): void {
    this.#nodes[place] = undefined
  }
}

const MOST_COLUMNS = 64
/** Places of all shapes of one snapshot together, so that many shapes of pods in a large cluster do not fill the memory. */
const MOST_PLACES = 400_000
const MOST_SHAPES = 256

/**
 * What was worked out for pods of one shape: verdicts and raw scores of plugins that look at nothing but the pod's shape
 * and the node. When the next pod of the shape comes, only nodes that have changed are looked at again (as KEP-5598 has it).
 * Only memory: leaving it away changes no result.
 */
export class Kept {
  readonly size: number
  readonly #columns = new Map<string, Column<unknown>>()
  readonly #constants = new Map<number, readonly number[]>()
  #names: { readonly order: number; readonly places: readonly number[]; readonly names: readonly string[] } | undefined

  constructor(size: number) {
    this.size = size
  }

  /** The column of a name; `work` must be the same function of the node whenever the name is the same. */
  column<T>(name: string, work: (node: NodeInfo) => T): Column<T> {
    const known = this.#columns.get(name) as Column<T> | undefined
    if (known) return known.workWith(work)
    if (this.#columns.size >= MOST_COLUMNS) this.#columns.clear()
    const column = new Column<T>(this.size, work)
    this.#columns.set(name, column as Column<unknown>)
    return column
  }

  /** A list of equal numbers, the same one whenever it can be. */
  constant(value: number, length: number): readonly number[] {
    let list = this.#constants.get(value)
    if (list?.length !== length) this.#constants.set(value, (list = new Array<number>(length).fill(value)))
    return list!
  }

  /** The names of nodes at `places`, the same list as last time if they are the same places of the same order. */
  names(order: number, places: readonly number[], nodes: readonly NodeInfo[]): readonly string[] {
    const before = this.#names
    if (before?.order === order && same(before.places, places)) return before.names
    const names = places.map((_, i) => nodes[i]!.name)
    this.#names = { order, places, names }
    return names
  }
}

function same(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false
  return true
}

/** By snapshot, then by profile, then by shape. */
const all = new WeakMap<Snapshot, WeakMap<object, Map<string, Kept>>>()

/** What is kept for pods like this one under `profile`. */
export function keptFor(pod: Pod, snapshot: Snapshot, profile: object): Kept {
  let profiles = all.get(snapshot)
  if (!profiles) all.set(snapshot, (profiles = new WeakMap()))
  let shapes = profiles.get(profile)
  if (!shapes) profiles.set(profile, (shapes = new Map()))
  const shape = shapeOf(pod)
  const size = snapshot.nodes.length
  let kept = shapes.get(shape)
  if (kept?.size === size) return kept
  if (shapes.size >= Math.min(MOST_SHAPES, Math.max(4, MOST_PLACES / size))) shapes.clear()
  shapes.set(shape, (kept = new Kept(size)))
  return kept
}
