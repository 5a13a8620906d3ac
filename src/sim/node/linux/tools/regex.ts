const CLASSES: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', xdigit: '0-9A-Fa-f', blank: ' \\t', punct: '!-/:-@\\[-`{-~' }

/** A basic or extended regular expression as JavaScript's; undefined where it is none, or one that could search without end. */
export function regularExpression(pattern: string, extended: boolean, ignoreCase: boolean): RegExp | undefined {
  const source = (extended ? pattern : pattern.replace(/\\([(){}|+?])|([(){}|+?])/g, (_all, special: string | undefined, plain: string | undefined) => special ?? `\\${plain}`)).replace(/\[:(\w+):\]/g, (_all, name: string) => CLASSES[name] ?? '')
  if (canExplode(source)) return undefined
  try {
    return new RegExp(source, ignoreCase ? 'i' : '')
  } catch {
    return undefined
  }
}

/** One group of an expression while it is read. */
interface Group {
  /** Something in it is repeated without bound. */
  repeats: boolean
  alternatives: boolean
  /** It holds a fixed character or class outside of what is repeated, so that its turns are told apart. */
  anchored: boolean
}

/**
 * Could matching take exponential time: is a group repeated without bound in which something is repeated already and nothing
 * stands fixed beside it, or in which there is a choice of overlapping beginnings? `([0-9]+\.)+` may be, `(a+)+` and `(a|a)*` not.
 */
function canExplode(source: string): boolean {
  const groups: Group[] = [{ repeats: false, alternatives: false, anchored: false }]
  for (let i = 0; i < source.length; ) {
    const c = source[i]!
    const top = groups.at(-1)!
    if (c === '(') {
      groups.push({ repeats: false, alternatives: false, anchored: false })
      i++
      continue
    }
    let width = 1
    let inner: Group | undefined
    if (c === ')') {
      if (groups.length === 1) return false
      inner = groups.pop()!
    } else if (c === '\\') width = 2
    else if (c === '[') {
      let end = i + 1
      if (source[end] === '^') end++
      if (source[end] === ']') end++
      while (end < source.length && source[end] !== ']') end += source[end] === '\\' ? 2 : 1
      width = end - i + 1
    } else if (c === '|') {
      top.alternatives = true
      i++
      continue
    }
    i += width
    const quantifier = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/.exec(source.slice(i))?.[0]
    const unbounded = quantifier !== undefined && (/^[*+]/.test(quantifier) || /^\{\d+,\}/.test(quantifier))
    if (inner && unbounded && ((inner.repeats && !inner.anchored) || (inner.alternatives && (inner.repeats || hasOverlap(source, i))))) return true
    if (inner) {
      const outer = groups.at(-1)!
      outer.repeats ||= inner.repeats || unbounded
      outer.anchored ||= inner.anchored && !unbounded && quantifier === undefined
    } else if (unbounded) top.repeats = true
    else if (quantifier === undefined && c !== '^' && c !== '$') top.anchored = true
    i += quantifier?.length ?? 0
  }
  return false
}

/** Do two alternatives of the group that ends before `end` begin alike? */
function hasOverlap(source: string, end: number): boolean {
  let depth = 0
  let from = end - 1
  for (; from >= 0; from--) {
    if (source[from] === ')' && source[from - 1] !== '\\') depth++
    else if (source[from] === '(' && source[from - 1] !== '\\' && --depth === 0) break
  }
  const begins = source.slice(from + 1, end - 1).replace(/^\?:/, '').split('|').map((part) => part.slice(0, part.startsWith('\\') ? 2 : 1))
  return begins.some((b) => b === '' || b === '.' || b === '[' || b === '(' || b === '\\w') || new Set(begins).size < begins.length
}
