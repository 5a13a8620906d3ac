import { bytesOf, byteCount, splitBytes } from '../../../api/bytes.ts'
import { sha256Hex } from '../../../api/sha256.ts'
import { unifiedDiff } from '../../../api/unified-diff.ts'
import { md5Hex } from './md5.ts'
import { options, type Tool, type ToolContext } from './context.ts'

const hex = (n: number, width: number): string => n.toString(16).padStart(width, '0')
const MOST_DUMPED = 65_536

/** md5sum, sha256sum: sums of files, and with -c a check of them. */
const sums = (digest: (text: string) => string): Tool => (c) => {
  const { flags, rest } = options(c.args)
  const texts = c.texts(rest)
  if (!texts) return undefined
  if (!flags.has('c')) {
    for (const { name, text } of texts) c.out(`${digest(text)}  ${name === '(standard input)' ? '-' : name}\n`)
    return c.status
  }
  let bad = 0
  for (const line of texts.flatMap(({ text }) => text.split('\n'))) {
    const m = /^([0-9a-f]+) [ *](.+)$/.exec(line)
    if (!m) continue
    const isSame = digest(c.readFile(m[2]!) ?? '') === m[1]
    if (!isSame) bad++
    c.out(`${m[2]!}: ${isSame ? 'OK' : 'FAILED'}\n`)
  }
  if (bad > 0) c.err(`${c.name}: WARNING: ${bad} of ${texts.length} computed checksums did NOT match\n`)
  return bad > 0 ? 1 : c.status
}

/** hexdump -C and xxd: offset, bytes, what of them can be printed; od -c and od -x in their own columns. */
function dump(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, c.name === 'od' ? 'AtNj' : 'nsl')
  const texts = c.texts(rest)
  if (!texts) return undefined
  const most = Math.min(Number(values.get('n') ?? values.get('N') ?? values.get('l') ?? MOST_DUMPED), MOST_DUMPED)
  const bytes = bytesOf(texts.map(({ text }) => text).join('')).slice(0, most)
  const shown = (row: readonly number[]): string => row.map((b) => (b >= 32 && b < 127 ? String.fromCharCode(b) : '.')).join('')
  const canonical = c.name === 'hexdump' && flags.has('C')
  const bare = c.name === 'od' && values.get('A') === 'n'
  const single = c.name === 'od' ? /^([xduo])1$/.exec(values.get('t') ?? (flags.has('b') ? 'o1' : ''))?.[1] : undefined
  const characters = c.name === 'od' && (flags.has('c') || values.get('t') === 'c')
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.slice(at, at + 16)
    if (canonical) c.out(`${hex(at, 8)}  ${row.map((b, i) => hex(b, 2) + (i === 7 ? ' ' : '')).join(' ').padEnd(49)} |${shown(row)}|\n`)
    else if (c.name === 'xxd') c.out(`${hex(at, 8)}: ${row.map((b, i) => hex(b, 2) + (i % 2 === 1 ? ' ' : '')).join('').padEnd(40)} ${shown(row)}\n`)
    else if (single) c.out(`${bare ? '' : at.toString(8).padStart(7, '0')}${row.map((b) => (single === 'x' ? ` ${hex(b, 2)}` : single === 'o' ? ` ${b.toString(8).padStart(3, '0')}` : String(single === 'd' && b > 127 ? b - 256 : b).padStart(5))).join('')}\n`)
    else if (characters) c.out(`${bare ? '' : at.toString(8).padStart(7, '0')}${row.map((b) => (NAMED[b] ?? (b >= 32 && b < 127 ? String.fromCharCode(b) : b.toString(8).padStart(3, '0'))).padStart(4)).join('')}\n`)
    else {
      const words: string[] = []
      for (let i = 0; i < row.length; i += 2) {
        const word = row[i]! + (row[i + 1] ?? 0) * 256
        words.push(c.name === 'od' && !flags.has('x') && values.get('t') !== 'x2' ? word.toString(8).padStart(6, '0') : hex(word, 4))
      }
      c.out(`${bare ? '' : c.name === 'od' ? at.toString(8).padStart(7, '0') : hex(at, 7)} ${words.join(' ')}\n`)
    }
  }
  if (c.name !== 'xxd' && !bare) c.out(`${c.name === 'od' ? bytes.length.toString(8).padStart(7, '0') : hex(bytes.length, canonical ? 8 : 7)}\n`)
  return c.status
}

const NAMED: Readonly<Record<number, string>> = { 0: '\\0', 7: '\\a', 8: '\\b', 9: '\\t', 10: '\\n', 11: '\\v', 12: '\\f', 13: '\\r' }

