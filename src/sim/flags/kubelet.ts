import { parseQuantity, value } from '../api/quantity.ts'
import { seconds, type Micros } from '../engine/time.ts'
import { readGracePeriods, readReclaims, readThresholds, type Amounts } from './eviction.ts'
import type { Flags } from './flags.ts'
import { readReserved, readSysctls, readTaints, type NodeTaint, type Reserved } from './kubelet-values.ts'
import { atLeastTenth, flagsOf, positive, type Flag, type Parse, type Rule } from './flag.ts'

const { duration, integer, number, boolean, list, custom } = flagsOf('kubelet')

const notNegative =
  (words: string): Rule<number> =>
  (value, text) =>
    value >= 0 ? undefined : `invalid configuration: ${words} ${text} must not be a negative number`

/** Fields of KubeletConfiguration (kubelet.config.k8s.io/v1beta1), the same for all nodes. Validation: pkg/kubelet/apis/config/validation. */
export const NODE_LEASE_DURATION_SECONDS = integer('nodeLeaseDurationSeconds', '40', (value) => (value > 0 ? undefined : 'invalid configuration: nodeLeaseDurationSeconds must be greater than 0'))
export const NODE_STATUS_UPDATE_FREQUENCY = duration('nodeStatusUpdateFrequency', '10s', atLeastTenth('nodeStatusUpdateFrequency'))
export const NODE_STATUS_REPORT_FREQUENCY = duration('nodeStatusReportFrequency', '5m0s', atLeastTenth('nodeStatusReportFrequency'))
/** How often a node's status is written though nothing of it has changed; the one field, where it alone is given, stands for the other (v1beta1, defaults.go). */
export function reportEvery(flags: Pick<Flags, 'get'>): Micros {
  const [update, report] = [flags.get(NODE_STATUS_UPDATE_FREQUENCY), flags.get(NODE_STATUS_REPORT_FREQUENCY)]
  const every = report === NODE_STATUS_REPORT_FREQUENCY.initial && update !== NODE_STATUS_UPDATE_FREQUENCY.initial ? update : report
  return Math.ceil(every / update) * update
}
export const SYNC_FREQUENCY = duration('syncFrequency', '1m0s', positive('syncFrequency'))
export const MAX_CONTAINER_RESTART_PERIOD = duration('crashLoopBackOff.maxContainerRestartPeriod', '5m0s', (value) =>
  value >= seconds(1) && value <= seconds(300) ? undefined : `invalid configuration: CrashLoopBackOff.MaxContainerRestartPeriod (got: ${value / 1_000_000} seconds) must be set between 1s and 300s`,
)
export const SERIALIZE_IMAGE_PULLS = boolean('serializeImagePulls', 'true')
const readCount: Parse<number | null> = (text) => {
  if (text === '') return null
  return /^-?\d+$/.test(text) ? Number(text) : { problem: `json: cannot unmarshal string into Go struct field KubeletConfiguration.maxParallelImagePulls of type int32` }
}
/** Empty: as many as there are, where pulls are not serialized. */
export const MAX_PARALLEL_IMAGE_PULLS = custom<number | null>('maxParallelImagePulls', 'integer', '', readCount, (value, text) =>
  value === null || value >= 1 ? undefined : `invalid configuration: maxParallelImagePulls ${text} must be a positive number`,
)
/** Pulls a second that may begin, and how many at once; 0: no limit (images/helpers.go: throttleImagePulling). */
export const REGISTRY_PULL_QPS = number('registryPullQPS', '5', notNegative('registryPullQPS (--registry-qps)'))
export const REGISTRY_BURST = integer('registryBurst', '10', notNegative('registryBurst (--registry-burst)'))
/** Empty: the address of the Service kube-dns, as kubeadm sets it. */
export const CLUSTER_DNS = list('clusterDNS', '')
export const CLUSTER_DOMAIN = custom('clusterDomain', 'text', 'cluster.local', (text) => text)
/** What is kept for the system: taken off what pods may have. */
export const KUBE_RESERVED = custom<Reserved>('kubeReserved', 'text', '', readReserved)
export const SYSTEM_RESERVED = custom<Reserved>('systemReserved', 'text', '', readReserved)
export const PODS_PER_CORE = integer('podsPerCore', '0', notNegative('podsPerCore (--pods-per-core)'))
export const REGISTER_WITH_TAINTS = custom<readonly NodeTaint[]>('registerWithTaints', 'text', '', readTaints)
export const ALLOWED_UNSAFE_SYSCTLS = custom<readonly string[]>('allowedUnsafeSysctls', 'list', '', readSysctls)
/** On cgroup v2 all processes of a container go when its memory is used up, unless this is on. */
export const SINGLE_PROCESS_OOM_KILL = boolean('singleProcessOOMKill', 'false')
export const MAX_PODS = integer('maxPods', '110', notNegative('maxPods (--max-pods)'))
/** -1: the node's own limit. */
export const POD_PIDS_LIMIT = integer('podPidsLimit', '-1', (value, text) => (value === -1 || value >= 1 ? undefined : `podPidsLimit ${text} would leave a pod without any process, which is not modelled here`))
export const KUBELET_API_QPS = number('kubeAPIQPS', '50', (value, text) => (value > 0 ? undefined : value < 0 ? `invalid configuration: kubeAPIQPS (--kube-api-qps) ${text} must not be a negative number` : 'kubeAPIQPS without a limit is not modelled here'))
export const KUBELET_API_BURST = integer('kubeAPIBurst', '100', notNegative('kubeAPIBurst (--kube-api-burst)'))
export const EVENT_RECORD_QPS = number('eventRecordQPS', '50', (value, text) => (value > 0 ? undefined : value < 0 ? `invalid configuration: eventRecordQPS (--event-qps) ${text} must not be a negative number` : 'eventRecordQPS without a limit is not modelled here'))
export const EVENT_BURST = integer('eventBurst', '100', notNegative('eventBurst (--event-burst)'))

