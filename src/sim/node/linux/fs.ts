import { byteCount } from '../../api/bytes.ts'
import type { Micros } from '../../engine/time.ts'

/** What every inode has. `mtime` in µs of virtual time; negative ones are from before the cluster was born. */
interface Inode {
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly mtime: Micros
}

/** A directory; its entries are shared between all trees that have not changed them (copy-on-write). */
export interface Directory extends Inode {
  readonly t: 'd'
  readonly entries: Readonly<Record<string, FsNode>>
}
/** A file. `zeros`: bytes of zero behind `data`, so that large files cost nothing. `tool`: it is that program. */
export interface RegularFile extends Inode {
  readonly t: 'f'
  readonly data: string
  readonly zeros?: number
  readonly tool?: string
  /** Only of files that have, or had, more than one name in their file system (hard-links.ts). */
  readonly inode?: number
}
export interface Link extends Inode {
  readonly t: 'l'
  readonly to: string
}
/** A device (`device`: "1,3"), socket or named pipe. */
export interface Special extends Inode {
  readonly t: 'c' | 'b' | 's' | 'p'
  readonly device: string
}
/** One node of an immutable file tree. Layers of images are trees; a container's root is the image's with changed paths copied. */
export type FsNode = Directory | RegularFile | Link | Special

/** Long before the cluster: the date of what comes with images. */
export const IMAGE_TIME: Micros = -67_225_600 * 1_000_000

export const directory = (entries: Readonly<Record<string, FsNode>> = {}, mode = 0o755, mtime: Micros = IMAGE_TIME, uid = 0, gid = 0): Directory => ({ t: 'd', mode, uid, gid, mtime, entries })
export const file = (data: string, mode = 0o644, mtime: Micros = IMAGE_TIME, uid = 0, gid = 0): RegularFile => ({ t: 'f', mode, uid, gid, mtime, data })
export const link = (to: string, mtime: Micros = IMAGE_TIME): Link => ({ t: 'l', mode: 0o777, uid: 0, gid: 0, mtime, to })
export const device = (t: 'c' | 'b', numbers: string, mode = 0o666): Special => ({ t, mode, uid: 0, gid: 0, mtime: 0, device: numbers })

export const sizeOfFile = (node: FsNode): number => (node.t === 'f' ? byteCount(node.data) + (node.zeros ?? 0) : node.t === 'l' ? byteCount(node.to) : node.t === 'd' ? 4096 : 0)

/** The names of an absolute path with `.` and `..` taken away. */
export function namesOf(path: string): readonly string[] {
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') names.pop()
    else names.push(name)
  }
  return names
}

export const normalize = (path: string, cwd = '/'): string => `/${namesOf(path.startsWith('/') ? path : `${cwd}/${path}`).join('/')}`
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)
export const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 0)) || '/'

/** The node at `names` without following links. */
export function lookUp(root: FsNode, names: readonly string[]): FsNode | undefined {
  let node: FsNode | undefined = root
  for (const name of names) {
    if (node?.t !== 'd') return undefined
    node = Object.hasOwn(node.entries, name) ? node.entries[name] : undefined
  }
  return node
}

/** A tree in which `names` is `node` (or nothing); directories on the way must exist and get `now` as mtime where entries change. */
export function withNode(root: FsNode, names: readonly string[], node: FsNode | undefined, now: Micros, depth = 0): FsNode {
  if (depth === names.length) return node ?? root
  if (root.t !== 'd') return root
  const name = names[depth]!
  const isLast = depth === names.length - 1
  const has = Object.hasOwn(root.entries, name)
  if (isLast) {
    if (node === undefined) {
      if (!has) return root
      const { [name]: _gone, ...entries } = root.entries
      return { ...root, entries, mtime: now }
    }
    return { ...root, entries: { ...root.entries, [name]: node }, ...(has ? {} : { mtime: now }) }
  }
  const child = has ? root.entries[name]! : undefined
  if (!child) return root
  const next = withNode(child, names, node, now, depth + 1)
  return next === child ? root : { ...root, entries: { ...root.entries, [name]: next } }
}

/** Like withNode, but makes the directories that are missing on the way. */
export function withPath(root: FsNode, path: string, node: FsNode, mtime: Micros = IMAGE_TIME): FsNode {
  const names = namesOf(path)
  let tree = root
  for (let i = 1; i < names.length; i++) if (!lookUp(tree, names.slice(0, i))) tree = withNode(tree, names.slice(0, i), directory({}, 0o755, mtime), mtime)
  return withNode(tree, names, node, mtime)
}

/** Bytes of all files of a tree: what `du` and the emptyDir limit see. */
export function treeSize(node: FsNode, counted: Set<number> = new Set()): number {
  if (node.t !== 'd') {
    if (node.t !== 'f' || node.inode === undefined) return sizeOfFile(node)
    if (counted.has(node.inode)) return 0
    counted.add(node.inode)
    return sizeOfFile(node)
  }
  let sum = 0
  for (const child of Object.values(node.entries)) sum += treeSize(child, counted)
  return sum
}

/** How an upper tree differs from the lower one: what an overlay's upper directory holds. */
export interface Difference {
  readonly path: string
  readonly kind: 'A' | 'C' | 'D'
}

/** Paths added, changed and deleted (whiteouts), in order of their names. Equal subtrees are not walked. */
export function differences(lower: FsNode | undefined, upper: FsNode | undefined, path = ''): readonly Difference[] {
  if (lower === upper) return []
  if (!upper) return [{ path, kind: 'D' }]
  if (!lower) return [{ path, kind: 'A' }, ...(upper.t === 'd' ? Object.keys(upper.entries).sort().flatMap((name) => differences(undefined, upper.entries[name], `${path}/${name}`)) : [])]
  if (lower.t !== 'd' || upper.t !== 'd') return [{ path, kind: 'C' }]
  const names = [...new Set([...Object.keys(lower.entries), ...Object.keys(upper.entries)])].sort()
  const inner = names.flatMap((name) => differences(lower.entries[name], upper.entries[name], `${path}/${name}`))
  return inner.length > 0 && path !== '' ? [{ path, kind: 'C' }, ...inner] : inner
}
