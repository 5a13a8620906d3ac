/**
 * Lines from..to (1-based, inclusive) of the new text that stand for oldFrom..oldTo of the old one. `to` < `from`: lines
 * were only removed, before `from`; `oldTo` < `oldFrom`: lines were only added.
 */
export interface ChangedRange {
  readonly from: number
  readonly to: number
  readonly oldFrom: number
  readonly oldTo: number
}

/** Above this many cells the middle counts as one change instead of being compared line by line. */
const MOST_CELLS = 4_000_000

/** Length of the longest common subsequence of every pair of suffixes, row-major with (b.length + 1) columns. */
function suffixLengths(a: readonly string[], b: readonly string[]): Uint32Array {
  const width = b.length + 1
  const table = new Uint32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      const skip = Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0)
      table[i * width + j] = a[i] === b[j] ? (table[(i + 1) * width + j + 1] ?? 0) + 1 : skip
    }
  }
  return table
}

function compareMiddle(a: readonly string[], b: readonly string[], offset: number): ChangedRange[] {
  if (a.length === 0 && b.length === 0) return []
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_CELLS) {
    return [{ from: offset + 1, to: offset + b.length, oldFrom: offset + 1, oldTo: offset + a.length }]
  }
  const table = suffixLengths(a, b)
  const width = b.length + 1
  const ranges: ChangedRange[] = []
  let i = 0
  let j = 0
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      i++
      j++
      continue
    }
    const start = j
    const oldStart = i
    while (!(i < a.length && j < b.length && a[i] === b[j]) && (i < a.length || j < b.length)) {
      const takeOld = j >= b.length || (i < a.length && (table[(i + 1) * width + j] ?? 0) >= (table[i * width + j + 1] ?? 0))
      if (takeOld) i++
      else j++
    }
    ranges.push({ from: offset + start + 1, to: offset + j, oldFrom: offset + oldStart + 1, oldTo: offset + i })
  }
  return ranges
}

/** Which lines of `after` are not those of `before`, as few changes as possible, in order. Equal texts: none. */
export function changedLines(before: string, after: string): ChangedRange[] {
  if (before === after) return []
  const a = before.split('\n')
  const b = after.split('\n')
  let start = 0
  while (start < a.length && start < b.length && a[start] === b[start]) start++
  let end = 0
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++
  return compareMiddle(a.slice(start, a.length - end), b.slice(start, b.length - end), start)
}