/** diff -u; without -u too, since that is what busybox prints. */
function diff(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args, 'LU')
  const texts = c.texts(rest.slice(0, 2))
  if (!texts) return undefined
  if (texts.length < 2) return 2
  const [a, b] = texts as [{ name: string; text: string }, { name: string; text: string }]
  if (a.text === b.text) return 0
  if (flags.has('q')) c.out(`Files ${a.name} and ${b.name} differ\n`)
  else c.out(`--- ${a.name}\n+++ ${b.name}\n${unifiedDiff(a.text.replace(/\n$/, ''), b.text.replace(/\n$/, ''))}`)
  return 1
}

const linesOf = (text: string): string[] => text.replace(/\n$/, '').split('\n')

function comm(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args)
  const texts = c.texts(rest)
  if (!texts || texts.length < 2) return texts ? 1 : undefined
  const [a, b] = texts.map(({ text }) => (text === '' ? [] : linesOf(text))) as [string[], string[]]
  let [i, j] = [0, 0]
  const show = (column: 1 | 2 | 3, line: string): void => {
    if (!flags.has(String(column)) && !c.args.some((word) => /^-\d+$/.test(word) && word.includes(String(column)))) c.out(`${'\t'.repeat([1, 2].filter((k) => k < column && !c.args.some((word) => /^-\d+$/.test(word) && word.includes(String(k)))).length)}${line}\n`)
  }
  while (i < a.length || j < b.length) {
    if (j >= b.length || (i < a.length && a[i]! < b[j]!)) show(1, a[i++]!)
    else if (i >= a.length || b[j]! < a[i]!) show(2, b[j++]!)
    else {
      show(3, a[i++]!)
      j++
    }
  }
  return c.status
}

function paste(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'd')
  const texts = c.texts(rest)
  if (!texts) return undefined
  const columns = texts.map(({ text }) => (text === '' ? [] : linesOf(text)))
  const between = (values.get('d') ?? '\t').replace('\\n', '\n').replace('\\t', '\t')
  if (flags.has('s')) for (const column of columns) c.out(`${column.join(between)}\n`)
  else for (let i = 0; i < Math.max(0, ...columns.map((x) => x.length)); i++) c.out(`${columns.map((x) => x[i] ?? '').join(between)}\n`)
  return c.status
}

function strings(c: ToolContext): number | undefined {
  const { values, rest } = options(c.args, 'n')
  const texts = c.texts(rest)
  if (!texts) return undefined
  const least = Math.max(1, Math.min(Number(values.get('n') ?? 4), 100))
  for (const { text } of texts) for (const m of text.matchAll(new RegExp(`[\\x20-\\x7e\\t]{${least},}`, 'g'))) c.out(`${m[0]}\n`)
  return c.status
}

/** more and less without a terminal of their own are cat. */
function pager(c: ToolContext): number | undefined {
  const texts = c.texts(options(c.args).rest)
  if (!texts) return undefined
  for (const { text } of texts) c.out(text)
  return c.status
}

export const byteTools: Readonly<Record<string, Tool>> = {
  md5sum: sums(md5Hex), sha256sum: sums(sha256Hex), hexdump: dump, xxd: dump, od: dump, diff, comm, paste, strings, more: pager, less: pager,
  cmp: (c) => {
    const texts = c.texts(options(c.args).rest.slice(0, 2))
    if (!texts) return undefined
    if (texts.length < 2) return 2
    const [a, b] = texts.map(({ text }) => text) as [string, string]
    if (a === b) return 0
    let n = 0
    while (a[n] === b[n] && n < a.length) n++
    c.out(`${texts[0]!.name} ${texts[1]!.name} differ: byte ${byteCount(a.slice(0, n)) + 1}, line ${a.slice(0, n).split('\n').length}\n`)
    return 1
  },
  truncate: (c) => {
    const { values, rest } = options(c.args.map((word) => word.replace(/^--size=/, '-s')), 's')
    const m = /^(\d+)([kKMG]?)$/.exec(values.get('s') ?? '')
    if (!m) return c.fail(`invalid number '${values.get('s') ?? ''}'`)
    const size = Number(m[1]) * { '': 1, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[m[2] as '']!
    for (const name of rest) {
      const text = c.readFile(name) ?? ''
      const kept = splitBytes(text, Math.min(size, byteCount(text)))[0]
      if (size <= byteCount(text)) {
        const opened = c.kernel.openFile(c.task, name, 'w')
        if ('errno' in opened) return c.fail(`${name}: ${opened.text}`)
        c.task.fds = { ...c.task.fds, 98: opened }
        c.kernel.write(c.task, 98, kept)
        continue
      }
      const made = c.kernel.fill(c.task, name, size)
      if (typeof made === 'string') return c.fail(`${name}: ${made}`)
      if (made < size) return c.fail(`${name}: truncate: No space left on device`)
    }
    return 0
  },
}
