import { byteCount, splitBytes } from '../../../api/bytes.ts'
import { failed } from '../errno.ts'
import { writeFile } from '../files.ts'
import { joined, linesOf, options, type Tool, type ToolContext } from './context.ts'
import { expr } from './expr.ts'
import { grep } from './grep.ts'
import { sed } from './sed/index.ts'
import { seq } from './seq.ts'
import { sort, uniq } from './sort.ts'


function cat(c: ToolContext): number | undefined {
  const { rest, flags } = options(c.args)
  // The input is passed on as it comes: somebody may be typing it.
  const source = c.task.fds[0]?.k
  if (rest.length === 0 && !flags.has('n') && (source === 'session' || source === 'pipe')) return passOn(c)
  const texts = c.texts(rest)
  if (!texts) return undefined
  let n = 0
  for (const { text } of texts) c.out(flags.has('n') ? linesOf(text).map((line) => `${String(++n).padStart(6)}\t${line}\n`).join('') : text)
  return c.status
}

function passOn(c: ToolContext): number | undefined {
  for (;;) {
    const more = c.kernel.read(c.task, 0)
    if (more === undefined) return 0
    if (more === null) return c.wait({ for: 'input', fd: 0 })
    c.out(more)
  }
}

function head(c: ToolContext): number | undefined {
  const { values, rest } = options(c.args, 'nc')
  const count = Number(values.get('n') ?? 10)
  if (Number.isNaN(count)) return c.fail(`invalid number '${values.get('n')}'`)
  if (count < 0) return allBut(c, rest, -count)
  // Lines are passed on as they come, so that an endless writer meets a closed pipe.
  if (rest.length === 0 && !values.has('c')) return headOfInput(c, count)
  const size = sizeOf(values.get('c'))
  if (size !== undefined && rest.length === 1 && rest[0] === '/dev/zero') return zeros(c, size)
  const texts = c.texts(rest)
  if (!texts) return undefined
  texts.forEach(({ name, text }, i) => {
    if (texts.length > 1) c.out(`${i > 0 ? '\n' : ''}==> ${name} <==\n`)
    c.out(size !== undefined ? splitBytes(text, size)[0] : text.split('\n').slice(0, count).join('\n') + (text.split('\n').length > count ? '\n' : ''))
  })
  return c.status
}

/** `head -n -N`: all lines but the last N. */
function allBut(c: ToolContext, names: readonly string[], count: number): number | undefined {
  const texts = c.texts(names)
  if (!texts) return undefined
  for (const { text } of texts) c.out(joined(linesOf(text).slice(0, -count)))
  return c.status
}

/** "64K" of head -c in bytes. */
function sizeOf(text: string | undefined): number | undefined {
  const m = /^(\d+)([bkKMG]?)$/.exec(text ?? '')
  return m ? Number(m[1]) * { '': 1, b: 512, k: 1024, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }[m[2] as '']! : undefined
}

/** Zeros to the output: into a file they cost nothing, elsewhere at most a pipe full at a time. */
function zeros(c: ToolContext, size: number): number {
  const failure = c.kernel.writeZeros(c.task, 1, size)
  return failure ? c.fail(`write error: ${failure.text}`) : 0
}

function headOfInput(c: ToolContext, count: number): number | undefined {
  let seen = (c.state['seen'] as number | undefined) ?? 0
  let partial = (c.state['partial'] as string | undefined) ?? ''
  while (seen < count) {
    const more = c.kernel.read(c.task, 0)
    if (more === undefined) {
      c.out(partial)
      return 0
    }
    if (more === null) {
      c.keep({ seen, partial })
      return c.wait({ for: 'input', fd: 0 })
    }
    partial += more
    for (let end = partial.indexOf('\n'); end >= 0 && seen < count; end = partial.indexOf('\n')) {
      c.out(partial.slice(0, end + 1))
      partial = partial.slice(end + 1)
      seen++
    }
  }
  return 0
}

/** Follows files: what is added to them is written as soon as it is there. */
function follow(c: ToolContext): undefined {
  for (;;) {
    const fds = (c.state['following'] as readonly number[]).filter((fd) => c.task.fds[fd] !== undefined)
    let grown = false
    for (const fd of fds) {
      const more = c.kernel.read(c.task, fd)
      if (typeof more !== 'string') continue
      c.out(more)
      grown = true
    }
    if (!grown) return c.wait({ for: 'growth', fds })
  }
}

