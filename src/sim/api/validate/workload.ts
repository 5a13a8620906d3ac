import { child, forbiddenField, invalidValue, notSupported, required, type Path } from '../field.ts'
import { compileSelector, isEmptySelector, matches, printedSelector, printedLabels, validateLabelSelector, type LabelSelector } from '../labels.ts'
import type { PodTemplateSpec } from '../pod-spec.ts'
import { validateAnnotationsAt, validateLabels } from '../validate-meta.ts'
import { podAnnotations } from './pod-annotations.ts'
import { validatePodSpec } from './pod-spec.ts'
import { profilesMatch } from './profile-annotations.ts'
import type { Errors } from './simple.ts'

/** core/validation: ValidatePodTemplateSpec. */
export function podTemplate(template: PodTemplateSpec, path: Path, out: Errors): void {
  const meta = template.metadata
  validateLabels(meta?.labels, child(path, 'labels'), out)
  validateAnnotationsAt(meta?.annotations, child(path, 'annotations'), out)
  podAnnotations(meta?.annotations, template.spec, child(path, 'annotations'), out)
  validatePodSpec(template.spec, meta?.name ?? '', child(path, 'spec'), out)
  profilesMatch(meta?.annotations, template.spec, child(path, 'spec'), out)
  if (template.spec.ephemeralContainers?.length) {
    out.push(forbiddenField(child(path, 'spec.ephemeralContainers'), 'ephemeral containers not allowed in pod template'))
  }
}

/** What Deployments and ReplicaSets ask of selector and template (apps/validation). `kind` is as in the message. */
export function replicatedTemplate(selector: LabelSelector | undefined, template: PodTemplateSpec, path: Path, out: Errors): void {
  const selectorPath = child(path, 'selector')
  if (!selector) out.push(required(selectorPath))
  else {
    out.push(...validateLabelSelector(selector, selectorPath))
    if (isEmptySelector(selector)) out.push(invalidValue(selectorPath, printedSelector(selector), 'empty selector is invalid for deployment'))
  }
  const templatePath = child(path, 'template')
  if (selector && hasBadOperator(selector)) {
    out.push(invalidValue(selectorPath, printedSelector(selector), 'invalid label selector'))
    return
  }
  selectorAgainstLabels(selector, template, templatePath, out)
  podTemplate(template, templatePath, out)
  alwaysRestart(template, templatePath, 'ReplicaSet', out)
}

/** LabelSelectorAsSelector fails on operators and values that make no requirement. */
export const hasBadOperator = (selector: LabelSelector): boolean =>
  (selector.matchExpressions ?? []).some((e) => {
    const n = e.values?.length ?? 0
    return e.operator === 'In' || e.operator === 'NotIn' ? n === 0 : e.operator === 'Exists' || e.operator === 'DoesNotExist' ? n > 0 : true
  }) || validateLabelSelector(selector, '').length > 0

export function selectorAgainstLabels(selector: LabelSelector | undefined, template: PodTemplateSpec, path: Path, out: Errors): void {
  if ((selector && isEmptySelector(selector)) || matches(compileSelector(selector), template.metadata?.labels)) return
  out.push(invalidValue(child(path, 'metadata.labels'), printedLabels(template.metadata), '`selector` does not match template `labels`'))
}

export function alwaysRestart(template: PodTemplateSpec, path: Path, kind: string, out: Errors): void {
  if (template.spec.restartPolicy !== 'Always') out.push(notSupported(child(path, 'spec.restartPolicy'), template.spec.restartPolicy ?? '', ['Always']))
  if (template.spec.activeDeadlineSeconds !== undefined) {
    out.push(forbiddenField(child(path, 'spec.activeDeadlineSeconds'), `activeDeadlineSeconds in ${kind} is not Supported`))
  }
}

