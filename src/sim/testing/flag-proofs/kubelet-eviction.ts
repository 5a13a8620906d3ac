import type { Cluster } from '../../cluster.ts'
import { minutes, seconds, type Micros } from '../../engine/time.ts'
import {
  EVICTION_HARD, EVICTION_MAX_POD_GRACE_PERIOD, EVICTION_MINIMUM_RECLAIM, EVICTION_PRESSURE_TRANSITION_PERIOD, EVICTION_SOFT, EVICTION_SOFT_GRACE_PERIOD, IMAGE_GC_HIGH_THRESHOLD,
  IMAGE_GC_LOW_THRESHOLD, IMAGE_MAXIMUM_GC_AGE, IMAGE_MINIMUM_GC_AGE, SHUTDOWN_GRACE_PERIOD, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY, SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS,
} from '../../flags/kubelet.ts'
import type { Node } from '../../kinds/node/node.ts'
import { apply, kubectl, object, pods, proof, until, type Make, type Proof } from './proof.ts'

const SMALL = { kubelet: 'detailed', nodes: 1, size: { cpu: '4', memory: '2Gi', ephemeralStorage: '20Gi', pods: '30' } } as const
const SOFT = { 'kubelet.evictionSoft': 'memory.available<1200Mi', 'kubelet.evictionSoftGracePeriod': 'memory.available=30s' }
const GI = 1024 ** 3
const LOW = { 'kubelet.imageGCLowThresholdPercent': '40' }

const loaded = (name: string, load: string, spec = ''): string => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}, annotations: {orrery.dev/load: "${load}"}}\nspec: {terminationGracePeriodSeconds: 60, containers: [{name: c, image: busybox, command: [sh, -c, "trap : TERM; while :; do sleep 1; done"]}]${spec}}\n`
const evicted = (cluster: Cluster): number => pods(cluster).filter((p) => p.status?.reason === 'Evicted').length
const hasPressure = (cluster: Cluster, type = 'MemoryPressure'): boolean => object<Node>(cluster, 'nodes/node-1')!.status!.conditions!.find((c) => c.type === type)!.status === 'True'
const imagesOf = (cluster: Cluster): number => (cluster.engine.table<{ readonly images: readonly unknown[] }>('kubelet/nodes').get('node-1')!).images.length
const occupy = (cluster: Cluster, extra: object): unknown => cluster.timeline.command('kubelet/node-1', 'occupy', extra)

/** A node with load: how many of three pods are gone after some minutes. */
function gone(make: Make, flags: Readonly<Record<string, string>>, load: string, after: Micros = minutes(3)): number {
  const cluster = make({ ...SMALL, flags })
  for (const name of ['a', 'b', 'c']) apply(cluster, loaded(name, load))
  cluster.runFor(after)
  return evicted(cluster)
}

/** Images that are left when the disk is filled to `share`, some of them unused. */
function imagesLeft(make: Make, share: number, after: Micros, flags: Readonly<Record<string, string>> = {}): number {
  const cluster = make({ ...SMALL, flags: { 'kubelet.evictionHard': 'memory.available<100Mi', ...flags } })
  for (const image of ['redis:7', 'nginx:1.27', 'postgres:16', 'mysql:8']) kubectl(cluster, `run ${image.replace(/:.*/, '')} --image=${image} --restart=Never`)
  cluster.runFor(seconds(90))
  kubectl(cluster, 'delete pod --all --grace-period=1')
  occupy(cluster, { disk: share * 20 * GI - 6 * GI })
  cluster.runFor(after)
  return imagesOf(cluster)
}

/** Seconds until a shut down node has ended an ordinary and a critical pod that do not want to end. */
function shutDown(make: Make, flags: Readonly<Record<string, string>> = {}): number {
  const cluster = make({ ...SMALL, flags })
  apply(cluster, loaded('a', 'cpu=1m'))
  cluster.runFor(seconds(20))
  cluster.faultNode('shutdown', 'node-1')
  return Math.round(until(cluster, () => cluster.nodeFault('node-1') === 'crashed') / 5) * 5
}

export const EVICTION_PROOFS: readonly Proof[] = [
  proof(EVICTION_HARD, 'memory.available<1100Mi', 0, 2, (make) => gone(make, {}, 'memory=300Mi')),
  proof(EVICTION_SOFT, 'memory.available<1200Mi', 0, 3, (make) => gone(make, { 'kubelet.evictionSoftGracePeriod': 'memory.available=30s' }, 'memory=400Mi', minutes(10))),
  proof(EVICTION_SOFT_GRACE_PERIOD, 'memory.available=10s', 0, 1, (make) => Math.min(1, gone(make, { 'kubelet.evictionSoft': 'memory.available<1200Mi' }, 'memory=400Mi'))),
  proof(EVICTION_MINIMUM_RECLAIM, 'memory.available=500Mi', 1, 2, (make) => gone(make, { 'kubelet.evictionHard': 'memory.available<600Mi' }, 'memory=350Mi', minutes(4))),
  proof(EVICTION_PRESSURE_TRANSITION_PERIOD, '30s', true, false, (make) => {
    const cluster = make(SMALL)
    occupy(cluster, { memory: 1.6 * GI })
    cluster.runFor(minutes(1))
    occupy(cluster, {})
    cluster.runFor(minutes(2))
    return hasPressure(cluster)
  }),
  proof(EVICTION_MAX_POD_GRACE_PERIOD, '45', 5, 45, (make) => {
    const cluster = make({ ...SMALL, flags: SOFT })
    apply(cluster, loaded('a', 'memory=600Mi'))
    until(cluster, () => cluster.list<never>('events').some((e: { readonly reason: string }) => e.reason === 'Evicted'))
    return Math.ceil(until(cluster, () => pods(cluster)[0]!.status!.phase === 'Failed') / 5) * 5
  }),
  proof(IMAGE_GC_HIGH_THRESHOLD, '60', false, true, (make) => imagesLeft(make, 0.7, 0, LOW) > imagesLeft(make, 0.7, minutes(11), LOW)),
  proof(IMAGE_GC_LOW_THRESHOLD, '84', 4, 3, (make) => imagesLeft(make, 0.831, 0) - imagesLeft(make, 0.831, minutes(6))),
  proof(IMAGE_MINIMUM_GC_AGE, '30m', true, false, (make) => imagesLeft(make, 0.95, 0) > imagesLeft(make, 0.95, minutes(11))),
  proof(IMAGE_MAXIMUM_GC_AGE, '10m', [true, true, true], [true, true, false], (make) => {
    const cluster = make(SMALL)
    const has = (): boolean => object<Node>(cluster, 'nodes/node-1')!.status!.images!.some(({ names }) => names!.some((name) => name.includes('redis')))
    apply(cluster, 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {terminationGracePeriodSeconds: 1, containers: [{name: c, image: redis}]}\n')
    cluster.runFor(minutes(20))
    const during = has()
    kubectl(cluster, 'delete pod p')
    cluster.runFor(minutes(3))
    const soon = has()
    cluster.runFor(minutes(16))
    return [during, soon, has()]
  }),
  proof(SHUTDOWN_GRACE_PERIOD, '60s', 20, 60, shutDown),
  proof(SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS, '50s', 60, 10, (make) => shutDown(make, { 'kubelet.shutdownGracePeriod': '60s' })),
  proof(SHUTDOWN_GRACE_PERIOD_BY_PRIORITY, '0=40,1000=10', 20, 40, shutDown),
]
