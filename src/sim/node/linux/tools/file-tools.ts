import { failed } from '../errno.ts'
import { bytesOf, changeNode, existing, makeDirectory, makeLink, mountOf, moveOrCopy, openForWriting, put, remove, resolve } from '../files.ts'
import { baseName, device, treeSize, type FsNode } from '../fs.ts'
import type { Mount } from '../machine.ts'
import { GROUPS, USERS } from '../users.ts'
import { ls, modeText } from './ls.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import { clockText } from './clock.ts'

const TYPES: Readonly<Record<FsNode['t'], string>> = { d: 'd', f: '-', l: 'l', c: 'c', b: 'b', s: 's', p: 'p' }

function each(c: ToolContext, names: readonly string[], run: (name: string) => string | undefined): number {
  let status = 0
  for (const name of names) {
    const complaint = run(name)
    if (complaint !== undefined) status = c.fail(complaint)
  }
  return status
}

function touch(c: ToolContext): number {
  return each(c, options(c.args, 'dtr').rest, (name) => {
    const place = openForWriting(c.files, name, true)
    if (failed(place)) return place.errno === 'EISDIR' ? undefined : `${name}: ${place.text}`
    if (place.node) put(c.files, place, { ...place.node, mtime: c.now })
    return undefined
  })
}

function rm(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const recursive = flags.has('r') || flags.has('R')
  return each(c, rest, (name) => {
    const refused = remove(c.files, name, recursive ? 'tree' : 'file')
    if (!refused || (refused.errno === 'ENOENT' && flags.has('f'))) return undefined
    return refused.errno === 'EISDIR' ? `'${name}' is a directory` : `can't remove '${name}': ${refused.text}`
  })
}

function mkdir(c: ToolContext): number {
  const { flags, values, rest } = options(c.args, 'm')
  const mode = values.has('m') ? Number.parseInt(values.get('m')!, 8) : undefined
  return each(c, rest, (name) => {
    const refused = makeDirectory(c.files, name, flags.has('p'), mode)
    return refused && `can't create directory '${name}': ${refused.text}`
  })
}

function copy(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const target = rest.at(-1)
  if (rest.length < 2) return c.fail('missing file operand')
  const isMove = c.name === 'mv'
  return each(c, rest.slice(0, -1), (name) => {
    const source = existing(c.files, name)
    if (!isMove && !failed(source) && source.node.t === 'd' && !flags.has('r') && !flags.has('a') && !flags.has('R')) return `omitting directory '${name}'`
    const refused = moveOrCopy(c.files, name, target!, !isMove)
    if (!refused) return undefined
    return refused.errno === 'ENOENT' && failed(source) ? (isMove ? `can't rename '${name}': ${refused.text}` : `can't stat '${name}': ${refused.text}`) : `can't create '${target!}': ${refused.text}`
  })
}

function ln(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const [target = '', name = baseName(rest[0] ?? '')] = rest
  const world = c.files
  const into = existing(world, name)
  const path = !failed(into) && into.node.t === 'd' && !flags.has('n') ? `${name}/${baseName(target)}` : name
  if (flags.has('f')) remove(world, path, 'file')
  if (!flags.has('s')) {
    const refused = moveOrCopy(world, target, path, true)
    return refused ? c.failure(path, refused) : 0
  }
  const refused = makeLink(world, target, path)
  return refused ? c.failure(path, refused) : 0
}

function chmod(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const [mode = '', ...names] = rest.length > 0 && !/^[-+]/.test(c.args[0] ?? '') ? rest : c.args.filter((a) => a !== '-R')
  const change = (old: number): number => {
    if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8)
    let next = old
    for (const clause of mode.split(',')) {
      const m = /^([ugoa]*)([-+=])([rwxst]*)$/.exec(clause)
      if (!m) continue
      const who = m[1] === '' || m[1]!.includes('a') ? 'ugo' : m[1]!
      const bits = (m[3]!.includes('r') ? 4 : 0) | (m[3]!.includes('w') ? 2 : 0) | (m[3]!.includes('x') ? 1 : 0)
      for (const w of who) {
        const shift = w === 'u' ? 6 : w === 'g' ? 3 : 0
        next = m[2] === '+' ? next | (bits << shift) : m[2] === '-' ? next & ~(bits << shift) : (next & ~(7 << shift)) | (bits << shift)
      }
    }
    return next
  }
  void flags
  return each(c, names, (name) => {
    const refused = changeNode(c.files, name, (node) => ({ ...node, mode: change(node.mode) }))
    return refused && `${name}: ${refused.text}`
  })
}

