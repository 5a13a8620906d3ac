import type { Micros } from '../engine/time.ts'
import type { Flag } from './flag.ts'
import { idOf, isRefused } from './flag.ts'
import type { Flags } from './flags.ts'
import { DISABLE_ADMISSION_PLUGINS, ENABLE_ADMISSION_PLUGINS } from './kube-apiserver.ts'
import { CLUSTER_CIDR, NODE_CIDR_MASK_SIZE, NODE_CIDR_MASK_SIZE_IPV4, NODE_MONITOR_GRACE_PERIOD, nodeMaskSize } from './kube-controller-manager.ts'
import {
  IMAGE_GC_HIGH_THRESHOLD, IMAGE_GC_LOW_THRESHOLD, IMAGE_MAXIMUM_GC_AGE, IMAGE_MINIMUM_GC_AGE, MAX_PARALLEL_IMAGE_PULLS, NODE_LEASE_DURATION_SECONDS, renewalOf, SERIALIZE_IMAGE_PULLS, SHUTDOWN_GRACE_PERIOD, SHUTDOWN_GRACE_PERIOD_BY_PRIORITY,
  SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS,
} from './kubelet.ts'

/** Payload of the command 'set' of actor 'flags': a new text, or null for the default. */
export interface FlagChange {
  readonly flag: string
  readonly value: string | null
}

/** Why a change would be refused, in the component's words; undefined when it would not. */
export function problemOf(flags: Flags, { flag: id, value }: FlagChange): string | undefined {
  const flag = flags.find(id)
  if (!flag) return `there is no setting called ${id}`
  const next = value === null ? flag.initial : flag.parse(value)
  if (isRefused(next)) return next.problem
  return togetherProblem((other) => (other === flag ? next : flags.get(other)))
}

/** Why settings that are given all at once would be refused. */
export function problemOfAll(flags: Flags, texts: Readonly<Record<string, string>>): string | undefined {
  const values = new Map<Flag, unknown>()
  for (const [id, text] of Object.entries(texts)) {
    const flag = flags.find(id)
    if (!flag) return `there is no setting called ${id}`
    const value = flag.parse(text)
    if (isRefused(value)) return value.problem
    values.set(flag, value)
  }
  return togetherProblem((flag) => (values.has(flag) ? values.get(flag) : flags.get(flag)))
}

/** The range of the cluster is cut into so many pieces at most, as a power of two. */
const MOST_PIECES_BITS = 16

/** "1h2m3s", as Go prints durations of a second and more. */
function durationText(time: Micros): string {
  const all = time / 1_000_000
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor((all % 3600) / 60)]
  return `${hours > 0 ? `${hours}h` : ''}${hours > 0 || minutes > 0 ? `${minutes}m` : ''}${all % 60}s`
}

/** Values that are right each by itself but not together. */
export function togetherProblem(of: (flag: Flag) => unknown): string | undefined {
  const get = <T>(flag: Flag<T>): T => of(flag as Flag) as T
  const both = get(ENABLE_ADMISSION_PLUGINS).filter((name) => get(DISABLE_ADMISSION_PLUGINS).includes(name))
  if (both.length > 0) return `[${both.sort().join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`
  const parallel = get(MAX_PARALLEL_IMAGE_PULLS)
  if (get(SERIALIZE_IMAGE_PULLS) && parallel !== null && parallel > 1) return 'invalid configuration: maxParallelImagePulls cannot be larger than 1 unless SerializeImagePulls (--serialize-image-pulls) is set to false'
  const [low, high] = [get(IMAGE_GC_LOW_THRESHOLD), get(IMAGE_GC_HIGH_THRESHOLD)]
  if (low >= high) return `invalid configuration: imageGCLowThresholdPercent (--image-gc-low-threshold) ${low} must be less than imageGCHighThresholdPercent (--image-gc-high-threshold) ${high}`
  const oldest = get(IMAGE_MAXIMUM_GC_AGE)
  if (oldest > 0 && oldest <= get(IMAGE_MINIMUM_GC_AGE)) return `invalid configuration: imageMaximumGCAge ${durationText(oldest)} must be greater than imageMinimumGCAge ${durationText(get(IMAGE_MINIMUM_GC_AGE))}`
  const [all, critical] = [get(SHUTDOWN_GRACE_PERIOD), get(SHUTDOWN_GRACE_PERIOD_CRITICAL_PODS)]
  if (critical > all) return `invalid configuration: shutdownGracePeriodCriticalPods {${critical / 1_000_000}s} must be <= shutdownGracePeriod {${all / 1_000_000}s}`
  if (all > 0 && get(SHUTDOWN_GRACE_PERIOD_BY_PRIORITY).length > 0) return 'invalid configuration: Cannot specify both shutdownGracePeriodByPodPriority and shutdownGracePeriod at the same time'
  const [mask, mask4] = [get(NODE_CIDR_MASK_SIZE), get(NODE_CIDR_MASK_SIZE_IPV4)]
  if (mask > 0 && mask4 > 0) return 'usage of --node-cidr-mask-size-ipv4 and --node-cidr-mask-size-ipv6 is not allowed if --node-cidr-mask-size is set. For dual-stack clusters please unset it and use IPFamily specific flags'
  const wider = nodeMaskSize(mask, mask4) - get(CLUSTER_CIDR).bits
  if (wider < 0) return 'Controller: Invalid --cluster-cidr, mask size of cluster CIDR must be less than or equal to --node-cidr-mask-size configured for CIDR family'
  if (wider > MOST_PIECES_BITS) return `more than ${2 ** MOST_PIECES_BITS} ranges for nodes are not modelled here`
  const renewal = renewalOf(get(NODE_LEASE_DURATION_SECONDS))
  if (renewal >= get(NODE_MONITOR_GRACE_PERIOD))
    return `kubelets renew their leases every ${renewal / 1_000_000} s: with ${NODE_MONITOR_GRACE_PERIOD.name} no longer than that healthy nodes would be taken for lost again and again, which is not modelled here`
  return undefined
}

/** Writes a change that `problemOf` has nothing against; the text of the default is as good as none. True when anything changed. */
export function change(flags: Flags, { flag: id, value }: FlagChange): boolean {
  const flag = flags.find(id)!
  const text = value?.trim()
  const before = flags.table.get(id)
  if (text === undefined || text === flag.text) flags.table.delete(idOf(flag))
  else flags.table.set(id, text)
  return flags.table.get(id) !== before
}
