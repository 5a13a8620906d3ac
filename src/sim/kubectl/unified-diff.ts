interface Row {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** The rows of a shortest edit between two texts: longest common subsequence by dynamic programming. */
function rowsOf(a: readonly string[], b: readonly string[]): readonly Row[] {
  const width = b.length + 1
  const length = new Int32Array((a.length + 1) * width)
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      length[i * width + j] = a[i] === b[j] ? length[(i + 1) * width + j + 1]! + 1 : Math.max(length[(i + 1) * width + j]!, length[i * width + j + 1]!)
  const out: Row[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) out.push({ sign: ' ', text: a[i++]! }), j++
    else if (i < a.length && (j >= b.length || length[(i + 1) * width + j]! >= length[i * width + j + 1]!)) out.push({ sign: '-', text: a[i++]! })
    else out.push({ sign: '+', text: b[j++]! })
  }
  return out
}

const CONTEXT = 3

/** The hunks of `diff -u` between two texts, without the two lines that name the files. */
export function unifiedDiff(before: string, after: string): string {
  const split = (t: string): string[] => (t === '' ? [] : t.replace(/\n$/, '').split('\n'))
  const rows = rowsOf(split(before), split(after))
  let out = ''
  for (let i = 0; i < rows.length; ) {
    const first = rows.findIndex((r, k) => k >= i && r.sign !== ' ')
    if (first < 0) break
    const start = Math.max(i, first - CONTEXT)
    let end = first
    for (let quiet = 0, k = first; k < rows.length && quiet <= 2 * CONTEXT; k++) {
      quiet = rows[k]!.sign === ' ' ? quiet + 1 : 0
      if (quiet === 0) end = k
    }
    const stop = Math.min(rows.length, end + CONTEXT + 1)
    out += hunk(rows, start, stop)
    i = stop
  }
  return out
}

function hunk(rows: readonly Row[], start: number, stop: number): string {
  const count = (list: readonly Row[], sign: '-' | '+'): number => list.filter((r) => r.sign === ' ' || r.sign === sign).length
  const [above, inside] = [rows.slice(0, start), rows.slice(start, stop)]
  const range = (sign: '-' | '+'): string => {
    const n = count(inside, sign)
    const line = count(above, sign) + (n === 0 ? 0 : 1)
    return n === 1 ? `${line}` : `${line},${n}`
  }
  return `@@ -${range('-')} +${range('+')} @@\n${inside.map((r) => `${r.sign}${r.text}\n`).join('')}`
}
