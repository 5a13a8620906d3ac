import type { Pod } from '../../api/pod.ts'
import type { Event } from '../../kinds/event/event.ts'
import type { Node } from '../../kinds/node/node.ts'
import type { Lease } from '../../kinds/lease/lease.ts'
import { minutes, parseTime, seconds } from '../../engine/time.ts'
import * as flags from '../../flags/kubelet.ts'
import type { Kubelets } from '../../node/kubelet/kubelets.ts'
import { lookOnNode } from '../../node/kubelet/on-node.ts'
import { apply, deployment, kubectl, object, pod, pods, proof, until, type Make, type Proof } from './proof.ts'

const REAL = { kubelet: 'detailed', nodes: 1 } as const
const CRASHING = pod('p', 'containers: [{name: c, image: busybox, command: [sh, -c, "exit 1"]}]')

/** Seconds until `count` pods of one node are ready. */
function readyAfter(make: Make, count: number, more: Readonly<Record<string, string>>): number {
  const cluster = make({ ...REAL, flags: more })
  apply(cluster, deployment(count, '{name: c, image: nginx, imagePullPolicy: IfNotPresent}'))
  return until(cluster, () => pods(cluster).filter((p) => p.status?.conditions?.some((c) => c.type === 'Ready' && c.status === 'True')).length === count)
}

/** Seconds until the kubelet has told of the start of all containers. */
function eventsAfter(make: Make, more: Readonly<Record<string, string>>): number {
  const cluster = make({ ...REAL, flags: more })
  apply(cluster, deployment(8))
  return until(cluster, () => cluster.list<Event>('events', 'default').filter((e) => e.reason === 'Started').length === 8, seconds(900))
}

/** Did one of three pulls have to wait for another? */
function waited(make: Make, more: Readonly<Record<string, string>>): boolean {
  const cluster = make({ ...REAL, flags: more })
  for (const image of ['mysql:8.4', 'postgres:17', 'tomcat:10']) apply(cluster, pod(image.split(':')[0]!, `containers: [{name: c, image: "${image}", env: [{name: MYSQL_ALLOW_EMPTY_PASSWORD, value: "1"}, {name: POSTGRES_PASSWORD, value: x}]}]`))
  cluster.runFor(minutes(2))
  const waits = cluster.list<Event>('events', 'default').flatMap((e) => {
    const told = /in (\d+(?:\.\d+)?)(m?s) \((\d+(?:\.\d+)?)(m?s) including waiting\)/.exec(e.message ?? '')
    return told ? [`${told[1]}${told[2]}` !== `${told[3]}${told[4]}`] : []
  })
  return waits.length === 3 && waits.some(Boolean)
}

/** Seconds between two heartbeats of a node at rest. */
function heartbeats(make: Make): number {
  const cluster = make(REAL)
  const seen = new Set<number>()
  for (let i = 0; i < 120; i++) {
    cluster.runFor(seconds(10))
    seen.add(parseTime(/lastHeartbeatTime: "(.*)"/.exec(kubectl(cluster, 'get node node-1 -o yaml').stdout)![1])!)
  }
  const [a = 0, b = 0] = [...seen]
  return (b - a) / 1_000_000
}

/** Was one of three pulls one too many? */
function exceeded(make: Make, more: Readonly<Record<string, string>>): boolean {
  const cluster = make({ ...REAL, flags: more })
  for (const name of ['a', 'b', 'c']) apply(cluster, pod(name, 'containers: [{name: c, image: "nginx:1.29", imagePullPolicy: Always}]'))
  cluster.runFor(seconds(20))
  return cluster.list<Event>('events', 'default').some((e) => e.message === 'Failed to pull image "nginx:1.29": pull QPS exceeded')
}

/** Files of the log of a container that writes a line a second for two minutes, and whether kubectl shows it from the beginning. */
function logFiles(make: Make, more: Readonly<Record<string, string>>): readonly [number, boolean] {
  const cluster = make({ ...REAL, flags: more })
  apply(cluster, pod('p', 'containers: [{name: c, image: busybox, command: [sh, -c, "i=0; while true; do i=$((i+1)); echo line $i which is quite long as lines in logs go; sleep 1; done"]}]'))
  cluster.runFor(minutes(2))
  const { stdout } = lookOnNode((cluster.kubelets as Kubelets).world, 'node-1', ['find', '/var/log/pods', '-type', 'f'], cluster.timeline.clock)
  return [stdout.split('\n').filter((path) => path.includes('/default_p_')).length, kubectl(cluster, 'logs p').stdout.startsWith('line 1 ')]
}

