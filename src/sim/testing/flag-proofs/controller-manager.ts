import type { ResourceQuota } from '../../api/quota.ts'
import type { Claim, VolumeAttachment } from '../../client/storage/objects.ts'
import type { Flag } from '../../flags/index.ts'
import * as flags from '../../flags/kube-controller-manager.ts'
import { minutes, seconds } from '../../engine/time.ts'
import type { EndpointSlice } from '../../kinds/endpointslice/endpointslice.ts'
import type { Event } from '../../kinds/event/event.ts'
import type { Node } from '../../kinds/node/node.ts'
import { AUTOSCALER_PROOFS } from './autoscaler.ts'
import { certificateLifetime } from './certificate.ts'
import { apply, deployment, kubectl, object, pods, proof, readyOf, service, until, type Make, type Proof } from './proof.ts'

/** How many keys a controller's queue hands out before one is done. */
const handedOut = (name: string) => (make: Make): number => {
  const cluster = make()
  const { queue } = cluster.runners.find(({ controller }) => controller.name === name)!
  return cluster.engine.probe(cluster.timeline.clock, name, (ctx) => {
    const keys = Array.from({ length: 40 }, (_, i) => `none/n${i}`)
    for (const key of keys) queue.add(ctx, key)
    return keys.filter((key) => queue.take(ctx, key)).length
  })
}

const concurrency = Object.entries(flags.CONCURRENT_SYNCS).map(([name, flag]) =>
  proof(flag as Flag, '7', flag.initial, 7, (make) => handedOut(name)((options) => make({ ...options, cloud: name === 'service-lb-controller' }))),
)

/** Seconds until a Deployment of 60 has its pods. */
function createdAfter(make: Make): number {
  const cluster = make()
  apply(cluster, deployment(60))
  return until(cluster, () => pods(cluster).length === 60)
}

const tainted = (node: Node): boolean => node.spec.taints?.some((t) => t.effect === 'NoExecute') ?? false

/** Nodes with a NoExecute taint so long after some were cut off. */
function taintedAfter(make: Make, nodes: number, cut: readonly number[], time: number, more: Readonly<Record<string, string>> = {}): number {
  const cluster = make({ nodes, flags: more })
  for (const n of cut) cluster.crashNode(`node-${n}`)
  cluster.runFor(time)
  return cluster.list<Node>('nodes').filter(tainted).length
}

/** A claim of the class that the modelled storage serves. */
const CLAIM = 'apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}\n'
const USER = 'apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n  nodeSelector: {kubernetes.io/hostname: node-1}\n  containers: [{name: c, image: nginx, volumeMounts: [{name: d, mountPath: /data}]}]\n  volumes: [{name: d, persistentVolumeClaim: {claimName: data}}]\n'
const STORAGE = { kubelet: 'detailed', bare: false } as const

/** Seconds until a quota gives back a pod that is stuck while it goes. */
function stuckPodGivenBack(make: Make): number {
  const cluster = make()
  apply(cluster, 'apiVersion: v1\nkind: ResourceQuota\nmetadata: {name: q}\nspec: {hard: {pods: "3"}}\n')
  apply(cluster, 'apiVersion: v1\nkind: Pod\nmetadata: {name: p, annotations: {stop-after: 1h}}\nspec: {containers: [{name: c, image: nginx}]}\n')
  const used = (): string | undefined => object<ResourceQuota>(cluster, 'resourcequotas/default/q')?.status?.used?.['pods']
  kubectl(cluster, 'delete pod p --grace-period=1 --wait=false')
  return until(cluster, () => used() === '0')
}

const attachments = (cluster: ReturnType<Make>): readonly VolumeAttachment[] => cluster.list<VolumeAttachment>('volumeattachments')

/** Seconds until an attachment that somebody deleted is there again. */
function attachedAgain(make: Make): number {
  const cluster = make(STORAGE)
  apply(cluster, `${CLAIM}---\n${USER}`)
  cluster.runFor(seconds(40))
  const [before] = attachments(cluster)
  kubectl(cluster, `delete volumeattachment ${before!.metadata.name} --wait=false`)
  return until(cluster, () => attachments(cluster).some((a) => a.metadata.uid !== before!.metadata.uid), minutes(5))
}

