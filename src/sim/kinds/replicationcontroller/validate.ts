import { invalidValue, required, type FieldError } from '../../api/field.ts'
import { matchesSet, printedLabels } from '../../api/labels.ts'
import { isDns1123Label } from '../../api/names.ts'
import { templateWarnings } from '../../api/validate/pod-warnings.ts'
import { nonNegative } from '../../api/validate/simple.ts'
import { alwaysRestart, podTemplate } from '../../api/validate/workload.ts'
import type { ReplicationController, ReplicationControllerStatus } from './replicationcontroller.ts'

/** core/validation: ValidateReplicationControllerSpec. */
export function validateReplicationController(rc: ReplicationController): readonly FieldError[] {
  const out: FieldError[] = []
  const { selector, template } = rc.spec
  nonNegative(rc.spec.minReadySeconds, 'spec.minReadySeconds', out)
  if (Object.keys(selector ?? {}).length === 0) out.push(required('spec.selector'))
  nonNegative(rc.spec.replicas, 'spec.replicas', out)
  if (!template) return [...out, required('spec.template')]
  if (!matchesSet(selector, template.metadata?.labels)) {
    out.push(invalidValue('spec.template.metadata.labels', printedLabels(template.metadata), '`selector` does not match template `labels`'))
  }
  podTemplate(template, 'spec.template', out)
  alwaysRestart(template, 'spec.template', 'ReplicationController', out)
  return out
}

const COUNTS: readonly (keyof ReplicationControllerStatus)[] = ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration']

/** core/validation: ValidateReplicationControllerStatus. */
export function validateReplicationControllerStatus(rc: ReplicationController): readonly FieldError[] {
  const out: FieldError[] = []
  const s: Partial<ReplicationControllerStatus> = rc.status ?? {}
  for (const key of COUNTS) nonNegative(s[key] as number | undefined, `status.${key}`, out)
  for (const key of ['fullyLabeledReplicas', 'readyReplicas', 'availableReplicas'] as const) {
    if ((s[key] ?? 0) > (s.replicas ?? 0)) out.push(invalidValue(`status.${key}`, s[key], 'cannot be greater than status.replicas'))
  }
  if ((s.availableReplicas ?? 0) > (s.readyReplicas ?? 0)) out.push(invalidValue('status.availableReplicas', s.availableReplicas, 'cannot be greater than readyReplicas'))
  return out
}

/** registry/core/replicationcontroller: WarningsOnCreate and WarningsOnUpdate, which looks at the old template. */
export function replicationControllerWarnings(rc: ReplicationController, old?: ReplicationController): readonly string[] {
  const template = old ? old.spec.template : rc.spec.template
  if (!template || (old && old.metadata.generation === rc.metadata.generation)) return []
  const bad = old ? [] : isDns1123Label(rc.metadata.name)
  const first = bad.length ? [`metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [${bad.join(' ')}]`] : []
  return [...first, ...templateWarnings(template, 'spec.template')]
}
