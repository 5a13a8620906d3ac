import { matches } from './glob.ts'

/** `${x%pattern}`, `%%`, `#`, `##`: without the shortest or longest end or beginning that matches. */
export function trim(value: string, pattern: string, op: string): string {
  const n = value.length
  const lengths = Array.from({ length: n + 1 }, (_, i) => i)
  if (op === '%' || op === '%%') {
    const order = op === '%' ? lengths : lengths.slice().reverse()
    for (const cut of order) if (matches(pattern, value.slice(n - cut))) return value.slice(0, n - cut)
    return value
  }
  const order = op === '#' ? lengths : lengths.slice().reverse()
  for (const cut of order) if (matches(pattern, value.slice(0, cut))) return value.slice(cut)
  return value
}

/** `${x/pattern/text}`: the first longest match, or with `//` all; `#` and `%` at the head of the pattern bind it to an end. */
export function replaced(value: string, pattern: string, text: string, all: boolean): string {
  if (pattern === '') return value
  const anchor = pattern[0] === '#' || pattern[0] === '%' ? pattern[0] : ''
  const wanted = anchor ? pattern.slice(1) : pattern
  let out = ''
  for (let at = 0; at <= value.length; ) {
    const length = anchor === '#' && at > 0 ? undefined : longest(value, at, wanted, anchor === '%')
    if (length === undefined || length === 0) {
      out += value[at] ?? ''
      at++
      continue
    }
    out += text
    at += length
    if (!all || anchor) return out + value.slice(at)
  }
  return out
}

function longest(value: string, at: number, pattern: string, toEnd: boolean): number | undefined {
  for (let length = value.length - at; length > 0; length--) {
    if (matches(pattern, value.slice(at, at + length))) return length
    if (toEnd) return undefined
  }
  return undefined
}

/** `${x:offset:length}`; negative ones count from the end. */
export function substring(value: string, offset: number, length: number | undefined): string {
  const from = offset < 0 ? value.length + offset : offset
  if (from < 0 || from > value.length) return ''
  const to = length === undefined ? value.length : length < 0 ? value.length + length : from + length
  return value.slice(from, Math.max(from, to))
}

/** `${x^}`, `^^`, `,`, `,,` */
export function changedCase(value: string, op: string): string {
  const change = (text: string): string => (op[0] === '^' ? text.toUpperCase() : text.toLowerCase())
  return op.length === 2 ? change(value) : change(value.slice(0, 1)) + value.slice(1)
}
