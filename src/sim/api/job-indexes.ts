import { goQuote } from './field.ts'

/** An interval of completion indexes, both ends included. */
export interface IndexInterval {
  readonly from: number
  readonly to: number
}

function index(text: string, completions: number): number | string {
  if (!/^[+-]?\d+$/.test(text)) return `cannot convert string to integer for index: ${goQuote(text)}`
  const n = Number(text)
  return n >= completions ? `too large index: ${goQuote(text)}` : n
}

function interval(text: string, completions: number): IndexInterval | string {
  const limits = text.split('-')
  if (limits.length > 2) return `the fragment ${goQuote(text)} violates the requirement that an index interval can have at most two parts separated by '-'`
  const from = index(limits[0]!, completions)
  if (typeof from === 'string') return from
  if (limits.length === 1) return { from, to: from }
  const to = index(limits[1]!, completions)
  if (typeof to === 'string') return to
  return from >= to ? `non-increasing order, previous: ${from}, current: ${to}` : { from, to }
}

/** Reads "1,3-5" with all indexes below `completions`; a text is the complaint (batch/validation: validateIndexesFormat). */
export function parseIndexes(text: string, completions: number): readonly IndexInterval[] | string {
  if (text === '') return []
  const out: IndexInterval[] = []
  for (const part of text.split(',')) {
    const next = interval(part, completions)
    if (typeof next === 'string') return next
    const last = out[out.length - 1]
    if (last && last.to >= next.from) return `non-increasing order, previous: ${last.to}, current: ${next.from}`
    out.push(next)
  }
  return out
}

export const countIndexes = (intervals: readonly IndexInterval[]): number => intervals.reduce((n, i) => n + i.to - i.from + 1, 0)

/** The first index that both have, walking as Kubernetes does; malformed intervals are passed over. */
export function overlap(completed: string, failed: string, completions: number): number | undefined {
  if (completed === '' || failed === '') return undefined
  const read = (text: string): IndexInterval[] => text.split(',').map((p) => interval(p, completions)).filter((i) => typeof i !== 'string')
  const [a, b] = [read(completed), read(failed)]
  let [i, j] = [0, 0]
  while (i < a.length && j < b.length) {
    const [c, f] = [a[i]!, b[j]!]
    if (c.from <= f.to && f.from <= c.to) return Math.max(c.from, f.from)
    if (c.from <= f.from) i++
    else j++
  }
  return undefined
}
