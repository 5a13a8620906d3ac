import type { Micros } from '../engine/time.ts'
import type { Plugin } from './plugin.ts'
import type { PreemptionArgs } from './preemption-args.ts'
import type { Scorer } from './scoring.ts'

/** What the scheduler does with the pods that name this profile, extension point by extension point, in order. */
export interface Profile {
  readonly schedulerName: string
  /** With their PreFilter. */
  readonly filters: readonly Plugin[]
  /** With their PreScore. */
  readonly scorers: readonly Scorer[]
  /** What is done for a pod that fits nowhere. */
  readonly postFilters: readonly ('DynamicResources' | 'DefaultPreemption')[]
  readonly preemption: PreemptionArgs
  /** 0: by the size of the cluster. */
  readonly percentageOfNodesToScore: number
  /** SchedulingGates keeps pods with gates out of the queue. */
  readonly honoursGates: boolean
  /** VolumeBinding gets volumes before the pod is bound, for at most so long. */
  readonly bindsVolumes: boolean
  readonly bindTimeout: Micros
}
