import type { KubeObject } from '../../src/sim/api/meta.ts'
import type { Pod } from '../../src/sim/api/pod.ts'
import type { PodSpec } from '../../src/sim/api/pod-spec.ts'
import type { Node } from '../../src/sim/kinds/node/node.ts'
import { decide, type Decision, type World } from '../../src/sim/scheduler/decide.ts'
import { emptyNodeInfo, withoutPod, withPod } from '../../src/sim/scheduler/node-info.ts'
import type { Objects } from '../../src/sim/scheduler/plugin.ts'
import { snapshotOf, type LiveSnapshot } from '../../src/sim/scheduler/snapshot.ts'
import { wallMs, type Row } from '../row.ts'

const ZONE = 'topology.kubernetes.io/zone'
const HOSTNAME = 'kubernetes.io/hostname'

/** A workload of kube-scheduler's own benchmark (test/integration/scheduler_perf), by name and size. */
interface Workload {
  readonly name: string
  readonly nodes: number
  readonly before: number
  readonly measured: number
  /** Pods a second that its CI asks for. */
  readonly threshold: number
  readonly zones?: number
  /** The pods that are there before; those measured unless `pod` is given. */
  readonly first?: (i: number) => Pod
  readonly pod: (i: number) => Pod
  readonly objects?: Objects
  /** Attempts beside the measured ones: pods that fit nowhere. */
  readonly misfits?: number
}

function pod(name: string, spec: Partial<PodSpec> = {}, labels: Record<string, string> = {}, cpu = '100m', memory = '500Mi', namespace = 'default'): Pod {
  return {
    apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, uid: `uid-${name}`, labels },
    spec: { schedulerName: 'default-scheduler', containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10', resources: { requests: { cpu, memory } } }], ...spec },
  }
}

const node = (i: number, zones: number): Node => ({
  apiVersion: 'v1', kind: 'Node', metadata: { name: `node-${i}`, labels: { [HOSTNAME]: `node-${i}`, [ZONE]: `zone${(i % zones) + 1}` } }, spec: {},
  status: { allocatable: { cpu: '4', memory: '32Gi', pods: '110' } },
})

const plain = (i: number): Pod => pod(`pod-${i}`)
const term = (color: string, topologyKey: string) => [{ labelSelector: { matchLabels: { color } }, topologyKey, namespaces: ['default'] }]
const spread = (whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway') => [{ maxSkew: 5, topologyKey: ZONE, whenUnsatisfiable, labelSelector: { matchLabels: { color: 'blue' } } }]
const blue = { color: 'blue' }

const NO_OBJECTS: Objects = { get: () => undefined, list: () => [] }

/** A bound claim and its CSI volume for every pod. */
const volumes: Objects = {
  get: (plural, namespace, name) => volumeObject(plural, namespace, name) as never,
  list: () => [],
}

function volumeObject(plural: string, namespace: string | undefined, name: string): KubeObject | undefined {
  if (plural === 'persistentvolumeclaims') {
    return { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name, namespace, uid: `uid-${name}`, annotations: { 'pv.kubernetes.io/bind-completed': 'true' } }, spec: { accessModes: ['ReadOnlyMany'], volumeName: `pv-${name}`, resources: { requests: { storage: '1Gi' } } }, status: { phase: 'Bound' } } as unknown as KubeObject
  }
  if (plural === 'persistentvolumes') {
    return { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name }, spec: { accessModes: ['ReadOnlyMany'], capacity: { storage: '1Gi' }, csi: { driver: 'ebs.csi.aws.com', volumeHandle: name } }, status: { phase: 'Bound' } } as unknown as KubeObject
  }
  return plural === 'csinodes' ? ({ apiVersion: 'storage.k8s.io/v1', kind: 'CSINode', metadata: { name }, spec: { drivers: [{ name: 'ebs.csi.aws.com', nodeID: name, allocatable: { count: 39 } }] } } as unknown as KubeObject) : undefined
}

