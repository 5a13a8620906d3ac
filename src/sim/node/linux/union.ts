import type { Micros } from '../../engine/time.ts'
import { device, directory, lookUp, withNode, type FsNode } from './fs.ts'

/** A folder of a file system. */
export interface Branch {
  readonly fs: string
  readonly names: readonly string[]
}

/** Folders laid over each other (overlayfs): `lowers` top first; what is written goes to `upper`, without which nothing can be written. */
export interface Union {
  readonly lowers: readonly Branch[]
  readonly upper?: Branch
}

type Trees = (fs: string) => FsNode | undefined

/** In an upper folder a character device 0,0 stands for a name that is gone (Documentation/filesystems/overlayfs.rst: whiteouts). */
const isWhiteout = (node: FsNode | undefined): boolean => node?.t === 'c' && node.device === '0,0'

const memo = new WeakMap<FsNode, WeakMap<FsNode, FsNode>>()

/** Two trees as one: what is in `upper` hides what is in `lower`, folders are joined. */
function laidOver(lower: FsNode | undefined, upper: FsNode | undefined): FsNode | undefined {
  if (!upper || isWhiteout(upper)) return isWhiteout(upper) ? undefined : lower
  if (upper.t !== 'd') return upper
  const under = lower?.t === 'd' ? lower : directory()
  let known = memo.get(under)
  if (!known) memo.set(under, (known = new WeakMap<FsNode, FsNode>()))
  let joined = known.get(upper)
  if (!joined) {
    const entries: Record<string, FsNode> = {}
    for (const name of [...new Set([...Object.keys(under.entries), ...Object.keys(upper.entries)])].sort()) {
      const node = laidOver(under.entries[name], upper.entries[name])
      if (node) entries[name] = node
    }
    known.set(upper, (joined = { ...upper, entries }))
  }
  return joined
}

const branchTree = (trees: Trees, { fs, names }: Branch): FsNode | undefined => {
  const root = trees(fs)
  return root && lookUp(root, names)
}

const lowerTree = (trees: Trees, union: Union): FsNode => union.lowers.reduceRight<FsNode | undefined>((below, branch) => laidOver(below, branchTree(trees, branch)), undefined) ?? directory()

/** The tree that a union shows. */
export function unionTree(trees: Trees, union: Union): FsNode {
  const lower = lowerTree(trees, union)
  return (union.upper ? laidOver(lower, branchTree(trees, union.upper)) : lower) ?? directory()
}

/** What has to lie in the upper folder so that `wanted` is seen over `lower`. */
function upperFor(lower: FsNode | undefined, wanted: FsNode): FsNode {
  if (wanted.t !== 'd' || lower?.t !== 'd') return wanted
  const entries: Record<string, FsNode> = {}
  for (const name of [...new Set([...Object.keys(lower.entries), ...Object.keys(wanted.entries)])].sort()) {
    const [below, above] = [lower.entries[name], wanted.entries[name]]
    if (above === below) continue
    if (!above) entries[name] = device('c', '0,0', 0)
    else if (above.t !== 'd' || below?.t !== 'd' || differs(below, above)) entries[name] = upperFor(below, above)
  }
  return { ...wanted, entries }
}

/** Folders that were only joined are new objects with the same things in them. */
function differs(a: FsNode, b: FsNode): boolean {
  if (a === b) return false
  if (a.t !== 'd' || b.t !== 'd' || a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid) return true
  const names = Object.keys(b.entries)
  return names.length !== Object.keys(a.entries).length || names.some((name) => !a.entries[name] || differs(a.entries[name], b.entries[name]!))
}

/** The file system of the upper folder, after the union was changed to `wanted`; undefined: nothing can be written. */
export function writtenThrough(trees: Trees, union: Union, wanted: FsNode, now: Micros): { readonly fs: string; readonly tree: FsNode } | undefined {
  const root = union.upper && trees(union.upper.fs)
  if (!root) return undefined
  return { fs: union.upper!.fs, tree: withNode(root, union.upper!.names, upperFor(lowerTree(trees, union), wanted), now) }
}
