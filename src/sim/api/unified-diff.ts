/**
 * Unified diffs of lines as pmezard/go-difflib writes them, which is Python's difflib: the longest matching block first,
 * then what is left and right of it; in texts of 200 lines and more, lines that make up over 1 % are no anchors.
 */
interface Block {
  readonly a: number
  readonly b: number
  readonly size: number
}
type Tag = 'equal' | 'replace' | 'delete' | 'insert'
interface Op {
  readonly tag: Tag
  readonly a0: number
  readonly a1: number
  readonly b0: number
  readonly b1: number
}

/** Where each line stands in `b`, without the popular ones. */
function positions(b: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const at = new Map<string, number[]>()
  b.forEach((line, i) => {
    const list = at.get(line)
    if (list) list.push(i)
    else at.set(line, [i])
  })
  if (b.length >= 200) {
    const limit = Math.floor(b.length / 100) + 1
    for (const [line, list] of at) if (list.length > limit) at.delete(line)
  }
  return at
}

function longest(a: readonly string[], b: readonly string[], at: ReadonlyMap<string, readonly number[]>, alo: number, ahi: number, blo: number, bhi: number): Block {
  let [bestA, bestB, size] = [alo, blo, 0]
  let ending = new Map<number, number>()
  for (let i = alo; i < ahi; i++) {
    const next = new Map<number, number>()
    for (const j of at.get(a[i]!) ?? []) {
      if (j < blo) continue
      if (j >= bhi) break
      const k = (ending.get(j - 1) ?? 0) + 1
      next.set(j, k)
      if (k > size) [bestA, bestB, size] = [i - k + 1, j - k + 1, k]
    }
    ending = next
  }
  // Popular lines are no anchors but may widen a match.
  while (bestA > alo && bestB > blo && a[bestA - 1] === b[bestB - 1]) [bestA, bestB, size] = [bestA - 1, bestB - 1, size + 1]
  while (bestA + size < ahi && bestB + size < bhi && a[bestA + size] === b[bestB + size]) size++
  return { a: bestA, b: bestB, size }
}

function matchingBlocks(a: readonly string[], b: readonly string[]): readonly Block[] {
  const at = positions(b)
  const found: Block[] = []
  const look = (alo: number, ahi: number, blo: number, bhi: number): void => {
    const m = longest(a, b, at, alo, ahi, blo, bhi)
    if (m.size === 0) return
    if (alo < m.a && blo < m.b) look(alo, m.a, blo, m.b)
    found.push(m)
    if (m.a + m.size < ahi && m.b + m.size < bhi) look(m.a + m.size, ahi, m.b + m.size, bhi)
  }
  look(0, a.length, 0, b.length)
  const merged: Block[] = []
  for (const m of found) {
    const last = merged[merged.length - 1]
    if (last && last.a + last.size === m.a && last.b + last.size === m.b) merged[merged.length - 1] = { ...last, size: last.size + m.size }
    else merged.push(m)
  }
  return [...merged, { a: a.length, b: b.length, size: 0 }]
}

function opcodes(a: readonly string[], b: readonly string[]): Op[] {
  const out: Op[] = []
  let [i, j] = [0, 0]
  for (const m of matchingBlocks(a, b)) {
    const tag: Tag | undefined = i < m.a && j < m.b ? 'replace' : i < m.a ? 'delete' : j < m.b ? 'insert' : undefined
    if (tag) out.push({ tag, a0: i, a1: m.a, b0: j, b1: m.b })
    i = m.a + m.size
    j = m.b + m.size
    if (m.size) out.push({ tag: 'equal', a0: m.a, a1: i, b0: m.b, b1: j })
  }
  return out
}

/** Changes with up to `n` lines around them; longer stretches of equal lines part the groups. */
function grouped(ops: Op[], n: number): readonly (readonly Op[])[] {
  if (ops.length === 0) return []
  const first = ops[0]!
  if (first.tag === 'equal') ops[0] = { ...first, a0: Math.max(first.a0, first.a1 - n), b0: Math.max(first.b0, first.b1 - n) }
  const last = ops[ops.length - 1]!
  if (last.tag === 'equal') ops[ops.length - 1] = { ...last, a1: Math.min(last.a1, last.a0 + n), b1: Math.min(last.b1, last.b0 + n) }
  const groups: Op[][] = []
  let group: Op[] = []
  for (const op of ops) {
    let { a0, b0 } = op
    if (op.tag === 'equal' && op.a1 - op.a0 > 2 * n) {
      group.push({ ...op, a1: Math.min(op.a1, a0 + n), b1: Math.min(op.b1, b0 + n) })
      groups.push(group)
      group = []
      a0 = Math.max(a0, op.a1 - n)
      b0 = Math.max(b0, op.b1 - n)
    }
    group.push({ ...op, a0, b0 })
  }
  if (group.length > 0 && !(group.length === 1 && group[0]!.tag === 'equal')) groups.push(group)
  return groups
}

function range(start: number, stop: number): string {
  const length = stop - start
  if (length === 1) return `${start + 1}`
  return length === 0 ? `${start},0` : `${start + 1},${length}`
}

/** The differences of two texts with three lines of context, without file names; '' where they are equal. */
export function unifiedDiff(before: string, after: string): string {
  const a = before.split('\n')
  const b = after.split('\n')
  let out = ''
  const put = (sign: string, lines: readonly string[], from: number, to: number): void => {
    for (let i = from; i < to; i++) out += `${sign}${lines[i]}\n`
  }
  for (const group of grouped(opcodes(a, b), 3)) {
    const [first, last] = [group[0]!, group[group.length - 1]!]
    out += `@@ -${range(first.a0, last.a1)} +${range(first.b0, last.b1)} @@\n`
    for (const op of group) {
      if (op.tag === 'equal') put(' ', a, op.a0, op.a1)
      if (op.tag === 'replace' || op.tag === 'delete') put('-', a, op.a0, op.a1)
      if (op.tag === 'replace' || op.tag === 'insert') put('+', b, op.b0, op.b1)
    }
  }
  return out
}
