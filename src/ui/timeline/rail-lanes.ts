import type { BranchInfo } from '../../workers/protocol.ts'

/** One line of the rail: the shown branch is lane 0, all others hang below it. */
export interface Lane {
  readonly branch: BranchInfo
  readonly lane: number
  /** From where to where it is drawn, µs. */
  readonly from: number
  readonly to: number
}

/** Branch ids from the root to `id`. */
export function lineage(branches: readonly BranchInfo[], id: number): readonly number[] {
  const found = branches.find((branch) => branch.id === id)
  if (found === undefined) return [id]
  return found.parent === null ? [id] : [...lineage(branches, found.parent), id]
}

/**
 * Where each other branch is drawn. The shown branch with its ancestors up to their forks is the main line; the rest of an
 * ancestor after the fork hangs below like any other branch. At most `most` lanes, the newest first.
 */
export function railLanes(branches: readonly BranchInfo[], shown: number, most = 2): readonly Lane[] {
  const line = lineage(branches, shown)
  const lanes: Lane[] = []
  const onLine = new Map(line.map((id, at) => [id, branches.find((branch) => branch.id === line[at + 1])]))
  for (const branch of [...branches].reverse()) {
    if (lanes.length >= most) break
    if (branch.id === shown) continue
    const child = onLine.get(branch.id)
    const from = child === undefined ? branch.forkAt : child.forkAt
    if (branch.endAt <= from) continue
    lanes.push({ branch, lane: lanes.length + 1, from, to: branch.endAt })
  }
  return lanes
}
