/**
 * Aligns tab-separated cells as Go's text/tabwriter does with a padding of 2: a column is a block of consecutive lines
 * that have a cell there which ends with a tab.
 */
export function alignTabs(text: string, padding = 2, least = 0): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const widths: number[][] = lines.map(() => [])
  const columns = Math.max(0, ...lines.map((l) => l.length - 1))
  for (let column = 0; column < columns; column++) {
    for (let i = 0; i < lines.length; i++) {
      if (lines[i]!.length - 1 <= column) continue
      let end = i
      let width = least
      while (end < lines.length && lines[end]!.length - 1 > column) width = Math.max(width, [...lines[end++]![column]!].length + padding)
      for (let j = i; j < end; j++) widths[j]![column] = width
      i = end - 1
    }
  }
  return lines.map((cells, i) => cells.map((cell, c) => (c < cells.length - 1 ? cell + ' '.repeat(widths[i]![c]! - [...cell].length) : cell)).join('')).join('\n')
}
