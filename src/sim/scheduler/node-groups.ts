import { UNKNOWN, type Labels } from './kept.ts'

/** Nodes that are alike in what a column of labels says. */
export interface NodeGroups {
  /** By node: its group. */
  readonly of: readonly number[]
  /** By group: the place of one of its nodes. */
  readonly examples: readonly number[]
}

/** By label, from -1 on: its group, if that group has this label; so nothing need be cleared between two calls. */
let guesses = new Int32Array(256)

export function groupsOf(column: Labels, places: readonly number[]): NodeGroups {
  const known = column.known()
  const of = new Array<number>(places.length)
  const labels: number[] = []
  const examples: number[] = []
  for (let i = 0; i < of.length; i++) {
    const place = places[i]!
    let label = known[place]!
    if (label === UNKNOWN) label = column.at(place)
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

function guess(label: number, group: number): void {
  if (label + 1 >= guesses.length) guesses = new Int32Array(2 * (label + 1))
  guesses[label + 1] = group
}
