/** Completion indexes as ordered intervals, both ends included, neighbours merged (indexed_job_utils.go: orderedIntervals). */
export type Intervals = readonly Interval[]

interface Interval {
  readonly first: number
  readonly last: number
}

/** Both sets together. */
export function merge(a: Intervals, b: Intervals): Intervals {
  const result: Interval[] = []
  for (const next of [...a, ...b].sort((x, y) => x.first - y.first)) {
    const last = result.at(-1)
    if (!last || next.first > last.last + 1) result.push(next)
    else if (last.last < next.last) result[result.length - 1] = { first: last.first, last: next.last }
  }
  return result
}

export const withIndexes = (intervals: Intervals, indexes: Iterable<number>): Intervals =>
  merge(intervals, [...indexes].map((index) => ({ first: index, last: index })))

export const total = (intervals: Intervals): number => intervals.reduce((n, { first, last }) => n + last - first + 1, 0)

export const hasIndex = (intervals: Intervals, index: number): boolean => intervals.some(({ first, last }) => first <= index && index <= last)

/** "0,2-5"; two neighbours are written with a comma. */
export const intervalsText = (intervals: Intervals): string =>
  intervals.map(({ first, last }) => (first === last ? `${first}` : `${first}${last === first + 1 ? ',' : '-'}${last}`)).join(',')

/** Reads what `intervalsText` wrote, up to `completions`; malformed parts are passed over. */
export function parseIntervals(text: string | undefined, completions: number): Intervals {
  const result: Interval[] = []
  for (const part of (text ?? '').split(',')) {
    const [from, to] = part.split('-')
    if (!isNumber(from) || (to !== undefined && !isNumber(to))) continue
    const first = Number(from)
    if (first >= completions) break
    const last = to === undefined ? first : Math.min(Number(to), completions - 1)
    const before = result.at(-1)
    if (before && before.last === first - 1) result[result.length - 1] = { first: before.first, last }
    else result.push({ first, last })
  }
  return result
}

const isNumber = (text: string | undefined): boolean => text !== undefined && /^\d+$/.test(text)

/** How many indexes are in both. */
export function overlap(a: Intervals, b: Intervals): number {
  let shared = 0
  for (const x of a) for (const y of b) shared += Math.max(0, Math.min(x.last, y.last) - Math.max(x.first, y.first) + 1)
  return shared
}

/** The first `count` indexes below `completions` that are not in `taken`. */
export function firstFree(taken: Intervals, count: number, completions: number): number[] {
  const free: number[] = []
  let candidate = 0
  for (const { first, last } of taken) {
    for (; candidate < completions && free.length < count && candidate < first; candidate++) free.push(candidate)
    candidate = Math.max(candidate, last + 1)
  }
  for (; candidate < completions && free.length < count; candidate++) free.push(candidate)
  return free
}
