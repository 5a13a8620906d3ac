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
  return withLabels(assignSame(job, { spec }))
}

/** A job without labels of its own has those of its template. */
function withLabels(job: Job): Job {
  const own = job.metadata.labels
  if (Object.keys(own ?? {}).length > 0) return job
  return assignSame(job, { metadata: assignSame(job.metadata, { labels: job.spec?.template?.metadata?.labels ?? own }) })
}

/** Labels that defaults took from the template are the very same map in Kubernetes, so that the generated ones show up there too. */
function prepareCreate(job: Job): Job {
  const { labels } = job.metadata
  const shared = labels !== undefined && labels === job.spec.template.metadata?.labels
  const next = withSelector(job)
  return { ...next, ...(shared ? { metadata: assignSame(next.metadata, { labels: next.spec.template.metadata?.labels }) } : {}), status: {} }
}

/** batch/v1 Job (registry/batch/job: strategy.go). */
export const jobKind = defineKind<Job>('batch', 'v1', 'Job', {
  generation: true,
  defaults,
  prepareCreate,
  readBack: withLabels,
  validate: validateJob,
  recheck: recheckJob,
  validateUpdate: validateJobUpdate,
  validateStatusUpdate: validateJobStatus,
  warnings: jobWarnings,
  columns: jobColumns,
  selectableFields: (job) => ({ 'status.successful': String(job.status?.succeeded ?? 0) }),
})
