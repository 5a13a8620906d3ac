/**
 * The place of the winner: the root of a binary max-heap built over the first `count` nodes in scoring order, which is how kube-scheduler
 * breaks ties (schedule_one.go: newSortedNodeScores). A part of the heap is headed by the place it began with or by the head
 * of the part below that has more, the left one if both have as much. So the root is the first of the best as one walks the
 * tree, each place before those below it, left before right; and no heap need be built.
 */
export function heapRoot(totals: ArrayLike<number>, count = totals.length): number {
  let best = -1
  let most = -Infinity
  for (let i = 0; i < count; i++) {
    const total = totals[i]!
    if (total < most || (total === most && walk(best) <= walk(i))) continue
    best = i
    most = total
  }
  return best
}

/** When the walk comes to a place: its number from 1 on says in binary how to go there, so numbers are compared from the left. Those below a place on its left side have its own, and come later in the list. */
const walk = (place: number): number => ((place + 1) << Math.clz32(place + 1)) >>> 0
