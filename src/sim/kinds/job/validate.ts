import { deepEqual } from '../../api/deep.ts'
import { at, invalidValue, required, type FieldError, type Path } from '../../api/field.ts'
import { goInternal } from '../../api/go-internal.ts'
import type { JobSpec } from '../../api/job-spec.ts'
import { compileSelector, matches, printedLabels, printedSelector, sortedLabels, validateLabelSelector } from '../../api/labels.ts'
import { uidOf } from '../../api/meta.ts'
import { isDns1123Label } from '../../api/names.ts'
import type { PodSpec, PodTemplateSpec } from '../../api/pod-spec.ts'
import type { Container } from '../../api/container.ts'
import { assignSame } from '../../api/share.ts'
import { immutable, FIELD_IMMUTABLE } from '../../api/validate-meta.ts'
import { jobSpecWarnings, validateJobSpec } from '../../api/validate/job-spec.ts'
import { hasBadOperator } from '../../api/validate/workload.ts'
import type { Job } from './job.ts'
import { CONTROLLER_UID, generatedLabels, JOB_NAME, LEGACY_CONTROLLER_UID, LEGACY_JOB_NAME } from './selector.ts'

function hasLabel(job: Job, key: string, wanted: string, out: FieldError[]): void {
  const labels = job.spec.template.metadata?.labels
  const path = at('spec.template.metadata.labels', key)
  if (labels?.[key] === undefined) out.push(required(path, `must be '${wanted}'`))
  else if (labels[key] !== wanted) out.push(invalidValue(path, sortedLabels(labels), `must be '${wanted}'`))
}

/** batch/validation: validateGeneratedSelector. Jobs from before the prefixed labels need not have them. */
function generatedSelector(job: Job, prefixed: boolean, out: FieldError[]): void {
  const { selector, manualSelector } = job.spec
  if (manualSelector || !selector) return
  const [uid, name] = [uidOf(job), job.metadata.name]
  if (!uid) out.push(required('metadata.uid'))
  hasLabel(job, LEGACY_CONTROLLER_UID, uid, out)
  hasLabel(job, LEGACY_JOB_NAME, name, out)
  if (prefixed) {
    hasLabel(job, CONTROLLER_UID, uid, out)
    hasLabel(job, JOB_NAME, name, out)
  }
  const expected = prefixed ? generatedLabels(job) : { [LEGACY_CONTROLLER_UID]: uid, [LEGACY_JOB_NAME]: name }
  if (!hasBadOperator(selector) && !matches(compileSelector(selector), expected)) {
    out.push(invalidValue('spec.selector', printedSelector(selector), '`selector` not auto-generated'))
  }
}

function withSelectorChecks(spec: JobSpec, out: FieldError[]): void {
  validateJobSpec(spec, 'spec', out)
  const { selector, template } = spec
  if (!selector) out.push(required('spec.selector'))
  else out.push(...validateLabelSelector(selector, 'spec.selector'))
  if (selector && hasBadOperator(selector)) return
  if (!selector || !matches(compileSelector(selector), template.metadata?.labels)) {
    out.push(invalidValue('spec.template.metadata.labels', printedLabels(template.metadata), '`selector` does not match template `labels`'))
  }
}

function validate(job: Job, prefixed: boolean): FieldError[] {
  const out: FieldError[] = []
  generatedSelector(job, prefixed, out)
  withSelectorChecks(job.spec, out)
  const { completions, completionMode } = job.spec
  if (completionMode === 'Indexed' && completions !== undefined && completions > 0) {
    const last = `${job.metadata.name}-${completions - 1}`
    if (isDns1123Label(last).length) out.push(invalidValue('metadata.name', job.metadata.name, `will not able to create pod with invalid DNS label: ${last}`))
  }
  return out
}

/** batch/validation: ValidateJob. */
export const validateJob = (job: Job): readonly FieldError[] => validate(job, true)

/** The same on update, where a template from before the prefixed labels does not need them. */
export function recheckJob(job: Job, old: Job): readonly FieldError[] {
  const labels = old.spec.template.metadata?.labels
  return validate(job, labels?.[JOB_NAME] !== undefined && labels[CONTROLLER_UID] !== undefined)
}

const isTrue = (job: Job, type: string): boolean => job.status?.conditions?.some((c) => c.type === type && c.status === 'True') ?? false

