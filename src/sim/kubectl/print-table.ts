const GAP = 3
const LEAST = 6

/** Lays rows out as kubectl does: column width = longest cell + 3, at least 6, last cell of a row unpadded. */
export function layoutTable(rows: readonly (readonly string[])[], gap = GAP, least = LEAST): string {
  const widths: number[] = []
  for (const row of rows)
    for (let i = 0; i < row.length - 1; i++) widths[i] = Math.max(widths[i] ?? least, width(row[i]!) + gap)
  return rows.map((row) => `${row.map((cell, i) => (i < row.length - 1 ? cell + ' '.repeat(widths[i]! - width(cell)) : cell)).join('')}\n`).join('')
}

/** Signs outside of the basic plane count once. */
const width = (text: string): number => (/[\ud800-\udbff]/.test(text) ? [...text].length : text.length)
