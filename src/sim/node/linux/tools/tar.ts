import { gunzipSync, gzipSync } from 'fflate'
import { bytesOf, textOf } from '../../../api/bytes.ts'
import { TAR_END, tarEntries, tarMember, type TarEntry } from '../../../api/tar.ts'
import { EPOCH_UNIX_SECONDS, unixSeconds } from '../../../engine/time.ts'
import { Failure, failed } from '../errno.ts'
import { existing, makeDirectory, makeLink, moveOrCopy, put, readFile, remove, resolve, writeFile } from '../files.ts'
import { normalize, parentOf, type FsNode } from '../fs.ts'
import { GROUPS, USERS } from '../users.ts'
import { modeText } from './ls.ts'
import { clockText } from './clock.ts'
import type { ToolContext } from './context.ts'

interface Asked {
  readonly mode: 'c' | 'x' | 't'
  readonly letters: ReadonlySet<string>
  readonly archive: string | undefined
  readonly folder: string | undefined
  readonly exclude: readonly RegExp[]
  readonly strip: number
  readonly names: readonly string[]
}

const LONG: Readonly<Record<string, string>> = {
  create: 'c', extract: 'x', get: 'x', list: 't', verbose: 'v', gzip: 'z', file: 'f', directory: 'C', dereference: 'h', 'to-stdout': 'O', 'keep-old': 'k', touch: 'm', 'no-same-owner': 'o', 'same-permissions': 'p', 'no-same-permissions': 'P', 'no-recursion': 'n', overwrite: 'w',
}
const PLAIN = 'ctxvzhOkmop'
const MOST_ENTRIES = 20_000
/** Longer files of zeros are not written out. */
const MOST_ZEROS = 4 << 20

/** Reads tar's words: "tar xzf", "tar -xmf - -C dir", long options. A text: what is wrong with them. */
function asked(args: readonly string[]): Asked | string {
  const letters = new Set<string>()
  const names: string[] = []
  const exclude: RegExp[] = []
  let archive: string | undefined
  let folder: string | undefined
  let strip = 0
  const queue = [...args]
  const take = (letter: string, rest: string): string | undefined => {
    const value = rest !== '' ? rest : queue.shift()
    if (value === undefined) return `option requires an argument -- '${letter}'`
    if (letter === 'f') archive = value
    else if (letter === 'C') folder = value
    return undefined
  }
  for (let first = true; queue.length > 0; first = false) {
    const word = queue.shift()!
    if (word === '--') {
      names.push(...queue.splice(0))
    } else if (word.startsWith('--')) {
      const [name = '', value] = word.slice(2).split(/=(.*)/s)
      if (name === 'exclude') exclude.push(pattern(value ?? queue.shift() ?? ''))
      else if (name === 'strip-components') strip = Number(value ?? queue.shift() ?? 0)
      else if (LONG[name] === 'f' || LONG[name] === 'C') take(LONG[name], value ?? '')
      else if (LONG[name]) letters.add(LONG[name])
      else return `unrecognized option '${word}'`
    } else if (word !== '-' && (word.startsWith('-') || first)) {
      const text = word.startsWith('-') ? word.slice(1) : word
      for (let i = 0; i < text.length; i++) {
        const letter = text[i]!
        if (letter === 'f' || letter === 'C') {
          const wrong = take(letter, word.startsWith('-') ? text.slice(i + 1) : '')
          if (wrong) return wrong
          if (word.startsWith('-')) break
        } else if (PLAIN.includes(letter)) letters.add(letter)
        else return `invalid option -- '${letter}'`
      }
    } else names.push(word)
  }
  const modes = (['c', 'x', 't'] as const).filter((mode) => letters.has(mode))
  if (modes.length !== 1) return ''
  return { mode: modes[0]!, letters, archive, folder, exclude, strip, names }
}

const pattern = (glob: string): RegExp => new RegExp(`(^|/)${glob.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}($|/)`)

const USAGE = 'BusyBox v1.36.1 multi-call binary.\n\nUsage: tar c|x|t [-ZzJjahmvokO] [-f TARFILE] [-C DIR] [-T FILE] [-X FILE] [LONGOPT]... [FILE]...\n'

