/** Does `text` match a shell pattern? `\` escapes; `*`, `?`, `[…]` as in POSIX 2.13. Linear in practice: only the last star is retried. */
export function matches(pattern: string, text: string): boolean {
  let p = 0
  let t = 0
  let star = -1
  let mark = 0
  while (t < text.length) {
    const c = pattern[p]
    if (c === '*') {
      star = p++
      mark = t
      continue
    }
    const after = c === undefined ? -1 : one(pattern, p, text[t]!)
    if (after >= 0) {
      p = after
      t++
    } else if (star >= 0) {
      p = star + 1
      t = ++mark
    } else return false
  }
  while (pattern[p] === '*') p++
  return p === pattern.length
}

/** Index behind the element of the pattern at `p` when it takes `c`; -1 when it does not. */
function one(pattern: string, p: number, c: string): number {
  const element = pattern[p]
  if (element === '?') return p + 1
  if (element === '\\' && p + 1 < pattern.length) return pattern[p + 1] === c ? p + 2 : -1
  if (element !== '[') return element === c ? p + 1 : -1
  const negated = pattern[p + 1] === '!' || pattern[p + 1] === '^'
  let i = p + (negated ? 2 : 1)
  let inside = false
  for (let first = true; ; first = false) {
    const from = pattern[i]
    if (from === undefined) return c === '[' ? p + 1 : -1
    if (from === ']' && !first) break
    const named = pattern.startsWith('[:', i) ? /^\[:(\w+):\]/.exec(pattern.slice(i)) : null
    if (named) {
      inside ||= CLASSES[named[1]!]?.test(c) ?? false
      i += named[0].length
    } else if (pattern[i + 1] === '-' && pattern[i + 2] !== undefined && pattern[i + 2] !== ']') {
      inside ||= from <= c && c <= pattern[i + 2]!
      i += 3
    } else {
      inside ||= from === c
      i++
    }
  }
  return inside !== negated ? i + 1 : -1
}

const CLASSES: Readonly<Record<string, RegExp>> = { alpha: /[A-Za-z]/, digit: /\d/, alnum: /[A-Za-z0-9]/, space: /\s/, upper: /[A-Z]/, lower: /[a-z]/, punct: /[!-/:-@[-`{-~]/, xdigit: /[0-9A-Fa-f]/, blank: /[ \t]/ }

export const hasGlob = (pattern: string): boolean => WILD.test(pattern) || (pattern.includes('[') && pattern.lastIndexOf(']') > pattern.indexOf('[') + 1 && OPENING.test(pattern))

const WILD = /(^|[^\\])[*?]/
/** A bracket that nothing closes stands for itself, as in the command `[`. */
const OPENING = /(^|[^\\])\[/
export const escaped = (text: string): string => text.replace(/[\\*?[\]]/g, '\\$&')
export const unescaped = (pattern: string): string => pattern.replace(/\\([\s\S])/g, '$1')
