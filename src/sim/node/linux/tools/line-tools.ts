import { writeFile } from '../files.ts'
import { joined, linesOf, options, type Tool } from './context.ts'

const MOST_PIECES = 676

/** Small tools that take lines: tac, nl, fold, expand, split. */
export const lineTools: Readonly<Record<string, Tool>> = {
  tac: (c) => {
    const texts = c.texts(options(c.args).rest)
    if (!texts) return undefined
    for (const { text } of texts) c.out(joined(linesOf(text).reverse()))
    return c.status
  },
  nl: (c) => {
    const { values, rest } = options(c.args, 'bwsvi')
    const texts = c.texts(rest)
    if (!texts) return undefined
    let n = Number(values.get('v') ?? 1)
    const all = values.get('b') === 'a'
    const width = Number(values.get('w') ?? 6)
    for (const line of texts.flatMap(({ text }) => linesOf(text))) c.out(line === '' && !all ? `${' '.repeat(width + 1)}\n` : `${String(n++).padStart(width)}${values.get('s') ?? '\t'}${line}\n`)
    return c.status
  },
  fold: (c) => {
    const { flags, values, rest } = options(c.args, 'w')
    const texts = c.texts(rest)
    if (!texts) return undefined
    const width = Number(values.get('w') ?? 80)
    if (!(width > 0)) return c.fail(`invalid number '${values.get('w')}'`)
    for (const line of texts.flatMap(({ text }) => linesOf(text))) {
      let left = line
      while (left.length > width) {
        const blank = flags.has('s') ? left.lastIndexOf(' ', width - 1) : -1
        const at = blank > 0 ? blank + 1 : width
        c.out(`${left.slice(0, at)}\n`)
        left = left.slice(at)
      }
      c.out(`${left}\n`)
    }
    return c.status
  },
  expand: (c) => {
    const { values, rest } = options(c.args, 't')
    const texts = c.texts(rest)
    if (!texts) return undefined
    const width = Math.max(1, Number(values.get('t') ?? 8))
    for (const { text } of texts) {
      let column = 0
      let out = ''
      for (const ch of text) {
        const piece = ch === '\t' ? ' '.repeat(width - (column % width)) : ch
        out += piece
        column = ch === '\n' ? 0 : column + piece.length
      }
      c.out(out)
    }
    return c.status
  },
  split: (c) => {
    const { values, rest } = options(c.args, 'lba')
    const texts = c.texts(rest.slice(0, 1))
    if (!texts) return undefined
    const text = texts[0]?.text ?? ''
    const bytes = /^(\d+)([kKmM]?)$/.exec(values.get('b') ?? '')
    const size = bytes ? Number(bytes[1]) * { '': 1, k: 1024, K: 1024, m: 1024 ** 2, M: 1024 ** 2 }[bytes[2] as '']! : 0
    const lines = linesOf(text)
    const count = Number(values.get('l') ?? 1000)
    const pieces: string[] = []
    if (size > 0) for (let i = 0; i < text.length && pieces.length < MOST_PIECES; i += size) pieces.push(text.slice(i, i + size))
    else for (let i = 0; i < lines.length && pieces.length < MOST_PIECES; i += Math.max(1, count)) pieces.push(joined(lines.slice(i, i + Math.max(1, count))))
    for (const [i, piece] of pieces.entries()) {
      const name = `${rest[1] ?? 'x'}${String.fromCharCode(97 + Math.floor(i / 26))}${String.fromCharCode(97 + (i % 26))}`
      const refused = writeFile(c.files, name, piece)
      if (refused) return c.failure(`can't open '${name}'`, refused)
    }
    return c.status
  },
}
