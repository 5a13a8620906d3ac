import { readFileSync } from 'node:fs'

interface TableLike {
  readonly kind?: string
  readonly columnDefinitions?: readonly { readonly name: string; readonly description?: string }[]
  readonly rows?: readonly { readonly cells: readonly unknown[] }[]
}

let texts: Readonly<Record<string, readonly string[]>> | undefined

/** What the columns of a resource mean; the simulation leaves these long texts to its hosts. */
export function columnTexts(group: string, plural: string): readonly string[] {
  texts ??= (JSON.parse(readFileSync(new URL('../../src/sim/api/schema/descriptions.json', import.meta.url), 'utf8')) as { columns: Record<string, readonly string[]> }).columns
  return texts[`${group}/${plural}`] ?? []
}

const AGE = /^(<invalid>|(\d+[smhdy]){1,2})$/
const AGED = /^(Age|Last Seen|First Seen|Last Schedule|Duration|RequestedDuration)$/

/**
 * Tables are recorded with two things taken out (requests/README.md): ages are "<age>", and all but one table of each
 * kind are without the descriptions of their columns. An answer is brought into that form before it is compared.
 */
export function asRecordedTable(answer: unknown, recorded: unknown): unknown {
  const table = answer as TableLike
  const want = recorded as TableLike | undefined
  if (table?.kind !== 'Table' || want?.kind !== 'Table') return answer
  const described = want.columnDefinitions?.some((column) => column.description !== undefined) ?? true
  const columns = table.columnDefinitions ?? []
  return {
    ...table,
    columnDefinitions: described ? columns : columns.map(({ description: _dropped, ...column }) => column),
    rows: table.rows?.map((row) => ({ ...row, cells: row.cells.map((cell, i) => (AGED.test(columns[i]?.name ?? '') && AGE.test(String(cell)) ? '<age>' : cell)) })),
  }
}
