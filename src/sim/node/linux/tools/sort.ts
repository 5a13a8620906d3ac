import { writeFile } from '../files.ts'
import { joined, linesOf, options, type ToolContext } from './context.ts'

/** A key of `sort -k`: fields and characters count from 1; `flags` of its own go before those of the command. */
interface Key {
  readonly from: number
  readonly fromChar: number
  readonly to: number
  readonly toChar: number
  readonly flags: string
}

const KEY = /^(\d+)(?:\.(\d+))?([bdfghinrVM]*)(?:,(\d+)(?:\.(\d+))?([bdfghinrVM]*))?$/
const SIZES: Readonly<Record<string, number>> = { k: 1, K: 1, M: 2, G: 3, T: 4, P: 5, E: 6 }

function keysOf(args: readonly string[]): readonly Key[] | string {
  const keys: Key[] = []
  for (let i = 0; i < args.length; i++) {
    const word = args[i]!
    if (!/^-[a-zA-Z]*k/.test(word)) continue
    const text = word.slice(word.indexOf('k') + 1) || (args[++i] ?? '')
    const m = KEY.exec(text)
    if (!m || Number(m[1]) < 1) return `bad field specification '${text}'`
    keys.push({ from: Number(m[1]), fromChar: Number(m[2] ?? 1), to: m[4] === undefined ? Infinity : Number(m[4]), toChar: Number(m[5] ?? 0), flags: `${m[3] ?? ''}${m[6] ?? ''}` })
  }
  return keys
}

/** The part of a line that a key means. Without a separator a field has the blanks before it. */
function partOf(line: string, key: Key, separator: string | undefined): string {
  const fields = separator === undefined ? (line.match(/\s*\S+/g) ?? []) : line.split(separator)
  const glue = separator ?? ''
  const first = (fields[key.from - 1] ?? '').slice(key.fromChar - 1)
  if (key.to <= key.from && key.to !== Infinity) return key.toChar > 0 ? first.slice(0, key.toChar - key.fromChar + 1) : first
  const rest = fields.slice(key.from, key.to === Infinity ? undefined : key.to)
  if (key.toChar > 0 && key.to !== Infinity) rest[key.to - key.from - 1] = (rest[key.to - key.from - 1] ?? '').slice(0, key.toChar)
  return [first, ...rest].join(glue)
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function byVersion(a: string, b: string): number {
  const [x, y] = [a.match(/\d+|\D+/g) ?? [], b.match(/\d+|\D+/g) ?? []]
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const [p = '', q = ''] = [x[i], y[i]]
    const order = /^\d/.test(p) && /^\d/.test(q) ? Number(p) - Number(q) : compareText(p, q)
    if (order !== 0) return order
  }
  return 0
}

function sized(text: string): readonly [number, number] {
  const m = /^\s*(-?\d*\.?\d*)([kKMGTPE]?)/.exec(text)!
  return [SIZES[m[2]!] ?? 0, Number.parseFloat(m[1]!) || 0]
}

function compareBy(flags: string, a: string, b: string): number {
  const trim = (text: string): string => (flags.includes('b') ? text.trimStart() : text)
  if (/[ng]/.test(flags)) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0)
  if (flags.includes('h')) {
    const [[x, m], [y, n]] = [sized(a), sized(b)]
    return x - y || m - n
  }
  if (flags.includes('V')) return byVersion(trim(a), trim(b))
  const shape = (text: string): string => {
    let shaped = trim(text)
    if (flags.includes('d')) shaped = shaped.replace(/[^A-Za-z0-9\s]/g, '')
    return flags.includes('f') ? shaped.toUpperCase() : shaped
  }
  return compareText(shape(a), shape(b))
}

/** `sort` with keys, numbers, sizes and versions; equal keys fall back to the whole line (busybox: coreutils/sort.c). */
export function sort(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'ktoST')
  const keys = keysOf(c.args)
  if (typeof keys === 'string') return c.fail(keys)
  const texts = c.texts(rest)
  if (!texts) return undefined
  if (c.status !== 0) return 2
  const general = [...flags].filter((f) => f.length === 1).join('')
  const separator = values.get('t')
  const wanted = keys.length > 0 ? keys : [undefined]
  const byKeys = (a: string, b: string): number => {
    for (const key of wanted) {
      const own = key && /[a-zA-Z]/.test(key.flags) ? key.flags : general
      const order = key ? compareBy(own, partOf(a, key, separator), partOf(b, key, separator)) : compareBy(own, a, b)
      if (order !== 0) return own.includes('r') ? -order : order
    }
    return 0
  }
  const compare = (a: string, b: string): number => byKeys(a, b) || (flags.has('s') || flags.has('u') ? 0 : general.includes('r') ? -compareText(a, b) : compareText(a, b))
  const all = texts.flatMap(({ text }) => linesOf(text))
  if (flags.has('c')) {
    const at = all.findIndex((line, i) => i > 0 && (compare(all[i - 1]!, line) > 0 || (flags.has('u') && byKeys(all[i - 1]!, line) === 0)))
    return at < 0 ? 0 : c.fail(`${rest[0] ?? '-'}:${at + 1}: disorder: ${all[at]}`)
  }
  let lines = all.sort(compare)
  if (flags.has('u')) lines = lines.filter((line, i) => i === 0 || byKeys(lines[i - 1]!, line) !== 0)
  const output = values.get('o')
  if (output === undefined) c.out(joined(lines))
  else {
    const refused = writeFile(c.files, output, joined(lines))
    if (refused) return c.failure(`can't open '${output}'`, refused, 2)
  }
  return c.status
}

/** Repeated lines one after another as one. */
export function uniq(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'fsw')
  const texts = c.texts(rest.slice(0, 1))
  if (!texts) return undefined
  const [fields, skipped, width] = ['f', 's', 'w'].map((letter) => Number(values.get(letter) ?? 0)) as [number, number, number]
  const key = (line: string): string => {
    let part = line
    for (let i = 0; i < fields; i++) part = part.replace(/^\s*\S*/, '')
    part = part.slice(skipped, width > 0 ? skipped + width : undefined)
    return flags.has('i') ? part.toLowerCase() : part
  }
  const groups: { line: string; n: number }[] = []
  for (const line of linesOf(texts[0]?.text ?? '')) {
    const last = groups.at(-1)
    if (last && key(last.line) === key(line)) last.n++
    else groups.push({ line, n: 1 })
  }
  const shown = groups.filter(({ n }) => (!flags.has('d') || n > 1) && (!flags.has('u') || n === 1)).map(({ line, n }) => (flags.has('c') ? `${String(n).padStart(7)} ${line}` : line))
  if (rest[1] === undefined) c.out(joined(shown))
  else {
    const refused = writeFile(c.files, rest[1], joined(shown))
    if (refused) return c.failure(`can't open '${rest[1]}'`, refused)
  }
  return c.status
}
