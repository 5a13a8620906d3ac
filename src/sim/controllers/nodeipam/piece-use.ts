import type { Derived, Table } from '../../engine/table.ts'

/** How often each piece of the cluster's range is taken; kept beside the table of pieces by node, so that nobody counts them anew. */
class PieceUse implements Derived<number> {
  readonly #counts: number[]
  #taken = 0

  constructor(pieces: number) {
    this.#counts = new Array<number>(pieces).fill(0)
  }

  apply(_node: string, from: number | undefined, to: number | undefined): void {
    if (from !== undefined && --this.#counts[from]! === 0) this.#taken--
    if (to !== undefined && this.#counts[to]!++ === 0) this.#taken++
  }

  /** The first free piece from `start` on, round the end; undefined when all are taken. */
  next(start: number): number | undefined {
    const { length } = this.#counts
    if (this.#taken === length) return undefined
    let piece = start % length
    while (this.#counts[piece]! > 0) piece = (piece + 1) % length
    return piece
  }
}

const known = new WeakMap<Table<number>, PieceUse>()

/** The use of the pieces that a table gives to nodes, numbered below `pieces`. */
export function pieceUse(table: Table<number>, pieces: number): PieceUse {
  let use = known.get(table)
  if (!use) known.set(table, (use = table.derive(new PieceUse(pieces))))
  return use
}