/** A line without end: it is kept until the memory is used up, by which time the kernel has usually ended the process. */
function swallow(c: ToolContext): number | undefined {
  if (c.task.memory >= c.kernel.setting.memory) return c.fail('out of memory')
  c.task.memory += 32 << 20
  return c.sleepUntil(c.now + 10_000)
}

function tail(c: ToolContext): number | undefined {
  if (c.state['following']) return follow(c)
  const { values, flags, rest } = options(c.args, 'ncs')
  if (rest.includes('/dev/zero')) return swallow(c)
  const texts = c.texts(rest)
  if (!texts) return undefined
  const n = values.get('n') ?? '10'
  const size = values.get('c')
  if (!/^[-+]?\d+$/.test(n)) return c.fail(`invalid number '${n}'`)
  texts.forEach(({ name, text }, i) => {
    if (texts.length > 1 && !flags.has('q')) c.out(`${i > 0 ? '\n' : ''}==> ${name} <==\n`)
    const lines = linesOf(text)
    if (size !== undefined) c.out(size.startsWith('+') ? splitBytes(text, Number(size.slice(1)) - 1)[1] : splitBytes(text, Math.max(0, byteCount(text) - Math.abs(Number(size))))[1])
    else if (n.startsWith('+')) c.out(joined(lines.slice(Math.max(0, Number(n.slice(1)) - 1))))
    else c.out(Number(n) === 0 ? '' : text.endsWith('\n') ? joined(lines.slice(-Math.abs(Number(n)))) : joined(lines.slice(-Math.abs(Number(n)))).slice(0, -1))
  })
  if (!flags.has('f') && !flags.has('F')) return c.status
  if (texts.length === 0 && !flags.has('F')) return 1
  const following: number[] = []
  for (const { name } of texts) {
    const opened = c.kernel.openFile(c.task, name, 'r')
    if (failed(opened) || opened.k !== 'file') continue
    const fd = 50 + following.length
    c.task.fds = { ...c.task.fds, [fd]: opened }
    c.kernel.toEnd(c.task, fd)
    following.push(fd)
  }
  c.keep({ following })
  return c.wait({ for: 'growth', fds: following })
}

function wc(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args)
  const texts = c.texts(rest)
  if (!texts) return undefined
  const all = !flags.has('l') && !flags.has('w') && !flags.has('c')
  for (const { name, text } of texts) {
    const counts = [
      ...(all || flags.has('l') ? [text.split('\n').length - 1] : []),
      ...(all || flags.has('w') ? [text.split(/\s+/).filter(Boolean).length] : []),
      ...(all || flags.has('c') ? [byteCount(text)] : []),
    ]
    const numbers = counts.length === 1 && rest.length === 0 ? String(counts[0]) : counts.map((n) => String(n).padStart(counts.length > 1 ? 9 : 0)).join(' ')
    c.out(`${numbers}${rest.length > 0 ? ` ${name}` : ''}\n`)
  }
  return c.status
}

function cut(c: ToolContext): number | undefined {
  const { flags, values, rest } = options(c.args, 'dfcb')
  const texts = c.texts(rest)
  if (!texts) return undefined
  const list = values.get('f') ?? values.get('c') ?? values.get('b')
  if (list === undefined) return c.fail('expected a list of bytes, characters, or fields')
  if (!/^\d*(-\d*)?(,\d*(-\d*)?)*$/.test(list)) return c.fail(`invalid range '${list}'`)
  const ranges = list.split(',').map((part) => {
    const [from = '', to] = part.split('-')
    return [Number(from || 1), part.includes('-') ? Number(to || Infinity) : Number(from)] as const
  })
  const wanted = (n: number): boolean => ranges.some(([from, to]) => n >= from && n <= to)
  const delimiter = values.get('d') ?? '\t'
  for (const { text } of texts)
    for (const line of linesOf(text)) {
      if (values.has('f')) {
        if (line.includes(delimiter)) c.out(`${line.split(delimiter).filter((_, i) => wanted(i + 1)).join(delimiter)}\n`)
        else if (!flags.has('s')) c.out(`${line}\n`)
      }
      else c.out(`${[...line].filter((_, i) => wanted(i + 1)).join('')}\n`)
    }
  return c.status
}