/** Below these a pod is evicted at once; below the soft ones when that lasts (pkg/kubelet/eviction). */
export const EVICTION_HARD = custom<Amounts>('evictionHard', 'text', 'memory.available<100Mi,nodefs.available<10%,nodefs.inodesFree<5%,imagefs.available<15%,imagefs.inodesFree<5%', readThresholds)
export const EVICTION_SOFT = custom<Amounts>('evictionSoft', 'text', '', readThresholds)
export const EVICTION_SOFT_GRACE_PERIOD = custom('evictionSoftGracePeriod', 'text', '', readGracePeriods)
export const EVICTION_MINIMUM_RECLAIM = custom<Amounts>('evictionMinimumReclaim', 'text', '', readReclaims)
export const EVICTION_PRESSURE_TRANSITION_PERIOD = duration('evictionPressureTransitionPeriod', '5m0s', positive('evictionPressureTransitionPeriod'))
export const EVICTION_MAX_POD_GRACE_PERIOD = integer('evictionMaxPodGracePeriod', '0', notNegative('evictionMaxPodGracePeriod'))
const percentage =
  (name: string): Rule<number> =>
  (value, text) =>
    value >= 0 && value <= 100 ? undefined : `invalid configuration: ${name} ${text} must be between 0 and 100`
export const IMAGE_GC_HIGH_THRESHOLD = integer('imageGCHighThresholdPercent', '85', percentage('imageGCHighThresholdPercent (--image-gc-high-threshold)'))
export const IMAGE_GC_LOW_THRESHOLD = integer('imageGCLowThresholdPercent', '80', percentage('imageGCLowThresholdPercent (--image-gc-low-threshold)'))
/** -1: all of them. */
export const NODE_STATUS_MAX_IMAGES = integer('nodeStatusMaxImages', '50', (value, text) => (value >= -1 ? undefined : `invalid configuration: nodeStatusMaxImages (--node-status-max-images) ${text} must be -1 or greater`))
/** Whether containers that name no seccomp profile have the runtime's. */
export const SECCOMP_DEFAULT = boolean('seccompDefault', 'false')
const readBytes: Parse<number> = (text) => {
  const parsed = parseQuantity(text)
  return typeof parsed === 'string' ? { problem: `failed to parse container log max size "${text}": ${parsed}` } : value(text)
}
/** Logs that are larger are put aside; less than nothing: never (pkg/kubelet/logs). */
export const CONTAINER_LOG_MAX_SIZE = custom('containerLogMaxSize', 'text', '10Mi', readBytes)
export const CONTAINER_LOG_MAX_FILES = integer('containerLogMaxFiles', '5', (count) => (count > 1 ? undefined : 'invalid configuration: containerLogMaxFiles must be greater than 1'))
/** Whether CPU limits are enforced at all. */
export const CPU_CFS_QUOTA = boolean('cpuCFSQuota', 'true')
/** 0: none is too old. */
export const IMAGE_MAXIMUM_GC_AGE = duration('imageMaximumGCAge', '0s', (value, text) => (value >= 0 ? undefined : `invalid configuration: imageMaximumGCAge ${text} must not be negative`))
export const IMAGE_MINIMUM_GC_AGE = duration('imageMinimumGCAge', '2m0s', positive('imageMinimumGCAge'))

