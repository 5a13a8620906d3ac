import { byteCount, bytesOf, textOf } from './bytes.ts'

/** One member of a tar archive. Times in Unix seconds; `content` a text that stands for bytes (bytes.ts). */
export interface TarEntry {
  readonly name: string
  readonly type: 'file' | 'directory' | 'link' | 'hardlink' | 'other'
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: number
  readonly content: string
  /** Where a link leads. */
  readonly to: string
  readonly owner?: string
  readonly group?: string
}

const BLOCK = 512
const NAME = 100
const TYPES: Readonly<Record<TarEntry['type'], string>> = { file: '0', hardlink: '1', link: '2', other: '6', directory: '5' }

const octal = (n: number, width: number): string => Math.max(0, Math.floor(n)).toString(8).padStart(width - 1, '0').slice(1 - width) + '\0'
const padded = (text: string, width: number): string => text + '\0'.repeat(Math.max(0, width - byteCount(text)))
const filled = (content: string, size: number): string => content + '\0'.repeat((BLOCK - (size % BLOCK)) % BLOCK)

function header(name: string, type: string, size: number, to: string, { mode, uid, gid, mtime, owner = '', group = '' }: Partial<TarEntry>): string {
  const before = padded(name, NAME) + octal(mode ?? 0, 8) + octal(uid ?? 0, 8) + octal(gid ?? 0, 8) + octal(size, 12) + octal(mtime ?? 0, 12)
  const after = type + padded(to, NAME) + 'ustar  \0' + padded(owner.slice(0, 31), 32) + padded(group.slice(0, 31), 32) + '\0'.repeat(16 + 155 + 12)
  const sum = bytesOf(before + after).reduce((n, b) => n + b, 8 * 32)
  return `${before}${sum.toString(8).padStart(6, '0')}\0 ${after}`
}

/** A name that does not fit goes before its member as a member of its own, as GNU tar does it. */
const longName = (text: string, type: 'L' | 'K'): string => (byteCount(text) < NAME ? '' : header('././@LongLink', type, byteCount(text) + 1, '', {}) + filled(`${text}\0`, byteCount(text) + 1))
const short = (text: string): string => (byteCount(text) < NAME ? text : textOf(bytesOf(text).slice(0, NAME - 1)))

/** One member as it stands in an archive. */
export function tarMember(entry: TarEntry): string {
  const size = entry.type === 'file' ? byteCount(entry.content) : 0
  return longName(entry.name, 'L') + longName(entry.to, 'K') + header(short(entry.name), TYPES[entry.type], size, short(entry.to), entry) + (size > 0 ? filled(entry.content, size) : '')
}

/** What ends an archive. */
export const TAR_END = '\0'.repeat(2 * BLOCK)

export const tarArchive = (entries: readonly TarEntry[]): string => entries.map(tarMember).join('') + TAR_END

const KINDS: Readonly<Record<string, TarEntry['type']>> = { '0': 'file', '\0': 'file', '7': 'file', '1': 'hardlink', '2': 'link', '5': 'directory' }

/** The members of an archive (ustar, GNU's long names, pax), or how it is broken. */
export function tarEntries(archive: string): { readonly entries: readonly TarEntry[]; readonly fault?: 'short read' | 'invalid tar header checksum' | 'invalid tar magic' } {
  const bytes = bytesOf(archive)
  const entries: TarEntry[] = []
  let next: { name?: string; to?: string; size?: number } = {}
  for (let at = 0; at + BLOCK <= bytes.length; ) {
    const field = (from: number, length: number): string => {
      const zero = bytes.indexOf(0, at + from)
      return textOf(bytes, at + from, zero < 0 || zero > at + from + length ? at + from + length : zero)
    }
    const number = (from: number, length: number): number => Number.parseInt(field(from, length).trim() || '0', 8) || 0
    if (bytes[at] === 0) {
      if (isEmpty(bytes, at)) return { entries }
      return { entries, fault: 'invalid tar magic' }
    }
    if (number(148, 8) !== checksum(bytes, at)) return { entries, fault: 'invalid tar header checksum' }
    const type = String.fromCharCode(bytes[at + 156]!)
    const prefix = field(257, 6) === 'ustar' && field(263, 2) === '00' ? field(345, 155) : ''
    const size = next.size !== undefined && type !== 'x' && type !== 'L' && type !== 'K' ? next.size : number(124, 12)
    const from = at + BLOCK
    if (from + size > bytes.length) return { entries, fault: 'short read' }
    const content = (): string => textOf(bytes, from, from + size)
    if (type === 'L') next.name = content().replace(/\0.*$/s, '')
    else if (type === 'K') next.to = content().replace(/\0.*$/s, '')
    else if (type === 'x') next = { ...next, ...paxFields(bytes, from, from + size) }
    else if (type !== 'g') {
      const name = next.name ?? (prefix ? `${prefix}/${field(0, NAME)}` : field(0, NAME))
      const kind = name.endsWith('/') && (type === '0' || type === '\0') ? 'directory' : (KINDS[type] ?? 'other')
      entries.push({ name, type: kind, mode: number(100, 8) & 0o7777, uid: number(108, 8), gid: number(116, 8), mtime: number(136, 12), content: kind === 'file' ? content() : '', to: next.to ?? field(157, NAME), owner: field(265, 32), group: field(297, 32) })
      next = {}
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK
  }
  return { entries, ...(bytes.length % BLOCK === 0 && bytes.length > 0 ? {} : { fault: 'short read' as const }) }
}

function isEmpty(bytes: readonly number[], at: number): boolean {
  for (let i = at; i < at + BLOCK; i++) if (bytes[i] !== 0) return false
  return true
}

function checksum(bytes: readonly number[], at: number): number {
  let sum = 0
  for (let i = 0; i < BLOCK; i++) sum += i >= 148 && i < 156 ? 32 : bytes[at + i]!
  return sum
}

/** "30 path=some/name\n" … of a pax header. */
function paxFields(bytes: readonly number[], from: number, to: number): { name?: string; to?: string; size?: number } {
  const found: { name?: string; to?: string; size?: number } = {}
  for (let at = from; at < to; ) {
    const space = bytes.indexOf(32, at)
    const length = space < 0 ? 0 : Number(textOf(bytes, at, space))
    if (!(length > 0) || at + length > to) break
    const record = textOf(bytes, space + 1, at + length - 1)
    const equals = record.indexOf('=')
    const value = record.slice(equals + 1)
    const key = record.slice(0, equals)
    if (key === 'path') found.name = value
    else if (key === 'linkpath') found.to = value
    else if (key === 'size') found.size = Number(value)
    at += length
  }
  return found
}
