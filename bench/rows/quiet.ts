import { minutes } from '../../src/sim/engine/time.ts'
import { wallMs, type Row } from '../row.ts'
import { bootedCluster, rollOut } from '../workload.ts'

const REFERENCE = "TigerBeetle's simulator 700 to 1000, K8sSim 38"

/** Simulated time by real time while nothing is to be done but what a cluster does at rest. */
function quiet(nodes: number, pods: number): number {
  const cluster = bootedCluster(nodes, { history: { keep: false } })
  rollOut(cluster, 'web', pods)
  cluster.runFor(minutes(5))
  const span = minutes(60)
  return span / 1000 / wallMs(() => cluster.runFor(span))
}

export const quietRows: readonly Row[] = [
  { name: 'quiet cluster, simulated to real time, 100 nodes, 3,000 pods', unit: '×', goal: 1000, better: 'higher', reference: REFERENCE, measure: () => quiet(100, 3000) },
  { name: 'quiet cluster, simulated to real time, 1,000 nodes, 30,000 pods', unit: '×', goal: 100, better: 'higher', reference: REFERENCE, measure: () => quiet(1000, 30_000) },
]
