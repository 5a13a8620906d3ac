import type { HistoryRow } from '../../workers/protocol.ts'

/** The rows of one branch that the page has got, by step index. Gaps are fetched when somebody looks. */
export interface RowBook {
  readonly branch: number
  readonly rows: ReadonlyMap<number, HistoryRow>
  /** Grows with every change, because `rows` is changed in place. */
  readonly version: number
}

const MOST = 60_000

export function emptyRows(): RowBook {
  return { branch: -1, rows: new Map(), version: 0 }
}

/** Adds rows. Rows of another branch push all earlier ones out: an index means another step there. */
export function mergeRows(book: RowBook, branch: number, rows: readonly HistoryRow[]): RowBook {
  if (branch === book.branch && rows.length === 0) return book
  const kept = branch === book.branch && book.rows.size < MOST ? (book.rows as Map<number, HistoryRow>) : new Map<number, HistoryRow>()
  for (const row of rows) kept.set(row.index, row)
  return { branch, rows: kept, version: book.version + 1 }
}
