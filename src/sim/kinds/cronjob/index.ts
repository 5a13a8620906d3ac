import { since } from '../../api/human-duration.ts'
import { defaultJobTemplate } from '../../api/job-defaults.ts'
import { formatLabelSelector } from '../../api/labels.ts'
import { assignSame } from '../../api/share.ts'
import { ageColumn, countColumn, defineKind, nameColumn, textColumn } from '../define.ts'
import type { CronJob, CronJobSpec, JobTemplateSpec } from './cronjob.ts'
import { cronJobWarnings, validateCronJob, validateCronJobUpdate } from './validate.ts'

function defaultTemplate(t: JobTemplateSpec | undefined): JobTemplateSpec {
  const given: JobTemplateSpec = t ?? { spec: { template: { spec: { containers: [] } } } }
  return assignSame(given, { metadata: given.metadata ?? {}, spec: defaultJobTemplate(given.spec) })
}

/** batch/v1 SetDefaults_CronJob. */
function defaults(cron: CronJob): CronJob {
  const given = (cron.spec ?? {}) as CronJobSpec
  const spec = assignSame(given, {
    schedule: given.schedule ?? '',
    jobTemplate: defaultTemplate(given.jobTemplate),
    concurrencyPolicy: given.concurrencyPolicy || 'Allow',
    suspend: given.suspend ?? false,
    successfulJobsHistoryLimit: given.successfulJobsHistoryLimit ?? 3,
    failedJobsHistoryLimit: given.failedJobsHistoryLimit ?? 1,
  })
  return assignSame(cron, { spec })
}

const containers = (cron: CronJob) => cron.spec.jobTemplate?.spec?.template?.spec?.containers ?? []
const shown = (flag: boolean | undefined): string => (flag === undefined ? '<unset>' : flag ? 'True' : 'False')

/** batch/v1 CronJob (registry/batch/cronjob: strategy.go). */
export const cronJobKind = defineKind<CronJob>('batch', 'v1', 'CronJob', {
  generation: true,
  defaults,
  prepareCreate: (cron) => ({ ...cron, status: {} }),
  validate: validateCronJob,
  validateUpdate: validateCronJobUpdate,
  warnings: cronJobWarnings,
  columns: [
    nameColumn,
    textColumn('Schedule', (c) => c.spec.schedule),
    textColumn('Timezone', (c) => c.spec.timeZone ?? '<none>'),
    { name: 'Suspend', type: 'boolean', cell: (c) => shown(c.spec.suspend) },
    countColumn('Active', (c) => c.status?.active?.length ?? 0),
    { name: 'Last Schedule', type: 'string', cell: (c, now) => (c.status?.lastScheduleTime ? since(c.status.lastScheduleTime, now) : '<none>') },
    ageColumn,
    textColumn('Containers', (c) => containers(c).map((x) => x.name).join(','), 1),
    textColumn('Images', (c) => containers(c).map((x) => x.image ?? '').join(','), 1),
    textColumn('Selector', (c) => formatLabelSelector(c.spec.jobTemplate?.spec?.selector), 1),
  ],
})
