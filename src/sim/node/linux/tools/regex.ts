const CLASSES: Readonly<Record<string, string>> = { alpha: 'A-Za-z', digit: '0-9', alnum: 'A-Za-z0-9', space: '\\s', upper: 'A-Z', lower: 'a-z', xdigit: '0-9A-Fa-f', blank: ' \\t', punct: '!-/:-@\\[-`{-~' }

const memo = new Map<string, RegExp | null>()

/** A basic or extended regular expression as JavaScript's; undefined where it is none, or one that could search without end. */
export function regularExpression(pattern: string, extended: boolean, ignoreCase: boolean): RegExp | undefined {
  const key = `${extended ? 'E' : 'B'}${ignoreCase ? 'i' : ''} ${pattern}`
  let made = memo.get(key)
  if (made === undefined) {
    if (memo.size > 500) memo.clear()
    memo.set(key, (made = compiled(pattern, extended, ignoreCase) ?? null))
  }
  return made ?? undefined
}

/** The pattern in JavaScript's notation (POSIX 9.3, 9.4, with GNU's \w \s \b \< \>). */
function translated(pattern: string, extended: boolean): string | undefined {
  let out = ''
  let atStart: boolean = true
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]!
    const wasStart: boolean = atStart
    atStart = false
    if (c === '[') {
      const end = closingBracket(pattern, i)
      if (end < 0) return undefined
      out += bracket(pattern.slice(i, end + 1))
      i = end
    } else if (c === '\\') {
      const next = pattern[++i]
      if (next === undefined) return undefined
      if (!extended && '(){}|+?'.includes(next)) {
        out += next
        atStart = next === '(' || next === '|'
      } else if (next === '<' || next === '>') out += '\\b'
      else if (next === '`' || next === "'") out += next === '`' ? '^' : '$'
      else out += /[a-zA-Z0-9]/.test(next) ? (/[nrtfvwWsSbB1-9]/.test(next) ? `\\${next}` : next) : `\\${next}`
    } else if (!extended && '(){}|+?'.includes(c)) out += `\\${c}`
    else if (c === '*' && wasStart) out += '\\*'
    else if (!extended && c === '^' && !wasStart) out += '\\^'
    else if (!extended && c === '$' && i < pattern.length - 1 && !/^\\[)|]/.test(pattern.slice(i + 1))) out += '\\$'
    else {
      out += c
      atStart = (c === '^' && wasStart) || (extended && (c === '(' || c === '|'))
    }
  }
  return out
}

function closingBracket(pattern: string, from: number): number {
  let i = from + 1
  if (pattern[i] === '^') i++
  if (pattern[i] === ']') i++
  for (; i < pattern.length; i++) {
    if (pattern[i] === '[' && /[:.=]/.test(pattern[i + 1] ?? '')) {
      const end = pattern.indexOf(`${pattern[i + 1]}]`, i + 2)
      if (end < 0) return -1
      i = end + 1
    } else if (pattern[i] === ']') return i
  }
  return -1
}

/** `[…]`: classes by name, and characters that mean something else to JavaScript. */
function bracket(text: string): string {
  const not = text[1] === '^'
  let inner = text.slice(not ? 2 : 1, -1)
  let lead = ''
  if (inner.startsWith(']')) {
    lead = '\\]'
    inner = inner.slice(1)
  }
  const body = inner.replace(/\[:(\w+):\]|\\n|\\t|[\\[\]]/g, (all, name: string | undefined) => (name !== undefined ? (CLASSES[name] ?? '') : all.length === 2 ? all : `\\${all}`))
  return `[${not ? '^' : ''}${lead}${body}]`
}

function compiled(pattern: string, extended: boolean, ignoreCase: boolean): RegExp | undefined {
  const source = translated(pattern, extended)
  if (source === undefined) return undefined
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
