import { SIGNALS, type Amount, type Signal } from '../../flags/eviction.ts'
import type { Flags } from '../../flags/index.ts'
import { EVICTION_HARD, EVICTION_MINIMUM_RECLAIM, EVICTION_SOFT, EVICTION_SOFT_GRACE_PERIOD } from '../../flags/kubelet.ts'
import type { Micros } from '../../engine/time.ts'

/** When a node counts as short of something: below `amount` for `grace` (0: at once), until `reclaim` more than that is there. */
export interface Threshold {
  /** "memory.available" or, for a soft one, "memory.available~". */
  readonly id: string
  readonly signal: Signal
  readonly amount: Amount
  readonly grace: Micros
  readonly reclaim?: Amount
}

export interface Observation {
  readonly available: number
  readonly capacity: number
}

export type Observations = Readonly<Record<Signal, Observation>>

/** The thresholds that a kubelet is configured with (pkg/kubelet/eviction, helpers.go: ParseThresholdConfig). Soft ones without a grace period are left out. */
export function thresholdsOf(flags: Flags): readonly Threshold[] {
  const [hard, soft, grace, reclaims] = [flags.get(EVICTION_HARD), flags.get(EVICTION_SOFT), flags.get(EVICTION_SOFT_GRACE_PERIOD), flags.get(EVICTION_MINIMUM_RECLAIM)]
  const made = (signal: Signal, amount: Amount, period: Micros): Threshold => ({ id: period > 0 ? `${signal}~` : signal, signal, amount, grace: period, ...(reclaims[signal] ? { reclaim: reclaims[signal] } : {}) })
  return [
    ...SIGNALS.flatMap((s) => (hard[s] ? [made(s, hard[s], 0)] : [])),
    // What holds for the node's memory holds for that of its pods too (addAllocatableThresholds).
    ...(hard['memory.available'] && !hard['allocatableMemory.available'] ? [made('allocatableMemory.available', hard['memory.available'], 0)] : []),
    ...SIGNALS.flatMap((s) => (soft[s] && grace[s] !== undefined && grace[s] > 0 ? [made(s, soft[s], grace[s])] : [])),
  ]
}

/** An amount in bytes, inodes or processes (GetThresholdQuantity). */
export const amountIn = (amount: Amount, capacity: number): number => ('quantity' in amount ? amount.quantity : Math.trunc(capacity * amount.share))

/** Is there less than the threshold asks for? With `reclaiming` what is to be won back counts too (thresholdsMet). */
export function isMet({ signal, amount, reclaim }: Threshold, observed: Observations, reclaiming: boolean): boolean {
  const { available, capacity } = observed[signal]
  return amountIn(amount, capacity) + (reclaiming && reclaim ? amountIn(reclaim, capacity) : 0) > available
}

export const CONDITION_OF: Readonly<Record<Signal, 'MemoryPressure' | 'DiskPressure' | 'PIDPressure'>> = {
  'memory.available': 'MemoryPressure', 'allocatableMemory.available': 'MemoryPressure', 'nodefs.available': 'DiskPressure', 'nodefs.inodesFree': 'DiskPressure', 'imagefs.available': 'DiskPressure', 'imagefs.inodesFree': 'DiskPressure', 'pid.available': 'PIDPressure',
}

/** What is won back for a signal. */
export const RESOURCE_OF: Readonly<Record<Signal, 'memory' | 'ephemeral-storage' | 'inodes' | 'pids'>> = {
  'memory.available': 'memory', 'allocatableMemory.available': 'memory', 'nodefs.available': 'ephemeral-storage', 'nodefs.inodesFree': 'inodes', 'imagefs.available': 'ephemeral-storage', 'imagefs.inodesFree': 'inodes', 'pid.available': 'pids',
}

/** Memory goes before everything else. */
export const byUrgency = (list: readonly Threshold[]): readonly Threshold[] => [...list.filter((t) => RESOURCE_OF[t.signal] === 'memory'), ...list.filter((t) => RESOURCE_OF[t.signal] !== 'memory')]
