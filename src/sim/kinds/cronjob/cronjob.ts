import type { JobSpec } from '../../api/job-spec.ts'
import type { KubeObject, ObjectMeta, ObjectReference, Time } from '../../api/meta.ts'

/** batch/v1 CronJob. */
export interface CronJob extends KubeObject<CronJobSpec, CronJobStatus> {
  readonly spec: CronJobSpec
}

export interface CronJobSpec {
  readonly concurrencyPolicy?: 'Allow' | 'Forbid' | 'Replace'
  readonly failedJobsHistoryLimit?: number
  readonly jobTemplate: JobTemplateSpec
  readonly schedule: string
  readonly startingDeadlineSeconds?: number
  readonly successfulJobsHistoryLimit?: number
  readonly suspend?: boolean
  readonly timeZone?: string
}

export interface JobTemplateSpec {
  readonly metadata?: Partial<ObjectMeta>
  readonly spec: JobSpec
}

export interface CronJobStatus {
  readonly active?: readonly ObjectReference[]
  readonly lastScheduleTime?: Time
  readonly lastSuccessfulTime?: Time
}
