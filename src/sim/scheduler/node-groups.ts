import type { Numbers } from './kept.ts'

/** Nodes that are alike, as a column of whole numbers from -1 on says it. */
export interface NodeGroups {
  /** By node: its group. */
  readonly of: readonly number[]
  /** By group: the place of one of its nodes, and how many there are. */
  readonly examples: readonly number[]
  readonly sizes: readonly number[]
}

/** The group of a number, if that group has this number: so nothing need be cleared between two calls. */
let guesses = new Int32Array(256)

export function groupsOf(column: Numbers, places: readonly number[]): NodeGroups {
  const known = column.known()
  const of = new Array<number>(places.length)
  const numbers: number[] = []
  const examples: number[] = []
  const sizes: number[] = []
  for (let i = 0; i < of.length; i++) {
    const place = places[i]!
    let number = known[place]!
    if (Number.isNaN(number)) number = column.at(place)
    if (number + 1 >= guesses.length) guesses = new Int32Array(2 * (number + 1))
    let group = guesses[number + 1]!
    if (group < numbers.length && numbers[group] === number) sizes[group]!++
    else {
      group = numbers.push(number) - 1
      guesses[number + 1] = group
      examples.push(place)
      sizes.push(1)
    }
    of[i] = group
  }
  return { of, examples, sizes }
}
