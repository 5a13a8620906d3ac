import { readIpv4Range, type Ipv4Range } from './ipv4-range.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { goQuote } from '../api/field.ts'
import { controllerNamed, isEnabled } from './controller-names.ts'
import { atLeastTenth, flagsOf, notNegative, positive, type Flag, type Rule } from './flag.ts'

const { duration, integer, number, boolean, list, custom } = flagsOf('kube-controller-manager')

const maskSize: Rule<number> = (value, text) => (value === 0 || (value >= 8 && value <= 30) ? undefined : `a range of /${text} for the pods of a node is not modelled here`)

/** The longest list of workers that makes sense in one process. */
const MOST_WORKERS = 1000

const workers =
  (name: string): Rule<number> =>
  (value, text) =>
    value < 1 ? `${name} must be greater than 0, but got ${text}` : value > MOST_WORKERS ? `${name} above ${MOST_WORKERS} is not modelled here; got ${text}` : undefined

const between =
  (name: string, low: number, high: number): Rule<number> =>
  (value, text) =>
    value < low ? `${name} must not be less than ${low}, but got ${text}` : value > high ? `${name} must not be more than ${high}, but got ${text}` : undefined

const syncs = (name: string, text: string, rule: Rule<number> = workers(name)): Flag<number> => integer(name, text, rule)

/** How many keys each controller works on at once, by the controller's name (cmd/kube-controller-manager/app/options). */
export const CONCURRENT_SYNCS: Readonly<Record<string, Flag<number>>> = {
  'cronjob-controller': syncs('concurrent-cron-job-syncs', '5'),
  'daemonset-controller': syncs('concurrent-daemonset-syncs', '2'),
  'deployment-controller': syncs('concurrent-deployment-syncs', '5'),
  'endpoints-controller': syncs('concurrent-endpoint-syncs', '5'),
  'endpointslice-controller': syncs('concurrent-service-endpoint-syncs', '5', between('concurrent-service-endpoint-syncs', 1, 50)),
  'endpointslice-mirroring-controller': syncs('mirroring-concurrent-service-endpoint-syncs', '5', between('mirroring-concurrent-service-endpoint-syncs', 1, 50)),
  'ephemeral-volume-controller': syncs('concurrent-ephemeralvolume-syncs', '5'),
  'garbage-collector-controller': syncs('concurrent-gc-syncs', '20'),
  'horizontal-pod-autoscaler-controller': syncs('concurrent-horizontal-pod-autoscaler-syncs', '5'),
  'job-controller': syncs('concurrent-job-syncs', '5'),
  'namespace-controller': syncs('concurrent-namespace-syncs', '10'),
  'replicaset-controller': syncs('concurrent-replicaset-syncs', '5'),
  'replicationcontroller-controller': syncs('concurrent-rc-syncs', '5'),
  'resourcequota-controller': syncs('concurrent-resource-quota-syncs', '5'),
  'serviceaccount-token-controller': syncs('concurrent-serviceaccount-token-syncs', '5'),
  'service-lb-controller': syncs('concurrent-service-syncs', '1'),
  'statefulset-controller': syncs('concurrent-statefulset-syncs', '5'),
  'ttl-after-finished-controller': syncs('concurrent-ttl-after-finished-syncs', '5'),
}

/** Which controllers run: `*` all, a name one more, `-name` not that one. */
export const CONTROLLERS = list('controllers', '*', (items) => {
  const unknown = items.map((item) => item.replace(/^-/, '')).find((name, i) => items[i] !== '*' && controllerNamed(name) === undefined)
  return unknown === undefined ? undefined : `${goQuote(unknown)} is not in the list of known controllers`
})

export const KUBE_API_QPS = number('kube-api-qps', '20', (value, text) => (value > 0 ? undefined : `kube-api-qps without a limit is not modelled here; got ${text}`))
export const KUBE_API_BURST = integer('kube-api-burst', '30', (value, text) => (value > 0 ? undefined : `kube-api-burst must be greater than 0, but got ${text}`))

export const NODE_MONITOR_PERIOD = duration('node-monitor-period', '5s', atLeastTenth('node-monitor-period'))
export const NODE_MONITOR_GRACE_PERIOD = duration('node-monitor-grace-period', '50s', positive('node-monitor-grace-period'))
export const NODE_STARTUP_GRACE_PERIOD = duration('node-startup-grace-period', '1m0s', positive('node-startup-grace-period'))
export const NODE_EVICTION_RATE = number('node-eviction-rate', '0.1', notNegative('node-eviction-rate'))
export const SECONDARY_NODE_EVICTION_RATE = number('secondary-node-eviction-rate', '0.01', notNegative('secondary-node-eviction-rate'))
export const LARGE_CLUSTER_SIZE_THRESHOLD = integer('large-cluster-size-threshold', '50')
export const UNHEALTHY_ZONE_THRESHOLD = number('unhealthy-zone-threshold', '0.55')

/** The range that nodes get theirs from, as kubeadm sets it, but wide enough for a thousand nodes. */
export const ALLOCATE_NODE_CIDRS = boolean('allocate-node-cidrs', 'true')
export const CLUSTER_CIDR = custom<Ipv4Range>('cluster-cidr', 'text', '10.244.0.0/14', readIpv4Range)
/** 0: as for the family, 24. */
export const NODE_CIDR_MASK_SIZE = integer('node-cidr-mask-size', '0', maskSize)
export const NODE_CIDR_MASK_SIZE_IPV4 = integer('node-cidr-mask-size-ipv4', '0', maskSize)
const DEFAULT_MASK_SIZE = 24

