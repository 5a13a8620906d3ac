import { byteCount } from '../../api/bytes.ts'
import type { Micros } from '../../engine/time.ts'
import { hashText } from '../../engine/hash.ts'
import { Failure, failed, type Errno } from './errno.ts'
import { freshInode, withFile } from './hard-links.ts'
import { baseName, directory, file, link, lookUp, namesOf, normalize, parentOf, sizeOfFile, treeSize, type Directory, type FsNode, type RegularFile } from './fs.ts'
import type { ContainerState, Credentials, Mount } from './machine.ts'

/** What the file calls need of the kernel: the trees, the mounts and the pseudo file systems. */
export interface FileWorld {
  readonly clock: Micros
  readonly mounts: readonly Mount[]
  readonly user: Credentials
  readonly capabilities: number
  readonly cwd: string
  /** Bits that new files do not get. */
  readonly umask: number
  root(fs: string): FsNode | undefined
  setRoot(fs: string, tree: FsNode): void
  /** A node of /proc, /sys or another pseudo file system; undefined: there is none of that name. */
  pseudo(mount: Mount, path: string): FsNode | undefined
  /** What the process of that number, as a mount of /proc shows it, sees as its root and where it is; undefined: nothing to be seen. */
  seenBy?(proc: Mount, pid: number): { readonly mounts: readonly Mount[]; readonly cwd: string } | Failure | undefined
  /** Mounts of the node, when its own file system can be seen. */
  nodeMounts?(): readonly Mount[]
  /** Bytes that may be in the file system; undefined: no limit of its own. */
  limit(fs: string): number | undefined
}

/** Where a path leads. `node` is absent when only its directory exists. */
export interface Place {
  readonly path: string
  readonly mount: Mount
  readonly names: readonly string[]
  readonly node: FsNode | undefined
  readonly pseudo: boolean
}

const PSEUDO = new Set(['proc', 'sysfs', 'cgroup2', 'cgroup', 'devpts', 'mqueue'])
const MOST_LINKS = 40
const LONGEST_NAME = 255
const LARGEST_TEXT = 8 << 20
const DAC_OVERRIDE = 1 << 1

/** The mount that covers an absolute path: the longest one, the last of equals. */
export function mountOf(mounts: readonly Mount[], path: string): Mount {
  let best = mounts[0]!
  for (const mount of mounts) {
    const covers = mount.at === '/' || path === mount.at || path.startsWith(`${mount.at}/`)
    if (covers && mount.at.length >= best.at.length) best = mount
  }
  return best
}

const OF_PROCESS = /^\/(\d+)\/(root|cwd)(\/.*)?$/

/** A path that leads through `/proc/N/root` or `/proc/N/cwd` as the mounts and the path of that process (fs/proc/base.c: proc_root_link). */
function throughProcess(world: FileWorld, proc: Mount, path: string): { readonly mounts: readonly Mount[]; readonly path: string; readonly prefix: string } | Failure | undefined {
  const m = world.seenBy && OF_PROCESS.exec(path.slice(proc.at.length))
  if (!m) return undefined
  const seen = world.seenBy!(proc, Number(m[1]))
  if (!seen || failed(seen)) return seen
  const from = m[2] === 'cwd' ? seen.cwd : '/'
  return { mounts: seen.mounts, path: normalize(`${from}${m[3] ?? ''}`), prefix: `${proc.at}/${m[1]!}/${m[2]!}` }
}

interface Found {
  readonly mount: Mount
  readonly names: readonly string[]
  readonly node: FsNode | undefined
  readonly pseudo: boolean
}

/** What lies at a path. `through`: links of /proc to what others see are followed. */
function nodeAt(world: FileWorld, path: string, through = true): Found | Failure {
  const proc = path.includes('/root') || path.includes('/cwd') ? mountOf(world.mounts, path) : undefined
  const there = proc?.type === 'proc' ? throughProcess(world, proc, path) : undefined
  if (!there) return plainNode(world, path)
  const isLink = path === (failed(there) ? path : there.prefix)
  if (isLink && !through) return plainNode(world, path)
  if (failed(there)) return there
  const found = plainNode({ ...world, mounts: there.mounts }, there.path)
  return { ...found, mount: { ...found.mount, at: path === there.prefix ? path : normalize(`${there.prefix}${found.mount.at}`) } }
}

