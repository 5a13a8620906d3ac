import { defaultJobTemplate } from '../../api/job-defaults.ts'
import { assignSame } from '../../api/share.ts'
import { defineKind } from '../define.ts'
import { jobColumns } from './columns.ts'
import type { Job } from './job.ts'
import { withSelector } from './selector.ts'
import { jobWarnings, recheckJob, validateJob, validateJobUpdate } from './validate.ts'
import { validateJobStatus } from './validate-status.ts'

/** batch/v1 SetDefaults_Job. */
function defaults(job: Job): Job {
  const given = defaultJobTemplate(job.spec)
  const single = given.completions === undefined && given.parallelism === undefined
  const spec = assignSame(given, {
    completions: single ? 1 : given.completions,
    parallelism: given.parallelism ?? 1,
    backoffLimit: given.backoffLimit ?? (given.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647),
    completionMode: given.completionMode ?? 'NonIndexed',
    suspend: given.suspend ?? false,
    podReplacementPolicy: given.podReplacementPolicy ?? (given.podFailurePolicy ? 'Failed' : 'TerminatingOrFailed'),
    manualSelector: given.manualSelector ?? false,
  })
  const own = job.metadata.labels
  const labels = Object.keys(own ?? {}).length === 0 ? (job.spec?.template?.metadata?.labels ?? own) : own
  return assignSame(job, { spec, metadata: assignSame(job.metadata, { labels }) })
}

/**
 * A job without labels of its own shares those of its template, also the generated ones: Kubernetes copies no map there,
 * and defaults once more when it reads what it has stored.
 */
function prepareCreate(job: Job): Job {
  const labels = job.metadata.labels
  const shared = Object.keys(labels ?? {}).length === 0 || labels === job.spec.template.metadata?.labels
  const next = withSelector(job)
  return { ...next, metadata: assignSame(next.metadata, { labels: shared ? next.spec.template.metadata?.labels : labels }), status: {} }
}

/** batch/v1 Job (registry/batch/job: strategy.go). */
export const jobKind = defineKind<Job>('batch', 'v1', 'Job', {
  generation: true,
  defaults,
  prepareCreate,
  validate: validateJob,
  recheck: recheckJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings: jobWarnings,
  columns: jobColumns,
  selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
})