/** Of a suspended job without pods the template may still be tuned (shouldAllowMutablePodTemplate). */
function isTunable(old: Job): boolean {
  return old.spec.suspend === true && (old.status?.startTime === undefined || isTrue(old, 'Suspended')) && (old.status?.active ?? 0) === 0
}

/** The old template with what may be changed taken over from the new one. */
function tuned(next: PodTemplateSpec, old: PodTemplateSpec): PodTemplateSpec {
  const [a, b] = [next.spec.affinity, old.spec.affinity]
  let affinity = b
  if (a || b) {
    const merged = assignSame(b ?? {}, { nodeAffinity: a?.nodeAffinity })
    affinity = !a && Object.keys(merged).length === 0 ? undefined : merged
  }
  const spec = assignSame(old.spec, { affinity, nodeSelector: next.spec.nodeSelector, tolerations: next.spec.tolerations, schedulingGates: next.spec.schedulingGates })
  const metadata = assignSame(old.metadata ?? {}, { annotations: next.metadata?.annotations, labels: next.metadata?.labels })
  return assignSame(old, { metadata, spec })
}

function withResources(next: PodSpec, old: PodSpec): PodSpec {
  const take = (now: readonly Container[] = [], was: readonly Container[] | undefined): readonly Container[] | undefined =>
    was?.length !== now.length ? was : was.map((c, i) => (now[i]!.name === c.name ? assignSame(c, { resources: now[i]!.resources }) : c))
  return assignSame(old, { containers: take(next.containers, old.containers) ?? [], initContainers: take(next.initContainers, old.initContainers) })
}

const fixed = (struct: string, path: Path, next: unknown, old: unknown, out: FieldError[]): void => {
  if (!deepEqual(next, old)) out.push(invalidValue(path, goInternal(struct, next), FIELD_IMMUTABLE))
}

function templateUpdate(job: Job, old: Job, out: FieldError[]): void {
  const mutable = isTunable(old)
  const was = mutable ? tuned(job.spec.template, old.spec.template) : old.spec.template
  if (!mutable) fixed('core.PodTemplateSpec', 'spec.template', job.spec.template, was, out)
  else fixed('core.PodSpec', 'spec.template.spec', job.spec.template.spec, withResources(job.spec.template.spec, was.spec), out)
}

function completions(job: Job, old: Job, out: FieldError[]): void {
  const [now, was] = [job.spec.completions, old.spec.completions]
  if (job.spec.completionMode !== 'Indexed') return immutable(now, was, 'spec.completions', out)
  if (now === was || now === undefined) return
  if (now !== job.spec.parallelism) out.push(invalidValue('spec.completions', now, 'can only be modified in tandem with spec.parallelism'))
}

/** registry/batch/job: ValidateUpdate, which is ValidateJob and ValidateJobUpdate in turn; between them stands the metadata. */
export function validateJobUpdate(job: Job, old: Job): readonly FieldError[] {
  const out: FieldError[] = []
  withSelectorChecks(job.spec, out)
  completions(job, old, out)
  immutable(printedSelector(job.spec.selector), printedSelector(old.spec.selector), 'spec.selector', out)
  templateUpdate(job, old, out)
  immutable(job.spec.completionMode, old.spec.completionMode, 'spec.completionMode', out)
  const policy = job.spec.podFailurePolicy
  if (!deepEqual(policy, old.spec.podFailurePolicy)) out.push(invalidValue('spec.podFailurePolicy', policy ? goInternal('batch.PodFailurePolicy', policy) : null, FIELD_IMMUTABLE))
  immutable(job.spec.backoffLimitPerIndex, old.spec.backoffLimitPerIndex, 'spec.backoffLimitPerIndex', out)
  immutable(job.spec.managedBy, old.spec.managedBy, 'spec.managedBy', out)
  const success = job.spec.successPolicy
  if (!deepEqual(success, old.spec.successPolicy)) out.push(invalidValue('spec.successPolicy', success ? goInternal('batch.SuccessPolicy', success) : null, FIELD_IMMUTABLE))
  return out
}

/** registry/batch/job: WarningsOnCreate and WarningsOnUpdate. */
export function jobWarnings(job: Job, old?: Job): readonly string[] {
  if (old) return job.metadata.generation === old.metadata.generation ? [] : jobSpecWarnings(job.spec, 'spec', old.spec)
  const bad = isDns1123Label(job.metadata.name)
  const first = bad.length ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${bad.join(' ')}]`] : []
  return [...first, ...jobSpecWarnings(job.spec, 'spec')]
}