function plainNode(world: FileWorld, path: string): Found {
  let mount = mountOf(world.mounts, path)
  let inner = mount.at === '/' ? path : path.slice(mount.at.length) || '/'
  let names = [...namesOf(mount.from), ...namesOf(inner)]
  if (mount.fs === 'host' && world.nodeMounts) {
    // Below a folder of the node lies what the node has mounted there (the mount of a hostPath is recursive).
    const there = `/${names.join('/')}`
    const deeper = mountOf(world.nodeMounts(), there)
    if (deeper.fs !== 'host') {
      inner = there.slice(deeper.at.length) || '/'
      names = [...namesOf(deeper.from), ...namesOf(inner)]
      mount = { ...deeper, at: path.slice(0, path.length - there.length + deeper.at.length) || '/', readOnly: mount.readOnly || deeper.readOnly }
    }
  }
  if (PSEUDO.has(mount.type)) return { mount, names: namesOf(inner), node: world.pseudo(mount, mount.type === 'proc' ? normalize(`${mount.from}${inner}`) : inner), pseudo: true }
  const root = world.root(mount.fs)
  return { mount, names, node: root && lookUp(root, names), pseudo: false }
}

/** Walks a path with its links. `follow`: the last name too. */
export function resolve(world: FileWorld, path: string, follow = true): Place | Failure {
  let rest: string[] = [...path.split('/').filter((name) => name !== '' && name !== '.')]
  let at = path.startsWith('/') ? '' : world.cwd === '/' ? '' : world.cwd
  let links = 0
  while (rest.length > 0) {
    const name = rest.shift()!
    if (name.length > LONGEST_NAME) return new Failure('ENAMETOOLONG')
    if (name === '..') {
      at = parentOf(at || '/') === '/' ? '' : parentOf(at)
      continue
    }
    const here = `${at}/${name}`
    const isLast = rest.length === 0
    const found = nodeAt(world, here, follow || !isLast)
    if (failed(found)) return found
    if (found.node?.t === 'l' && (follow || !isLast)) {
      if (++links > MOST_LINKS) return new Failure('ELOOP')
      rest = [...found.node.to.split('/').filter((n) => n !== '' && n !== '.'), ...rest]
      if (found.node.to.startsWith('/')) at = ''
      continue
    }
    if (!isLast) {
      if (!found.node) return new Failure('ENOENT')
      if (found.node.t !== 'd') return new Failure('ENOTDIR')
      if (!allowed(world, found.node, 1)) return new Failure('EACCES')
    }
    at = here
  }
  const whole = at || '/'
  const found = nodeAt(world, whole, follow)
  return failed(found) ? found : { path: whole, ...found }
}

/** May the caller read (4), write (2) or search (1) the node? */
export function allowed(world: FileWorld, node: FsNode, want: 1 | 2 | 4): boolean {
  const { uid, gid, groups } = world.user
  if (uid === 0 && (world.capabilities & DAC_OVERRIDE) !== 0) return true
  const shift = node.uid === uid ? 6 : node.gid === gid || groups.includes(node.gid) ? 3 : 0
  return ((node.mode >> shift) & want) !== 0
}

export function existing(world: FileWorld, path: string, follow = true): (Place & { readonly node: FsNode }) | Failure {
  const place = resolve(world, path, follow)
  if (failed(place)) return place
  return place.node ? (place as Place & { readonly node: FsNode }) : new Failure('ENOENT')
}

export function readFile(world: FileWorld, path: string): string | Failure {
  const place = existing(world, path)
  if (failed(place)) return place
  if (place.node.t === 'd') return new Failure('EISDIR')
  if (!allowed(world, place.node, 4)) return new Failure('EACCES')
  return contentOf(place.node)
}

/** A file's text; zeros are given up to a bound, so that nobody can be drowned in them. */
export const contentOf = (node: FsNode): string => (node.t === 'f' ? node.data + (node.zeros ? '\0'.repeat(Math.min(node.zeros, 65_536)) : '') : '')

/** The directory in which a name is made or removed, when that is permitted. */
function writableParent(world: FileWorld, place: Place): Failure | undefined {
  const parent = existing(world, parentOf(place.path))
  if (failed(parent)) return parent
  if (parent.node.t !== 'd') return new Failure('ENOTDIR')
  if (place.pseudo) return new Failure(place.mount.readOnly ? 'EROFS' : 'EACCES')
  if (place.mount.readOnly) return new Failure('EROFS')
  if (place.path === place.mount.at) return new Failure('EBUSY')
  if (!allowed(world, parent.node, 2)) return new Failure('EACCES')
  return undefined
}

