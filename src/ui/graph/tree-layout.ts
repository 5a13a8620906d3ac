/** A thing of the workloads view with what hangs below it. */
export interface TreeItem {
  readonly key: string
  readonly height: number
  readonly children: readonly TreeItem[]
}

export interface TreePlace {
  readonly key: string
  readonly x: number
  readonly y: number
  readonly depth: number
}

const COLUMN = 236
const ROW_GAP = 10
const TREE_GAP = 26

/**
 * Trees from left (owner) to right (child), one below the other in the order given. A parent stands at its first child's
 * height, so that adding a child at the end moves nothing above it.
 */
export function treeLayout(roots: readonly TreeItem[]): readonly TreePlace[] {
  const places: TreePlace[] = []
  const put = (item: TreeItem, depth: number, top: number): number => {
    places.push({ key: item.key, x: depth * COLUMN, y: top, depth })
    let y = top
    for (const child of item.children) y = put(child, depth + 1, y)
    return Math.max(y, top + item.height + ROW_GAP)
  }
  let top = 0
  for (const root of roots) top = put(root, 0, top) + TREE_GAP
  return places
}
