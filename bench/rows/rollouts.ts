import { median, wallMs, type Row } from '../row.ts'
import { isRolledOut, rollOut, runUntil, setImage, standingCluster } from '../workload.ts'

/** Wall time from the request to the last pod Ready, on a cluster that stands already. */
function applied(replicas: number, nodes: number, detailed = false): number {
  const cluster = standingCluster(nodes, detailed ? { kubelet: 'detailed' } : {})
  return wallMs(() => rollOut(cluster, 'web', replicas))
}

function updated(replicas: number, nodes: number, detailed = false): number {
  const cluster = standingCluster(nodes, detailed ? { kubelet: 'detailed' } : {})
  rollOut(cluster, 'web', replicas)
  return wallMs(() => {
    setImage(cluster, 'web', 'nginx:1.29')
    runUntil(cluster, () => isRolledOut(cluster, 'web', replicas))
  })
}

export const rollouts: readonly Row[] = [
  { name: '100 replicas applied to Ready, wall', unit: 'ms', goal: 50, better: 'lower', reference: 'webernetes 1600, real v1.36.2 with KWOK 4100', measure: () => median(15, () => applied(100, 10), 20) },
  { name: '1,000 replicas on 100 nodes to Ready, wall', unit: 'ms', goal: 500, better: 'lower', reference: 'webernetes 94000, real with KWOK 51000', measure: () => median(5, () => applied(1000, 100), 2) },
  { name: 'rolling update of 100 replicas, wall', unit: 'ms', goal: 100, better: 'lower', reference: 'webernetes 4500, real with KWOK 12700', measure: () => median(9, () => updated(100, 10), 6) },
  { name: '10,000 pods on 1,000 nodes Running, wall', unit: 's', goal: 5, better: 'lower', reference: "KWOK's own CI 20 to 60; goal 2", measure: () => median(3, () => applied(10_000, 1000)) / 1000 },
]

/** The same with kubelets that pull, start and probe, as the page has them: twice the events. The goals are bounds of their own, against getting slower. */
export const detailedRollouts: readonly Row[] = [
  { name: '100 replicas applied to Ready, detailed kubelets, wall', unit: 'ms', goal: 350, better: 'lower', reference: 'webernetes 1600', measure: () => median(7, () => applied(100, 3, true), 5) },
  { name: 'rolling update of 100 replicas, detailed kubelets, wall', unit: 'ms', goal: 500, better: 'lower', reference: 'webernetes 4500', measure: () => median(5, () => updated(100, 3, true), 2) },
]
