import { hashText } from './hash.ts'
import type { Table } from './table.ts'

/**
 * One named stream of random integers. Counter based: the n-th draw is a pure function of (seed, stream, n), so the
 * only state is the counter, which lives in a table and is undone like everything else.
 */
export interface Random {
  /** A uniform integer in [0, bound). `bound` is an integer from 1 to 2^32. */
  below(bound: number): number
  /** A uniform integer in [low, high], both included. */
  between(low: number, high: number): number
  /** `count` draws of `below(bound)`, with one write of the counter. */
  several(count: number, bound: number): number[]
}

function draw(seed: number, stream: number, counter: number): number {
  let x = Math.imul(counter ^ seed, 0x9e3779b1) ^ stream
  x = Math.imul(x ^ (x >>> 15), 0x85ebca77)
  x = Math.imul(x ^ (x >>> 13) ^ seed, 0xc2b2ae3d)
  x ^= x >>> 16
  x = Math.imul(x + stream, 0x27d4eb2f)
  return (x ^ (x >>> 15)) >>> 0
}

/** The stream called `name`. Streams are independent: a new consumer never shifts another one's draws. */
export function randomStream(seed: number, name: string, counters: Table<number>): Random {
  const stream = hashText(name, seed)
  const next = (): number => {
    const n = (counters.get(name) ?? 0) + 1
    counters.set(name, n)
    return draw(seed | 0, stream, n)
  }
  const scale = (drawn: number, bound: number): number => Math.floor((drawn / 0x1_0000_0000) * bound)
  return {
    // Multiply-shift maps 32 bits to the range; its bias (below 2^-20 for our ranges) is the same everywhere.
    below: (bound) => scale(next(), bound),
    between: (low, high) => low + scale(next(), high - low + 1),
    several(count, bound) {
      const first = (counters.get(name) ?? 0) + 1
      counters.set(name, first + count - 1)
      const drawn = new Array<number>(count)
      for (let i = 0; i < count; i++) drawn[i] = scale(draw(seed | 0, stream, first + i), bound)
      return drawn
    },
  }
}
