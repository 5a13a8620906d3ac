import { parseCron } from '../../api/cron.ts'
import { invalidValue, notSupported, required, type FieldError } from '../../api/field.ts'
import { printedSelector } from '../../api/labels.ts'
import { isDns1123Label } from '../../api/names.ts'
import { isTimeZone } from '../../api/time-zones.ts'
import { jobSpecWarnings, validateJobSpec } from '../../api/validate/job-spec.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import type { CronJob, CronJobSpec } from './cronjob.ts'

const SCHEDULE = 'spec.schedule'

function schedule(spec: CronJobSpec, old: CronJobSpec | undefined, out: FieldError[]): void {
  const text = spec.schedule
  if (!text) return void out.push(required(SCHEDULE))
  const parsed = parseCron(text)
  if (typeof parsed === 'string') out.push(invalidValue(SCHEDULE, text, parsed))
  if (!text.includes('TZ')) return
  if (!old?.schedule.includes('TZ')) out.push(invalidValue(SCHEDULE, text, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  else if (spec.timeZone !== undefined) out.push(invalidValue(SCHEDULE, text, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'))
}

const PART = /^[A-Za-z.\-_0-9+]{1,14}$/

function timeZone(name: string | undefined, out: FieldError[]): void {
  if (name === undefined) return
  const bad = (words: string): void => void out.push(invalidValue('spec.timeZone', name, words))
  if (name === '') return bad('timeZone must be nil or non-empty string')
  const parts = name.split('/')
  if (parts.some((p) => p === '.' || p === '..' || p.startsWith('-') || !PART.test(p))) return bad(`unknown time zone ${name}`)
  if (name.toLowerCase() === 'local') bad('timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones')
  if (name !== 'Local' && !isTimeZone(name)) bad(`unknown time zone ${name}`)
}

function validate(spec: CronJobSpec, old: CronJobSpec | undefined): FieldError[] {
  const out: FieldError[] = []
  schedule(spec, old, out)
  nonNegative(spec.startingDeadlineSeconds, 'spec.startingDeadlineSeconds', out)
  if (!old || old.timeZone !== spec.timeZone) timeZone(spec.timeZone, out)
  const policy = spec.concurrencyPolicy
  if (policy !== undefined && !['Allow', 'Forbid', 'Replace'].includes(policy)) out.push(notSupported('spec.concurrencyPolicy', policy, ['Allow', 'Forbid', 'Replace']))
  const job = spec.jobTemplate.spec
  validateJobSpec(job, 'spec.jobTemplate.spec', out)
  if (job.selector) out.push(invalidValue('spec.jobTemplate.spec.selector', printedSelector(job.selector), '`selector` will be auto-generated'))
  if (job.manualSelector) out.push(notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false']))
  nonNegative(spec.successfulJobsHistoryLimit, 'spec.successfulJobsHistoryLimit', out)
  nonNegative(spec.failedJobsHistoryLimit, 'spec.failedJobsHistoryLimit', out)
  return out
}

/** batch/validation: ValidateCronJobCreate. */
export function validateCronJob(cron: CronJob): readonly FieldError[] {
  const out = validate(cron.spec, undefined)
  // The controller appends eleven characters to make the names of jobs.
  if (cron.metadata.name.length > 52) out.push(invalidValue('metadata.name', cron.metadata.name, 'must be no more than 52 characters'))
  return out
}

/** batch/validation: ValidateCronJobUpdate. */
export const validateCronJobUpdate = (cron: CronJob, old: CronJob): readonly FieldError[] => validate(cron.spec, old.spec)

/** registry/batch/cronjob: WarningsOnCreate and WarningsOnUpdate. */
export function cronJobWarnings(cron: CronJob, old?: CronJob): readonly string[] {
  const path = 'spec.jobTemplate.spec'
  const out: string[] = []
  if (!old) {
    const bad = isDns1123Label(cron.metadata.name)
    if (bad.length) out.push(`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${bad.join(' ')}]`)
    return [...out, ...jobSpecWarnings(cron.spec.jobTemplate.spec, path)]
  }
  if (cron.metadata.generation !== old.metadata.generation) out.push(...jobSpecWarnings(cron.spec.jobTemplate.spec, path, old.spec.jobTemplate.spec))
  if (cron.spec.schedule.includes('TZ')) {
    out.push('cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details')
  }
  return out
}