/** How long the prefix of each node's range is (app: setNodeCIDRMaskSizes). */
export const nodeMaskSize = (both: number, ipv4: number): number => both || ipv4 || DEFAULT_MASK_SIZE

export const TERMINATED_POD_GC_THRESHOLD = integer('terminated-pod-gc-threshold', '12500')

export const RESOURCE_QUOTA_SYNC_PERIOD = duration('resource-quota-sync-period', '5m0s', atLeastTenth('resource-quota-sync-period'))

const hpa = (name: string, text: string, rule: Rule<Micros> = notNegative(`horizontal-pod-autoscaler-${name}`)): Flag<Micros> => duration(`horizontal-pod-autoscaler-${name}`, text, rule)
export const HPA_SYNC_PERIOD = hpa('sync-period', '15s', atLeastTenth('horizontal-pod-autoscaler-sync-period'))
export const HPA_DOWNSCALE_STABILIZATION = hpa('downscale-stabilization', '5m0s')
export const HPA_CPU_INITIALIZATION_PERIOD = hpa('cpu-initialization-period', '5m0s')
export const HPA_INITIAL_READINESS_DELAY = hpa('initial-readiness-delay', '30s')
export const HPA_TOLERANCE = number('horizontal-pod-autoscaler-tolerance', '0.1', notNegative('horizontal-pod-autoscaler-tolerance'))

export const PVCLAIMBINDER_SYNC_PERIOD = duration('pvclaimbinder-sync-period', '15s', atLeastTenth('pvclaimbinder-sync-period'))
export const ENABLE_DYNAMIC_PROVISIONING = boolean('enable-dynamic-provisioning', 'true')
export const ATTACH_DETACH_SYNC_PERIOD = duration('attach-detach-reconcile-sync-period', '1m0s', (value) =>
  value > seconds(1) ? undefined : 'duration time must be greater than one second as set via command line option reconcile-sync-loop-period',
)
export const DISABLE_ATTACH_DETACH_SYNC = boolean('disable-attach-detach-reconcile-sync', 'false')
export const DISABLE_FORCE_DETACH = boolean('disable-force-detach-on-timeout', 'false')

export const MAX_ENDPOINTS_PER_SLICE = integer('max-endpoints-per-slice', '100', between('max-endpoints-per-slice', 1, 1000))
export const MIRRORING_MAX_ENDPOINTS_PER_SUBSET = integer('mirroring-max-endpoints-per-subset', '1000', between('mirroring-max-endpoints-per-subset', 1, 1000))
export const ENDPOINT_UPDATES_BATCH_PERIOD = duration('endpoint-updates-batch-period', '0s', notNegative('endpoint-updates-batch-period'))
export const ENDPOINTSLICE_UPDATES_BATCH_PERIOD = duration('endpointslice-updates-batch-period', '0s', notNegative('endpointslice-updates-batch-period'))
export const MIRRORING_UPDATES_BATCH_PERIOD = duration('mirroring-endpointslice-updates-batch-period', '0s', notNegative('mirroring-endpointslice-updates-batch-period'))

export const CLUSTER_SIGNING_DURATION = duration('cluster-signing-duration', '8760h0m0s', positive('cluster-signing-duration'))

/** In the order in which the page lists them. */
export const CONTROLLER_MANAGER_FLAGS: readonly Flag[] = [
  CONTROLLERS, KUBE_API_QPS, KUBE_API_BURST,
  NODE_MONITOR_PERIOD, NODE_MONITOR_GRACE_PERIOD, NODE_STARTUP_GRACE_PERIOD, NODE_EVICTION_RATE, SECONDARY_NODE_EVICTION_RATE, LARGE_CLUSTER_SIZE_THRESHOLD, UNHEALTHY_ZONE_THRESHOLD,
  ALLOCATE_NODE_CIDRS, CLUSTER_CIDR, NODE_CIDR_MASK_SIZE, NODE_CIDR_MASK_SIZE_IPV4,
  TERMINATED_POD_GC_THRESHOLD, RESOURCE_QUOTA_SYNC_PERIOD,
  HPA_SYNC_PERIOD, HPA_DOWNSCALE_STABILIZATION, HPA_TOLERANCE, HPA_CPU_INITIALIZATION_PERIOD, HPA_INITIAL_READINESS_DELAY,
  PVCLAIMBINDER_SYNC_PERIOD, ENABLE_DYNAMIC_PROVISIONING, ATTACH_DETACH_SYNC_PERIOD, DISABLE_ATTACH_DETACH_SYNC, DISABLE_FORCE_DETACH,
  MAX_ENDPOINTS_PER_SLICE, MIRRORING_MAX_ENDPOINTS_PER_SUBSET, ENDPOINT_UPDATES_BATCH_PERIOD, ENDPOINTSLICE_UPDATES_BATCH_PERIOD, MIRRORING_UPDATES_BATCH_PERIOD,
  CLUSTER_SIGNING_DURATION,
  ...Object.values(CONCURRENT_SYNCS),
] as readonly Flag[]

/** Does kube-controller-manager start the controller, with these settings? */
export function startsController(get: <T>(flag: Flag<T>) => T, controller: string): boolean {
  if (controller === 'node-ipam-controller' && !get(ALLOCATE_NODE_CIDRS)) return false
  return isEnabled(get(CONTROLLERS), controller)
}