/** busybox tar: create, list and extract; also what `kubectl cp` runs on the container's side. */
export function tar(c: ToolContext): number | undefined {
  const wanted = asked(c.args)
  if (typeof wanted === 'string') {
    if (wanted !== '') c.fail(wanted)
    c.err(USAGE)
    return 1
  }
  if (wanted.mode === 'c') return create(c, wanted)
  const from = wanted.archive ?? '-'
  const raw = from === '-' ? c.input() : c.readFile(from)
  if (raw === null) return undefined
  if (raw === undefined) return 1
  const plain = isGzip(raw) ? inflated(raw) : raw
  if (plain === undefined) return c.fail('invalid gzip data')
  if (plain === '') return c.fail('short read')
  const where = enter(c, wanted.folder)
  if (failed(where)) return c.fail(`can't change directory to '${wanted.folder}': ${where.text}`)
  const { entries, fault } = tarEntries(plain)
  const names = wanted.names.map((name) => name.replace(/\/+$/, ''))
  const met = new Set<string>()
  const unsafe = new Set<string>()
  for (const entry of entries) {
    const name = entry.name.replace(/\/+$/, '')
    if (wanted.exclude.some((e) => e.test(name))) continue
    const hit = names.find((n) => n === name || name.startsWith(`${n}/`))
    if (names.length > 0 && hit === undefined) continue
    if (hit !== undefined) met.add(hit)
    if (wanted.mode === 't') c.out(listing(entry, wanted.letters.has('v')))
    else extract(c, wanted, entry, unsafe)
  }
  for (const name of names) if (!met.has(name)) c.keep({ status: c.fail(`${name}: not found in archive`) })
  return fault ? c.fail(fault) : c.status
}

function enter(c: ToolContext, folder: string | undefined): Failure | undefined {
  if (folder === undefined) return undefined
  const place = existing(c.files, folder)
  if (failed(place)) return place
  c.task.cwd = place.path
  return undefined
}

function listing(entry: TarEntry, long: boolean): string {
  if (!long) return `${entry.name}\n`
  const type = { file: '-', hardlink: '-', directory: 'd', link: 'l', other: '-' }[entry.type]
  const bits = modeText({ t: 'f', mode: entry.mode, uid: 0, gid: 0, mtime: 0, data: '' }).slice(1)
  const at = (entry.mtime - EPOCH_UNIX_SECONDS) * 1_000_000
  const to = entry.type === 'link' ? ` -> ${entry.to}` : entry.type === 'hardlink' ? ` link to ${entry.to}` : ''
  return `${type}${bits} ${entry.owner || entry.uid}/${entry.group || entry.gid} ${String(bytesOf(entry.content).length).padStart(9)} ${clockText(at, '%Y-%m-%d %H:%M:%S')} ${entry.name}${to}\n`
}

/** A name without what would lead out of the folder (busybox: strip_unsafe_prefix). */
function safeName(c: ToolContext, name: string, told: Set<string>): string {
  const unsafe = /^(?:.*(?:^|\/)\.\.(?:\/|$)|\/+)/.exec(name)?.[0]
  if (unsafe === undefined) return name
  if (!told.has(unsafe)) c.fail(`removing leading '${unsafe}' from member names`)
  told.add(unsafe)
  return safeName(c, name.slice(unsafe.length), told)
}

function extract(c: ToolContext, { letters, strip }: Asked, entry: TarEntry, unsafe: Set<string>): void {
  const name = safeName(c, entry.name, unsafe).split('/').filter(Boolean).slice(strip).join('/')
  if (name === '' || name === '.') return
  if (letters.has('v')) c.out(`${name}\n`)
  if (letters.has('O')) {
    if (entry.type === 'file') c.out(entry.content)
    return
  }
  const complaint = (refused: Failure): void => c.keep({ status: c.fail(`can't ${entry.type === 'directory' ? 'make dir' : 'create'} ${name}: ${refused.text}`) })
  const world = c.files
  const before = existing(world, name, false)
  if (!failed(before) && entry.type !== 'directory') {
    if (letters.has('k')) return
    const gone = before.node.t === 'd' ? undefined : remove(world, name, 'file')
    if (gone) return complaint(gone)
  }
  if (parentOf(name) !== '/') makeDirectory(world, parentOf(normalize(name, c.task.cwd)), true)
  const made = entry.type === 'directory' ? (failed(before) ? makeDirectory(world, name, true) : undefined)
    : entry.type === 'link' ? makeLink(world, entry.to, name)
      : entry.type === 'hardlink' ? moveOrCopy(world, safeName(c, entry.to, unsafe), name, true)
        : entry.type === 'file' ? writeFile(world, name, entry.content) : undefined
  if (made) return complaint(made)
  const place = existing(world, name, false)
  if (failed(place) || entry.type === 'other' || entry.type === 'hardlink') return
  const isRoot = c.task.user.uid === 0
  const mode = entry.type === 'link' ? place.node.mode : letters.has('P') || (!isRoot && !letters.has('p')) ? entry.mode & ~0o022 : entry.mode
  const owner = isRoot && !letters.has('o') ? { uid: entry.uid, gid: entry.gid } : {}
  const mtime = letters.has('m') ? {} : { mtime: (entry.mtime - EPOCH_UNIX_SECONDS) * 1_000_000 }
  put(world, place, { ...place.node, mode, ...owner, ...mtime })
}

