import type { JobSpec } from '../../api/job-spec.ts'
import type { Condition, KubeObject, Time } from '../../api/meta.ts'

/** batch/v1 Job. */
export interface Job extends KubeObject<JobSpec, JobStatus> {
  readonly spec: JobSpec
}

export interface JobStatus {
  readonly active?: number
  readonly completedIndexes?: string
  readonly completionTime?: Time
  readonly conditions?: readonly Condition[]
  readonly failed?: number
  readonly failedIndexes?: string
  readonly ready?: number
  readonly startTime?: Time
  readonly succeeded?: number
  readonly terminating?: number
  readonly uncountedTerminatedPods?: UncountedTerminatedPods
}

export interface UncountedTerminatedPods {
  readonly failed?: readonly string[]
  readonly succeeded?: readonly string[]
}
