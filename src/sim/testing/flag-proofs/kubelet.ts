import type { Pod } from '../../api/pod.ts'
import type { Event } from '../../kinds/event/event.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import { minutes, seconds } from '../../engine/time.ts'
import { EVENT_BURST, EVENT_RECORD_QPS, KUBELET_API_BURST, KUBELET_API_QPS, MAX_CONTAINER_RESTART_PERIOD, MAX_PARALLEL_IMAGE_PULLS, MAX_PODS, NODE_LEASE_DURATION_SECONDS, POD_PIDS_LIMIT, SERIALIZE_IMAGE_PULLS, SYNC_FREQUENCY } from '../../flags/kubelet.ts'
import { apply, deployment, kubectl, object, pod, pods, proof, until, type Make, type Proof } from './proof.ts'

const REAL = { kubelet: 'detailed', nodes: 1 } as const
const CRASHING = pod('p', 'containers: [{name: c, image: busybox, command: [sh, -c, "exit 1"]}]')

/** Seconds until `count` pods of one node are ready. */
function readyAfter(make: Make, count: number, flags: Readonly<Record<string, string>>): number {
  const cluster = make({ ...REAL, flags })
  apply(cluster, deployment(count, '{name: c, image: nginx, imagePullPolicy: IfNotPresent}'))
  return until(cluster, () => pods(cluster).filter((p) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')).length === count)
}

/** Seconds until the kubelet has told of the start of all containers. */
function eventsAfter(make: Make, flags: Readonly<Record<string, string>>): number {
  const cluster = make({ ...REAL, flags })
  apply(cluster, deployment(8))
  return until(cluster, () => cluster.list<Event>('events', 'default').filter((e) => e.reason === 'Started').length === 8, seconds(900))
}

/** Did one of three pulls have to wait for another? */
function waited(make: Make, flags: Readonly<Record<string, string>>): boolean {
  const cluster = make({ ...REAL, flags })
  for (const image of ['mysql:8.4', 'postgres:17', 'tomcat:10']) apply(cluster, pod(image.split(':')[0]!, `containers: [{name: c, image: "${image}", env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: "1"}, {name: POSTGRES_PASSWORD, value: x}]}]`))
  cluster.runFor(minutes(2))
  const waits = cluster.list<Event>('events', 'default').flatMap((e) => {
    const told = /in (\d+(?:\.\d+)?)(m?s) \((\d+(?:\.\d+)?)(m?s) including waiting\)/.exec(e.message ?? '')
    return told ? [`${told[1]}${told[2]}` !== `${told[3]}${told[4]}`] : []
  })
  return waits.length === 3 && waits.some(Boolean)
}

export const KUBELET_PROOFS: readonly Proof[] = [
  proof(NODE_LEASE_DURATION_SECONDS, '120', [40, 10], [120, 30], (make) => {
    const cluster = make(REAL)
    const seen = new Set<string>()
    const { spec } = object<Lease>(cluster, 'leases/kube-node-lease/node-1')!
    for (let i = 0; i < 60; i++) {
      cluster.runFor(seconds(1))
      seen.add(/renewTime: (.*)/.exec(kubectl(cluster, 'get lease node-1 -n kube-node-lease -o yaml').stdout)![1]!)
    }
    return [spec!.leaseDurationSeconds!, Math.round(60 / (seen.size - 1) / 10) * 10]
  }),
  proof(SYNC_FREQUENCY, '5s', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, CRASHING)
    cluster.runFor(minutes(1))
    const told = cluster.list<Event>('events', 'default').filter((e) => e.reason === 'BackOff').reduce((n, e) => n + (e.count ?? 1), 0)
    return told > 6
  }),
  proof(MAX_CONTAINER_RESTART_PERIOD, '5s', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, CRASHING)
    cluster.runFor(minutes(5))
    return object<Pod>(cluster, 'pods/default/p')!.status!.containerStatuses![0]!.restartCount! > 15
  }),
  proof(MAX_PODS, '6', [8, '110'], [6, '6'], (make) => {
    const cluster = make(REAL)
    apply(cluster, deployment(8))
    cluster.runFor(minutes(1))
    const placed = pods(cluster).filter((p) => p.spec.nodeName === 'node-1').length
    return [placed, object<Node>(cluster, 'nodes/node-1')!.status!.allocatable!['pods']!]
  }),
  proof(POD_PIDS_LIMIT, '5', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, pod('p', 'containers: [{name: c, image: busybox, command: [sh, -c, "for i in 1 2 3 4 5 6 7 8; do sleep 100 & done; wait"]}]'))
    cluster.runFor(minutes(1))
    return /fork/.test(kubectl(cluster, 'logs p').stdout)
  }),
  proof(MAX_PARALLEL_IMAGE_PULLS, '1', false, true, (make) => waited(make, { 'kubelet.serializeImagePulls': 'false' })),
  proof(SERIALIZE_IMAGE_PULLS, 'false', true, false, (make) => waited(make, {})),
  proof(KUBELET_API_QPS, '0.2', true, false, (make) => readyAfter(make, 6, { 'kubelet.kubeAPIBurst': '1' }) < 20),
  proof(KUBELET_API_BURST, '1', true, false, (make) => readyAfter(make, 6, { 'kubelet.kubeAPIQPS': '0.2' }) < 20),
  proof(EVENT_RECORD_QPS, '0.2', true, false, (make) => eventsAfter(make, { 'kubelet.eventBurst': '1' }) < 40),
  proof(EVENT_BURST, '1', true, false, (make) => eventsAfter(make, { 'kubelet.eventRecordQPS': '0.2' }) < 40),
]
