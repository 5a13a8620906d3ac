import { fault } from './values.ts'

const LONGEST = 1 << 20

const text = (value: unknown): string => (typeof value === 'string' ? value : fault('no such overload'))
const number = (value: unknown): number => (typeof value === 'bigint' ? Number(value) : fault('no such overload'))
const runes = (value: unknown): string[] => [...text(value)]
const within = (made: string): string => (made.length > LONGEST ? fault('operation cancelled: actual cost limit exceeded') : made)

/** A repeated group that repeats or branches inside may take exponential time in a backtracking matcher. */
function isDangerous(pattern: string): boolean {
  const open: number[] = []
  let inClass = false
  const risky: boolean[] = []
  for (let i = 0; i < pattern.length; i++) {
    const c = pattern[i]
    if (c === '\\') i++
    else if (inClass) inClass = c !== ']'
    else if (c === '[') inClass = true
    else if (c === '(') {
      open.push(i)
      risky.push(false)
    } else if (c === '|' || c === '*' || c === '+' || c === '{') {
      if (risky.length > 0) risky[risky.length - 1] = true
    } else if (c === ')') {
      const inner = risky.pop() ?? false
      open.pop()
      const repeats = /^[*+]|^\{\d+,/.test(pattern.slice(i + 1))
      if (inner && repeats) return true
      if (inner && risky.length > 0) risky[risky.length - 1] = true
    }
  }
  return false
}

/** Would Go's regexp take the pattern? Doubtful cases pass, since only running them tells. */
export function isPattern(pattern: string): boolean {
  if (/\(\?(?:[=!]|<[=!])|\\[1-9]/.test(pattern.replace(/\\\\/g, ''))) return false
  try {
    void new RegExp(pattern.replace(/^\(\?[imsU]+\)/, '').replace(/\(\?P</g, '(?<'))
    return true
  } catch {
    return false
  }
}

const compiled = new Map<string, RegExp>()

function regex(pattern: unknown): RegExp {
  const source = text(pattern)
  let found = compiled.get(source)
  if (found) return found
  if (isDangerous(source)) return fault(`regular expression ${JSON.stringify(source)} is not modelled: a repeated group that repeats or branches inside`)
  try {
    const flags = /^\(\?([ims]+)\)/.exec(source)
    found = new RegExp(source.slice(flags?.[0].length ?? 0).replace(/\(\?P</g, '(?<').replace(/\\z/g, '$').replace(/\\A/g, '^'), `u${flags?.[1] ?? ''}`)
  } catch {
    return fault(`error parsing regexp: invalid or unsupported: \`${source}\``)
  }
  if (compiled.size > 1000) compiled.clear()
  compiled.set(source, found)
  return found
}

function substring(value: unknown, from: unknown, to?: unknown): string {
  const all = runes(value)
  const start = number(from)
  const end = to === undefined ? all.length : number(to)
  if (start < 0 || start > all.length) return fault(`index out of range: ${start}`)
  if (end < 0 || end > all.length) return fault(`index out of range: ${end}`)
  if (start > end) return fault(`invalid substring range. start: ${start}, end: ${end}`)
  return all.slice(start, end).join('')
}

function split(value: unknown, separator: unknown, limit?: unknown): string[] {
  const count = limit === undefined ? -1 : number(limit)
  const parts = text(separator) === '' ? runes(value) : text(value).split(text(separator))
  if (count === 0) return []
  return count < 0 || parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(text(separator))]
}

function replace(value: unknown, from: unknown, to: unknown, limit?: unknown): string {
  const count = limit === undefined ? -1 : number(limit)
  const parts = text(value).split(text(from))
  if (count < 0) return within(parts.join(text(to)))
  const head = parts.slice(0, count + 1).join(text(to))
  const tail = parts.slice(count + 1)
  return within(tail.length > 0 ? [head, ...tail].join(text(from)) : head)
}

const place = (value: unknown, codeUnits: number): bigint => BigInt(codeUnits < 0 ? -1 : [...text(value).slice(0, codeUnits)].length)
const offset = (value: unknown, at: unknown): number => runes(value).slice(0, number(at)).join('').length

/** Members of strings: the standard ones, cel-go's strings library, Kubernetes' regular expressions. */
export const stringFunctions = {
  contains: (value: unknown, part: unknown): boolean => text(value).includes(text(part)),
  startsWith: (value: unknown, part: unknown): boolean => text(value).startsWith(text(part)),
  endsWith: (value: unknown, part: unknown): boolean => text(value).endsWith(text(part)),
  matches: (value: unknown, pattern: unknown): boolean => regex(pattern).test(text(value)),
  find: (value: unknown, pattern: unknown): string => regex(pattern).exec(text(value))?.[0] ?? '',
  findAll(value: unknown, pattern: unknown, limit?: unknown): string[] {
    const { source, flags } = regex(pattern)
    const all = [...text(value).matchAll(new RegExp(source, `g${flags}`))].map(([match]) => match)
    return limit === undefined || number(limit) < 0 ? all : all.slice(0, number(limit))
  },
  charAt(value: unknown, at: unknown): string {
    const all = runes(value)
    return number(at) < 0 || number(at) > all.length ? fault(`index out of range: ${number(at)}`) : (all[number(at)] ?? '')
  },
  indexOf: (value: unknown, part: unknown, from?: unknown): bigint => place(value, text(value).indexOf(text(part), from === undefined ? 0 : offset(value, from))),
  lastIndexOf: (value: unknown, part: unknown, from?: unknown): bigint => place(value, text(value).lastIndexOf(text(part), from === undefined ? Infinity : offset(value, from))),
  lowerAscii: (value: unknown): string => text(value).replace(/[A-Z]+/g, (s) => s.toLowerCase()),
  upperAscii: (value: unknown): string => text(value).replace(/[a-z]+/g, (s) => s.toUpperCase()),
  replace,
  split,
  substring,
  trim: (value: unknown): string => text(value).trim(),
  reverse: (value: unknown): string => runes(value).reverse().join(''),
  'strings.quote': (value: unknown): string => JSON.stringify(text(value)),
}
