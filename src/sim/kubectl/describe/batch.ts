import { compileSelector, selectorText, type LabelSelector } from '../../api/labels.ts'
import { controllerOf, type KubeObject } from '../../api/meta.ts'
import { humanDuration } from '../../api/human-duration.ts'
import { parseTime } from '../../engine/time.ts'
import type { PodTemplateSpec } from '../../api/pod-spec.ts'
import { podTemplateText } from '../template-text.ts'
import type { Describer } from './generic.ts'
import { annotationLines, dateText, labelLines } from './texts.ts'

interface JobSpec {
  readonly selector?: LabelSelector
  readonly parallelism?: number
  readonly completions?: number
  readonly completionMode?: string
  readonly suspend?: boolean
  readonly backoffLimit?: number
  readonly ttlSecondsAfterFinished?: number
  readonly activeDeadlineSeconds?: number
  readonly template: PodTemplateSpec
}

interface Job extends KubeObject {
  readonly spec: JobSpec
  readonly status?: {
    readonly startTime?: string
    readonly completionTime?: string
    readonly active?: number
    readonly ready?: number
    readonly succeeded?: number
    readonly failed?: number
    readonly completedIndexes?: string
  }
}

const LONG = 50

function indexesText(indexes: string): string {
  if (indexes === '') return '<none>'
  const cut = indexes.indexOf(',', LONG)
  return indexes.length <= LONG || cut < 0 ? indexes : `${indexes.slice(0, cut + 1)}...`
}

/** kubectl: describe.go, JobDescriber. */
export const describeJob: Describer = (_ctx, object) => {
  const { metadata, spec, status = {} } = object as Job
  const owner = controllerOf(object)
  const lines: readonly (readonly [string, string | number | boolean | undefined])[] = [
    ['Controlled By', owner && `${owner.kind}/${owner.name}`], ['Parallelism', spec.parallelism], ['Completions', spec.completions ?? '<unset>'], ['Completion Mode', spec.completionMode],
    ['Suspend', spec.suspend], ['Backoff Limit', spec.backoffLimit], ['TTL Seconds After Finished', spec.ttlSecondsAfterFinished],
    ['Start Time', status.startTime && dateText(status.startTime)], ['Completed At', status.completionTime && dateText(status.completionTime)],
    ['Duration', status.startTime && status.completionTime ? humanDuration(parseTime(status.completionTime)! - parseTime(status.startTime)!) : undefined],
    ['Active Deadline Seconds', spec.activeDeadlineSeconds === undefined ? undefined : `${spec.activeDeadlineSeconds}s`],
    ['Pods Statuses', `${status.active ?? 0} Active${status.ready === undefined ? '' : ` (${status.ready} Ready)`} / ${status.succeeded ?? 0} Succeeded / ${status.failed ?? 0} Failed`],
    ['Completed Indexes', spec.completionMode === 'Indexed' ? indexesText(status.completedIndexes ?? '') : undefined],
  ]
  const text = lines.map(([name, value]) => (value === undefined ? '' : `${name}:\t${value}\n`)).join('')
  return { text: `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\nSelector:\t${selectorText(compileSelector(spec.selector))}\n${labelLines(metadata)}${annotationLines(metadata)}${text}${podTemplateText(spec.template)}`, events: true }
}

interface CronJob extends KubeObject {
  readonly spec: {
    readonly schedule: string
    readonly concurrencyPolicy?: string
    readonly suspend?: boolean
    readonly timeZone?: string
    readonly successfulJobsHistoryLimit?: number
    readonly failedJobsHistoryLimit?: number
    readonly startingDeadlineSeconds?: number
    readonly jobTemplate: { readonly spec: JobSpec }
  }
  readonly status?: { readonly lastScheduleTime?: string; readonly active?: readonly { readonly name: string }[] }
}

/** kubectl: describe.go, CronJobDescriber. */
export const describeCronJob: Describer = (_ctx, object) => {
  const { metadata, spec, status = {} } = object as CronJob
  const job = spec.jobTemplate.spec
  const unset = (value: string | number | undefined, unit = ''): string => (value === undefined ? '<unset>' : `${value}${unit}`)
  let t = `Name:\t${metadata.name}\nNamespace:\t${metadata.namespace}\n${labelLines(metadata)}${annotationLines(metadata)}Schedule:\t${spec.schedule}\nConcurrency Policy:\t${spec.concurrencyPolicy ?? ''}\n`
  t += `Suspend:\t${spec.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False'}\nTime Zone:\t${unset(spec.timeZone)}\nSuccessful Job History Limit:\t${unset(spec.successfulJobsHistoryLimit)}\nFailed Job History Limit:\t${unset(spec.failedJobsHistoryLimit)}\n`
  t += `Starting Deadline Seconds:\t${unset(spec.startingDeadlineSeconds, 's')}\nSelector:\t${job.selector ? selectorText(compileSelector(job.selector)) : '<unset>'}\nParallelism:\t${unset(job.parallelism)}\nCompletions:\t${unset(job.completions)}\n`
  if (job.activeDeadlineSeconds !== undefined) t += `Active Deadline Seconds:\t${job.activeDeadlineSeconds}s\n`
  t += `${podTemplateText(job.template)}Last Schedule Time:\t${status.lastScheduleTime ? dateText(status.lastScheduleTime) : '<unset>'}\nActive Jobs:\t${(status.active ?? []).map((a) => a.name).join(', ') || '<none>'}\n`
  return { text: t, events: true }
}