/** Puts `node` where `place` is. */
export function put(world: FileWorld, place: Place, node: FsNode | undefined): Failure | undefined {
  const root = world.root(place.mount.fs)
  if (!root) return new Failure('ENOENT')
  const limit = world.limit(place.mount.fs)
  const next = withFile(root, place.names, node, world.clock)
  if (limit !== undefined && node && treeSize(next) > limit) return new Failure('ENOSPC')
  world.setRoot(place.mount.fs, next)
  return undefined
}

/** Opens for writing: makes the file where it is missing, empties it unless `keep`. */
export function openForWriting(world: FileWorld, path: string, keep: boolean): Place | Failure {
  const place = resolve(world, path)
  if (failed(place)) return place
  if (!place.node) {
    const refused = writableParent(world, place)
    if (refused) return refused
    const { uid, gid } = world.user
    const made = file('', 0o666 & ~world.umask, world.clock, uid, inheritedGroup(world, place.path, gid))
    return put(world, place, made) ?? { ...place, node: made }
  }
  if (place.node.t === 'd') return new Failure('EISDIR')
  if (place.mount.readOnly && place.node.t === 'f') return new Failure('EROFS')
  if (!allowed(world, place.node, 2)) return new Failure('EACCES')
  if (place.pseudo && place.node.t === 'f') return place.mount.readOnly ? new Failure('EROFS') : place
  if (place.node.t === 'f' && !keep) return put(world, place, { ...place.node, data: '', zeros: 0, mtime: world.clock }) ?? place
  return place
}

/** New files in a directory with the setgid bit get its group (fsGroup volumes). */
function inheritedGroup(world: FileWorld, path: string, gid: number): number {
  const parent = existing(world, parentOf(path))
  return !failed(parent) && (parent.node.mode & 0o2000) !== 0 ? parent.node.gid : gid
}

export function writeFile(world: FileWorld, path: string, data: string, append = false): Failure | undefined {
  const place = openForWriting(world, path, append)
  if (failed(place)) return place
  const node = place.node?.t === 'f' ? place.node : undefined
  const before = append && node ? node.data : ''
  if (before.length + data.length > LARGEST_TEXT) return new Failure('EFBIG')
  const now = failed(place) ? undefined : lookAgain(world, place)
  if (now?.t !== 'f') return undefined
  return put(world, place, { ...now, data: before + data, mtime: world.clock })
}

const lookAgain = (world: FileWorld, place: Place): FsNode | undefined => {
  const root = world.root(place.mount.fs)
  return root && lookUp(root, place.names)
}

export function makeDirectory(world: FileWorld, path: string, parents: boolean, mode = 0o777 & ~world.umask): Failure | undefined {
  const whole = normalize(path, world.cwd)
  if (parents) {
    const names = namesOf(whole)
    for (let i = 1; i < names.length; i++) {
      const step = `/${names.slice(0, i).join('/')}`
      const found = resolve(world, step)
      if (failed(found)) return found
      if (!found.node) {
        const made = makeDirectory(world, step, false)
        if (made) return made
      } else if (found.node.t !== 'd') return new Failure('ENOTDIR')
    }
  }
  const place = resolve(world, whole)
  if (failed(place)) return place
  if (place.node) return parents && place.node.t === 'd' ? undefined : new Failure('EEXIST')
  const refused = writableParent(world, place)
  if (refused) return refused
  return put(world, place, directory({}, mode, world.clock, world.user.uid, inheritedGroup(world, place.path, world.user.gid)))
}

export function remove(world: FileWorld, path: string, how: 'file' | 'directory' | 'tree'): Failure | undefined {
  const place = existing(world, path, false)
  if (failed(place)) return place
  if (place.node.t === 'd') {
    if (how === 'file') return new Failure('EISDIR')
    if (how === 'directory' && Object.keys(place.node.entries).length > 0) return new Failure('ENOTEMPTY')
  } else if (how === 'directory') return new Failure('ENOTDIR')
  return writableParent(world, place) ?? put(world, place, undefined)
}

