import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { create, PODS } from '../../src/sim/client/request.ts'
import { isStatus } from '../../src/sim/api/status.ts'
import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { Cluster } from '../../src/sim/cluster.ts'
import { minutes } from '../../src/sim/engine/time.ts'
import { wallMs, type Row } from '../row.ts'
import { apply, bootedCluster, deploymentOf, isRolledOut, runUntil } from '../workload.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

function heap(): number {
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Five nodes, each with as many pods as it takes: one alone would drown in the noise of the collector. */
const NODES = 5
const FULL = 110 * NODES

function twoContainers(kubelet: 'detailed' | 'kwok'): KubeObject {
  const made = deploymentOf('web', FULL) as unknown as { spec: { template: { spec: { containers: object[] } } } }
  const { containers } = made.spec.template.spec
  if (kubelet === 'detailed') containers.push({ name: 'side', image: 'busybox:1.36', command: ['sh', '-c', 'while true; do sleep 3600; done'] })
  return made as unknown as KubeObject
}

/** What a running pod of full nodes costs, in kB. Some times before it counts: compiled code is not the pods'. */
function memoryOfPod(kubelet: 'detailed' | 'kwok'): number {
  for (let i = 0; i < 3; i++) grownBy(kubelet)
  return grownBy(kubelet) / FULL / 1000
}

/** The heap when full nodes have come to rest against the heap before, in bytes. */
function grownBy(kubelet: 'detailed' | 'kwok'): number {
  const cluster = bootedCluster(NODES, { kubelet, size: { cpu: '16', memory: '64Gi', ephemeralStorage: '100Gi', pods: '112' }, history: { keep: false } })
  cluster.runFor(minutes(5))
  const before = heap()
  apply(cluster, twoContainers(kubelet))
  runUntil(cluster, () => isRolledOut(cluster, 'web', FULL))
  cluster.runFor(minutes(70))
  // etcd forgets what is old with the next write, and in a cluster something is always written.
  apply(cluster, deploymentOf('other', 0))
  cluster.runFor(minutes(1))
  const after = heap()
  // Asked once more, so that it is not collected before it is measured.
  if (!isRolledOut(cluster, 'web', FULL)) throw new Error('the pods did not stay ready')
  return after - before
}

/** Simulated time by real time with kubelets that probe, sync and count usage, at rest. */
function quietInDetail(nodes: number, pods: number): number {
  const cluster = bootedCluster(nodes, { kubelet: 'detailed', history: { keep: false } })
  apply(cluster, deploymentOf('web', pods))
  runUntil(cluster, () => isRolledOut(cluster, 'web', pods))
  cluster.runFor(minutes(5))
  const span = minutes(60)
  return span / 1000 / wallMs(() => cluster.runFor(span))
}

/** The longest event while a shell counts to a million, in milliseconds: so long can nobody interrupt it. The least of three runs: the collector is not the shell's. */
function longestSlice(): number {
  const cluster = bootedCluster(1, { kubelet: 'detailed', history: { keep: false } })
  const script = 'i=0; while [ $i -lt 1000000 ]; do i=$((i+1)); done; echo $i'
  const pod: KubeObject = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'busy', namespace: 'default' }, spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox:1.36', command: ['sh', '-c', script] }] } } as KubeObject
  const answer = cluster.request(create(PODS, 'default', pod))
  if (isStatus(answer)) throw new Error(answer.message)
  let longest = 0
  const end = cluster.timeline.clock + minutes(30)
  while (!isDone(cluster) && cluster.timeline.clock < end) longest = Math.max(longest, wallMs(() => cluster.timeline.step()))
  if (!isDone(cluster)) throw new Error('the loop did not end within half an hour')
  return longest
}

const isDone = (cluster: Cluster): boolean => (cluster.objects.get('pods/default/busy') as { status?: { phase?: string } } | undefined)?.status?.phase === 'Succeeded'

export const nodeRows: readonly Row[] = [
  { name: 'memory of a pod, 110 pods of two containers, detailed kubelet', unit: 'kB', goal: 60, better: 'lower', reference: '–', measure: () => memoryOfPod('detailed') },
  { name: 'memory of a pod, 110 pods, fake kubelet', unit: 'kB', goal: 8, better: 'lower', reference: 'KWOK some 40 in its API server', measure: () => memoryOfPod('kwok') },
  { name: 'quiet cluster, detailed kubelets, 100 nodes, 3,000 pods', unit: '×', goal: 1000, better: 'higher', reference: '–', measure: () => quietInDetail(100, 3000) },
  { name: 'longest event while a shell counts to a million', unit: 'ms', goal: 50, better: 'lower', reference: '–', measure: () => Math.min(longestSlice(), longestSlice(), longestSlice()) },
]
