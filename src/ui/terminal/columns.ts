/** East Asian wide characters and emoji take two cells of a terminal, combining marks none. */
function cells(code: number): number {
  if (code >= 0x300 && code <= 0x36f) return 0
  if (code < 0x1100) return 1
  const wide =
    code <= 0x115f ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}

/** How many cells a text takes on one endless line. */
export function columns(text: string): number {
  let sum = 0
  for (const character of text) sum += cells(character.codePointAt(0) ?? 0)
  return sum
}

/** Candidates in columns as a shell lists them, sorted down the columns. */
export function inColumns(candidates: readonly string[], width: number): string {
  const widest = Math.max(0, ...candidates.map(columns)) + 2
  const perRow = Math.max(1, Math.floor(width / widest))
  const rows = Math.ceil(candidates.length / perRow)
  const lines: string[] = []
  for (let row = 0; row < rows; row++) {
    let line = ''
    for (let at = row; at < candidates.length; at += rows) {
      const candidate = candidates[at] ?? ''
      line += candidate + ' '.repeat(Math.max(0, widest - columns(candidate)))
    }
    lines.push(line.trimEnd())
  }
  return lines.join('\r\n')
}
