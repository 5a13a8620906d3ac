import type { Micros } from '../../engine/time.ts'
import { withNode, type FsNode, type RegularFile } from './fs.ts'

/** A tree in which the file at `names` is `node`, and so are all other names that it has (inodes with several links carry a number of their own). */
export function withFile(root: FsNode, names: readonly string[], node: FsNode | undefined, now: Micros): FsNode {
  const tree = withNode(root, names, node, now)
  return node?.t === 'f' && node.inode !== undefined ? sameEverywhere(tree, node, node.inode) : tree
}

function sameEverywhere(tree: FsNode, node: RegularFile, inode: number): FsNode {
  if (tree.t === 'f') return tree.inode === inode ? node : tree
  if (tree.t !== 'd') return tree
  let changed: Record<string, FsNode> | undefined
  for (const name of Object.keys(tree.entries)) {
    const child = tree.entries[name]!
    const next = sameEverywhere(child, node, inode)
    if (next !== child) (changed ??= { ...tree.entries })[name] = next
  }
  return changed ? { ...tree, entries: changed } : tree
}

/** How many names a file has in its file system. */
export function linkCount(root: FsNode | undefined, node: FsNode): number {
  if (node.t !== 'f' || node.inode === undefined || !root) return 1
  const count = (tree: FsNode): number => (tree.t === 'f' ? (tree.inode === node.inode ? 1 : 0) : tree.t === 'd' ? Object.values(tree.entries).reduce((sum, child) => sum + count(child), 0) : 0)
  return Math.max(1, count(root))
}

/** A number that no file of a tree has yet. */
export function freshInode(tree: FsNode): number {
  if (tree.t === 'f') return (tree.inode ?? 0) + 1
  return tree.t === 'd' ? Object.values(tree.entries).reduce((most, child) => Math.max(most, freshInode(child)), 1) : 1
}
