import type { HistoryRow } from '../../workers/protocol.ts'

/** The rows of one branch that the page has got, by step index. Gaps are fetched when somebody looks. */
export interface RowBook {
  readonly branch: number
  readonly rows: ReadonlyMap<number, HistoryRow>
  /** How many rows fell into each tenth of a second, for the ticks of the rail: bucket → count. */
  readonly bursts: ReadonlyMap<number, number>
  /** Grows with every change, because the maps are changed in place. */
  readonly version: number
}

/** Width of a burst's bucket, µs. */
export const BURST_US = 100_000
const MOST = 60_000

export function emptyRows(): RowBook {
  return { branch: -1, rows: new Map(), bursts: new Map(), version: 0 }
}

/** Adds rows. Rows of another branch push all earlier ones out: an index means another step there. */
export function mergeRows(book: RowBook, branch: number, rows: readonly HistoryRow[]): RowBook {
  if (branch === book.branch && rows.length === 0) return book
  const fresh = branch !== book.branch || book.rows.size > MOST
  const kept = fresh ? new Map<number, HistoryRow>() : (book.rows as Map<number, HistoryRow>)
  const bursts = branch === book.branch ? (book.bursts as Map<number, number>) : new Map<number, number>()
  for (const row of rows) {
    if (!kept.has(row.index) && row.kind !== 'delivery') {
      const bucket = Math.floor(row.at / BURST_US)
      bursts.set(bucket, (bursts.get(bucket) ?? 0) + 1)
    }
    kept.set(row.index, row)
  }
  return { branch, rows: kept, bursts, version: book.version + 1 }
}