export function makeLink(world: FileWorld, target: string, path: string): Failure | undefined {
  const place = resolve(world, path, false)
  if (failed(place)) return place
  if (place.node) return new Failure('EEXIST')
  return writableParent(world, place) ?? put(world, place, { ...link(target, world.clock), uid: world.user.uid, gid: world.user.gid })
}

/** A second name for a file (link(2)). */
export function hardLink(world: FileWorld, target: string, path: string): Failure | undefined {
  const source = existing(world, target, false)
  if (failed(source)) return source
  const place = resolve(world, path, false)
  if (failed(place)) return place
  if (place.node) return new Failure('EEXIST')
  const refused = writableParent(world, place)
  if (refused) return refused
  if (source.pseudo || source.mount.at !== place.mount.at || source.mount.fs !== place.mount.fs) return new Failure('EXDEV')
  const { node } = source
  if (node.t === 'd') return new Failure('EPERM')
  // Files of others that one may not write get no second name (fs.protected_hardlinks).
  if (world.user.uid !== 0 && node.uid !== world.user.uid && !(node.t === 'f' && (node.mode & 0o6000) === 0 && allowed(world, node, 4) && allowed(world, node, 2))) return new Failure('EPERM')
  if (node.t !== 'f') return put(world, place, node)
  const named: RegularFile = node.inode === undefined ? { ...node, inode: freshInode(world.root(source.mount.fs)!) } : node
  return (node.inode === undefined ? put(world, source, named) : undefined) ?? put(world, place, named)
}

/** Renames or copies a node; a directory as target takes it inside. */
export function moveOrCopy(world: FileWorld, from: string, to: string, keepSource: boolean): Failure | undefined {
  const source = existing(world, from, keepSource)
  if (failed(source)) return source
  const into = resolve(world, to)
  if (failed(into)) return into
  const target = into.node?.t === 'd' ? resolve(world, `${into.path}/${baseName(normalize(from, world.cwd))}`) : into
  if (failed(target)) return target
  if (!allowed(world, source.node, 4)) return new Failure('EACCES')
  const refused = writableParent(world, target)
  if (refused) return refused
  if (target.path.startsWith(`${source.path}/`)) return new Failure('EINVAL')
  const { uid, gid } = world.user
  const copy: FsNode = keepSource ? copied(source.node, { uid, gid, mtime: world.clock }) : source.node
  const stored = put(world, target, copy)
  if (stored) return stored
  return keepSource ? undefined : (writableParent(world, source) ?? put(world, source, undefined))
}

/** A node's copy, a file of its own. */
function copied(node: FsNode, own: Pick<FsNode, 'uid' | 'gid' | 'mtime'>): FsNode {
  if (node.t === 'd') return { ...node, ...own, entries: withoutInodes(node).entries }
  return node.t === 'f' ? { ...withoutInode(node), ...own } : { ...node, ...own }
}

function withoutInode(node: RegularFile): RegularFile {
  const { inode: _first, ...rest } = node
  return rest
}

/** A folder whose files share nothing with others any more; the same folder where none did. */
function withoutInodes(node: Directory): Directory {
  let entries: Record<string, FsNode> | undefined
  for (const name of Object.keys(node.entries)) {
    const child = node.entries[name]!
    const next = child.t === 'd' ? withoutInodes(child) : child.t === 'f' && child.inode !== undefined ? withoutInode(child) : child
    if (next !== child) (entries ??= { ...node.entries })[name] = next
  }
  return entries ? { ...node, entries } : node
}

export function changeNode(world: FileWorld, path: string, change: (node: FsNode) => FsNode): Failure | undefined {
  const place = existing(world, path)
  if (failed(place)) return place
  if (place.mount.readOnly) return new Failure('EROFS')
  if (world.user.uid !== 0 && world.user.uid !== place.node.uid) return new Failure('EPERM')
  if (place.pseudo) return new Failure('EPERM')
  return put(world, place, change(place.node))
}

/** A number for a file that stays the same as long as its name does, or as it has several. */
export const inodeOf = (fs: string, path: string, node: FsNode): number => 1000 + (hashText(`${fs}|${node.t === 'f' && node.inode !== undefined ? `#${node.inode}` : path}`, 7) % 900_000)

export const errorOf = (failure: { readonly errno: Errno }): Errno => failure.errno
export const bytesOf = (node: FsNode): number => (node.t === 'f' ? byteCount(node.data) + (node.zeros ?? 0) : sizeOfFile(node))
export type { ContainerState }