const inZones = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: [{ key: ZONE, operator: 'In' as const, values: ['zone1', 'zone2'] }] }] } } }
const onNode = (name: string) => ({ nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In' as const, values: [name] }] }] } } })

const WORKLOADS: readonly Workload[] = [
  { name: 'SchedulingBasic', nodes: 5000, before: 1000, measured: 10_000, threshold: 270, pod: plain },
  { name: 'SchedulingPodAntiAffinity', nodes: 5000, before: 1000, measured: 2000, threshold: 60, pod: (i) => pod(`pod-${i}`, { affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: term('green', HOSTNAME) } } }, { color: 'green' }) },
  { name: 'SchedulingPodAffinity', nodes: 5000, before: 5000, measured: 5000, threshold: 35, pod: (i) => pod(`pod-${i}`, { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: term('blue', ZONE) } } }, blue) },
  { name: 'TopologySpreading', nodes: 5000, before: 5000, measured: 5000, threshold: 85, zones: 3, first: plain, pod: (i) => pod(`pod-${i}`, { topologySpreadConstraints: spread('DoNotSchedule') }, blue) },
  { name: 'PreferredTopologySpreading', nodes: 5000, before: 5000, measured: 5000, threshold: 125, zones: 3, first: plain, pod: (i) => pod(`pod-${i}`, { topologySpreadConstraints: spread('ScheduleAnyway') }, blue) },
  { name: 'SchedulingNodeAffinity', nodes: 5000, before: 5000, measured: 10_000, threshold: 220, first: plain, pod: (i) => pod(`pod-${i}`, { affinity: inZones }) },
  { name: 'Unschedulable', nodes: 5000, before: 0, measured: 10_000, threshold: 140, misfits: 200, pod: plain },
  { name: 'PreemptionBasic', nodes: 5000, before: 20_000, measured: 5000, threshold: 160, first: (i) => pod(`low-${i}`, { priority: 0 }, {}, '900m'), pod: (i) => pod(`high-${i}`, { priority: 10 }, {}, '3') },
  { name: 'SchedulingDaemonset', nodes: 15_000, before: 0, measured: 30_000, threshold: 390, pod: (i) => pod(`daemon-${i}`, { affinity: onNode(`node-${i % 15_000}`) }, {}, '10m', '10Mi') },
  { name: 'SchedulingWithMixedChurn', nodes: 5000, before: 0, measured: 10_000, threshold: 265, misfits: 400, pod: plain },
  { name: 'SchedulingSecrets', nodes: 5000, before: 5000, measured: 10_000, threshold: 260, pod: (i) => pod(`pod-${i}`, { volumes: [{ name: 'secret', secret: { secretName: 'secret' } }] }) },
  { name: 'SchedulingCSIPVs', nodes: 5000, before: 5000, measured: 5000, threshold: 48, objects: volumes, pod: (i) => pod(`pod-${i}`, { volumes: [{ name: 'vol', persistentVolumeClaim: { claimName: `claim-${i}` } }] }) },
]

/** A scheduler without its queue: decides, and counts the pod on its node before it looks at the next one. */
class Placing {
  readonly #snapshot: LiveSnapshot
  readonly #world: Omit<World, 'start'>
  #start = 0
  #state = 1

  constructor({ nodes, zones = 1, objects = NO_OBJECTS }: Workload) {
    this.#snapshot = snapshotOf(Array.from({ length: nodes }, (_, i) => emptyNodeInfo(node(i, zones))))
    const random = (bound: number): number => Math.floor((((this.#state = (Math.imul(this.#state, 1_103_515_245) + 12_345) >>> 0) >>> 8) / 0x100_0000) * bound)
    this.#world = { snapshot: this.#snapshot, objects, latest: (p) => p, random }
  }

  decide(one: Pod): Decision {
    const decision = decide(one, { ...this.#world, start: this.#start })
    this.#start = decision.nextStart
    return decision
  }

  /** Places a pod, after evicting whom it takes. */
  place(one: Pod): void {
    const decision = this.decide(one)
    const promised = decision.preemption && 'node' in decision.preemption ? decision.preemption : undefined
    const name = decision.node ?? promised?.node
    if (name === undefined) throw new Error(decision.message ?? 'the pod found no node')
    const before = this.#snapshot.get(name)!
    const emptied = (promised?.victims ?? []).reduce(withoutPod, before)
    this.#snapshot.apply(name, before, withPod(emptied, { ...one, spec: { ...one.spec, nodeName: name } }))
  }
}

const IMPOSSIBLE = (i: number): Pod => pod(`huge-${i}`, {}, {}, '9')

/** Pods scheduled a second; of a workload with misfits these are tried in between and take their time. */
function podsPerSecond(workload: Workload): number {
  const { before, measured, misfits = 0, first = workload.pod } = workload
  const placing = new Placing(workload)
  for (let i = 0; i < before; i++) placing.place(first(i))
  const every = misfits > 0 ? Math.floor(measured / misfits) : Infinity
  const ms = wallMs(() => {
    for (let i = 0; i < measured; i++) {
      if (i % every === 0 && misfits > 0 && placing.decide(IMPOSSIBLE(i)).outcome !== 'unschedulable') throw new Error('the pod should fit nowhere')
      placing.place(workload.pod(before + i))
    }
  })
  return (measured * 1000) / ms
}

export const schedulerRows: readonly Row[] = WORKLOADS.map((workload) => ({
  name: `scheduler: ${workload.name}, ${workload.nodes.toLocaleString('en')} nodes`,
  unit: 'pods/s',
  goal: workload.name === 'SchedulingBasic' ? 1000 : workload.threshold,
  better: 'higher',
  reference: `kube-scheduler's CI threshold ${workload.threshold}`,
  measure: () => podsPerSecond(workload),
}))
