import type { StringMap } from '../../api/meta.ts'
import { uidOf } from '../../api/meta.ts'
import type { Job } from './job.ts'

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'
export const JOB_NAME = 'batch.kubernetes.io/job-name'
export const LEGACY_CONTROLLER_UID = 'controller-uid'
export const LEGACY_JOB_NAME = 'job-name'

/** The labels by which a job knows its pods. */
export const generatedLabels = (job: Job): StringMap => ({
  [LEGACY_JOB_NAME]: job.metadata.name ?? '', [JOB_NAME]: job.metadata.name ?? '', [LEGACY_CONTROLLER_UID]: uidOf(job), [CONTROLLER_UID]: uidOf(job),
})

/** Labels the template and selects by uid unless the selector is manual (registry/batch/job: generateSelector). */
export function withSelector(job: Job): Job {
  const { spec } = job
  if (spec.manualSelector) return job
  const { template } = spec
  const labels = { ...generatedLabels(job), ...template.metadata?.labels }
  const selector = { ...spec.selector, matchLabels: { [CONTROLLER_UID]: uidOf(job), ...spec.selector?.matchLabels } }
  return { ...job, spec: { ...spec, selector, template: { ...template, metadata: { ...template.metadata, labels } } } }
}
