import { wallMs, type Row } from '../row.ts'
import { bootedCluster, rollOut } from '../workload.ts'

/** Wall time of an event while `pods` are rolled out on `nodes`, in milliseconds; the least of three, as the machine is noisy. */
function costOfEvent(nodes: number, pods: number): number {
  const runs = [0, 1, 2].map(() => {
    const cluster = bootedCluster(nodes, { history: { keep: false } })
    const from = cluster.timeline.index
    const wall = wallMs(() => rollOut(cluster, 'web', pods))
    return wall / (cluster.timeline.index - from)
  })
  return Math.min(...runs)
}

const NODES = 500
const PODS = 2000

/** What an event costs in a cluster of twice the size, by what it costs in the smaller one. */
export const slopeRows: readonly Row[] = [
  { name: 'cost of an event with twice the nodes (1,000 to 500)', unit: '×', goal: 2, better: 'lower', reference: '–', measure: () => costOfEvent(NODES * 2, PODS) / costOfEvent(NODES, PODS) },
  { name: 'cost of an event with twice the pods (4,000 to 2,000)', unit: '×', goal: 2, better: 'lower', reference: '–', measure: () => costOfEvent(NODES, PODS * 2) / costOfEvent(NODES, PODS) },
]