function characters(set: string): string[] {
  const text = set.replace(/\[:(\w+):\]/g, (_all, name: string) => ({ upper: 'A-Z', lower: 'a-z', digit: '0-9', alpha: 'A-Za-z', space: ' \t\n' })[name] ?? '').replace(/\\n/g, '\n').replace(/\\t/g, '\t')
  const list: string[] = []
  for (let i = 0; i < text.length; i++) {
    if (text[i + 1] === '-' && i + 2 < text.length) {
      for (let code = text.charCodeAt(i); code <= text.charCodeAt(i + 2); code++) list.push(String.fromCharCode(code))
      i += 2
    } else list.push(text[i]!)
  }
  return list
}

/** Octal escapes of tr as characters. */
const unescaped = (text: string): string => text.replace(/\\([0-7]{1,3})/g, (_all, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

function tr(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args)
  const text = c.input()
  if (text === null) return undefined
  const from = characters(unescaped(rest[0] ?? ''))
  const to = characters(unescaped(rest[1] ?? ''))
  const inSet = (ch: string): boolean => from.includes(ch) !== flags.has('c')
  let out = ''
  for (const ch of text) {
    if (flags.has('d')) {
      if (!inSet(ch)) out += ch
      continue
    }
    const at = from.indexOf(ch)
    const next = flags.has('c') ? (inSet(ch) ? (to.at(-1) ?? ch) : ch) : at < 0 || to.length === 0 ? ch : (to[Math.min(at, to.length - 1)] ?? ch)
    if (flags.has('s') && out.endsWith(next) && (to.length > 0 ? to : from).includes(next)) continue
    out += next
  }
  c.out(out)
  return 0
}

function tee(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args)
  const text = c.input()
  if (text === null) return undefined
  c.out(text)
  let status = 0
  for (const name of rest) {
    const refused = writeFile(c.files, name, text, flags.has('a'))
    if (refused) status = c.failure(name, refused)
  }
  return status
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

function base64(c: ToolContext): number | undefined {
  const { flags, rest } = options(c.args, 'w')
  const texts = c.texts(rest)
  if (!texts) return undefined
  const text = texts.map((t) => t.text).join('')
  if (flags.has('d')) {
    let bits = 0
    let value = 0
    let out = ''
    for (const ch of text.replace(/[\s=]/g, '')) {
      const at = BASE64.indexOf(ch)
      if (at < 0) return c.fail('truncated input')
      value = ((value << 6) | at) & 0xffffff
      bits += 6
      if (bits >= 8) {
        bits -= 8
        out += String.fromCharCode((value >> bits) & 0xff)
      }
    }
    c.out(out)
    return 0
  }
  let out = ''
  for (let i = 0; i < text.length; i += 3) {
    const n = ((text.charCodeAt(i) & 0xff) << 16) | (((text.charCodeAt(i + 1) || 0) & 0xff) << 8) | ((text.charCodeAt(i + 2) || 0) & 0xff)
    out += BASE64[n >> 18]! + BASE64[(n >> 12) & 63]! + (i + 1 < text.length ? BASE64[(n >> 6) & 63]! : '=') + (i + 2 < text.length ? BASE64[n & 63]! : '=')
  }
  c.out(`${out}\n`)
  return 0
}

export const textTools: Readonly<Record<string, Tool>> = {
  cat, head, tail, wc, grep, egrep: grep, fgrep: grep, sort, uniq, cut, tr, sed, seq, tee, expr, base64,
  rev: (c) => {
    const texts = c.texts(options(c.args).rest)
    if (!texts) return undefined
    for (const { text } of texts) c.out(joined(linesOf(text).map((line) => [...line].reverse().join(''))))
    return c.status
  },
  basename: (c) => {
    const [path = '', suffix = ''] = c.args
    const name = path.replace(/\/+$/, '').split('/').at(-1) ?? ''
    c.out(`${suffix && name !== suffix && name.endsWith(suffix) ? name.slice(0, -suffix.length) : name}\n`)
    return 0
  },
  dirname: (c) => {
    const path = (c.args[0] ?? '').replace(/\/+$/, '')
    const at = path.lastIndexOf('/')
    c.out(`${at < 0 ? '.' : path.slice(0, at) || '/'}\n`)
    return 0
  },
}