function chown(c: ToolContext): number {
  const { rest } = options(c.args)
  const [owner = '', ...names] = rest
  const [user = '', group] = owner.split(/[:.]/)
  const id = (text: string, names: Readonly<Record<number, string>>): number | undefined => (/^\d+$/.test(text) ? Number(text) : Object.entries(names).find(([, name]) => name === text)?.[0] === undefined ? undefined : Number(Object.entries(names).find(([, name]) => name === text)![0]))
  return each(c, names, (name) => {
    if (c.task.user.uid !== 0 || (c.kernel.containers[c.task.container]!.capabilities & 1) === 0) return `${name}: Operation not permitted`
    const refused = changeNode(c.files, name, (node) => ({ ...node, ...(user ? { uid: id(user, USERS) ?? node.uid } : {}), ...(group ? { gid: id(group, GROUPS) ?? node.gid } : {}) }))
    return refused && `${name}: ${refused.text}`
  })
}

function readlink(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  let status = 0
  for (const name of rest) {
    const place = flags.has('f') ? resolve(c.files, name) : existing(c.files, name, false)
    if (failed(place) || (!flags.has('f') && place.node?.t !== 'l')) status = 1
    else c.out(`${flags.has('f') ? place.path : (place.node as { to: string }).to}\n`)
  }
  return status
}

function stat(c: ToolContext): number {
  const { values, rest } = options(c.args, 'c')
  return each(c, rest, (name) => {
    const place = existing(c.files, name, false)
    if (failed(place)) return `can't stat '${name}': ${place.text}`
    const { node } = place
    const format = values.get('c') ?? '  File: %n\n  Size: %s\n  Access: (%a/%A)  Uid: (%u/%U)   Gid: (%g/%G)'
    const parts: Readonly<Record<string, string>> = {
      n: name, s: String(bytesOf(node)), a: (node.mode & 0o7777).toString(8), A: modeText(node), u: String(node.uid), U: USERS[node.uid] ?? 'UNKNOWN', g: String(node.gid), G: GROUPS[node.gid] ?? 'UNKNOWN',
      F: { d: 'directory', f: 'regular file', l: 'symbolic link', c: 'character special file', b: 'block special file', s: 'socket', p: 'fifo' }[node.t], Y: clockText(node.mtime, '%s'), y: clockText(node.mtime, '%Y-%m-%d %H:%M:%S.000000000 +0000'),
    }
    c.out(`${format.replace(/%(\w)/g, (all, letter: string) => parts[letter] ?? all)}\n`)
    return undefined
  })
}

const MOST_FOUND = 20_000

function find(c: ToolContext): number {
  const words = c.args
  const at = words.findIndex((word) => word.startsWith('-'))
  const roots = at === 0 ? ['.'] : at < 0 ? (words.length > 0 ? words : ['.']) : words.slice(0, at)
  const tests = at < 0 ? [] : words.slice(at)
  const value = (name: string): string | undefined => (tests.includes(name) ? tests[tests.indexOf(name) + 1] : undefined)
  const name = value('-name')
  const type = value('-type')
  const depth = Number(value('-maxdepth') ?? Infinity)
  let left = MOST_FOUND
  const pattern = name === undefined ? undefined : new RegExp(`^${name.replace(/[.+^${}()|\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`)
  const walk = (path: string, level: number): void => {
    if (left-- <= 0) return
    const place = existing(c.files, path, false)
    if (failed(place)) {
      c.fail(`${path}: ${place.text}`)
      c.keep({ status: 1 })
      return
    }
    const { node } = place
    if ((!pattern || pattern.test(baseName(path))) && (!type || TYPES[node.t].replace('-', 'f') === type)) c.out(`${path}\n`)
    if (node.t === 'd' && level < depth) for (const child of Object.keys(node.entries).sort()) walk(path === '/' ? `/${child}` : `${path}/${child}`, level + 1)
  }
  for (const root of roots) walk(root, 0)
  return c.status
}

