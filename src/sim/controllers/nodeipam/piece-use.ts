import type { Derived, Table } from '../../engine/table.ts'
import type { Span } from './pieces.ts'

/** How often each piece of the cluster's range is taken; kept beside the table of spans by node, so that nobody counts them anew. */
class PieceUse implements Derived<Span> {
  readonly #counts: number[] = []
  #taken = 0

  apply(_node: string, from: Span | undefined, to: Span | undefined): void {
    if (from) for (let piece = from.first; piece <= from.last; piece++) if (--this.#counts[piece]! === 0) this.#taken--
    if (to) for (let piece = to.first; piece <= to.last; piece++) if (this.#add(piece) === 1) this.#taken++
  }

  #add(piece: number): number {
    while (this.#counts.length <= piece) this.#counts.push(0)
    return ++this.#counts[piece]!
  }

  /** The first free one of `pieces` from `start` on, round the end; undefined when all are taken. */
  next(start: number, pieces: number): number | undefined {
    if (this.#taken >= pieces) return undefined
    let piece = start % pieces
    while ((this.#counts[piece] ?? 0) > 0) piece = (piece + 1) % pieces
    return piece
  }
}

const known = new WeakMap<Table<Span>, PieceUse>()

/** The use of the pieces that a table gives to nodes. */
export function pieceUse(table: Table<Span>): PieceUse {
  let use = known.get(table)
  if (!use) known.set(table, (use = table.derive(new PieceUse())))
  return use
}
