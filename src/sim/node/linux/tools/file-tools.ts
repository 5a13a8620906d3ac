import { failed } from '../errno.ts'
import { bytesOf, changeNode, existing, hardLink, inodeOf, makeDirectory, makeLink, mountOf, moveOrCopy, openForWriting, put, remove, resolve } from '../files.ts'
import { baseName, device, treeSize, type FsNode } from '../fs.ts'
import type { Mount } from '../machine.ts'
import { gidSeen, uidSeen } from '../user-namespaces.ts'
import { GROUPS, USERS } from '../users.ts'
import { linksOf, ls, modeText } from './ls.ts'
import { familyOf } from '../shell/family.ts'
import { options, type Tool, type ToolContext } from './context.ts'
import { clockText, dateOf } from './clock.ts'
import { find } from './find.ts'

function each(c: ToolContext, names: readonly string[], run: (name: string) => string | undefined): number {
  let status = 0
  for (const name of names) {
    const complaint = run(name)
    if (complaint !== undefined) status = c.fail(complaint)
  }
  return status
}

function touch(c: ToolContext): number {
  const { flags, values, rest } = options(c.args, 'dtr')
  const like = values.has('r') ? existing(c.files, values.get('r')!) : undefined
  if (like && failed(like)) return c.failure(values.get('r')!, like)
  const at = like ? like.node.mtime : values.has('d') ? dateOf(values.get('d')!, c.now) : c.now
  if (at === undefined) return c.fail(`invalid date '${values.get('d')}'`)
  return each(c, rest, (name) => {
    if (flags.has('c') && failed(existing(c.files, name))) return undefined
    const folder = existing(c.files, name)
    const place = !failed(folder) && folder.node.t === 'd' ? folder : openForWriting(c.files, name, true)
    if (failed(place)) return `${name}: ${place.text}`
    const refused = place.node && put(c.files, place, { ...place.node, mtime: at })
    return refused && `${name}: ${refused.text}`
  })
}

/** `install [-d] [-m mode] from… to` */
function install(c: ToolContext): number {
  const { flags, values, rest } = options(c.args, 'mog')
  const mode = Number.parseInt(values.get('m') ?? '755', 8)
  if (flags.has('d')) return each(c, rest, (name) => {
    const refused = makeDirectory(c.files, name, true, mode)
    return refused && `can't create directory '${name}': ${refused.text}`
  })
  const target = rest.at(-1)!
  if (rest.length < 2) return c.fail('missing file operand')
  return each(c, rest.slice(0, -1), (name) => {
    const into = existing(c.files, target)
    const path = !failed(into) && into.node.t === 'd' ? `${target}/${baseName(name)}` : target
    const refused = moveOrCopy(c.files, name, path, true) ?? changeNode(c.files, path, (node) => ({ ...node, mode }))
    return refused && `can't stat '${name}': ${refused.text}`
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
    const into = existing(c.files, target!)
    const there = !failed(into) && into.node.t === 'd' ? existing(c.files, `${target!}/${baseName(name)}`) : into
    if (!failed(source) && !failed(there) && source.path === there.path) return `'${name}' and '${failed(into) || into.node.t !== 'd' ? target! : `${target!.replace(/\/$/, '')}/${baseName(name)}`}' are the same file`
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
    const refused = hardLink(world, target, path)
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
  if (rest.length !== 1 && familyOf(c.kernel, c.task) === 'ash') return c.usage("[-fnv] FILE\n\nDisplay the value of a symlink\n\n\t-f\tCanonicalize by following all symlinks\n\t-n\tDon't add newline\n\t-v\tVerbose")
  for (const name of rest) {
    const place = flags.has('f') ? resolve(c.files, name) : existing(c.files, name, false)
    if (failed(place) || (!flags.has('f') && place.node?.t !== 'l')) status = 1
    else c.out(`${flags.has('f') ? place.path : (place.node as { to: string }).to}\n`)
  }
  return status
}

function stat(c: ToolContext): number {
  const { values, flags, rest } = options(c.args, 'c')
  return each(c, rest, (name) => {
    const place = existing(c.files, name, false)
    if (failed(place)) return `can't stat '${name}': ${place.text}`
    const { node } = place
    if (flags.has('f')) {
      c.out(`  File: "${name}"\n    ID: 0 Namelen: 255 Type: ${place.mount.type === 'overlay' ? 'overlayfs' : place.mount.type}\nBlock size: 4096\n`)
      return undefined
    }
    const format = values.get('c') ?? STAT_FORM
    const when = (at: number): string => clockText(at, '%Y-%m-%d %H:%M:%S.%N +0000')
    const size = bytesOf(node)
    const [uid, gid] = [uidSeen(c.task.view?.users, node.uid), gidSeen(c.task.view?.users, node.gid)]
    const parts: Readonly<Record<string, string>> = {
      n: name, N: node.t === 'l' ? `'${name}' -> '${node.to}'` : name, s: String(size), b: String(Math.ceil(size / 512)), B: '512', o: '4096', h: String(linksOf({ node, place }, c.files)), i: String(inodeOf(place.mount.fs, place.path, node)), d: '58', D: '3a',
      a: (node.mode & 0o7777).toString(8), f: node.mode.toString(16), A: modeText(node), u: String(uid), U: USERS[uid] ?? 'UNKNOWN', g: String(gid), G: GROUPS[gid] ?? 'UNKNOWN', m: place.mount.at, t: '0', T: '0',
      x: when(node.mtime), X: clockText(node.mtime, '%s'), z: when(node.mtime), Z: clockText(node.mtime, '%s'), w: '-', W: '0',
      F: { d: 'directory', f: size === 0 ? 'regular empty file' : 'regular file', l: 'symbolic link', c: 'character special file', b: 'block special file', s: 'socket', p: 'fifo' }[node.t], Y: clockText(node.mtime, '%s'), y: when(node.mtime),
    }
    c.out(`${format.replace(/%(\d*)([a-zA-Z%])/g, (all, width: string, letter: string) => (letter === '%' ? '%' : (parts[letter] ?? all).padStart(Number(width || 0))))}\n`)
    return undefined
  })
}

const STAT_FORM = '  File: %N\n  Size: %s\t\tBlocks: %b\tIO Block: %o\t%F\nDevice: %Dh/%dd\tInode: %i\tLinks: %h\nAccess: (0%a/%A)  Uid: (%5u/%8U)   Gid: (%5g/%8G)\nAccess: %x\nModify: %y\nChange: %z'

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
  ls, install, touch, rm, mkdir, cp: copy, mv: copy, ln, chmod, chown, readlink, stat, find, df, du,
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