/** How long a machine that is being shut down waits for its pods; the last part of it belongs to critical ones (pkg/kubelet/nodeshutdown). */
export const SHUTDOWN_GRACE_PERIOD = duration('shutdownGracePeriod', '0s', (value, text) => (value === 0 || value >= seconds(1) ? undefined : `invalid configuration: shutdownGracePeriod ${text} must be either zero or otherwise >= 1 sec`))
export const SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS = duration('shutdownGracePeriodCriticalPods', '0s', (value, text) => (value === 0 || value >= seconds(1) ? undefined : `invalid configuration: shutdownGracePeriodCriticalPods ${text} must be either zero or otherwise >= 1 sec`))

/** "100000=10,0=60": seconds by priority, from low to high. */
const readByPriority: Parse<readonly { readonly priority: number; readonly seconds: number }[]> = (text) => {
  const out: { priority: number; seconds: number }[] = []
  for (const part of text === '' ? [] : text.split(',')) {
    const m = /^\s*(-?\d+)\s*=\s*(\d+)\s*$/.exec(part)
    if (!m) return { problem: `"${part}" is not a priority and its seconds` }
    out.push({ priority: Number(m[1]), seconds: Number(m[2]) })
  }
  return out.sort((a, b) => a.priority - b.priority)
}
export const SHUTDOWN_GRACE_PERIOD_BY_PRIORITY = custom('shutdownGracePeriodByPodPriority', 'text', '', readByPriority)

export const KUBELET_FLAGS: readonly Flag[] = [
  SHUTDOWN_GRACE_PERIOD, SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY,
  EVICTION_HARD, EVICTION_SOFT, EVICTION_SOFT_GRACE_PERIOD, EVICTION_MINIMUM_RECLAIM, EVICTION_PRESSURE_TRANSITION_PERIOD, EVICTION_MAX_POD_GRACE_PERIOD, IMAGE_GC_HIGH_THRESHOLD, IMAGE_GC_LOW_THRESHOLD, IMAGE_MINIMUM_GC_AGE, IMAGE_MAXIMUM_GC_AGE,
  NODE_STATUS_UPDATE_FREQUENCY, NODE_STATUS_REPORT_FREQUENCY, NODE_LEASE_DURATION_SECONDS, REGISTRY_PULL_QPS, REGISTRY_BURST, CLUSTER_DNS, CLUSTER_DOMAIN, KUBE_RESERVED, SYSTEM_RESERVED, PODS_PER_CORE, REGISTER_WITH_TAINTS, ALLOWED_UNSAFE_SYSCTLS,
  SECCOMP_DEFAULT, CPU_CFS_QUOTA, NODE_STATUS_MAX_IMAGES, CONTAINER_LOG_MAX_SIZE, CONTAINER_LOG_MAX_FILES, SINGLE_PROCESS_OOM_KILL, SYNC_FREQUENCY, MAX_PODS, POD_PIDS_LIMIT, MAX_CONTAINER_RESTART_PERIOD, SERIALIZE_IMAGE_PULLS, MAX_PARALLEL_IMAGE_PULLS, KUBELET_API_QPS, KUBELET_API_BURST, EVENT_RECORD_QPS, EVENT_BURST,
] as readonly Flag[]

/** How often a lease is renewed (component-helpers: lease, NewController with renewIntervalFraction 0.25). */
export const renewalOf = (leaseDurationSeconds: number): Micros => seconds(leaseDurationSeconds * 0.25)