function create(c: ToolContext, { letters, archive, folder, exclude, names }: Asked): number | undefined {
  if (names.length === 0) return c.fail('empty archive')
  const home = c.task.cwd
  const where = enter(c, folder)
  if (failed(where)) return c.fail(`can't change directory to '${folder}': ${where.text}`)
  let out = ''
  let left = MOST_ENTRIES
  const told = new Set<string>()
  const add = (path: string): void => {
    if (left-- <= 0 || exclude.some((e) => e.test(path))) return
    const place = existing(c.files, path, letters.has('h'))
    if (failed(place)) return c.keep({ status: c.fail(`${path}: ${place.text}`) })
    const { node } = place
    const text = node.t !== 'f' ? '' : (node.zeros ?? 0) > MOST_ZEROS ? new Failure('EFBIG') : readFile(c.files, path)
    if (failed(text)) return c.keep({ status: c.fail(`can't open '${path}': ${text.text}`) })
    const name = safeName(c, path, told)
    if (letters.has('v')) (archive === undefined || archive === '-' ? c.err : c.out).call(c, `${name}${node.t === 'd' ? '/' : ''}\n`)
    if (name !== '' || node.t !== 'd') out += tarMember(entryOf(node, `${name}${node.t === 'd' ? '/' : ''}`, text))
    if (node.t === 'd') for (const child of Object.keys(node.entries).sort()) add(`${path.replace(/\/+$/, '')}/${child}`)
  }
  for (const name of names) add(name)
  const whole = letters.has('z') ? deflated(out + TAR_END) : out + TAR_END
  c.task.cwd = home
  if (archive === undefined || archive === '-') c.out(whole)
  else {
    const refused = writeFile(c.files, archive, whole)
    if (refused) return c.fail(`can't open '${archive}': ${refused.text}`)
  }
  if (c.status !== 0) c.fail('error exit delayed from previous errors')
  return c.status
}

const entryOf = (node: FsNode, name: string, content: string): TarEntry => ({
  name, type: node.t === 'd' ? 'directory' : node.t === 'l' ? 'link' : node.t === 'f' ? 'file' : 'other', mode: node.mode & 0o7777, uid: node.uid, gid: node.gid, mtime: unixSeconds(node.mtime), content,
  to: node.t === 'l' ? node.to : '', owner: USERS[node.uid] ?? '', group: GROUPS[node.gid] ?? '',
})

// ---- gzip

const isGzip = (text: string): boolean => text.startsWith('\x1f\udc8b')
const MOST_INFLATED = 8 << 20

/** The text behind gzip's; undefined where it is none, or is a bomb. */
export function inflated(text: string): string | undefined {
  const bytes = Uint8Array.from(bytesOf(text))
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(-4)
  if (bytes.length < 18 || a + b * 256 + c * 65_536 + d * 16_777_216 > MOST_INFLATED) return undefined
  try {
    return textOf(gunzipSync(bytes))
  } catch {
    return undefined
  }
}

export const deflated = (text: string): string => textOf(gzipSync(Uint8Array.from(bytesOf(text)), { mtime: 0 }))

/** gzip, gunzip, zcat: files in place, or the input to the output. */
export function gzip(c: ToolContext): number | undefined {
  const letters = c.args.filter((word) => /^-./.test(word)).join('')
  const names = c.args.filter((word) => !/^-./.test(word))
  const unpack = c.name !== 'gzip' || letters.includes('d')
  const toOutput = letters.includes('c') || c.name === 'zcat' || names.length === 0
  if (names.length === 0) {
    const text = c.input()
    if (text === null) return undefined
    const result = unpack ? inflated(text) : deflated(text)
    if (result === undefined) return c.fail('invalid magic')
    c.out(result)
    return 0
  }
  for (const name of names) {
    const text = c.readFile(name)
    if (text === undefined) continue
    if (unpack && !toOutput && !name.endsWith('.gz')) {
      c.keep({ status: c.fail(`${name}: unknown suffix - ignored`) })
      continue
    }
    const result = unpack ? inflated(text) : deflated(text)
    if (result === undefined) {
      c.keep({ status: c.fail(`${name}: invalid magic`) })
      continue
    }
    if (toOutput) {
      c.out(result)
      continue
    }
    const target = unpack ? name.slice(0, -3) : `${name}.gz`
    const refused = failed(resolve(c.files, target)) ? undefined : writeFile(c.files, target, result)
    if (refused) c.keep({ status: c.failure(target, refused) })
    else if (!letters.includes('k')) remove(c.files, name, 'file')
  }
  return c.status
}
