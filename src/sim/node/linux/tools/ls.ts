import { failed } from '../errno.ts'
import { bytesOf, existing, inodeOf, resolve, type FileWorld, type Place } from '../files.ts'
import type { FsNode } from '../fs.ts'
import { linkCount } from '../hard-links.ts'
import { gidSeen, uidSeen } from '../user-namespaces.ts'
import { GROUPS, USERS } from '../users.ts'
import { clockText } from './clock.ts'
import { options, type ToolContext } from './context.ts'

const TYPES: Readonly<Record<FsNode['t'], string>> = { d: 'd', f: '-', l: 'l', c: 'c', b: 'b', s: 's', p: 'p' }

/** "drwxr-xr-x" */
export function modeText(node: FsNode): string {
  let text = TYPES[node.t]
  for (let shift = 6; shift >= 0; shift -= 3) {
    const bits = (node.mode >> shift) & 7
    const special = shift === 6 ? node.mode & 0o4000 : shift === 3 ? node.mode & 0o2000 : node.mode & 0o1000
    const x = special ? (shift === 0 ? (bits & 1 ? 't' : 'T') : bits & 1 ? 's' : 'S') : bits & 1 ? 'x' : '-'
    text += `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${x}`
  }
  return text
}

/** One line to be printed: the name, the node and where it lies. */
interface Row {
  readonly name: string
  readonly node: FsNode
  readonly place: Pick<Place, 'mount' | 'path' | 'pseudo'>
}

const DIRENT = 20
const HALF_A_YEAR = 15_768_000 * 1_000_000

/** Folders of a tmpfs count 20 bytes an entry (mm/shmem.c: BOGO_DIRENT_SIZE); those the kernel makes up have no size. */
export function sizeOf({ node, place }: Pick<Row, 'node' | 'place'>): number {
  if (place.pseudo && place.mount.type === 'mqueue') return 2 * DIRENT
  if (place.pseudo) return node.t === 'd' || node.t === 'l' ? 0 : bytesOf(node)
  return node.t === 'd' && place.mount.type === 'tmpfs' ? DIRENT * (2 + Object.keys(node.entries).length) : bytesOf(node)
}

const blocksOf = (row: Row): number => (row.place.pseudo || (row.node.t === 'd' && row.place.mount.type === 'tmpfs') || row.node.t === 'l' ? 0 : row.node.t === 'd' ? 4 : row.node.t === 'f' ? Math.ceil(bytesOf(row.node) / 4096) * 4 : 0)

/** Links to a node. A folder that an overlay has merged of its layers counts one: those in which something was mounted or made. */
export function linksOf({ node, place }: Pick<Row, 'node' | 'place'>, { mounts, root }: Pick<FileWorld, 'mounts' | 'root'>): number {
  if (node.t !== 'd') return place.pseudo ? 1 : linkCount(root(place.mount.fs), node)
  const below = place.path === '/' ? '/' : `${place.path}/`
  if (place.mount.type === 'overlay' && mounts.some((m) => m.at !== '/' && m.at.startsWith(below))) return 1
  return 2 + Object.values(node.entries).filter((e) => e.t === 'd').length
}

/** ls of busybox; on nodes the one of GNU, whose columns are as wide as they must be. */
export function ls(c: ToolContext): number {
  const { flags, rest } = options(c.args.filter((word) => !word.startsWith('--color')))
  const long = flags.has('l') || flags.has('n') || flags.has('g')
  const isGnu = c.state['gnu'] === true
  const world = c.files
  const { mounts } = world
  const users = c.task.view?.users
  const cells = (row: Row): readonly string[] => {
    const { node } = row
    const name = (id: number, names: Readonly<Record<number, string>>): string => (flags.has('n') ? String(id) : (names[id] ?? String(id)))
    const size = node.t === 'c' || node.t === 'b' ? node.device.split(',').map((n, i) => n.padStart(i === 0 ? 4 : 3)).join(', ') : String(sizeOf(row))
    const age = c.now - node.mtime
    return [String(linksOf(row, world)), name(uidSeen(users, node.uid), USERS), name(gidSeen(users, node.gid), GROUPS), isGnu ? size.trim() : size, clockText(node.mtime, age > HALF_A_YEAR ? '%b %e  %Y' : '%b %e %H:%M')]
  }
  const numbered = ({ node, place }: Row): string => (flags.has('i') ? `${String(inodeOf(place.mount.fs, place.path, node)).padStart(7)} ` : '')
  const print = (rows: readonly Row[]): void => {
    if (!long) {
      for (const row of rows) c.out(`${numbered(row)}${row.name}\n`)
      return
    }
    const all = rows.map(cells)
    const width = (i: number, least: number): number => (isGnu ? Math.max(0, ...all.map((row) => row[i]!.length)) : least)
    rows.forEach((row, i) => {
      const { name, node } = row
      const [links, owner, group, size, date] = all[i]! as [string, string, string, string, string]
      c.out(`${numbered(row)}${modeText(node)} ${links.padStart(width(0, 4))} ${owner.padEnd(width(1, 8))} ${group.padEnd(width(2, 8))} ${size.padStart(width(3, 9))} ${date} ${name}${node.t === 'l' ? ` -> ${node.to}` : ''}\n`)
    })
  }
  const rowAt = (path: string, name: string, otherwise: FsNode): Row => {
    const place = resolve(world, path, false)
    if (failed(place)) return { name, node: otherwise, place: { path, mount: mounts[0]!, pseudo: false } }
    return { name, node: place.node ?? otherwise, place }
  }
  const list = (path: string, node: FsNode): void => {
    if (node.t !== 'd') return
    const inside = (name: string): string => (path === '/' ? `/${name}` : `${path}/${name}`)
    const followed = existing(world, path)
    const here = failed(followed) ? rowAt(path, '.', node).place : followed
    const names = Object.keys(node.entries).filter((name) => flags.has('a') || flags.has('A') || !name.startsWith('.')).sort()
    const rows = [...(flags.has('a') ? [{ name: '.', node, place: here }, rowAt(`${path}/..`, '..', node)] : []), ...names.map((name) => rowAt(inside(name), name, node.entries[name]!))]
    if (long) c.out(`total ${rows.reduce((sum, row) => sum + blocksOf(row), 0)}\n`)
    print(rows)
    if (!flags.has('R')) return
    for (const row of rows) {
      if (row.node.t !== 'd' || row.name === '.' || row.name === '..') continue
      c.out(`\n${inside(row.name)}:\n`)
      list(inside(row.name), row.node)
    }
  }
  const found: Row[] = []
  for (const path of rest.length > 0 ? rest : ['.']) {
    const place = existing(world, path, !long || path.endsWith('/') || !flags.has('l'))
    if (failed(place)) c.keep({ status: c.failure(path, place) })
    else found.push({ name: path, node: place.node, place })
  }
  const plain = found.filter(({ node }) => node.t !== 'd' || flags.has('d'))
  const directories = found.filter(({ node }) => node.t === 'd' && !flags.has('d'))
  print(plain)
  directories.forEach(({ name, node }, i) => {
    if (found.length > 1 || flags.has('R')) c.out(`${i > 0 || plain.length > 0 ? '\n' : ''}${name}:\n`)
    list(name === '.' ? c.task.cwd : name.replace(/(.)\/+$/, '$1'), node)
  })
  return c.status
}