const human = (bytes: number): string => {
  if (bytes === 0) return '0'
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < 4) {
    value /= 1024
    unit++
  }
  return `${value.toFixed(1)}${['', 'K', 'M', 'G', 'T'][unit]!}`
}

const DISK = 100 * 1024 ** 3

/** size= among the options of a mount, in bytes. */
function sizeOption(m: Mount): number | undefined {
  const k = /(?:^|,)size=(\d+)k(?:,|$)/.exec(m.options)?.[1]
  return k === undefined ? undefined : Number(k) * 1024
}

function df(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  const world = c.files
  const size = (m: Mount): number => c.kernel.setting.limits[m.fs] ?? sizeOption(m) ?? (m.type === 'tmpfs' ? (m.at === '/dev/shm' || m.at === '/dev' ? 65_536 * 1024 : c.kernel.setting.memory) : DISK)
  const show = flags.has('h') ? human : (n: number): string => String(Math.ceil(n / 1024))
  c.out(flags.has('h') ? 'Filesystem                Size      Used Available Use% Mounted on\n' : 'Filesystem           1K-blocks      Used Available Use% Mounted on\n')
  const chosen = rest.length > 0 ? rest.flatMap((path) => {
    const place = existing(world, path)
    if (failed(place)) {
      c.keep({ status: c.fail(`${path}: can't find mount point`) })
      return []
    }
    return [mountOf(world.mounts, place.path)]
  }) : world.mounts.filter((m) => !m.hidden && (m.type === 'overlay' || m.type === 'tmpfs' || m.type === 'ext4'))
  for (const m of chosen) {
    const root = world.root(m.fs)
    const total = size(m)
    const used = root && m.type !== 'overlay' ? Math.min(treeSizeOf(root), total) : root ? Math.min(treeSizeOf(root) + 4 * 1024 ** 3, total) : 0
    const row = [show(total), show(used), show(total - used)].map((text) => text.padStart(9)).join(' ')
    c.out(`${m.source.padEnd(flags.has('h') ? 20 : 20)} ${row} ${String(Math.ceil((100 * used) / total)).padStart(3)}% ${m.at}\n`)
  }
  return c.status
}

const treeSizeOf = (root: FsNode): number => treeSize(root)

function du(c: ToolContext): number {
  const { flags, rest } = options(c.args)
  return each(c, rest.length > 0 ? rest : ['.'], (name) => {
    const place = existing(c.files, name)
    if (failed(place)) return `${name}: ${place.text}`
    const size = treeSize(place.node)
    c.out(`${flags.has('h') ? human(size) : String(Math.ceil(size / 1024))}\t${name}\n`)
    return undefined
  })
}

export const fileTools: Readonly<Record<string, Tool>> = {
  ls, touch, rm, mkdir, cp: copy, mv: copy, ln, chmod, chown, readlink, stat, find, df, du,
  rmdir: (c) => each(c, options(c.args).rest, (name) => {
    const refused = remove(c.files, name, 'directory')
    return refused && `'${name}': ${refused.text}`
  }),
  mkfifo: (c) => each(c, options(c.args).rest, (name) => {
    const place = resolve(c.files, name)
    const refused = failed(place) ? place : put(c.files, place, { ...device('c', ''), t: 'p', device: '' })
    return refused && `${name}: ${refused.text}`
  }),
  mktemp: (c) => {
    const name = `/tmp/tmp.${(c.kernel.lastId + 1000).toString(36).padStart(6, 'A')}`
    c.kernel.lastId++
    const refused = options(c.args).flags.has('d') ? makeDirectory(c.files, name, true, 0o700) : openForWriting(c.files, name, false)
    if (failed(refused)) return c.fail(`${name}: ${refused.text}`)
    c.out(`${name}\n`)
    return 0
  },
  sync: () => 0,
}
