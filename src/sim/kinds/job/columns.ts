import { humanDuration } from '../../api/human-duration.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { parseTime, type Micros } from '../../engine/time.ts'
import { ageColumn, nameColumn, textColumn } from '../define.ts'
import type { Column } from '../definition.ts'
import type { Job } from './job.ts'

const hasCondition = (job: Job, type: string): boolean => job.status?.conditions?.find((c) => c.type === type)?.status === 'True'

function status(job: Job): string {
  if (hasCondition(job, 'Complete')) return 'Complete'
  if (hasCondition(job, 'Failed')) return 'Failed'
  if (job.metadata.deletionTimestamp) return 'Terminating'
  return ['Suspended', 'FailureTarget', 'SuccessCriteriaMet'].find((type) => hasCondition(job, type)) ?? 'Running'
}

function completions(job: Job): string {
  const done = job.status?.succeeded ?? 0
  if (job.spec.completions !== undefined) return `${done}/${job.spec.completions}`
  const parallelism = job.spec.parallelism ?? 0
  return parallelism > 1 ? `${done}/1 of ${parallelism}` : `${done}/1`
}

function duration(job: Job, now: Micros): string {
  const start = parseTime(job.status?.startTime)
  if (start === undefined) return ''
  return humanDuration(((parseTime(job.status?.completionTime) ?? now) - start) as Micros)
}

const containers = (job: Job) => job.spec.template?.spec?.containers ?? []

/** printers/internalversion: printJob. */
export const jobColumns: readonly Column<Job>[] = [
  nameColumn,
  textColumn('Status', status),
  textColumn('Completions', completions),
  { name: 'Duration', type: 'string', cell: duration },
  ageColumn,
  textColumn('Containers', (job) => containers(job).map((c) => c.name).join(','), 1),
  textColumn('Images', (job) => containers(job).map((c) => c.image ?? '').join(','), 1),
  textColumn('Selector', (job) => formatLabelSelector(job.spec.selector), 1),
]