const readyEndpoints = (cluster: ReturnType<Make>): number => cluster.list<EndpointSlice>('endpointslices', 'default').flatMap((s) => (s.metadata.name.startsWith('web') ? (s.endpoints ?? []) : [])).length

/** The prefix length of a node's range, and the range's first two numbers. */
function nodeRange(make: Make): readonly [string, string] {
  const { spec } = object<Node>(make(), 'nodes/node-1')!
  const [address = '', bits = ''] = (spec.podCIDR ?? '').split('/')
  return [address.split('.').slice(0, 2).join('.'), bits]
}

export const CONTROLLER_MANAGER_PROOFS: readonly Proof[] = [
  proof(flags.CONTROLLERS, '*,-deployment,-endpoints-controller', [2, true], [0, false], (make) => {
    const cluster = make()
    apply(cluster, `${deployment(2)}---\n${service()}`)
    cluster.runFor(seconds(20))
    return [pods(cluster).length, object(cluster, 'endpoints/default/web') !== undefined]
  }),
  proof(flags.ALLOCATE_NODE_CIDRS, 'false', ['10.244', '24'], ['', ''], nodeRange),
  proof(flags.CLUSTER_CIDR, '10.20.0.0/16', ['10.244', '24'], ['10.20', '24'], nodeRange),
  proof(flags.NODE_CIDR_MASK_SIZE, '26', ['10.244', '24'], ['10.244', '26'], nodeRange),
  proof(flags.NODE_CIDR_MASK_SIZE_IPV4, '22', ['10.244', '24'], ['10.244', '22'], nodeRange),
  ...concurrency,
  ...AUTOSCALER_PROOFS,
  proof(flags.KUBE_API_QPS, '5', true, false, (make) => createdAfter(make) < 5),
  proof(flags.KUBE_API_BURST, '1', [true, true], [true, false], (make) => {
    const took = createdAfter(make)
    return [took < 5, took < 3]
  }),
  proof(flags.NODE_MONITOR_PERIOD, '17s', 5, 17, (make) => {
    const cluster = make()
    cluster.crashNode('node-2')
    until(cluster, () => readyOf(cluster, 'node-2') === 'Unknown')
    const at = Math.floor(cluster.timeline.clock / 1_000_000)
    return at % 17 === 0 ? 17 : at % 5 === 0 ? 5 : 0
  }),
  proof(flags.NODE_MONITOR_GRACE_PERIOD, '2m', false, true, (make) => {
    const cluster = make()
    cluster.crashNode('node-2')
    return until(cluster, () => readyOf(cluster, 'node-2') === 'Unknown') > 100
  }),
  proof(flags.NODE_STARTUP_GRACE_PERIOD, '20s', false, true, (make) => {
    const cluster = make({ kubelet: 'detailed' })
    apply(cluster, 'apiVersion: v1\nkind: Node\nmetadata: {name: ghost}\n')
    return until(cluster, () => readyOf(cluster, 'ghost') === 'Unknown') < 30
  }),
  // Nodes 1 and 4 are of one zone, which is lost as a whole: its nodes go one by one at the primary rate.
  proof(flags.NODE_EVICTION_RATE, '0.005', 2, 1, (make) => taintedAfter(make, 5, [1, 4], seconds(150))),
  // Three of four nodes of a zone: partial disruption, at the secondary rate where the zone is large, else not at all.
  proof(flags.SECONDARY_NODE_EVICTION_RATE, '1', 2, 3, (make) => taintedAfter(make, 12, [1, 4, 7], seconds(180), { 'kube-controller-manager.large-cluster-size-threshold': '3' })),
  proof(flags.LARGE_CLUSTER_SIZE_THRESHOLD, '3', 0, 2, (make) => taintedAfter(make, 12, [1, 4, 7], seconds(180))),
  proof(flags.UNHEALTHY_ZONE_THRESHOLD, '0.9', 0, 3, (make) => taintedAfter(make, 12, [1, 4, 7], seconds(180))),
  proof(flags.RESOURCE_QUOTA_SYNC_PERIOD, '30s', 285, 15, stuckPodGivenBack),
  proof(flags.TERMINATED_POD_GC_THRESHOLD, '2', 5, 2, (make) => {
    const cluster = make()
    apply(cluster, 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: j}\nspec:\n  completions: 5\n  parallelism: 5\n  template: {spec: {restartPolicy: Never, containers: [{name: c, image: busybox}]}}\n')
    cluster.runFor(minutes(2))
    return pods(cluster).length
  }),
  proof(flags.PVCLAIMBINDER_SYNC_PERIOD, '2m', false, true, (make) => {
    const cluster = make()
    apply(cluster, `${CLAIM.replace('spec: {', 'spec: {storageClassName: none, ')}`)
    cluster.runFor(minutes(10))
    const told = cluster.list<Event>('events', 'default').filter((e) => e.involvedObject.name === 'data').reduce((n, e) => n + (e.count ?? 1), 0)
    return told > 0 && told < 10
  }),
  proof(flags.ENABLE_DYNAMIC_PROVISIONING, 'false', 'Bound', 'Pending', (make) => {
    const cluster = make(STORAGE)
    apply(cluster, `${CLAIM}---\n${USER}`)
    cluster.runFor(minutes(1))
    return object<Claim>(cluster, 'persistentvolumeclaims/default/data')!.status!.phase ?? ''
  }),
  proof(flags.ATTACH_DETACH_SYNC_PERIOD, '4s', false, true, (make) => attachedAgain(make) < 6),
  proof(flags.DISABLE_ATTACH_DETACH_SYNC, 'true', true, false, (make) => attachedAgain(make) > 0),
  proof(flags.DISABLE_FORCE_DETACH, 'true', 0, 1, (make) => {
    const cluster = make(STORAGE)
    apply(cluster, `${CLAIM}---\n${USER}`)
    cluster.runFor(seconds(40))
    cluster.crashNode('node-1')
    cluster.runFor(minutes(2))
    kubectl(cluster, 'delete pod p --force --grace-period=0')
    cluster.runFor(minutes(8))
    return attachments(cluster).length
  }),
  proof(flags.MAX_ENDPOINTS_PER_SLICE, '2', 1, 3, (make) => {
    const cluster = make()
    apply(cluster, `${deployment(5)}---\n${service()}`)
    cluster.runFor(seconds(30))
    return cluster.list<EndpointSlice>('endpointslices', 'default').filter((s) => s.metadata.name.startsWith('web')).length
  }),
  proof(flags.MIRRORING_MAX_ENDPOINTS_PER_SUBSET, '2', 3, 2, (make) => {
    const cluster = make()
    apply(cluster, 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n---\napiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 192.0.2.1}, {ip: 192.0.2.2}, {ip: 192.0.2.3}], ports: [{port: 80}]}]\n')
    cluster.runFor(seconds(10))
    return readyEndpoints(cluster)
  }),
  proof(flags.ENDPOINT_UPDATES_BATCH_PERIOD, '30s', true, false, (make) => {
    const cluster = make()
    apply(cluster, service())
    apply(cluster, deployment(2))
    return until(cluster, () => ((object(cluster, 'endpoints/default/web') as unknown as { subsets?: readonly { addresses?: readonly unknown[] }[] })?.subsets?.[0]?.addresses?.length ?? 0) === 2) < 15
  }),
  proof(flags.MIRRORING_UPDATES_BATCH_PERIOD, '30s', 0, 30, (make) => {
    const cluster = make()
    apply(cluster, 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\nspec: {ports: [{port: 80}]}\n')
    cluster.runFor(seconds(5))
    apply(cluster, 'apiVersion: v1\nkind: Endpoints\nmetadata: {name: web}\nsubsets: [{addresses: [{ip: 192.0.2.1}], ports: [{port: 80}]}]\n')
    return until(cluster, () => cluster.list<EndpointSlice>('endpointslices', 'default').some((s) => s.endpoints?.some((e) => e.addresses.includes('192.0.2.1'))))
  }),
  proof(flags.ENDPOINTSLICE_UPDATES_BATCH_PERIOD, '30s', true, false, (make) => {
    const cluster = make()
    apply(cluster, service())
    apply(cluster, deployment(2))
    return until(cluster, () => readyEndpoints(cluster) === 2) < 15
  }),
  proof(flags.CLUSTER_SIGNING_DURATION, '24h', 365, 1, certificateLifetime),
]
