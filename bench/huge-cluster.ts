/** Kubernetes' supported maximum, in a process of its own; prints one JSON line (bench/rows/huge.ts: HugeResult). */
import { apply, bootedCluster, deploymentOf, isRolledOut, runUntil } from './workload.ts'

const NODES = 5000
const DEPLOYMENTS = 150
const REPLICAS = 1000

const from = performance.now()
const cluster = bootedCluster(NODES, { history: { keep: false } })
for (let i = 0; i < DEPLOYMENTS; i++) apply(cluster, deploymentOf(`web-${i}`, REPLICAS))
// The client of the ReplicaSet controller makes 20 pods a second, so this takes hours of virtual time.
let checked = 0
runUntil(cluster, () => {
  while (checked < DEPLOYMENTS && isRolledOut(cluster, `web-${checked}`, REPLICAS)) checked++
  return checked === DEPLOYMENTS
})
const seconds = (performance.now() - from) / 1000
globalThis.gc?.()
const megabytes = process.memoryUsage().heapUsed / 1e6
process.stdout.write(`${JSON.stringify({ pods: DEPLOYMENTS * REPLICAS, nodes: NODES, seconds, megabytes })}\n`)