/** What a pod has for /etc/resolv.conf. */
function resolver(make: Make): string {
  const cluster = make(REAL)
  apply(cluster, pod('p', 'containers: [{name: c, image: nginx}]'))
  cluster.runFor(seconds(30))
  return kubectl(cluster, 'exec p -- cat /etc/resolv.conf').stdout
}

/** Processor time and memory that pods may have, and how much processor time there is. */
function offered(make: Make): readonly string[] {
  const { allocatable, capacity } = object<Node>(make(REAL), 'nodes/node-1')!.status!
  return [allocatable!['cpu']!, allocatable!['memory']!, capacity!['cpu']!]
}

export const KUBELET_PROOFS: readonly Proof[] = [
  proof(flags.NODE_LEASE_DURATION_SECONDS, '120', [40, 10], [120, 30], (make) => {
    const cluster = make(REAL)
    const seen = new Set<string>()
    const { spec } = object<Lease>(cluster, 'leases/kube-node-lease/node-1')!
    for (let i = 0; i < 60; i++) {
      cluster.runFor(seconds(1))
      seen.add(/renewTime: (.*)/.exec(kubectl(cluster, 'get lease node-1 -n kube-node-lease -o yaml').stdout)![1]!)
    }
    return [spec!.leaseDurationSeconds!, Math.round(60 / (seen.size - 1) / 10) * 10]
  }),
  proof(flags.SYNC_FREQUENCY, '5s', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, CRASHING)
    cluster.runFor(minutes(1))
    const told = cluster.list<Event>('events', 'default').filter((e) => e.reason === 'BackOff').reduce((n, e) => n + (e.count ?? 1), 0)
    return told > 6
  }),
  proof(flags.MAX_CONTAINER_RESTART_PERIOD, '5s', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, CRASHING)
    cluster.runFor(minutes(5))
    return object<Pod>(cluster, 'pods/default/p')!.status!.containerStatuses![0]!.restartCount! > 15
  }),
  proof(flags.MAX_PODS, '6', [8, '110'], [6, '6'], (make) => {
    const cluster = make(REAL)
    apply(cluster, deployment(8))
    cluster.runFor(minutes(1))
    const placed = pods(cluster).filter((p) => p.spec.nodeName === 'node-1').length
    return [placed, object<Node>(cluster, 'nodes/node-1')!.status!.allocatable!['pods']!]
  }),
  proof(flags.POD_PIDS_LIMIT, '5', false, true, (make) => {
    const cluster = make(REAL)
    apply(cluster, pod('p', 'containers: [{name: c, image: busybox, command: [sh, -c, "for i in 1 2 3 4 5 6 7 8; do sleep 100 & done; wait"]}]'))
    cluster.runFor(minutes(1))
    return /fork/.test(kubectl(cluster, 'logs p').stdout)
  }),
  proof(flags.MAX_PARALLEL_IMAGE_PULLS, '1', false, true, (make) => waited(make, { 'kubelet.serializeImagePulls': 'false' })),
  proof(flags.SERIALIZE_IMAGE_PULLS, 'false', true, false, (make) => waited(make, {})),
  proof(flags.KUBELET_API_QPS, '0.2', true, false, (make) => readyAfter(make, 6, { 'kubelet.kubeAPIBurst': '1' }) < 20),
  proof(flags.KUBELET_API_BURST, '1', true, false, (make) => readyAfter(make, 6, { 'kubelet.kubeAPIQPS': '0.2' }) < 20),
  proof(flags.EVENT_RECORD_QPS, '0.2', true, false, (make) => eventsAfter(make, { 'kubelet.eventBurst': '1' }) < 40),
  proof(flags.EVENT_BURST, '1', true, false, (make) => eventsAfter(make, { 'kubelet.eventRecordQPS': '0.2' }) < 40),
  proof(flags.NODE_STATUS_UPDATE_FREQUENCY, '1m', 300, 60, heartbeats),
  proof(flags.NODE_STATUS_REPORT_FREQUENCY, '2m', 300, 120, heartbeats),
  proof(flags.REGISTRY_PULL_QPS, '0.1', false, true, (make) => exceeded(make, { 'kubelet.registryBurst': '1' })),
  proof(flags.REGISTRY_BURST, '1', false, true, (make) => exceeded(make, { 'kubelet.registryPullQPS': '0.1' })),
  proof(flags.CLUSTER_DNS, '10.0.0.53,1.1.1.1', ['10.96.0.10'], ['10.0.0.53', '1.1.1.1'], (make) => [...resolver(make).matchAll(/nameserver (.*)/g)].map((m) => m[1]!)),
  proof(flags.CLUSTER_DOMAIN, 'orrery.test', 'default.svc.cluster.local svc.cluster.local cluster.local', 'default.svc.orrery.test svc.orrery.test orrery.test', (make) => /search (.*)/.exec(resolver(make))![1]!),
  proof(flags.KUBE_RESERVED, 'cpu=500m,memory=1Gi', ['4', '8092Mi', '4'], ['3500m', '7068Mi', '4'], offered),
  proof(flags.SYSTEM_RESERVED, 'cpu=250m', ['4', '8092Mi', '4'], ['3750m', '8092Mi', '4'], offered),
  proof(flags.PODS_PER_CORE, '2', '110', '8', (make) => object<Node>(make(REAL), 'nodes/node-1')!.status!.capacity!['pods']!),
  proof(flags.REGISTER_WITH_TAINTS, 'gpu=yes:NoSchedule', false, true, (make) => (object<Node>(make(REAL), 'nodes/node-1')!.spec.taints ?? []).some((t) => t.key === 'gpu' && t.value === 'yes' && t.effect === 'NoSchedule')),
  proof(flags.ALLOWED_UNSAFE_SYSCTLS, 'kernel.msg*', 'SysctlForbidden', '', (make) => {
    const cluster = make(REAL)
    apply(cluster, pod('p', 'securityContext: {sysctls: [{name: kernel.msgmax, value: "65536"}]}, containers: [{name: c, image: nginx}]'))
    cluster.runFor(seconds(20))
    return object<Pod>(cluster, 'pods/default/p')!.status!.reason ?? ''
  }),
  proof(flags.SECCOMP_DEFAULT, 'true', ['0', 0], ['2', 1], (make) => {
    const cluster = make(REAL)
    apply(cluster, pod('p', 'containers: [{name: c, image: busybox, command: [sleep, "1000"]}]'))
    cluster.runFor(seconds(30))
    return [/Seccomp:\s*(\d)/.exec(kubectl(cluster, 'exec p -- cat /proc/1/status').stdout)![1]!, kubectl(cluster, 'exec p -- unshare -U true').code]
  }),
  proof(flags.CONTAINER_LOG_MAX_SIZE, '1Ki', [1, true], [5, false], (make) => logFiles(make, {})),
  proof(flags.CONTAINER_LOG_MAX_FILES, '2', 5, 2, (make) => logFiles(make, { 'kubelet.containerLogMaxSize': '100' })[0]),
  proof(flags.CPU_CFS_QUOTA, 'false', ['20000 100000', true], ['max 100000', false], (make) => {
    const cluster = make(REAL)
    apply(cluster, 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {orrery.dev/load: cpu=900m}}\nspec: {containers: [{name: c, image: busybox, command: [sleep, "1000"], resources: {limits: {cpu: 200m}}}]}\n')
    cluster.runFor(minutes(2))
    return [kubectl(cluster, 'exec p -- cat /sys/fs/cgroup/cpu.max').stdout.trim(), /nr_throttled (\d+)/.exec(kubectl(cluster, 'exec p -- cat /sys/fs/cgroup/cpu.stat').stdout)![1] !== '0']
  }),
  proof(flags.NODE_STATUS_MAX_IMAGES, '1', false, true, (make) => {
    const cluster = make(REAL)
    for (const image of ['nginx', 'busybox', 'redis']) apply(cluster, pod(image, `containers: [{name: c, image: ${image}}]`))
    cluster.runFor(minutes(2))
    return object<Node>(cluster, 'nodes/node-1')!.status!.images!.length === 1
  }),
  proof(flags.SINGLE_PROCESS_OOM_KILL, 'true', true, false, (make) => {
    const cluster = make(REAL)
    apply(cluster, pod('p', 'containers: [{name: c, image: busybox, resources: {limits: {memory: 32Mi}}, command: [sh, -c, "sleep 5; dd if=/dev/zero of=/dev/null bs=100M count=1; sleep 1000"]}]'))
    cluster.runFor(seconds(30))
    return object<Pod>(cluster, 'pods/default/p')!.status!.containerStatuses![0]!.restartCount! > 0
  }),
]
